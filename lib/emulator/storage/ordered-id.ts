/**
 * Ids for things that are written in the order in which they are made: UUIDs of version 7 (RFC 9562), which begin with
 * the time. An index over them grows at its end, where an index over random ids touches another page for every row.
 */

import { idSource } from '../world/id-source.ts';
import { randomShort } from './random.ts';

const ORDERED = /^([0-9a-f]{8})-([0-9a-f]{4})-7([0-9a-f]{3})-/;

/** A fresh UUID, by machine time; by world time and in order where the world has a seed. Not a secret: its first half can be guessed. */
export function orderedId(): string {
  const source = idSource();
  if (source === undefined) return format(Date.now(), randomShort(10));
  const { number, bytes } = source.draw(10);
  bytes.writeUInt16BE((number & 0xfff) << 4, 0);
  return format(source.now(), bytes);
}

function format(milliseconds: number, random: Buffer): string {
  const time = milliseconds.toString(16).padStart(12, '0');
  random[2] = ((random[2] ?? 0) & 0x3f) | 0x80;
  const hex = random.toString('hex');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(0, 3)}-${hex.slice(4, 8)}-${hex.slice(8)}`;
}

/** Time and 12 random bits of an ordered id as a whole number below 2^53, in their order; undefined for other ids. */
export function orderOf(id: string): number | undefined {
  const match = ORDERED.exec(id);
  if (match === null) return undefined;
  const [, high = '', low = '', random = ''] = match;
  const order = Number.parseInt(high + low, 16) * 4096 + Number.parseInt(random, 16);
  return Number.isSafeInteger(order) ? order : undefined;
}
