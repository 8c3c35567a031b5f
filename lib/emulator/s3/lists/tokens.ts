/** Continuation tokens: opaque to clients, told apart from anything that they make up. */

import { crc32 } from 'node:zlib';
import { errors } from '../errors.ts';

export function writeToken(position: string): string {
  const bytes = Buffer.from(position, 'utf8');
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return Buffer.concat([sum, bytes]).toString('base64');
}

/** Throws InvalidArgument for what `writeToken` did not write. */
export function readToken(token: string): string {
  const bytes = Buffer.from(token, 'base64');
  if (bytes.length >= 4 && bytes.readUInt32BE(0) === crc32(bytes.subarray(4)))
    return bytes.subarray(4).toString('utf8');
  throw errors.invalidArgument('The continuation token provided is incorrect', 'continuation-token', token);
}
