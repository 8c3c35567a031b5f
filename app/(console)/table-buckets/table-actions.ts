'use server';

import { z } from 'zod';
import { form, writeAction } from '@/app/_actions/ladder';
import { outcomeOf } from '@/app/_actions/outcome';
import { reviewed, reviewFields } from '@/app/_actions/review';
import { routes } from '@/components/routes';
import type { Outcome } from '@/components/ui/outcome';
import { runMaintenance } from '@/lib/aws/emulator';
import * as tables from '@/lib/aws/tables';
import { chosenEncryption, encryptionShape, ownKeyMissing, policyField } from '../fields';

/** What can be done with tables. Their encryption can only be chosen here, when they are created. */

const tableField = z
  .string({ error: 'Enter a name.' })
  .trim()
  .max(255, 'A name has at most 255 characters.')
  .regex(/^[0-9a-z_]+$/, 'A table name takes lower-case letters, digits and underscores.');

const which = {
  bucket: z.string().min(1).max(63),
  arn: z.string().startsWith('arn:').max(2048),
  namespace: z.string({ error: 'Choose a namespace.' }).min(1).max(255),
};

const columnsField = z
  .string({ error: 'A table has at least one column.' })
  .max(20_000)
  .transform((text, context) => {
    const columns: tables.Column[] = [];
    for (const line of text
      .split('\n')
      .map((one) => one.trim())
      .filter(Boolean)) {
      const match =
        /^([A-Za-z_]\w*)\s+(boolean|int|long|float|double|date|time|timestamp|timestamptz|string|uuid|binary|decimal\(\d+,\s?\d+\)|fixed\[\d+\])(\s+required)?$/.exec(
          line,
        );
      if (!match?.[1] || !match[2]) {
        context.addIssue({
          code: 'custom',
          message: `"${line.slice(0, 60)}" is not a column. Write name, type and, if it must be there, required.`,
        });
        return z.NEVER;
      }
      columns.push({ name: match[1], type: match[2], required: match[3] !== undefined });
    }
    return columns;
  });

export const createTable = writeAction
  .metadata({ action: 's3tables:CreateTable' })
  .inputSchema(
    form({
      ...which,
      name: tableField,
      columns: columnsField,
      encryption: z.enum(['inherit', 'SSE-S3', 'SSE-KMS'], { error: 'Choose an encryption.' }),
      keyId: encryptionShape.keyId,
    }).refine((input) => !ownKeyMissing(input), { path: ['keyId'], message: 'Choose a customer managed key.' }),
  )
  .action(async ({ parsedInput: input, ctx: { place } }): Promise<Outcome> => {
    const { encryption } = input;
    const made = await tables.createTable(place.aws, {
      bucketArn: input.arn,
      namespace: input.namespace,
      name: input.name,
      columns: input.columns,
      ...(encryption === 'inherit' ? {} : { encryption: chosenEncryption({ encryption, keyId: input.keyId }, false) }),
    });
    return outcomeOf(
      made,
      {
        title: `The table ${input.namespace}.${input.name} was created`,
        goTo: routes.table(input.bucket, input.namespace, input.name),
      },
      'The table was not created',
    );
  });

export const deleteTable = writeAction
  .metadata({ action: 's3tables:DeleteTable' })
  .inputSchema(form({ ...which, name: z.string().min(1).max(255) }))
  .action(async ({ parsedInput: input, ctx: { place } }): Promise<Outcome> => {
    const deleted = await tables.deleteTable(place.aws, {
      bucketArn: input.arn,
      namespace: input.namespace,
      name: input.name,
    });
    return outcomeOf(
      deleted,
      {
        title: `The table ${input.namespace}.${input.name} was deleted`,
        goTo: routes.tableBucket(input.bucket, 'tables'),
      },
      'The table was not deleted',
    );
  });

export const saveTablePolicy = writeAction
  .metadata({ action: 's3tables:PutTablePolicy' })
  .inputSchema(form({ ...which, name: z.string().min(1).max(255), policy: policyField(20_480), ...reviewFields }))
  .action(({ parsedInput: input, ctx: { place } }): Promise<Outcome> => {
    const { arn: bucketArn, namespace, name, policy } = input;
    return reviewed(place, { kind: 'table-policy', bucketArn, namespace, name, policy }, input, {
      done: 'The table policy was changed',
      failed: 'The table policy was not changed',
      undo: 'Put it back',
    });
  });

export const deleteTablePolicy = writeAction
  .metadata({ action: 's3tables:DeleteTablePolicy' })
  .inputSchema(form({ ...which, name: z.string().min(1).max(255), ...reviewFields }))
  .action(({ parsedInput: input, ctx: { place } }): Promise<Outcome> => {
    const { arn: bucketArn, namespace, name } = input;
    return reviewed(place, { kind: 'table-policy', bucketArn, namespace, name }, input, {
      done: 'The table policy was deleted',
      failed: 'The table policy was not deleted',
      undo: 'Put it back',
    });
  });

export const maintainNow = writeAction
  .metadata({ action: 'emulator:RunMaintenance' })
  .inputSchema(form({ ...which, name: z.string().min(1).max(255) }))
  .action(async ({ parsedInput: input, ctx: { place } }): Promise<Outcome> => {
    const run = await runMaintenance(place.aws, {
      tableBucketARN: input.arn,
      namespace: input.namespace,
      name: input.name,
    });
    return outcomeOf(run, { title: 'Maintenance has run' }, 'Maintenance did not run');
  });
