/** What a person chooses in the guided set-up, step by step, and what can be said of it without asking AWS. */

import { z } from 'zod';

export const WIZARDS = ['table', 'directory', 'general', 'secure'] as const;
export type WizardKind = (typeof WIZARDS)[number];

export const STEPS = ['goal', 'key', 'principals', 'policies', 'enforcement', 'review', 'proof'] as const;
export type StepId = (typeof STEPS)[number];
/** Steps that are filled in. */
export const FORM_STEPS = ['goal', 'key', 'principals', 'policies', 'enforcement'] as const;
export type FormStep = (typeof FORM_STEPS)[number];

export type BucketKind = 'table' | 'directory' | 'general';

/** A bucket that the set-up encrypts. */
export interface Target {
  readonly kind: BucketKind;
  readonly name: string;
  readonly existing: boolean;
  /** Of a new table bucket: the first table, made to prove that tables can be. */
  readonly table?: { readonly namespace: string; readonly name: string };
}

export type KeyChoice =
  | { readonly mode: 'new'; readonly alias: string; readonly description: string; readonly rotation: boolean }
  | { readonly mode: 'existing'; readonly arn: string };

export interface PrincipalChoice {
  /** ARNs of users and roles that read and write. */
  readonly clients: readonly string[];
  /** A role to be made for them. */
  readonly newRole?: string;
  /** Queries through Lake Formation: its service role needs the key (PERM-05). */
  readonly lakeFormation: boolean;
  /** S3 Metadata keeps tables in the bucket (PERM-07). */
  readonly metadata: boolean;
}

export interface PolicyChoice {
  /** Where the clients get the use of the key: the key policy, or IAM policies of their own. */
  readonly grantIn: 'key' | 'iam';
  /** Whether the client roles also get access to the bucket, in an inline policy. */
  readonly bucketAccess: boolean;
  /** General purpose buckets: S3 keeps a key for the bucket and asks KMS less often (BK-01). */
  readonly bucketKey: boolean;
}

export interface EnforcementChoice {
  /** Refuse other encryption than SSE-KMS. */
  readonly algorithm: boolean;
  /** Refuse other keys. */
  readonly pin: boolean;
}

export interface Choices {
  readonly goal: readonly Target[];
  readonly key: KeyChoice;
  readonly principals: PrincipalChoice;
  readonly policies: PolicyChoice;
  readonly enforcement: EnforcementChoice;
}

/** Fields of one step as the form sends them: text, or a list of texts. */
export type Fields = Readonly<Record<string, string | readonly string[]>>;

const text = (message: string) => z.string({ error: message }).trim().min(1, message);
const list = z.union([z.array(z.string().max(2048)).max(50), z.string().transform((one) => [one])]).default([]);
const on = z
  .literal('on')
  .optional()
  .transform((value) => value === 'on');

/** TB-55. */
const tableBucketName = text('Enter a name for the table bucket.')
  .min(3, 'A name has at least 3 characters.')
  .max(63, 'A name has at most 63 characters.')
  .regex(
    /^[0-9a-z](?:[0-9a-z-]*[0-9a-z])?$/,
    'A name takes lower-case letters, digits and dashes, and ends with a letter or digit.',
  )
  .refine((name) => !/^(?:xn--|sthree-|amzn-s3-demo-|aws)/.test(name), 'AWS keeps names that begin like this.')
  .refine((name) => !/(?:-s3alias|--ol-s3|--x-s3|--table-s3)$/.test(name), 'AWS keeps names that end like this.');
/** TB-56. */
const tableWord = (what: string) =>
  text(`Enter a name for the ${what}.`)
    .max(255, 'A name has at most 255 characters.')
    .regex(
      /^[0-9a-z][0-9a-z_]*$/,
      'A name takes lower-case letters, digits and underscores, and begins with a letter or digit.',
    );
/** General purpose bucket naming rules of S3. */
const bucketName = text('Enter a name for the bucket.')
  .min(3, 'A name has at least 3 characters.')
  .max(63, 'A name has at most 63 characters.')
  .regex(
    /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])$/,
    'A name takes lower-case letters, digits, dots and dashes, and ends with a letter or digit.',
  )
  .refine(
    (name) => !name.includes('..') && !/^\d+\.\d+\.\d+\.\d+$/.test(name),
    'A name has no two dots in a row and is no address.',
  )
  .refine(
    (name) => !/(?:-s3alias|--ol-s3|--x-s3|--table-s3|\.mrap)$/.test(name),
    'AWS keeps names that end like this.',
  );
/** DB-01: the base of the name; zone and suffix are added. */
const directoryBase = text('Enter a name for the directory bucket.')
  .regex(
    /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/,
    'A name takes lower-case letters, digits and dashes, and ends with a letter or digit.',
  )
  .refine((name) => !/^(?:xn--|sthree-|amzn-s3-demo-)/.test(name), 'AWS keeps names that begin like this.');
const zone = text('Enter the id of a zone.').regex(/^[a-z0-9]+-az\d+$/, 'A zone id looks like use1-az4.');

const goals = {
  table: z
    .object({ bucket: tableBucketName, namespace: tableWord('namespace'), table: tableWord('table') })
    .refine(({ namespace }) => !namespace.startsWith('aws'), {
      path: ['namespace'],
      message: 'AWS keeps namespaces that begin with aws.',
    })
    .transform(({ bucket, namespace, table }): Target[] => [
      { kind: 'table', name: bucket, existing: false, table: { namespace, name: table } },
    ]),
  directory: z
    .object({ bucket: directoryBase, zone })
    .refine((it) => directoryName(it.bucket, it.zone).length <= 63, {
      path: ['bucket'],
      message: 'With zone and suffix the name has more than 63 characters: make it shorter.',
    })
    .transform((it): Target[] => [{ kind: 'directory', name: directoryName(it.bucket, it.zone), existing: false }]),
  general: z
    .object({ bucket: bucketName })
    .transform(({ bucket }): Target[] => [{ kind: 'general', name: bucket, existing: false }]),
  secure: z
    .object({ targets: list })
    .refine(({ targets }) => targets.length > 0, { path: ['targets'], message: 'Choose at least one bucket.' })
    .refine(({ targets }) => targets.length <= 10, { path: ['targets'], message: 'At most ten buckets at once.' })
    .transform(({ targets }): Target[] =>
      targets.flatMap((target) => {
        const [kind, name] = target.split(' ', 2);
        return name && (kind === 'table' || kind === 'directory' || kind === 'general')
          ? [{ kind, name, existing: true }]
          : [];
      }),
    ),
} as const;

/** `features` in `use1-az4` is `features--use1-az4--x-s3`. */
export function directoryName(base: string, zoneId: string): string {
  return `${base}--${zoneId}--x-s3`;
}

const key = z
  .discriminatedUnion(
    'keyMode',
    [
      z.object({
        keyMode: z.literal('new'),
        alias: text('Enter an alias.')
          .max(250)
          .transform((name) => name.replace(/^alias\//, ''))
          .refine((name) => /^[a-zA-Z0-9/_-]+$/.test(name), 'An alias takes letters, digits, / _ and -.')
          .refine((name) => !name.startsWith('aws/'), 'AWS keeps aliases that begin with aws/.'),
        description: z.string().trim().max(8192, 'At most 8,192 characters.').default(''),
        rotation: on,
      }),
      z.object({
        keyMode: z.literal('existing'),
        keyId: text('Choose a key.')
          .max(2048)
          // TB-15, DB-14: an alias or a bare id means something else in another account.
          .regex(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/.+$/, 'Choose a key from the list, or enter its ARN.'),
      }),
    ],
    { error: 'Choose a new key or one that exists.' },
  )
  .transform(
    (it): KeyChoice =>
      it.keyMode === 'new'
        ? { mode: 'new', alias: it.alias, description: it.description, rotation: it.rotation }
        : { mode: 'existing', arn: it.keyId },
  );

const principals = z
  .object({
    clients: list,
    newRole: z
      .string()
      .trim()
      .max(64, 'A role name has at most 64 characters.')
      .regex(/^[\w+=,.@-]*$/, 'A role name takes letters, digits and + = , . @ _ -.')
      .optional(),
    lakeFormation: on,
    metadata: on,
  })
  .refine((it) => it.clients.length > 0 || (it.newRole ?? '') !== '' || it.lakeFormation, {
    path: ['newRole'],
    message: 'Choose somebody who reads and writes, or name a role to make.',
  })
  .refine((it) => it.clients.every((arn) => /^arn:aws[a-z-]*:iam::\d{12}:(?:role|user)\/.+$/.test(arn)), {
    path: ['clients'],
    message: 'A client is a role or user of this account.',
  })
  .transform(
    ({ clients, newRole, lakeFormation, metadata }): PrincipalChoice => ({
      clients,
      lakeFormation,
      metadata,
      ...(newRole ? { newRole } : {}),
    }),
  );

const policies = z
  .object({
    grantIn: z.enum(['key', 'iam'], { error: 'Choose where the use of the key is allowed.' }),
    bucketAccess: on,
    bucketKey: on,
  })
  .transform((it): PolicyChoice => it);

const enforcement = z.object({ algorithm: on, pin: on }).transform((it): EnforcementChoice => it);

/** What was wrong with the fields of a step, by field. */
export type FieldErrors = Readonly<Record<string, readonly string[]>>;

export type Parsed<Step extends FormStep> =
  | { readonly ok: true; readonly value: Choices[Step] }
  | { readonly ok: false; readonly errors: FieldErrors };

/** Turns the fields of one step into a choice. */
export function parseStep<Step extends FormStep>(wizard: WizardKind, step: Step, fields: Fields): Parsed<Step> {
  const schemas: Readonly<Record<FormStep, z.ZodType>> = {
    goal: goals[wizard],
    key,
    principals,
    policies,
    enforcement,
  };
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
  const parsed = schemas[step].safeParse(given);
  // Each step's schema gives that step's choice; the table of them loses the tie.
  if (parsed.success) return { ok: true, value: parsed.data as Choices[Step] };
  const errors: Record<string, string[]> = {};
  for (const issue of parsed.error.issues) (errors[String(issue.path[0] ?? step)] ??= []).push(issue.message);
  return { ok: false, errors };
}
