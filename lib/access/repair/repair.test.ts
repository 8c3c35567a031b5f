import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { conditionContext, evaluate, namedPrincipal, type PolicySet, parsePolicy } from '../index.ts';
import type { AccessRequest, Principal, SourcedPolicy } from '../types.ts';
import { repairsFor } from './repair.ts';

const ACCOUNT = '111122223333';
const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const CONTEXT = 'kms:EncryptionContext:aws:s3:arn';

function principal(arn: string): Principal {
  const found = namedPrincipal(arn);
  if (found === undefined) throw new Error(arn);
  return found;
}

function asks(arn: string, action = 'kms:GenerateDataKey', sent = 'arn:aws:s3:::raw'): AccessRequest {
  const who = principal(arn);
  return {
    principal: who,
    action,
    resource: KEY,
    resourceAccountId: ACCOUNT,
    context: conditionContext([
      [CONTEXT, sent],
      ['kms:ViaService', 's3.us-east-1.amazonaws.com'],
      ['aws:PrincipalArn', who.roleArn ?? who.arn],
    ]),
    grant: {
      operation: action.slice(4),
      encryptionContext: { 'aws:s3:arn': sent },
      tokenGrantIds: new Set(),
      now: 0,
    },
  };
}

function keyPolicy(...statements: readonly object[]): SourcedPolicy {
  const text = JSON.stringify({ Version: '2012-10-17', Statement: statements }, null, 2);
  return { source: 'key policy', policy: parsePolicy(text, 'key') };
}

const use = (sid: string, AWS: unknown, more: object = {}) => ({
  Sid: sid,
  Effect: 'Allow',
  Principal: { AWS },
  Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
  Resource: '*',
  ...more,
});

test('GP-17 a statement for object ARNs takes the bucket ARN as well, and nobody else gains', () => {
  const resource = keyPolicy(
    use('AllowIngest', role('IngestWriter'), { Condition: { StringLike: { [CONTEXT]: 'arn:aws:s3:::raw/*' } } }),
  );
  const [first, ...more] = repairsFor(asks(role('IngestWriter')), { identity: [], resource, grants: [] });
  expect(first).toMatchObject({
    title: 'Accept arn:aws:s3:::raw too, in AllowIngest',
    target: 'resource-policy',
    alsoGain: [],
    complete: true,
  });
  const statement = (JSON.parse(first?.after ?? '') as { Statement: [{ Condition: unknown }] }).Statement[0];
  expect(statement.Condition).toEqual({ StringLike: { [CONTEXT]: ['arn:aws:s3:::raw/*', 'arn:aws:s3:::raw'] } });
  expect(more.map(({ title }) => title)).toContain('Grant GenerateDataKey to IngestWriter');
});

test('ERR-05 an explicit deny is repaired in the statement that denies, and who else is spared is told', () => {
  const resource = keyPolicy(use('All', [role('A'), role('B')]), {
    Sid: 'OnlyRaw',
    Effect: 'Deny',
    Principal: { AWS: [role('A'), role('B')] },
    Action: 'kms:*',
    Resource: '*',
    Condition: { StringNotEquals: { [CONTEXT]: 'arn:aws:s3:::other' } },
  });
  const repairs = repairsFor(asks(role('A')), { identity: [], resource, grants: [] });
  const spare = repairs.find(({ title }) => title === 'Spare A, in OnlyRaw');
  expect(spare?.alsoGain).toEqual([]);
  const removed = repairs.find(({ title }) => title === 'Remove OnlyRaw');
  expect(removed?.alsoGain.map(({ roleArn }) => roleArn)).toEqual([role('B')]);
  expect(repairs.indexOf(spare!)).toBeLessThan(repairs.indexOf(removed!));
});

test('KMS-21 an IAM policy repairs only where the key policy leaves it to IAM', () => {
  const account = use('Account', `arn:aws:iam::${ACCOUNT}:root`, { Action: 'kms:*' });
  const titles = (resource: SourcedPolicy, identity: readonly SourcedPolicy[] = []) =>
    repairsFor(asks(role('A')), { identity, resource, grants: [] }).map(({ title }) => title);
  expect(titles(keyPolicy(account))).toContain('Allow it in an IAM policy of its own');
  expect(titles(keyPolicy(use('Other', role('B'))))).not.toContain('Allow it in an IAM policy of its own');
  const allows = parsePolicy('{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*"}}');
  expect(titles(keyPolicy(use('Other', role('B'))), [{ source: 'inline Use', policy: allows }])).toContain(
    'Let IAM policies of the account decide',
  );
});

test('a request that is allowed needs no repair', () => {
  const policies: PolicySet = { identity: [], resource: keyPolicy(use('A', role('A'))), grants: [] };
  expect(repairsFor(asks(role('A')), policies)).toEqual([]);
});

const names = [role('A'), role('B'), `arn:aws:iam::${ACCOUNT}:user/mia`, `arn:aws:iam::444455556666:role/Far`];
const someStatement = fc
  .record({
    Effect: fc.constantFrom('Allow', 'Deny'),
    AWS: fc.subarray([...names, `arn:aws:iam::${ACCOUNT}:root`], { minLength: 1 }),
    Action: fc.subarray(['kms:Decrypt', 'kms:GenerateDataKey', 'kms:*'], { minLength: 1 }),
    Condition: fc.constantFrom<object>(
      {},
      { StringLike: { [CONTEXT]: 'arn:aws:s3:::raw/*' } },
      { StringNotEquals: { [CONTEXT]: ['arn:aws:s3:::raw/a'] } },
      { ArnNotEquals: { 'aws:PrincipalArn': role('B') } },
    ),
  })
  .map(({ AWS, ...rest }) => ({ ...rest, Principal: { AWS }, Resource: '*' }));

test('every repair turns the refusal into an allow, and the document stays a key policy', () => {
  fc.assert(
    fc.property(fc.array(someStatement, { minLength: 1, maxLength: 4 }), fc.constantFrom(...names), (list, name) => {
      const policies: PolicySet = { identity: [], resource: keyPolicy(...list), grants: [] };
      const request = asks(name);
      const repairs = repairsFor(request, policies);
      expect(repairsFor(request, policies)).toEqual(repairs);
      expect(evaluate(request, policies).outcome === 'allow' && repairs.length > 0).toBe(false);
      for (const { target, after } of repairs) {
        if (target !== 'resource-policy' || after === undefined) continue;
        const resource = { source: 'key policy', policy: parsePolicy(after, 'key') };
        expect(evaluate(request, { ...policies, resource }).outcome).toBe('allow');
      }
    }),
    { numRuns: 40 },
  );
});
