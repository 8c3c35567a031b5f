/** IPv4 and IPv6 addresses and CIDR ranges, as 16-bit groups. */

export interface IpRange {
  /** Two groups for IPv4, eight for IPv6. */
  readonly groups: readonly number[];
  /** Leading bits that must agree. */
  readonly bits: number;
}

/** Takes an address or `ADDRESS/BITS`; undefined when it is neither. An IPv4 address inside IPv6 counts as IPv4. */
export function parseIp(text: string): IpRange | undefined {
  const slash = text.indexOf('/');
  const groups = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (groups === undefined) return undefined;
  const width = groups.length * 16;
  if (slash < 0) return unmap(groups, width);
  const suffix = text.slice(slash + 1);
  const bits = /^\d{1,3}$/.test(suffix) ? Number(suffix) : Number.NaN;
  return bits <= width ? unmap(groups, bits) : undefined;
}

/** Whether an address (or range) lies inside a range. */
export function ipInside(address: IpRange, range: IpRange): boolean {
  if (address.groups.length !== range.groups.length || address.bits < range.bits) return false;
  let left = range.bits;
  for (let i = 0; left > 0; i += 1, left -= 16) {
    const mask = left >= 16 ? 0xffff : (0xffff << (16 - left)) & 0xffff;
    if (((address.groups[i]! ^ range.groups[i]!) & mask) !== 0) return false;
  }
  return true;
}

function unmap(groups: readonly number[], bits: number): IpRange {
  const mapped = groups.length === 8 && bits >= 96 && groups[5] === 0xffff && groups.slice(0, 5).every((g) => g === 0);
  return mapped ? { groups: groups.slice(6), bits: bits - 96 } : { groups, bits };
}

function parseAddress(text: string): number[] | undefined {
  return text.includes(':') ? parseV6(text) : parseV4(text);
}

function parseV4(text: string): number[] | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = match.slice(1).map(Number);
  return Math.max(a, b, c, d) > 255 ? undefined : [a * 256 + b, c * 256 + d];
}

function parseV6(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2 || text.length > 45) return undefined;
  const head = parseGroups(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? '', true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail];
}

/** Groups between colons; the last may be written as IPv4 where it ends the address. */
function parseGroups(text: string, endsAddress: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      groups.push(Number.parseInt(part, 16));
      continue;
    }
    const v4 = endsAddress && i === parts.length - 1 ? parseV4(part) : undefined;
    if (v4 === undefined) return undefined;
    groups.push(...v4);
  }
  return groups;
}
