'use server';

import { z } from 'zod';
import { form, writeAction } from '@/app/_actions/ladder';
import { reviewed, reviewFields } from '@/app/_actions/review';
import type { Outcome } from '@/components/ui/outcome';
import { forgetGrants } from '@/lib/aws/grant-window';
import { GRANT_OPERATIONS } from '@/lib/aws/grants';
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
      ...reviewFields,
    }),
  )
  .action(async ({ parsedInput, ctx: { place } }): Promise<Outcome> => {
    const { constraint, context, plan, typed, ...grant } = parsedInput;
    const outcome = await reviewed(
      place,
      {
        kind: 'create-grant',
        grant: {
          ...grant,
          ...(constraint === 'equals' && context ? { contextEquals: context } : {}),
          ...(constraint === 'subset' && context ? { contextSubset: context } : {}),
        },
      },
      { plan, typed },
      {
        done: 'The grant was created',
        detail: 'It works with its token at once, and without it when it is known everywhere.',
        failed: 'The grant was not created',
        undo: 'Revoke it',
      },
    );
    forgetGrants(parsedInput.keyId);
    return outcome;
  });

const ended = { keyId: keyIdField, keyArn: keyIdField, grantId: z.string().min(1).max(128), ...reviewFields };

export const revokeGrantAction = writeAction
  .metadata({ action: 'kms:RevokeGrant' })
  .inputSchema(form(ended))
  .action(async ({ parsedInput: { keyId, grantId, plan, typed }, ctx: { place } }): Promise<Outcome> => {
    const said = { done: 'The grant was revoked', failed: 'The grant was not revoked', undo: 'Create it again' };
    const outcome = await reviewed(place, { kind: 'end-grant', keyId, grantId, how: 'revoke' }, { plan, typed }, said);
    forgetGrants(keyId);
    return outcome;
  });

export const retireGrantAction = writeAction
  .metadata({ action: 'kms:RetireGrant' })
  .inputSchema(form(ended))
  .action(async ({ parsedInput: { keyId, keyArn, grantId, plan, typed }, ctx: { place } }): Promise<Outcome> => {
    const said = { done: 'The grant was retired', failed: 'The grant was not retired', undo: 'Create it again' };
    const outcome = await reviewed(
      place,
      { kind: 'end-grant', keyId: keyArn, grantId, how: 'retire' },
      { plan, typed },
      said,
    );
    forgetGrants(keyId);
    return outcome;
  });
