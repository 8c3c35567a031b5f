import { z } from 'zod';
import type { Encryption } from '@/lib/aws/encryption';
import type { ChangeOf } from '@/lib/plan/change';

/** Fields that several forms share. The service decides in the end; these catch what is surely wrong, at the field. */

export const keyIdField = z.string({ error: 'Choose a key.' }).trim().min(1).max(2048);

/** A policy document: JSON with statements, within the service's size. */
export function policyField(bytes: number) {
  return z
    .string({ error: 'The policy is empty.' })
    .refine((text) => Buffer.byteLength(text) <= bytes, `A policy has at most ${bytes.toLocaleString('en-US')} bytes.`)
    .refine((text) => {
      try {
        const parsed: unknown = JSON.parse(text);
        return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
      } catch {
        return false;
      }
    }, 'The policy is not a JSON object.');
}

/** `encryption`, `keyId` and `bucketKey` as `EncryptionFields` sends them. */
export const encryptionShape = {
  encryption: z.enum(['SSE-S3', 'SSE-KMS', 'DSSE-KMS'], { error: 'Choose an encryption.' }),
  keyId: z.string().trim().max(2048).optional(),
  bucketKey: z.literal('on').optional(),
};

/** The encryption that was chosen. `bucketKey` counts for general purpose buckets only. */
export function chosenEncryption(
  fields: { encryption: Encryption['kind']; keyId?: string | undefined; bucketKey?: 'on' | undefined },
  general: boolean,
): Encryption {
  return {
    kind: fields.encryption,
    ...(fields.encryption !== 'SSE-S3' && fields.keyId ? { keyId: fields.keyId } : {}),
    ...(general && fields.encryption === 'SSE-KMS' ? { bucketKey: fields.bucketKey === 'on' } : {}),
  };
}

/** The same as part of a planned change. */
export function plannedEncryption(
  fields: { encryption: 'SSE-S3' | 'SSE-KMS' | 'DSSE-KMS'; keyId?: string | undefined; bucketKey?: 'on' | undefined },
  general: boolean,
): ChangeOf<'bucket-encryption'>['encryption'] {
  return { ...chosenEncryption(fields, general), kind: fields.encryption };
}

/** SSE-KMS in table and directory buckets needs a key of one's own. */
export function ownKeyMissing(fields: { encryption: string; keyId?: string | undefined }): boolean {
  return fields.encryption === 'SSE-KMS' && !fields.keyId;
}
