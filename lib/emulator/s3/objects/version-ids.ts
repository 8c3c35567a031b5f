/**
 * Ids of versions: 32 opaque characters, as S3's are. They hide where the version stands in time, so that a listing can
 * go on behind a version that was deleted meanwhile.
 */

import { crc32 } from 'node:zlib';
import { idBytes } from '../../world/id-source.ts';

/** What the version is called that was written while versioning was not enabled (S3UG versioning-workflows). */
export const NULL_VERSION = 'null';

const LENGTH = 24;

/** @param position greater for later versions; at most 2^53. */
export function writeVersionId(position: number): string {
  const bytes = Buffer.from(idBytes(LENGTH));
  const hidden = Buffer.alloc(8);
  hidden.writeBigUInt64BE(BigInt(position));
  for (let index = 0; index < 8; index++) bytes[index] = (hidden[index] ?? 0) ^ (bytes[index + 8] ?? 0);
  bytes.writeUInt16BE(checkOf(bytes), LENGTH - 2);
  return bytes.toString('base64url');
}

/** The position inside an id, or undefined for what no S3 here has written. */
export function readVersionId(id: string): number | undefined {
  const bytes = Buffer.from(id, 'base64url');
  if (bytes.length !== LENGTH || bytes.toString('base64url') !== id) return undefined;
  if (bytes.readUInt16BE(LENGTH - 2) !== checkOf(bytes)) return undefined;
  const hidden = Buffer.alloc(8);
  for (let index = 0; index < 8; index++) hidden[index] = (bytes[index] ?? 0) ^ (bytes[index + 8] ?? 0);
  return Number(hidden.readBigUInt64BE());
}

function checkOf(bytes: Uint8Array): number {
  return crc32(bytes.subarray(0, LENGTH - 2)) & 0xffff;
}
