'use server';

import { z } from 'zod';
import { form, writeAction } from '@/app/_actions/ladder';
import { outcomeOf } from '@/app/_actions/outcome';
import { routes } from '@/components/routes';
import type { Outcome } from '@/components/ui/outcome';
import * as accessKeys from '@/lib/aws/access-keys';
import * as identities from '@/lib/aws/identities';
import { dependentsOf, removeDependents } from '@/lib/aws/principal-policies';
import { kindField, nameField, trustField } from './fields';

/** Users, roles and groups themselves. Their policies have actions of their own. */

const path = z
  .string()
  .trim()
  .max(512, 'A path has at most 512 characters.')
  .regex(/^\/([!-.0-~]+\/)*$/, 'A path begins and ends with a slash: /team/.')
  .optional();

const title = { user: 'user', role: 'role', group: 'group' } as const;

export const createIdentity = writeAction
  .metadata({ action: 'iam:CreateRole' })
  .inputSchema(
    form({
      kind: kindField,
      name: nameField,
      path,
      description: z.string().max(1000, 'A description has at most 1,000 characters.').optional(),
      trust: trustField.optional(),
    }).refine((input) => input.kind !== 'role' || input.trust, { path: ['trust'], message: 'Enter the trust policy.' }),
  )
  .action(async ({ parsedInput, ctx: { place } }): Promise<Outcome> => {
    const { kind, name } = parsedInput;
    const made = await identities.createIdentity(place.aws, kind, parsedInput);
    return outcomeOf(
      made,
      {
        title: `The ${title[kind]} ${name} was created`,
        detail: 'It may do nothing until a policy allows it.',
        goTo: routes.identity(kind, name),
      },
      `The ${title[kind]} was not created`,
    );
  });

export const deleteIdentity = writeAction
  .metadata({ action: 'iam:DeleteRole' })
  .inputSchema(form({ kind: kindField, name: nameField }))
  .action(async ({ parsedInput: { kind, name }, ctx: { place } }): Promise<Outcome> => {
    const failed = `The ${title[kind]} was not deleted`;
    const dependents = await dependentsOf(place.aws, kind, name);
    if (!dependents.ok) return outcomeOf(dependents, { title: '' }, failed);
    const removed = await removeDependents(place.aws, kind, name, dependents.data);
    const stuck = removed.some((result) => !result.ok);
    const all = stuck ? removed : [...removed, await identities.deleteIdentity(place.aws, kind, name)];
    return outcomeOf(
      all,
      { title: `The ${title[kind]} ${name} was deleted`, goTo: routes.identities(`${kind}s`) },
      stuck ? `${failed}; some of what hung on it is gone` : failed,
    );
  });

export const saveTrust = writeAction
  .metadata({ action: 'iam:UpdateAssumeRolePolicy' })
  .inputSchema(form({ name: nameField, policy: trustField }))
  .action(async ({ parsedInput: { name, policy }, ctx: { place } }): Promise<Outcome> => {
    const saved = await identities.putTrust(place.aws, name, policy);
    return outcomeOf(saved, { title: 'The trust policy was changed' }, 'The trust policy was not changed');
  });

const tagged = z.enum(['user', 'role']);

export const addTag = writeAction
  .metadata({ action: 'iam:TagRole' })
  .inputSchema(
    form({
      kind: tagged,
      name: nameField,
      key: z.string({ error: 'Enter a key.' }).trim().max(128, 'A tag key has at most 128 characters.'),
      value: z.string().max(256, 'A tag value has at most 256 characters.').default(''),
    }),
  )
  .action(async ({ parsedInput: { kind, name, key, value }, ctx: { place } }): Promise<Outcome> => {
    const set = await identities.tagIdentity(place.aws, kind, name, { key, value });
    return outcomeOf(set, { title: `The tag ${key} was set` }, 'The tag was not set');
  });

export const removeTag = writeAction
  .metadata({ action: 'iam:UntagRole' })
  .inputSchema(form({ kind: tagged, name: nameField, key: z.string().max(128) }))
  .action(async ({ parsedInput: { kind, name, key }, ctx: { place } }): Promise<Outcome> => {
    const gone = await identities.untagIdentity(place.aws, kind, name, key);
    return outcomeOf(gone, { title: `The tag ${key} was removed` }, 'The tag was not removed');
  });

export const changeMembership = writeAction
  .metadata({ action: 'iam:AddUserToGroup' })
  .inputSchema(form({ user: nameField, group: nameField, change: z.enum(['add', 'remove']) }))
  .action(async ({ parsedInput: { user, group, change }, ctx: { place } }): Promise<Outcome> => {
    const changed =
      change === 'add'
        ? await identities.addToGroup(place.aws, user, group)
        : await identities.removeFromGroup(place.aws, user, group);
    const done = change === 'add' ? `${user} is in ${group}` : `${user} left ${group}`;
    return outcomeOf(changed, { title: done }, 'The group was not changed');
  });

export const createAccessKey = writeAction
  .metadata({ action: 'iam:CreateAccessKey' })
  .inputSchema(form({ name: nameField }))
  .action(async ({ parsedInput: { name }, ctx: { place } }): Promise<Outcome> => {
    const made = await accessKeys.createAccessKey(place.aws, name);
    const shown = made.ok ? { once: { label: 'Secret access key', value: made.data.secret } } : {};
    const detail = made.ok ? `${made.data.id}. The secret is shown this once: copy it now.` : '';
    return outcomeOf(made, { title: 'The access key was created', detail, ...shown }, 'The access key was not created');
  });

export const setAccessKey = writeAction
  .metadata({ action: 'iam:UpdateAccessKey' })
  .inputSchema(form({ name: nameField, id: z.string().max(128), change: z.enum(['activate', 'deactivate', 'delete']) }))
  .action(async ({ parsedInput: { name, id, change }, ctx: { place } }): Promise<Outcome> => {
    const changed =
      change === 'delete'
        ? await accessKeys.deleteAccessKey(place.aws, name, id)
        : await accessKeys.setAccessKeyActive(place.aws, name, id, change === 'activate');
    const done = { activate: 'is active', deactivate: 'is inactive', delete: 'was deleted' }[change];
    return outcomeOf(changed, { title: `The access key ${id} ${done}` }, 'The access key was not changed');
  });
