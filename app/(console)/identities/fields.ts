import { z } from 'zod';
import { policyField } from '../fields';

/** Fields of the forms about identities. Limits are IAM's. */

export const kindField = z.enum(['user', 'role', 'group'], { error: 'Choose what to create.' });

export const nameField = z
  .string({ error: 'Enter a name.' })
  .trim()
  .max(64, 'A name has at most 64 characters.')
  .regex(/^[\w+=,.@-]+$/, 'A name takes letters, digits and + = , . @ _ -');

export const policyNameField = z
  .string({ error: 'Enter a name.' })
  .trim()
  .max(128, 'A policy name has at most 128 characters.')
  .regex(/^[\w+=,.@-]+$/, 'A name takes letters, digits and + = , . @ _ -');

export const policyArnField = z
  .string({ error: 'Choose a policy or enter its ARN.' })
  .trim()
  .max(2048)
  .regex(
    /^arn:aws[\w-]*:iam::(\d{12}|aws):policy\/.+$/,
    'A policy ARN looks like arn:aws:iam::111122223333:policy/Name.',
  );

/** Bytes that IAM takes for each kind of document. */
export const DOCUMENT_LIMITS = { trust: 2048, user: 2048, role: 10_240, group: 5120, managed: 6144 } as const;

export const trustField = policyField(DOCUMENT_LIMITS.trust);
