/** Words of the subject, each in one sentence with where AWS says it. */

import type { StepId, WizardKind } from './choices.ts';

export interface Term {
  readonly word: string;
  readonly says: string;
  readonly source: string;
}

const TERMS = {
  'table bucket': {
    word: 'Table bucket',
    says: 'A bucket that holds Iceberg tables, which S3 itself keeps compact and clean.',
    source: 'S3 User Guide, Table buckets',
  },
  'directory bucket': {
    word: 'Directory bucket',
    says: 'A bucket in one zone for fast access, reached through sessions of five minutes.',
    source: 'S3 User Guide, Directory buckets',
  },
  'default encryption': {
    word: 'Default encryption',
    says: 'What a bucket encrypts new data with when a request does not say.',
    source: 'S3 User Guide, Default encryption',
  },
  'sse-kms': {
    word: 'SSE-KMS',
    says: 'S3 encrypts with data keys that a KMS key of yours protects, so nobody reads the data without that key.',
    source: 'S3 User Guide, Using SSE-KMS',
  },
  'customer managed key': {
    word: 'Customer managed key',
    says: 'A KMS key in your account whose policy you write. An AWS managed key has a policy that nobody can change.',
    source: 'KMS Developer Guide, Key types',
  },
  alias: {
    word: 'Alias',
    says: 'A name for a key within one account and Region. Buckets are given the ARN instead, which means the same everywhere.',
    source: 'KMS Developer Guide, Aliases',
  },
  rotation: {
    word: 'Rotation',
    says: 'KMS makes new material for the same key once a year, and keeps the old to read what was written before.',
    source: 'KMS Developer Guide, Rotating keys',
  },
  'maintenance principal': {
    word: 'Maintenance principal',
    says: 'The name under which S3 Tables compacts and cleans tables. Without the key no table can be made.',
    source: 'S3 User Guide, Permissions for SSE-KMS tables',
  },
  'service role': {
    word: 'Lake Formation role',
    says: 'The role in which Lake Formation reads tables for those who query them.',
    source: 'S3 User Guide, Permissions for SSE-KMS tables',
  },
  'metadata principal': {
    word: 'Metadata principal',
    says: 'The name under which S3 Metadata writes tables about the objects of a bucket.',
    source: 'S3 User Guide, Metadata table permissions',
  },
  client: {
    word: 'Client role',
    says: 'A role or user that reads and writes. It needs the bucket and the key: one without the other is refused.',
    source: 'S3 User Guide, Using SSE-KMS',
  },
  'key policy': {
    word: 'Key policy',
    says: 'The document on a key that says who may use it. Service principals can be let in nowhere else.',
    source: 'KMS Developer Guide, Key policies',
  },
  'encryption context': {
    word: 'Encryption context',
    says: 'The ARN that S3 sends with each request to KMS, so that a policy can say for which data the key is used.',
    source: 'KMS Developer Guide, Encryption context',
  },
  'via service': {
    word: 'kms:ViaService',
    says: 'The condition that a key is used through S3 only, and never in a direct call to KMS.',
    source: 'KMS Developer Guide, Condition keys',
  },
  'bucket key': {
    word: 'Bucket key',
    says: 'A key that S3 keeps for a bucket for a while, so that it asks KMS up to 99 % less often.',
    source: 'S3 User Guide, S3 Bucket Keys',
  },
  'explicit deny': {
    word: 'Deny statement',
    says: 'A statement that refuses whatever any other policy allows.',
    source: 'IAM User Guide, Policy evaluation',
  },
  pinning: {
    word: 'Pinning a key',
    says: 'Refusing every key but one. AWS does not check that the ARN exists, so a wrong one refuses everything.',
    source: 'S3 User Guide, Requiring SSE-KMS',
  },
  undo: {
    word: 'Undo',
    says: 'When a call fails, what was made before it is taken back, last first.',
    source: 'This console',
  },
  'pending deletion': {
    word: 'Pending deletion',
    says: "A key can't be deleted at once: it waits at least 7 days, in which it encrypts nothing.",
    source: 'KMS Developer Guide, Deleting keys',
  },
  'table maintenance': {
    word: 'Maintenance drill',
    says: 'A run of compaction and cleaning now, to see that it can use the key before it must.',
    source: 'S3 User Guide, Table maintenance',
  },
} as const satisfies Readonly<Record<string, Term>>;

type Name = keyof typeof TERMS;

const OF_STEP: Readonly<Record<StepId, Readonly<Record<'all' | WizardKind, readonly Name[]>>>> = {
  goal: {
    all: ['default encryption', 'sse-kms'],
    table: ['table bucket'],
    directory: ['directory bucket'],
    general: [],
    secure: [],
  },
  key: { all: ['customer managed key', 'alias', 'rotation'], table: [], directory: [], general: [], secure: [] },
  principals: {
    all: ['client'],
    table: ['maintenance principal', 'service role', 'metadata principal'],
    directory: [],
    general: [],
    secure: ['maintenance principal', 'service role', 'metadata principal'],
  },
  policies: {
    all: ['key policy', 'encryption context', 'via service'],
    table: [],
    directory: [],
    general: ['bucket key'],
    secure: ['bucket key'],
  },
  enforcement: { all: ['explicit deny', 'pinning'], table: [], directory: [], general: [], secure: [] },
  review: { all: ['undo', 'pending deletion'], table: [], directory: [], general: [], secure: [] },
  proof: { all: ['encryption context'], table: ['table maintenance'], directory: [], general: [], secure: [] },
};

/** The words of one step of one wizard. */
export function termsOf(wizard: WizardKind, step: StepId): readonly Term[] {
  return [...OF_STEP[step][wizard], ...OF_STEP[step].all].map((name) => TERMS[name]);
}
