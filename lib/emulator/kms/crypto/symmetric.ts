/** Sealing and opening with a symmetric key and the material that is right for it. */

import type { EncryptionContext } from '../authorize.ts';
import { invalidCiphertext } from '../errors.ts';
import type { KeyRecord } from '../keys/record.ts';
import type { Kms } from '../kms.ts';
import { type BlobHeader, type BlobKey, open, seal } from './ciphertext.ts';
import type { OpenMaterial } from './materials.ts';

const NO_CONTEXT: EncryptionContext = {};

export function sealWith(
  kms: Kms,
  key: KeyRecord,
  context: EncryptionContext | undefined,
  plaintext: Uint8Array,
): { readonly ciphertextBlob: Buffer; readonly materialId: string } {
  const material = kms.materials.current(key);
  const ciphertextBlob = seal(blobKey(key, material), context ?? NO_CONTEXT, plaintext);
  return { ciphertextBlob, materialId: material.materialId };
}

/** Throws InvalidCiphertextException when the blob does not open under this key and context (KMS-10). */
export function openWith(
  kms: Kms,
  key: KeyRecord,
  header: BlobHeader,
  context: EncryptionContext | undefined,
  blob: Buffer,
): { readonly plaintext: Buffer; readonly materialId: string } {
  const material = kms.materials.byPrefix(key, header.materialPrefix);
  const plaintext = material && open(blobKey(key, material), context ?? NO_CONTEXT, blob);
  if (plaintext === undefined) throw invalidCiphertext();
  return { plaintext, materialId: material?.materialId ?? '' };
}

function blobKey(key: KeyRecord, material: OpenMaterial): BlobKey {
  const multiRegion = key.multiRegion === 1;
  return {
    identity: multiRegion ? `multi-region ${key.accountId} ${key.keyId}` : key.arn,
    multiRegion,
    keyId: key.blobId,
    materialId: material.blobId,
    secret: material.secret,
  };
}
