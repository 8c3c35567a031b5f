'use server';

import { z } from 'zod';
import { form, writeAction } from '@/app/_actions/ladder';
import { outcomeOf } from '@/app/_actions/outcome';
import { reviewed, reviewFields } from '@/app/_actions/review';
import { routes } from '@/components/routes';
import { plural } from '@/components/ui/format';
import type { Outcome } from '@/components/ui/outcome';
import { readPrincipal } from '@/components/ui/principal';
import { runMaintenance } from '@/lib/aws/emulator';
import { getKeyPolicy } from '@/lib/aws/keys';
import { mapLimited } from '@/lib/aws/result';
import * as buckets from '@/lib/aws/table-buckets';
import { listTables } from '@/lib/aws/tables';
import { MAINTENANCE, withStatementFor } from '@/lib/plan/required-principals';
import { chosenEncryption, encryptionShape, ownKeyMissing, plannedEncryption, policyField } from '../fields';

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

/** Adds the statement that lets a principal use the key for a bucket's tables: reads the policy again, so nothing is lost. */
export const allowPrincipal = writeAction
  .metadata({ action: 'kms:PutKeyPolicy' })
  .inputSchema(
    form({ keyId: z.string().min(1).max(2048), arn, principal: z.string().min(1).max(2048), ...reviewFields }),
  )
  .action(async ({ parsedInput: { keyId, arn: bucketArn, principal, ...asked }, ctx: { place } }): Promise<Outcome> => {
    const read = await getKeyPolicy(place.aws, keyId);
    if (!read.ok) return outcomeOf(read, { title: '' }, 'The key policy could not be read');
    const { text: policy } = withStatementFor(read.data, principal, bucketArn);
    const maintains = principal === MAINTENANCE;
    return reviewed(place, { kind: 'key-policy', keyId, policy }, asked, {
      done: maintains
        ? 'The maintenance principal may use the key'
        : `${readPrincipal(principal).name} may use the key`,
      detail: maintains
        ? 'Tables can be created with this key, and compaction can read and write them.'
        : 'For the tables of this bucket only.',
      failed: 'The key policy was not changed',
      undo: 'Take it out again',
    });
  });

/** Tables that one drill runs. */
const MOST_DRILLED = 10;

/** Runs the maintenance of a bucket's tables now and tells what came of it (TB-60). Only the emulator can. */
export const drillMaintenance = writeAction
  .metadata({ action: 'emulator:RunMaintenance' })
  .inputSchema(form({ arn, bucket: z.string().min(1).max(63) }))
  .action(async ({ parsedInput: { arn: bucketArn, bucket }, ctx: { place } }): Promise<Outcome> => {
    const listed = await listTables(place.aws, bucketArn);
    if (!listed.ok) return outcomeOf(listed, { title: '' }, 'The tables could not be listed');
    const chosen = listed.data.items.slice(0, MOST_DRILLED);
    if (chosen.length === 0) return { ok: false, title: 'There is no table to maintain', detail: 'Create one first.' };
    const runs = await mapLimited(chosen, 2, async ({ namespace, name }) => ({
      table: `${namespace}.${name}`,
      run: await runMaintenance(place.aws, { tableBucketARN: bucketArn, namespace, name }),
    }));
    const failed = runs.flatMap(({ table, run }) => {
      if (!run.ok) return [{ table, why: run.error.message }];
      const why = Object.values(run.data.jobs).find(({ status }) => status === 'Failed')?.failureMessage;
      return why === undefined ? [] : [{ table, why }];
    });
    const [first] = failed;
    if (first) {
      return {
        ok: false,
        title: `Maintenance failed for ${failed.length} of ${plural(runs.length, 'table')}`,
        detail: `${first.table}: ${first.why}`,
        links: [{ label: 'All results', href: routes.tableBucket(bucket, 'maintenance') }],
      };
    }
    return {
      ok: true,
      title: `Maintenance ran for ${plural(runs.length, 'table')}`,
      detail: 'The maintenance principal could read and write with the key of each.',
      links: [{ label: 'All results', href: routes.tableBucket(bucket, 'maintenance') }],
    };
  });
