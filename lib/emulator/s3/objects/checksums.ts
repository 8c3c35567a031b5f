/** Checksums that are kept with objects: which one a client declared, what S3 computes by itself, and how they look on the wire. */

import { CHECKSUM_ALGORITHMS, type ChecksumAlgorithm, createChecksum } from '../../wire/auth/checksum.ts';
import type { BodySource } from '../../wire/operation.ts';

export const ALGORITHMS = [
  'CRC32',
  'CRC32C',
  'CRC64NVME',
  'SHA1',
  'SHA256',
  'SHA512',
  'MD5',
  'XXHASH64',
  'XXHASH3',
  'XXHASH128',
] as const;

export type Algorithm = (typeof ALGORITHMS)[number];
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

/** Checksum members of inputs and outputs. */
export type ChecksumMembers = { [K in Algorithm as `Checksum${K}`]?: string | undefined };

export interface StoredChecksum {
  readonly algorithm: Algorithm;
  readonly type: ChecksumType;
  /** Base64; `-N` after it where it is composed of N parts. */
  readonly value: string;
}

const MEMBERS = ALGORITHMS.map((algorithm) => [algorithm, `Checksum${algorithm}`] as const);

/** The checksum that came with a body, in a header or (once the body was read) in a trailer. */
export function declaredChecksum(
  input: ChecksumMembers,
  body: BodySource | undefined,
): { readonly algorithm: Algorithm; readonly value: string } | undefined {
  for (const [algorithm, member] of MEMBERS) {
    const value = input[member];
    if (value !== undefined) return { algorithm, value };
  }
  if (body === undefined || body.trailers.size === 0) return undefined;
  for (const algorithm of ALGORITHMS) {
    const value = body.trailers.get(`x-amz-checksum-${algorithm.toLowerCase()}`);
    if (value !== undefined) return { algorithm, value };
  }
  return undefined;
}

/** Whether the request itself says that a checksum comes, so that S3 need not compute one. */
export function promisesChecksum(input: ChecksumMembers, headers: Readonly<Record<string, string>>): boolean {
  return (
    headers['x-amz-trailer']?.includes('x-amz-checksum-') === true || declaredChecksum(input, undefined) !== undefined
  );
}

export function formatChecksum(checksum: StoredChecksum): string {
  return `${checksum.algorithm}:${checksum.type}:${checksum.value}`;
}

export function parseChecksum(text: string): StoredChecksum {
  const [name, type, value = ''] = text.split(':');
  const algorithm = ALGORITHMS.find((known) => known === name) ?? 'CRC64NVME';
  return { algorithm, type: type === 'COMPOSITE' ? 'COMPOSITE' : 'FULL_OBJECT', value };
}

/** The checksum as members of an output; nothing where none is kept. */
export function checksumMembers(text: string | null): ChecksumMembers & { ChecksumType?: ChecksumType } {
  if (text === null) return {};
  const { algorithm, type, value } = parseChecksum(text);
  return { [`Checksum${algorithm}`]: value, ChecksumType: type };
}

/** One checksum of bytes in memory, base64. */
export function checksumOf(algorithm: ChecksumAlgorithm, bytes: Uint8Array): string {
  const checksum = createChecksum(algorithm);
  checksum.update(bytes);
  return Buffer.from(checksum.digest()).toString('base64');
}

/** The checksum over the checksums of parts (S3UG checking-object-integrity, composite); undefined for algorithms that S3 does not compute. */
export function composeChecksum(algorithm: Algorithm, parts: readonly string[]): string | undefined {
  const known = CHECKSUM_ALGORITHMS.find((name) => name === algorithm);
  if (known === undefined) return undefined;
  const joined = Buffer.concat(parts.map((part) => Buffer.from(part, 'base64')));
  return `${checksumOf(known, joined)}-${parts.length}`;
}
