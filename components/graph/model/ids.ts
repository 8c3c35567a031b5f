/** Names of nodes in the address: short, and the same for the same thing in every run. */

import { sha256Hex } from '@/lib/access/hash';

const shorts = new Map<string, string>();

/** Ten hex digits of a text; kept, since the same names come again with every request. */
export function shortHash(text: string): string {
  const known = shorts.get(text);
  if (known !== undefined) return known;
  if (shorts.size > 50_000) shorts.clear();
  const short = sha256Hex(text).slice(0, 10);
  shorts.set(text, short);
  return short;
}

export function keyId(arn: string): string {
  return `key.${arn.slice(arn.lastIndexOf('/') + 1)}`;
}

export function thingId(arn: string): string {
  return `thing.${shortHash(arn)}`;
}

export function principalId(name: string): string {
  return `principal.${shortHash(name)}`;
}
