/**
 * The canonical request of Signature Version 4 (IAM User Guide, "Create a signed request"). Texts here hold one byte per
 * character (Latin 1), as node:http gives them.
 */

const HEX = '0123456789ABCDEF';
/** 1 for the unreserved characters of RFC 3986: letters, digits, `-._~`. */
const UNRESERVED = new Uint8Array(256);
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~') {
  UNRESERVED[character.charCodeAt(0)] = 1;
}
const SLASH = 0x2f;
const PERCENT = 0x25;

/** How a service turns the path into its canonical form. */
export type PathStyle =
  /** S3: the path as sent; a key may hold `//`, `.` and `..`. */
  | 'as-sent'
  /** All others: empty and dot segments removed, then every segment encoded once more. */
  | 'normalised';

/** Encodes every byte that is not unreserved; `keepSlash` leaves `/` alone. */
function encodeBytes(text: string, keepSlash: boolean): string {
  let from = 0;
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const byte = text.charCodeAt(i) & 0xff;
    if (UNRESERVED[byte] === 1 || (keepSlash && byte === SLASH)) continue;
    out += `${text.slice(from, i)}%${HEX[byte >> 4]}${HEX[byte & 15]}`;
    from = i + 1;
  }
  return from === 0 ? text : out + text.slice(from);
}

/** Value of a hex digit, or -1. */
function hexValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/** Decodes `%XX` to bytes; a `%` that begins no escape stays what it is. */
export function decodePercent(text: string): string {
  let at = text.indexOf('%');
  if (at < 0) return text;
  let from = 0;
  let out = '';
  while (at >= 0) {
    const high = hexValue(text.charCodeAt(at + 1));
    const low = hexValue(text.charCodeAt(at + 2));
    if (high >= 0 && low >= 0) {
      out += text.slice(from, at) + String.fromCharCode(high * 16 + low);
      from = at + 3;
    }
    at = text.indexOf('%', Math.max(from, at + 1));
  }
  return out + text.slice(from);
}

/**
 * The canonical path.
 *
 * @param rawPath the path as it stood in the request line
 */
export function canonicalPath(rawPath: string, style: PathStyle): string {
  return style === 'as-sent' ? encodeUnsafe(rawPath) : encodeBytes(normalise(rawPath), true);
}

/**
 * S3's second reading of a path: decoded, then encoded by the rule. Clients that leave `=` or `(` bare in the request
 * line sign this one. It names the same key, so accepting either gives nothing away.
 */
export function recodedPath(rawPath: string): string {
  return encodeBytes(decodePercent(rawPath), true);
}

/** Encodes only what cannot stand in a request line: controls, space, and bytes above ASCII. */
function encodeUnsafe(path: string): string {
  let from = 0;
  let out = '';
  for (let i = 0; i < path.length; i++) {
    const byte = path.charCodeAt(i) & 0xff;
    if (byte > 0x20 && byte < 0x7f) continue;
    out += `${path.slice(from, i)}%${HEX[byte >> 4]}${HEX[byte & 15]}`;
    from = i + 1;
  }
  return from === 0 ? path : out + path.slice(from);
}

/** Removes empty and dot segments (RFC 3986, 5.2.4, as the signature rules read it). */
function normalise(path: string): string {
  if (path.length < 2) return '/';
  if (!path.includes('//') && !path.includes('/.')) return path;
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') kept.pop();
    else kept.push(segment);
  }
  const joined = `/${kept.join('/')}`;
  return path.endsWith('/') && kept.length > 0 ? `${joined}/` : joined;
}

/** One name or value of a query in canonical form: decoded, then encoded by the rule. `+` is a space. */
function canonicalComponent(raw: string): string {
  for (let i = 0; i < raw.length; i++) {
    if (UNRESERVED[raw.charCodeAt(i)] !== 1) {
      if (raw.charCodeAt(i) !== PERCENT || !isCanonicalEscape(raw, i)) {
        return encodeBytes(decodePercent(raw.includes('+') ? raw.replaceAll('+', ' ') : raw), false);
      }
      i += 2;
    }
  }
  return raw;
}

/** Whether `%XX` at `at` is written as the rule writes it: upper case, and needed. */
function isCanonicalEscape(text: string, at: number): boolean {
  const high = HEX.indexOf(text.charAt(at + 1));
  const low = HEX.indexOf(text.charAt(at + 2));
  return at + 2 < text.length && high >= 0 && low >= 0 && UNRESERVED[high * 16 + low] !== 1;
}

/**
 * The canonical query: every parameter encoded by the rule, sorted by name, then by value.
 *
 * @param rawQuery the query as sent, without `?`
 * @param without parameters that are left out (`X-Amz-Signature` of a presigned URL)
 */
export function canonicalQuery(rawQuery: string, without: readonly string[] = []): string {
  if (rawQuery === '') return '';
  if (!rawQuery.includes('&')) {
    const [name, value] = parameter(rawQuery);
    return without.includes(name) ? '' : `${name}=${value}`;
  }
  const pairs: [name: string, value: string][] = [];
  for (const part of rawQuery.split('&')) {
    if (part === '') continue;
    const pair = parameter(part);
    if (!without.includes(pair[0])) pairs.push(pair);
  }
  pairs.sort(byNameThenValue);
  let out = '';
  for (const [name, value] of pairs) out += out === '' ? `${name}=${value}` : `&${name}=${value}`;
  return out;
}

function parameter(part: string): [name: string, value: string] {
  const equals = part.indexOf('=');
  if (equals < 0) return [canonicalComponent(part), ''];
  return [canonicalComponent(part.slice(0, equals)), canonicalComponent(part.slice(equals + 1))];
}

function byNameThenValue(a: readonly [string, string], b: readonly [string, string]): number {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1;
  if (a[1] === b[1]) return 0;
  return a[1] < b[1] ? -1 : 1;
}

/** A header's value in canonical form: trimmed, every run of white space one space. Linear in its length. */
function canonicalHeaderValue(value: string): string {
  let spaceBefore = true; // so that leading white space counts as a run to shorten
  let clean = true;
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    const space = code === 0x20 || (code >= 0x09 && code <= 0x0d);
    if (space && (spaceBefore || code !== 0x20)) {
      clean = false;
      break;
    }
    spaceBefore = space;
  }
  if (clean && (value === '' || !spaceBefore)) return value;
  return value
    .split(/[ \t\n\v\f\r]/)
    .filter((word) => word !== '')
    .join(' ');
}

/** The canonical headers, each line ended; names in the order in which the client listed them. */
export function canonicalHeaders(headers: Readonly<Record<string, string>>, names: readonly string[]): string {
  let out = '';
  for (const name of names) {
    // A client may list any name, `constructor` too.
    const value: unknown = headers[name];
    out += `${name}:${typeof value === 'string' ? canonicalHeaderValue(value) : ''}\n`;
  }
  return out;
}
