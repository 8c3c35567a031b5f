'use server';

import { z } from 'zod';
import { form, writeAction } from '@/app/_actions/ladder';
import { outcomeOf } from '@/app/_actions/outcome';
import { reviewed, reviewFields } from '@/app/_actions/review';
import { routes } from '@/components/routes';
import type { Outcome } from '@/components/ui/outcome';
import { createAlias, deleteAlias, listAliases } from '@/lib/aws/aliases';
import * as keys from '@/lib/aws/keys';
import { keyIdField, policyField } from '../fields';

/** What can be done with a key itself. Grants have actions of their own. */

const aliasField = z
  .string({ error: 'Enter a name for the alias.' })
  .trim()
  .transform((name) => (name.startsWith('alias/') ? name : `alias/${name}`))
  .pipe(
    z
      .string()
      .max(256, 'An alias has at most 256 characters.')
      .regex(/^alias\/[a-zA-Z0-9/_-]+$/, 'An alias takes letters, digits, slash, dash and underscore.')
      .refine((name) => !name.startsWith('alias/aws/'), 'Names beginning with alias/aws/ are for AWS managed keys.'),
  );

export const createKey = writeAction
  .metadata({ action: 'kms:CreateKey' })
  .inputSchema(
    form({
      alias: aliasField.optional(),
      description: z.string().max(8192, 'A description has at most 8,192 characters.').default(''),
      policy: policyField(32_768).optional(),
    }),
  )
  .action(async ({ parsedInput, ctx: { place } }): Promise<Outcome> => {
    const { alias, description, policy } = parsedInput;
    const made = await keys.createKey(place.aws, { description, ...(policy ? { policy } : {}) });
    if (!made.ok) return outcomeOf(made, { title: '' }, 'The key was not created');
    const href = routes.key(made.data.id);
    if (!alias) return outcomeOf(made, { title: 'The key was created', goTo: href }, '');
    const named = await createAlias(place.aws, alias, made.data.id);
    if (!named.ok) {
      const outcome = outcomeOf([made, named], { title: '' }, `The key was created, but not the alias ${alias}`);
      return { ...outcome, links: [{ label: 'Open the key', href }] };
    }
    return outcomeOf([made, named], { title: `The key ${alias} was created`, goTo: href }, '');
  });

export const setKeyState = writeAction
  .metadata({ action: 'kms:EnableKey' })
  .inputSchema(form({ keyId: keyIdField, change: z.enum(['enable', 'disable', 'cancel-deletion']), ...reviewFields }))
  .action(async ({ parsedInput: { keyId, change, ...asked }, ctx: { place } }): Promise<Outcome> => {
    if (change === 'enable')
      return outcomeOf(
        await keys.enableKey(place.aws, keyId),
        { title: 'The key is enabled' },
        'The key was not enabled',
      );
    if (change === 'disable') {
      return reviewed(place, { kind: 'key-state', keyId, to: 'disable' }, asked, {
        done: 'The key is disabled',
        detail: 'What it encrypted stays, but nobody can read it until the key is enabled again.',
        failed: 'The key was not disabled',
        undo: 'Enable again',
      });
    }
    const cancelled = await keys.cancelKeyDeletion(place.aws, keyId);
    const detail = 'The key is disabled now. Enable it to use it again.';
    return outcomeOf(cancelled, { title: 'The deletion was cancelled', detail }, 'The deletion was not cancelled');
  });

export const scheduleDeletion = writeAction
  .metadata({ action: 'kms:ScheduleKeyDeletion' })
  .inputSchema(
    form({
      keyId: keyIdField,
      days: z.coerce
        .number({ error: 'The waiting period takes a number.' })
        .int()
        .min(7, 'At least 7 days.')
        .max(30, 'At most 30 days.'),
      ...reviewFields,
    }),
  )
  .action(({ parsedInput: { keyId, days, ...asked }, ctx: { place } }): Promise<Outcome> => {
    return reviewed(place, { kind: 'delete-key', keyId, days }, asked, {
      done: 'The deletion is scheduled',
      detail: `The key can't be used from now on. The deletion can be cancelled for ${days} days.`,
      failed: 'The deletion was not scheduled',
      undo: 'Cancel the deletion',
    });
  });

export const saveKeyPolicy = writeAction
  .metadata({ action: 'kms:PutKeyPolicy' })
  .inputSchema(form({ keyId: keyIdField, policy: policyField(32_768), ...reviewFields }))
  .action(({ parsedInput: { keyId, policy, ...asked }, ctx: { place } }): Promise<Outcome> => {
    return reviewed(place, { kind: 'key-policy', keyId, policy }, asked, {
      done: 'The key policy was changed',
      failed: 'The key policy was not changed',
      undo: 'Put it back',
    });
  });

const rotationDays = z.coerce
  .number({ error: 'The period takes a number of days.' })
  .int('The period takes whole days.')
  .min(90, 'At least 90 days.')
  .max(2560, 'At most 2,560 days.');

export const setRotation = writeAction
  .metadata({ action: 'kms:EnableKeyRotation' })
  .inputSchema(
    form({ keyId: keyIdField, days: rotationDays.optional(), on: z.enum(['true', 'false']), ...reviewFields }),
  )
  .action(({ parsedInput: { keyId, days, on, ...asked }, ctx: { place } }): Promise<Outcome> => {
    const rotates = on === 'true';
    return reviewed(place, { kind: 'rotation', keyId, on: rotates, ...(days ? { days } : {}) }, asked, {
      done: rotates ? `The key rotates every ${days ?? 365} days` : 'The key rotates no more by itself',
      failed: 'The rotation was not changed',
      undo: 'Put it back',
    });
  });

export const rotateNow = writeAction
  .metadata({ action: 'kms:RotateKeyOnDemand' })
  .inputSchema(form({ keyId: keyIdField, ...reviewFields }))
  .action(({ parsedInput: { keyId, ...asked }, ctx: { place } }): Promise<Outcome> => {
    return reviewed(place, { kind: 'rotate-now', keyId }, asked, {
      done: 'The key is being rotated',
      detail: 'The new material is used as soon as KMS has made it. What is encrypted stays readable.',
      failed: 'The key was not rotated',
    });
  });

export const describeKeyAs = writeAction
  .metadata({ action: 'kms:UpdateKeyDescription' })
  .inputSchema(
    form({
      keyId: keyIdField,
      description: z.string().max(8192, 'A description has at most 8,192 characters.').default(''),
    }),
  )
  .action(async ({ parsedInput: { keyId, description }, ctx: { place } }): Promise<Outcome> => {
    const changed = await keys.changeDescription(place.aws, keyId, description);
    return outcomeOf(changed, { title: 'The description was changed' }, 'The description was not changed');
  });

export const addAlias = writeAction
  .metadata({ action: 'kms:CreateAlias' })
  .inputSchema(form({ keyId: keyIdField, alias: aliasField, ...reviewFields }))
  .action(async ({ parsedInput: { keyId, alias, ...asked }, ctx: { place } }): Promise<Outcome> => {
    const done = `${alias} points to this key`;
    const failed = 'The alias was not created';
    const known = await listAliases(place.aws);
    // One that points elsewhere is moved, and that is looked at first.
    if (known.ok && known.data.items.some(({ name }) => name === alias))
      return reviewed(place, { kind: 'alias', alias, keyId }, asked, {
        done,
        failed: 'The alias was not moved',
        undo: 'Move it back',
      });
    return outcomeOf(await createAlias(place.aws, alias, keyId), { title: done }, failed);
  });

export const removeAlias = writeAction
  .metadata({ action: 'kms:DeleteAlias' })
  .inputSchema(form({ alias: z.string().startsWith('alias/').max(256) }))
  .action(async ({ parsedInput: { alias }, ctx: { place } }): Promise<Outcome> => {
    const removed = await deleteAlias(place.aws, alias);
    return outcomeOf(
      removed,
      { title: `${alias} was deleted`, detail: 'The key stays as it is.' },
      'The alias was not deleted',
    );
  });
