'use server';

import { z } from 'zod';
import { form, writeAction } from '@/app/_actions/ladder';
import { outcomeOf } from '@/app/_actions/outcome';
import type { Outcome } from '@/components/ui/outcome';
import { forgetGrants } from '@/lib/aws/grant-window';
import { createGrant, GRANT_OPERATIONS, retireGrant, revokeGrant } from '@/lib/aws/grants';
import { keyIdField } from '../fields';

const contextField = z
  .string()
  .max(8192)
  .transform((text, context): Record<string, string> => {
    try {
      const parsed = z.record(z.string(), z.string()).safeParse(JSON.parse(text));
      if (parsed.success) return parsed.data;
    } catch {
      // Said below.
    }
    context.addIssue({
      code: 'custom',
      message: 'The encryption context is a JSON object of texts, {"aws:s3:arn": "…"}.',
    });
    return z.NEVER;
  });

export const createGrantAction = writeAction
  .metadata({ action: 'kms:CreateGrant' })
  .inputSchema(
    form({
      keyId: keyIdField,
      grantee: z.string({ error: 'Choose who may use the key.' }).trim().max(256),
      operations: z
        .array(z.enum(GRANT_OPERATIONS as [string, ...string[]]), { error: 'Choose at least one operation.' })
        .min(1, 'Choose at least one operation.'),
      name: z
        .string()
        .max(256)
        .regex(/^[a-zA-Z0-9:/_-]+$/, 'A name takes letters, digits, colon, slash, dash and underscore.')
        .optional(),
      retiring: z.string().trim().max(256).optional(),
      constraint: z.enum(['none', 'equals', 'subset']).default('none'),
      context: contextField.optional(),
    }),
  )
  .action(async ({ parsedInput, ctx: { place } }): Promise<Outcome> => {
    const { constraint, context, name, retiring, ...grant } = parsedInput;
    const made = await createGrant(place.aws, {
      ...grant,
      ...(name ? { name } : {}),
      ...(retiring ? { retiring } : {}),
      ...(constraint === 'equals' && context ? { contextEquals: context } : {}),
      ...(constraint === 'subset' && context ? { contextSubset: context } : {}),
    });
    forgetGrants(parsedInput.keyId);
    return outcomeOf(
      made,
      {
        title: 'The grant was created',
        detail: 'It works with its token at once, and without it when it is known everywhere.',
        ...(made.ok && made.data.token ? { once: { label: 'Grant token', value: made.data.token } } : {}),
      },
      'The grant was not created',
    );
  });

const ended = { keyId: keyIdField, keyArn: keyIdField, grantId: z.string().min(1).max(128) };

export const revokeGrantAction = writeAction
  .metadata({ action: 'kms:RevokeGrant' })
  .inputSchema(form(ended))
  .action(async ({ parsedInput: { keyId, grantId }, ctx: { place } }): Promise<Outcome> => {
    const revoked = await revokeGrant(place.aws, keyId, grantId);
    forgetGrants(keyId);
    return outcomeOf(revoked, { title: 'The grant was revoked' }, 'The grant was not revoked');
  });

export const retireGrantAction = writeAction
  .metadata({ action: 'kms:RetireGrant' })
  .inputSchema(form(ended))
  .action(async ({ parsedInput: { keyId, keyArn, grantId }, ctx: { place } }): Promise<Outcome> => {
    const retired = await retireGrant(place.aws, keyArn, grantId);
    forgetGrants(keyId);
    return outcomeOf(retired, { title: 'The grant was retired' }, 'The grant was not retired');
  });
