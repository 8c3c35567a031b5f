import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { choices, emptyFacts } from '../../e2e/wire/setup-world.ts';
import { buildPlan } from '../setup/build.ts';
import type { Choices } from '../setup/choices.ts';
import type { KeyFacts } from '../setup/facts.ts';
import { outputOf, type SetupCall } from '../setup/plan.ts';
import { toCliScript } from './cli.ts';
import { toCloudFormation } from './cloudformation.ts';
import { resourcesOf } from './resources.ts';
import { toTerraform } from './terraform.ts';

const HEAD = { title: 'A set-up', region: 'us-east-1' };
const KEY = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const existingKey: KeyFacts = {
  arn: KEY,
  id: '1234abcd-12ab-34cd-56ef-1234567890ab',
  account: '111122223333',
  region: 'us-east-1',
  state: 'Enabled',
  manager: 'CUSTOMER',
  spec: 'SYMMETRIC_DEFAULT',
  usage: 'ENCRYPT_DECRYPT',
  origin: 'AWS_KMS',
  multiRegion: false,
  alias: 'alias/there',
  policy: JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'kms:*', Resource: '*' },
    ],
  }),
  grants: [],
};

interface Template {
  readonly AWSTemplateFormatVersion: string;
  readonly Resources: Readonly<
    Record<
      string,
      { readonly Type: string; readonly DependsOn?: readonly string[]; readonly Properties: Record<string, unknown> }
    >
  >;
}

const template = (calls: readonly SetupCall[]) => JSON.parse(toCloudFormation(calls, HEAD).text) as Template;
const planOf = (more: Partial<Choices>) => buildPlan(choices(more), emptyFacts());

/** Every logical id that a value of a template refers to. */
function referred(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === 'Fn::GetAtt'
      ? [(inner as string[])[0] ?? '']
      : name === 'Fn::Sub'
        ? [...String(inner).matchAll(/\$\{(\w+)\./g)].map(([, id = '']) => id)
        : referred(inner),
  );
}

test.each([
  ['table', {}],
  ['directory', { goal: [{ kind: 'directory', name: 'features--use1-az4--x-s3', existing: false }] }],
  ['general', { goal: [{ kind: 'general', name: 'raw-events', existing: false }] }],
] as const)(
  'a template of a new %s bucket holds every call, refers only to itself, and waits for what it names',
  (_kind, more) => {
    const { calls } = planOf(more);
    const { Resources } = template(calls);
    const { left } = resourcesOf(calls);
    expect(left).toEqual([]);
    const ids = Object.keys(Resources);
    for (const [id, { Type, DependsOn = [], Properties }] of Object.entries(Resources)) {
      expect(Type).toMatch(/^AWS::\w+::\w+$/);
      const before = ids.slice(0, ids.indexOf(id));
      expect(before).toEqual(expect.arrayContaining([...referred(Properties), ...DependsOn]));
    }
    // The key policy names the role, so the role comes first.
    expect(Resources['Key']?.DependsOn).toEqual(['Role']);
  },
);

test('BK-15 a template sets BucketKeyEnabled beside the default of AWS::S3::Bucket', () => {
  for (const bucketKey of [true, false]) {
    const { calls } = planOf({
      goal: [{ kind: 'general', name: 'raw-events', existing: false }],
      policies: { grantIn: 'key', bucketAccess: true, bucketKey },
    });
    const bucket = template(calls).Resources['Bucket'];
    expect(bucket?.Type).toBe('AWS::S3::Bucket');
    expect(bucket?.Properties['BucketEncryption']).toEqual({
      ServerSideEncryptionConfiguration: [
        {
          BucketKeyEnabled: bucketKey,
          ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: { 'Fn::GetAtt': ['Key', 'Arn'] } },
        },
      ],
    });
  }
});

test('what exists is imported by Terraform or changed in place, and a template says so', () => {
  const { calls } = buildPlan(
    choices({
      key: { mode: 'existing', arn: KEY },
      goal: [
        { kind: 'table', name: 'lake', existing: true },
        { kind: 'general', name: 'raw-events', existing: true },
      ],
    }),
    emptyFacts({ key: existingKey }),
  );
  const { text } = toTerraform(calls, HEAD);
  expect(text).toContain('to = aws_s3tables_table_bucket.encryption');
  expect(text).toContain('id = "arn:aws:s3tables:us-east-1:111122223333:bucket/lake"');
  expect(text).toContain('resource "aws_kms_key_policy" "key_policy"');
  expect(text).not.toContain('resource "aws_s3_bucket" ');
  expect(toCloudFormation(calls, HEAD).notes).toHaveLength(3);
});

test('Terraform gets the key by reference, and no text of a person becomes a template', () => {
  const { calls } = planOf({ key: { mode: 'new', alias: 'x', description: 'a ${b} %{c} "d" \\', rotation: false } });
  const { text } = toTerraform(calls, HEAD);
  expect(text).toContain('description = "a $${b} %%{c} \\"d\\" \\\\"');
  expect(text).toContain('target_key_id = aws_kms_key.key.arn');
  expect(text).toMatch(/kms_key_arn\s+= aws_kms_key\.key\.arn/);
  expect(text).not.toContain('{{');
});

test('braces and quotes balance in every Terraform text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (description) => {
      const { calls } = planOf({ key: { mode: 'new', alias: 'x', description, rotation: false } });
      const { text } = toTerraform(calls, { ...HEAD, title: description });
      const code = text
        .split('\n')
        .filter((line) => !line.startsWith('#'))
        .join('\n')
        .replaceAll(/"(?:[^"\\\n]|\\.)*"/g, '');
      for (const [open, close] of ['{}', '[]', '()']) {
        expect(code.split(open ?? '').length).toBe(code.split(close ?? '').length);
      }
      expect(code).not.toContain('"');
    }),
    { numRuns: 60 },
  );
});

test('a script keeps an output in a variable where a later call needs it, and quotes the rest', () => {
  const calls: SetupCall[] = [
    { id: 'key', service: 'kms', operation: 'CreateKey', input: { Description: "it's" }, says: 'Makes it.', undo: [] },
    {
      id: 'bucket',
      service: 's3',
      operation: 'PutBucketPolicy',
      input: { Bucket: 'b', Policy: `{"k":"${outputOf('key', 'KeyMetadata.Arn')}"}` },
      says: 'Uses it.',
      undo: [],
    },
  ];
  const script = toCliScript(calls, HEAD);
  expect(script).toContain(
    `KEY_ARN=$(aws kms create-key \\\n  --description 'it'\\''s' \\\n  --query KeyMetadata.Arn \\\n  --output text)`,
  );
  expect(script).toContain(`--policy '{"k":"'"$KEY_ARN"'"}'`);
});

test('a line break in a title does not end the comment', () => {
  const script = toCliScript([], { ...HEAD, title: 'first\nrm -rf /\r\nthird\u2028fourth' });
  expect(script.split('\n').filter((line) => line.startsWith('rm'))).toEqual([]);
});
