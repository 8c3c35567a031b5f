'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import { form, Refused, sessionAction, writeAction } from '@/app/_actions/ladder';
import { failureOutcome, outcomeOf } from '@/app/_actions/outcome';
import type { Outcome } from '@/components/ui/outcome';
import { putBucketEncryption } from '@/lib/aws/buckets';
import { createDirectoryBucket, zoneOf } from '@/lib/aws/directory-buckets';
import { createTable } from '@/lib/aws/tables';
import { openSource } from '@/lib/copies/copy-table';
import { cancelCopy, startCopy } from '@/lib/copies/registry';
import { canWrite } from '@/lib/iceberg/values';
import { chosenEncryption, encryptionShape, ownKeyMissing } from './fields';

/** The documented way to another key: a new directory bucket or table, and a copy as a job (DB-11, TB-10). */

const NEEDS_KEY = { path: ['keyId'], message: 'Choose a customer managed key, or take SSE-S3.' };
const encryption = { encryption: encryptionShape.encryption.exclude(['DSSE-KMS']), keyId: encryptionShape.keyId };

export const copyDirectoryBucket = writeAction
  .metadata({ action: 's3:CopyObject' })
  .inputSchema(
    form({
      from: z.string().min(3).max(63),
      source: z.string().startsWith('arn:').max(2048),
      base: z
        .string({ error: 'Enter a name.' })
        .trim()
        .regex(
          /^[a-z0-9][a-z0-9-]*$/,
          'A name takes lower-case letters, digits and dashes, and begins with a letter or digit.',
        )
        .refine((name) => !name.includes('--'), 'Two dashes in a row separate the zone.'),
      ...encryption,
    })
      .refine((input) => `${input.base}--${zoneOf(input.from)}--x-s3`.length <= 63, {
        path: ['base'],
        message: 'With its zone, the name has more than 63 characters.',
      })
      .refine((input) => !ownKeyMissing(input), NEEDS_KEY),
  )
  .action(async ({ parsedInput: input, ctx: { place } }): Promise<Outcome> => {
    const bucket = `${input.base}--${zoneOf(input.from)}--x-s3`;
    const made = await createDirectoryBucket(place.aws, bucket);
    if (!made.ok) return outcomeOf(made, { title: '' }, 'The new bucket was not created');
    if (input.encryption !== 'SSE-S3') {
      const set = await putBucketEncryption(place.aws, bucket, chosenEncryption(input, false));
      if (!set.ok) return outcomeOf([made, set], { title: '' }, `${bucket} was created, but its key was not set`);
    }
    startCopy(place.aws, { kind: 'objects', source: input.source, from: input.from, target: { bucket } });
    return outcomeOf(made, { title: `${bucket} was created, and the copy has begun` }, '');
  });

export const copyTableTo = writeAction
  .metadata({ action: 's3tables:CreateTable' })
  .inputSchema(
    form({
      bucket: z.string().min(1).max(63),
      arn: z.string().startsWith('arn:').max(2048),
      source: z.string().startsWith('arn:').max(2048),
      namespace: z.string().min(1).max(255),
      name: z.string().min(1).max(255),
      newName: z
        .string({ error: 'Enter a name.' })
        .trim()
        .max(255, 'A name has at most 255 characters.')
        .regex(/^[0-9a-z_]+$/, 'A table name takes lower-case letters, digits and underscores.'),
      ...encryption,
    }).refine((input) => !ownKeyMissing(input), NEEDS_KEY),
  )
  .action(async ({ parsedInput: input, ctx: { place } }): Promise<Outcome> => {
    const { arn: tableBucketARN, namespace, name, newName } = input;
    const from = { tableBucketARN, namespace, name };
    try {
      const { schema } = await openSource(place.aws, from);
      const columns = (schema?.fields ?? []).flatMap((field) =>
        canWrite(field.type) ? [{ name: field.name, type: field.type, required: field.required }] : [],
      );
      const made = await createTable(place.aws, {
        bucketArn: tableBucketARN,
        namespace,
        name: newName,
        columns,
        encryption: chosenEncryption(input, false),
      });
      if (!made.ok) return outcomeOf(made, { title: '' }, 'The new table was not created');
      const target = { bucket: input.bucket, namespace, table: newName };
      startCopy(place.aws, { kind: 'table', source: input.source, from, to: { ...from, name: newName }, target });
      return outcomeOf(made, { title: `${namespace}.${newName} was created, and the copy has begun` }, '');
    } catch (error) {
      const { name: code, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
      return failureOutcome(
        { code, message, action: 's3tables:GetTableMetadataLocation' },
        'The table could not be read',
      );
    }
  });

export const stopCopy = sessionAction
  .metadata({ action: 'console:StopCopy' })
  .inputSchema(form({ id: z.string().max(36) }))
  .action(async ({ parsedInput: { id }, ctx: { place } }): Promise<Outcome> => {
    if (!cancelCopy(place.aws, id)) throw new Refused('This copy has ended already.');
    refresh();
    return { ok: true, title: 'The copy stops', detail: 'What was copied stays.' };
  });
