'use server';

import { z } from 'zod';
import { form, writeAction } from '@/app/_actions/ladder';
import { outcomeOf } from '@/app/_actions/outcome';
import { routes } from '@/components/routes';
import type { Outcome } from '@/components/ui/outcome';
import * as managed from '@/lib/aws/managed-policies';
import * as policies from '@/lib/aws/principal-policies';
import { policyField } from '../fields';
import { DOCUMENT_LIMITS, kindField, nameField, policyArnField, policyNameField } from './fields';

/** Inline, attached and managed policies, and the permissions boundary. */

const document = policyField(DOCUMENT_LIMITS.role);

export const saveInlinePolicy = writeAction
  .metadata({ action: 'iam:PutRolePolicy' })
  .inputSchema(form({ kind: kindField, name: nameField, policyName: policyNameField, policy: document }))
  .action(async ({ parsedInput: { kind, name, policyName, policy }, ctx: { place } }): Promise<Outcome> => {
    const saved = await policies.putInlinePolicy(place.aws, kind, name, { name: policyName, document: policy });
    return outcomeOf(saved, { title: `The policy ${policyName} was saved` }, 'The policy was not saved');
  });

export const removeInlinePolicy = writeAction
  .metadata({ action: 'iam:DeleteRolePolicy' })
  .inputSchema(form({ kind: kindField, name: nameField, policyName: policyNameField }))
  .action(async ({ parsedInput: { kind, name, policyName }, ctx: { place } }): Promise<Outcome> => {
    const gone = await policies.deleteInlinePolicy(place.aws, kind, name, policyName);
    return outcomeOf(gone, { title: `The policy ${policyName} was deleted` }, 'The policy was not deleted');
  });

/** A policy that was chosen from the list, or named by its ARN. */
const chosen = { chosen: policyArnField.optional(), arn: policyArnField.optional() };
const NEEDS_POLICY = { path: ['arn'], message: 'Choose a policy or enter its ARN.' };

export const attachPolicy = writeAction
  .metadata({ action: 'iam:AttachRolePolicy' })
  .inputSchema(
    form({ kind: kindField, name: nameField, ...chosen }).refine((input) => input.arn ?? input.chosen, NEEDS_POLICY),
  )
  .action(async ({ parsedInput: input, ctx: { place } }): Promise<Outcome> => {
    const attached = await policies.attachPolicy(place.aws, input.kind, input.name, input.arn ?? input.chosen ?? '');
    return outcomeOf(attached, { title: 'The policy is attached' }, 'The policy was not attached');
  });

export const detachPolicy = writeAction
  .metadata({ action: 'iam:DetachRolePolicy' })
  .inputSchema(form({ kind: kindField, name: nameField, arn: policyArnField }))
  .action(async ({ parsedInput: { kind, name, arn }, ctx: { place } }): Promise<Outcome> => {
    const detached = await policies.detachPolicy(place.aws, kind, name, arn);
    return outcomeOf(detached, { title: 'The policy is detached' }, 'The policy was not detached');
  });

export const setBoundary = writeAction
  .metadata({ action: 'iam:PutRolePermissionsBoundary' })
  .inputSchema(form({ kind: z.enum(['user', 'role']), name: nameField, ...chosen }))
  .action(async ({ parsedInput: input, ctx: { place } }): Promise<Outcome> => {
    const arn = input.arn ?? input.chosen;
    const set = await policies.setBoundary(place.aws, input.kind, input.name, arn);
    return outcomeOf(
      set,
      {
        title: arn ? 'The permissions boundary was set' : 'The permissions boundary was removed',
        detail: arn ? 'Only what it allows too counts from now on.' : 'Its own policies alone decide now.',
      },
      'The permissions boundary was not changed',
    );
  });

export const createManagedPolicy = writeAction
  .metadata({ action: 'iam:CreatePolicy' })
  .inputSchema(
    form({
      name: policyNameField,
      description: z.string().max(1000, 'A description has at most 1,000 characters.').optional(),
      policy: policyField(DOCUMENT_LIMITS.managed),
    }),
  )
  .action(async ({ parsedInput: { name, description, policy }, ctx: { place } }): Promise<Outcome> => {
    const made = await managed.createManagedPolicy(place.aws, { name, description, document: policy });
    const goTo = made.ok ? { goTo: routes.managedPolicy(made.data.arn) } : {};
    return outcomeOf(made, { title: `The managed policy ${name} was created`, ...goTo }, 'The policy was not created');
  });

export const saveManagedPolicy = writeAction
  .metadata({ action: 'iam:CreatePolicyVersion' })
  .inputSchema(form({ arn: policyArnField, policy: policyField(DOCUMENT_LIMITS.managed) }))
  .action(async ({ parsedInput: { arn, policy }, ctx: { place } }): Promise<Outcome> => {
    const saved = await managed.savePolicyDocument(place.aws, arn, policy);
    const detail = 'It is the default version: everybody who has the policy attached follows it now.';
    return outcomeOf(saved, { title: 'The policy was changed', detail }, 'The policy was not changed');
  });

export const removeManagedPolicy = writeAction
  .metadata({ action: 'iam:DeletePolicy' })
  .inputSchema(form({ arn: policyArnField }))
  .action(async ({ parsedInput: { arn }, ctx: { place } }): Promise<Outcome> => {
    const gone = await managed.deleteManagedPolicy(place.aws, arn);
    return outcomeOf(
      gone,
      { title: 'The managed policy was deleted', goTo: routes.identities('policies') },
      'The managed policy was not deleted',
    );
  });
