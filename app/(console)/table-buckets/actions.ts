'use server';

import { z } from 'zod';
import { form, writeAction } from '@/app/_actions/ladder';
import { outcomeOf } from '@/app/_actions/outcome';
import { reviewed, reviewFields } from '@/app/_actions/review';
import { routes } from '@/components/routes';
import type { Outcome } from '@/components/ui/outcome';
import { getKeyPolicy } from '@/lib/aws/keys';
import * as buckets from '@/lib/aws/table-buckets';
import { chosenEncryption, encryptionShape, ownKeyMissing, plannedEncryption, policyField } from '../fields';
import { withMaintenanceStatement } from './maintenance-statement';

/** What can be done with a table bucket. Namespaces and tables have actions of their own. */

const bucketName = z
  .string({ error: 'Enter a name.' })
  .trim()
  .min(3, 'A name has at least 3 characters.')
  .max(63, 'A name has at most 63 characters.')
  .regex(/^[0-9a-z-]*$/, 'A name takes lower-case letters, digits and dashes.');
const arn = z.string().startsWith('arn:').max(2048);
const NEEDS_KEY = { path: ['keyId'], message: 'Choose a customer managed key, or take SSE-S3.' };
const tableEncryption = { encryption: encryptionShape.encryption.exclude(['DSSE-KMS']), keyId: encryptionShape.keyId };

export const createBucket = writeAction
  .metadata({ action: 's3tables:CreateTableBucket' })
  .inputSchema(form({ name: bucketName, ...tableEncryption }).refine((input) => !ownKeyMissing(input), NEEDS_KEY))
  .action(async ({ parsedInput, ctx: { place } }): Promise<Outcome> => {
    const made = await buckets.createTableBucket(place.aws, {
      name: parsedInput.name,
      encryption: chosenEncryption(parsedInput, false),
    });
    return outcomeOf(
      made,
      { title: `The table bucket ${parsedInput.name} was created`, goTo: routes.tableBucket(parsedInput.name) },
      'The table bucket was not created',
    );
  });

export const changeDefault = writeAction
  .metadata({ action: 's3tables:PutTableBucketEncryption' })
  .inputSchema(form({ arn, ...tableEncryption, ...reviewFields }).refine((input) => !ownKeyMissing(input), NEEDS_KEY))
  .action(({ parsedInput, ctx: { place } }): Promise<Outcome> => {
    const encryption = plannedEncryption(parsedInput, false);
    return reviewed(place, { kind: 'table-bucket-encryption', bucketArn: parsedInput.arn, encryption }, parsedInput, {
      done: `Default encryption changed to ${parsedInput.encryption}`,
      detail: 'New tables use it. Tables that exist keep what they were created with.',
      failed: 'The default was not changed',
      undo: 'Put it back',
    });
  });

export const deleteBucket = writeAction
  .metadata({ action: 's3tables:DeleteTableBucket' })
  .inputSchema(form({ arn }))
  .action(async ({ parsedInput, ctx: { place } }): Promise<Outcome> => {
    const deleted = await buckets.deleteTableBucket(place.aws, parsedInput.arn);
    return outcomeOf(
      deleted,
      { title: 'The table bucket was deleted', goTo: '/table-buckets' },
      'The table bucket was not deleted',
    );
  });

export const savePolicy = writeAction
  .metadata({ action: 's3tables:PutTableBucketPolicy' })
  .inputSchema(form({ arn, policy: policyField(20_480), ...reviewFields }))
  .action(({ parsedInput: { arn: bucketArn, policy, ...asked }, ctx: { place } }): Promise<Outcome> => {
    return reviewed(place, { kind: 'table-bucket-policy', bucketArn, policy }, asked, {
      done: 'The table bucket policy was changed',
      failed: 'The table bucket policy was not changed',
      undo: 'Put it back',
    });
  });

export const deletePolicy = writeAction
  .metadata({ action: 's3tables:DeleteTableBucketPolicy' })
  .inputSchema(form({ arn, ...reviewFields }))
  .action(({ parsedInput: { arn: bucketArn, ...asked }, ctx: { place } }): Promise<Outcome> => {
    return reviewed(place, { kind: 'table-bucket-policy', bucketArn }, asked, {
      done: 'The table bucket policy was deleted',
      failed: 'The table bucket policy was not deleted',
      undo: 'Put it back',
    });
  });

export const createNamespace = writeAction
  .metadata({ action: 's3tables:CreateNamespace' })
  .inputSchema(
    form({
      arn,
      namespace: z
        .string({ error: 'Enter a name.' })
        .trim()
        .max(255)
        .regex(/^[0-9a-z_]+$/, 'A namespace takes lower-case letters, digits and underscores.'),
    }),
  )
  .action(async ({ parsedInput, ctx: { place } }): Promise<Outcome> => {
    const made = await buckets.createNamespace(place.aws, parsedInput.arn, parsedInput.namespace);
    return outcomeOf(
      made,
      { title: `The namespace ${parsedInput.namespace} was created` },
      'The namespace was not created',
    );
  });

export const deleteNamespace = writeAction
  .metadata({ action: 's3tables:DeleteNamespace' })
  .inputSchema(form({ arn, namespace: z.string().min(1).max(255) }))
  .action(async ({ parsedInput, ctx: { place } }): Promise<Outcome> => {
    const deleted = await buckets.deleteNamespace(place.aws, parsedInput.arn, parsedInput.namespace);
    return outcomeOf(
      deleted,
      { title: `The namespace ${parsedInput.namespace} was deleted` },
      'The namespace was not deleted',
    );
  });

/** Adds the statement that lets S3 Tables maintenance use the key: reads the policy again, so nothing is lost. */
export const allowMaintenance = writeAction
  .metadata({ action: 'kms:PutKeyPolicy' })
  .inputSchema(form({ keyId: z.string().min(1).max(2048), arn, ...reviewFields }))
  .action(async ({ parsedInput: { keyId, arn: bucketArn, ...asked }, ctx: { place } }): Promise<Outcome> => {
    const read = await getKeyPolicy(place.aws, keyId);
    if (!read.ok) return outcomeOf(read, { title: '' }, 'The key policy could not be read');
    const { text: policy } = withMaintenanceStatement(read.data, bucketArn);
    return reviewed(place, { kind: 'key-policy', keyId, policy }, asked, {
      done: 'The maintenance principal may use the key',
      detail: 'Tables can be created with this key, and compaction can read and write them.',
      failed: 'The key policy was not changed',
      undo: 'Take it out again',
    });
  });
