/**
 * Ciphertext blobs of symmetric keys.
 *
 *     version 1 · kind 1 · key id 16 · material id 16 · nonce 12 · ciphertext n · tag 16
 *
 * AES-256-GCM. The additional data are the 34 bytes before the nonce, the key's identity and the canonical encryption
 * context, so that a blob opens only under the key, the material and the context that made it (KMS-10, KMS-11).
 */

import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import { random } from './random.ts';

const VERSION = 1;
const SINGLE_REGION = 0;
const MULTI_REGION = 1;
const ID = 2;
const MATERIAL = 18;
const NONCE = 34;
const BODY = 46;
const TAG_SIZE = 16;

/** What a blob is bound to. */
export interface BlobKey {
  /** The key ARN; for a multi-Region key without its Region, because every replica opens the blob (KMS-08). */
  readonly identity: string;
  readonly multiRegion: boolean;
  /** 16 bytes. */
  readonly keyId: Buffer;
  /** First 16 bytes of the key material id. */
  readonly materialId: Buffer;
  readonly secret: KeyObject;
}

/** The header of a blob: enough to find the key, believed only once the tag has been verified. */
export interface BlobHeader {
  readonly keyId: string;
  /** First 32 hexadecimal digits of the key material id. */
  readonly materialPrefix: string;
}

export type EncryptionContext = Readonly<Record<string, string>>;

export function seal(key: BlobKey, context: EncryptionContext, plaintext: Uint8Array): Buffer {
  const blob = Buffer.allocUnsafe(BODY + plaintext.byteLength + TAG_SIZE);
  blob[0] = VERSION;
  blob[1] = key.multiRegion ? MULTI_REGION : SINGLE_REGION;
  key.keyId.copy(blob, ID);
  key.materialId.copy(blob, MATERIAL);
  const nonce = random.take(12);
  nonce.copy(blob, NONCE);
  const cipher = createCipheriv('aes-256-gcm', key.secret, nonce);
  cipher.setAAD(additionalData(blob, key.identity, context));
  cipher.update(plaintext).copy(blob, BODY);
  cipher.final();
  cipher.getAuthTag().copy(blob, BODY + plaintext.byteLength);
  return blob;
}

/** Undefined when the blob is damaged or was made with another key, material or context. */
export function open(key: BlobKey, context: EncryptionContext, blob: Buffer): Buffer | undefined {
  const decipher = createDecipheriv('aes-256-gcm', key.secret, blob.subarray(NONCE, BODY), { authTagLength: TAG_SIZE });
  decipher.setAAD(additionalData(blob, key.identity, context));
  decipher.setAuthTag(blob.subarray(-TAG_SIZE));
  const plaintext = decipher.update(blob.subarray(BODY, -TAG_SIZE));
  try {
    decipher.final();
  } catch {
    plaintext.fill(0);
    return undefined;
  }
  return plaintext;
}

/** Undefined when these bytes cannot be a blob of this service. */
export function readHeader(blob: Buffer): BlobHeader | undefined {
  if (blob.byteLength < BODY + TAG_SIZE || blob[0] !== VERSION) return undefined;
  const id = blob.toString('hex', ID, MATERIAL);
  const kind = blob[1];
  if (kind !== SINGLE_REGION && kind !== MULTI_REGION) return undefined;
  return {
    keyId: kind === MULTI_REGION ? `mrk-${id}` : uuid(id),
    materialPrefix: blob.toString('hex', MATERIAL, NONCE),
  };
}

function uuid(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/**
 * Lengths stand before every part, so that no two contexts give the same bytes; pairs are ordered by the key's UTF-16
 * units, so that their order in the request does not matter (KMS-27).
 */
function additionalData(blob: Buffer, identity: string, context: EncryptionContext): Buffer {
  const names = Object.keys(context);
  if (names.length > 1) names.sort();
  let size = NONCE + 4 + Buffer.byteLength(identity);
  for (const name of names) size += 8 + Buffer.byteLength(name) + Buffer.byteLength(context[name] ?? '');
  const data = Buffer.allocUnsafe(size);
  blob.copy(data, 0, 0, NONCE);
  let at = writePart(data, NONCE, identity);
  for (const name of names) {
    at = writePart(data, at, name);
    at = writePart(data, at, context[name] ?? '');
  }
  return data;
}

function writePart(data: Buffer, at: number, text: string): number {
  const length = data.write(text, at + 4);
  data.writeUInt32BE(length, at);
  return at + 4 + length;
}
