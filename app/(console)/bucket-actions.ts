'use server';

import { z } from 'zod';
import { form, Refused, writeAction } from '@/app/_actions/ladder';
import { outcomeOf } from '@/app/_actions/outcome';
import { reviewed, reviewFields } from '@/app/_actions/review';
import { routes } from '@/components/routes';
import type { Outcome } from '@/components/ui/outcome';
import * as buckets from '@/lib/aws/buckets';
import { createDirectoryBucket } from '@/lib/aws/directory-buckets';
import { deleteObject, putObject } from '@/lib/aws/objects';
import { chosenEncryption, encryptionShape, ownKeyMissing, plannedEncryption, policyField } from './fields';

/** What can be done with general purpose and directory buckets, which share S3's API. */

const bucket = z.string().min(3).max(63);
const isDirectory = (name: string) => name.endsWith('--x-s3');
const NEEDS_KEY = { path: ['keyId'], message: 'Choose a customer managed key, or take SSE-S3.' };

export const createGeneralBucket = writeAction
  .metadata({ action: 's3:CreateBucket' })
  .inputSchema(
    form({
      name: z
        .string({ error: 'Enter a name.' })
        .trim()
        .min(3, 'A name has at least 3 characters.')
        .max(63, 'A name has at most 63 characters.')
        .regex(
          /^[a-z0-9][a-z0-9.-]*[a-z0-9]$/,
          'A name takes lower-case letters, digits, dots and dashes, and begins and ends with a letter or digit.',
        ),
      ...encryptionShape,
    }),
  )
  .action(async ({ parsedInput: input, ctx: { place } }): Promise<Outcome> => {
    const made = await buckets.createBucket(place.aws, input.name);
    const goTo = routes.bucket(input.name);
    // A new bucket has SSE-S3 already.
    if (!made.ok || input.encryption === 'SSE-S3')
      return outcomeOf(made, { title: `The bucket ${input.name} was created`, goTo }, 'The bucket was not created');
    const set = await buckets.putBucketEncryption(place.aws, input.name, chosenEncryption(input, true));
    const outcome = outcomeOf(
      [made, set],
      { title: `The bucket ${input.name} was created`, goTo },
      'The bucket was created, but its encryption was not set',
    );
    return set.ok ? outcome : { ...outcome, links: [{ label: 'Open the bucket', href: goTo }] };
  });

export const createDirectory = writeAction
  .metadata({ action: 's3express:CreateBucket' })
  .inputSchema(
    form({
      base: z
        .string({ error: 'Enter a name.' })
        .trim()
        .regex(
          /^[a-z0-9][a-z0-9-]*$/,
          'A name takes lower-case letters, digits and dashes, and begins with a letter or digit.',
        )
        .refine((name) => !name.includes('--'), 'Two dashes in a row separate the zone.'),
      zone: z
        .string({ error: 'Enter a zone.' })
        .trim()
        .regex(/^[a-z0-9]+-[a-z0-9-]+$/, 'A zone id looks like use1-az4.'),
      encryption: encryptionShape.encryption.exclude(['DSSE-KMS']),
      keyId: encryptionShape.keyId,
    })
      .refine((input) => `${input.base}--${input.zone}--x-s3`.length <= 63, {
        path: ['base'],
        message: 'With its zone, the name has more than 63 characters.',
      })
      .refine((input) => !ownKeyMissing(input), NEEDS_KEY),
  )
  .action(async ({ parsedInput: input, ctx: { place } }): Promise<Outcome> => {
    const name = `${input.base}--${input.zone}--x-s3`;
    const goTo = routes.directoryBucket(name);
    const made = await createDirectoryBucket(place.aws, name);
    if (!made.ok || input.encryption === 'SSE-S3')
      return outcomeOf(
        made,
        { title: `The directory bucket ${name} was created`, goTo },
        'The directory bucket was not created',
      );
    const set = await buckets.putBucketEncryption(place.aws, name, chosenEncryption(input, false));
    const outcome = outcomeOf(
      [made, set],
      { title: `The directory bucket ${name} was created`, goTo },
      'The directory bucket was created, but its key was not set',
    );
    return set.ok ? outcome : { ...outcome, links: [{ label: 'Open the bucket', href: goTo }] };
  });

export const changeEncryption = writeAction
  .metadata({ action: 's3:PutEncryptionConfiguration' })
  .inputSchema(form({ bucket, ...encryptionShape, blocksCustomerKeys: z.literal('on').optional(), ...reviewFields }))
  .action(async ({ parsedInput: input, ctx: { place } }): Promise<Outcome> => {
    const directory = isDirectory(input.bucket);
    if (directory && ownKeyMissing(input)) throw new Refused('Directory buckets need a customer managed key.');
    const chosen = plannedEncryption(input, !directory);
    const encryption = directory ? chosen : { ...chosen, blocksCustomerKeys: input.blocksCustomerKeys === 'on' };
    return reviewed(place, { kind: 'bucket-encryption', bucket: input.bucket, encryption }, input, {
      done: `Default encryption changed to ${input.encryption}`,
      detail: directory
        ? 'The key is locked for the life of the bucket.'
        : 'New objects use it. Objects that exist keep what they were written with.',
      failed: 'The default was not changed',
      undo: 'Put it back',
    });
  });

export const deleteBucket = writeAction
  .metadata({ action: 's3:DeleteBucket' })
  .inputSchema(form({ bucket }))
  .action(async ({ parsedInput: input, ctx: { place } }): Promise<Outcome> => {
    const deleted = await buckets.deleteBucket(place.aws, input.bucket);
    const goTo = isDirectory(input.bucket) ? '/directory-buckets' : '/buckets';
    return outcomeOf(deleted, { title: `${input.bucket} was deleted`, goTo }, 'The bucket was not deleted');
  });

export const saveBucketPolicy = writeAction
  .metadata({ action: 's3:PutBucketPolicy' })
  .inputSchema(form({ bucket, policy: policyField(20_480), ...reviewFields }))
  .action(({ parsedInput: input, ctx: { place } }): Promise<Outcome> => {
    return reviewed(place, { kind: 'bucket-policy', bucket: input.bucket, policy: input.policy }, input, {
      done: 'The bucket policy was changed',
      failed: 'The bucket policy was not changed',
      undo: 'Put it back',
    });
  });

export const deleteBucketPolicy = writeAction
  .metadata({ action: 's3:DeleteBucketPolicy' })
  .inputSchema(form({ bucket, ...reviewFields }))
  .action(({ parsedInput: input, ctx: { place } }): Promise<Outcome> => {
    return reviewed(place, { kind: 'bucket-policy', bucket: input.bucket }, input, {
      done: 'The bucket policy was deleted',
      failed: 'The bucket policy was not deleted',
      undo: 'Put it back',
    });
  });

export const writeObject = writeAction
  .metadata({ action: 's3:PutObject' })
  .inputSchema(
    form({
      bucket,
      key: z.string({ error: 'Enter a key.' }).min(1).max(1024, 'A key has at most 1,024 bytes.'),
      text: z.string().max(1_000_000, 'At most 1,000,000 characters here.').default(''),
    }),
  )
  .action(async ({ parsedInput: input, ctx: { place } }): Promise<Outcome> => {
    const written = await putObject(place.aws, input.bucket, input.key, input.text);
    const explain =
      written.ok && written.requestId ? [{ label: 'Key operations', href: routes.decision(written.requestId) }] : [];
    return outcomeOf(written, { title: `${input.key} was written`, links: explain }, 'The object was not written');
  });

export const removeObject = writeAction
  .metadata({ action: 's3:DeleteObject' })
  .inputSchema(form({ bucket, key: z.string().min(1).max(1024) }))
  .action(async ({ parsedInput: input, ctx: { place } }): Promise<Outcome> => {
    const removed = await deleteObject(place.aws, input.bucket, input.key);
    return outcomeOf(removed, { title: `${input.key} was deleted` }, 'The object was not deleted');
  });
