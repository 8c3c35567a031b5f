import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluate } from '../evaluate.ts';
import { grantList } from '../grants.ts';
import { namedPrincipal } from '../named-principal.ts';
import { parsePolicy } from '../parse.ts';
import { cpuSeconds } from '../testing.ts';
import type { Grant, Principal, SourcedPolicy } from '../types.ts';
import { compareAccess } from './compare.ts';
import { type KeySetup, keyVersion } from './key-version.ts';
import { questionsRaised } from './questions.ts';
import type { Change, Comparison, Question } from './types.ts';

const ACCOUNT = '111122223333';
const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const OBJECT = 'arn:aws:s3:::logs/a.txt';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/IngestWriter`;
const TABLES = `arn:aws:s3tables:us-east-1:${ACCOUNT}:bucket/raw`;
const CONTEXT = 'kms:EncryptionContext:aws:s3:arn';

const allow = (more: object = {}) => ({
  Effect: 'Allow',
  Principal: { AWS: ROLE },
  Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
  Resource: '*',
  ...more,
});
const admin = allow({ Sid: 'Admin', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*' });

function policy(...statements: readonly object[]): SourcedPolicy {
  return {
    source: 'key policy',
    policy: parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }), 'key'),
  };
}

const setup = (more: Partial<KeySetup>): KeySetup => ({
  keyArn: KEY,
  policy: policy(admin),
  grants: [],
  callerSide: () => ({ identity: [] }),
  ...more,
});

function compare(before: Partial<KeySetup>, after: Partial<KeySetup>, data: readonly string[] = [OBJECT]): Comparison {
  const versions = [setup(before), setup(after)] as const;
  const raised = questionsRaised({
    policies: versions.map((version) => version.policy.policy),
    grants: versions.flatMap((version) => version.grants),
    resources: [KEY],
    data,
  });
  return compareAccess(raised, keyVersion(versions[0]), keyVersion(versions[1]));
}

const brief = ({ direction, principals, actions, things }: Change) => ({
  direction,
  who: principals.map(({ arn }) => arn.split('/').at(1) ?? arn),
  actions,
  data: things.map((thing) => thing.data ?? 'direct'),
});

test('KMS-22 a statement taken away is a loss, with the reason on both sides', () => {
  const { changes, complete } = compare({ policy: policy(admin, allow({ Sid: 'Ingest' })) }, {});
  expect(complete).toBe(true);
  expect(changes.map(brief)).toEqual([
    {
      direction: 'loses',
      who: ['IngestWriter'],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      data: ['direct', OBJECT],
    },
  ]);
  expect(changes[0]?.before).toEqual({
    outcome: 'allow',
    decidedBy: 'resource-policy',
    source: 'key policy',
    statement: 'Ingest',
    reason: 'The key policy lets IngestWriter call kms:Decrypt, in Ingest.',
  });
  expect(changes[0]?.after).toMatchObject({ outcome: 'implicit-deny', decidedBy: 'identity-policy' });
  expect(changes[0]?.after.reason).toMatch(/IngestWriter.*kms:Decrypt/);
});

test('The other way round it is a gain of the same', () => {
  const there = { policy: policy(admin, allow({ Sid: 'Ingest' })) };
  const [lost] = compare(there, {}).changes;
  const [won] = compare({}, there).changes;
  expect(won).toEqual({ ...lost, direction: 'gains', before: lost?.after, after: lost?.before });
});

test('BK-16 BK-17 a bucket key turned on takes access from a policy on object ARNs', () => {
  const onObjects = {
    policy: policy(admin, allow({ Condition: { StringLike: { [CONTEXT]: 'arn:aws:s3:::logs/*' } } })),
  };
  const { changes } = compare(onObjects, { ...onObjects, bucketKeys: new Set(['logs']) });
  expect(changes.map(({ direction, actions, after }) => ({ direction, actions, reason: after.reason }))).toEqual([
    {
      direction: 'loses',
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      reason: expect.stringContaining('expects arn:aws:s3:::logs/*, the request sent arn:aws:s3:::logs.'),
    },
  ]);
  const onBoth = policy(
    admin,
    allow({ Condition: { StringLike: { [CONTEXT]: ['arn:aws:s3:::logs/*', 'arn:aws:s3:::logs'] } } }),
  );
  expect(compare({ policy: onBoth }, { policy: onBoth, bucketKeys: new Set(['logs']) }).changes).toEqual([]);
});

test('KMS-40 a grant revoked is a loss of its operations', () => {
  const grants: Grant[] = [{ grantId: 'g1', granteePrincipal: ROLE, operations: ['Decrypt', 'Sign'], effectiveAt: 0 }];
  const { changes } = compare({ grants }, {});
  expect(changes.map(brief)).toEqual([
    { direction: 'loses', who: ['IngestWriter'], actions: ['kms:Decrypt'], data: ['direct', OBJECT] },
    { direction: 'loses', who: ['IngestWriter'], actions: ['kms:Sign'], data: ['direct'] },
  ]);
  expect(changes[0]?.before).toMatchObject({ decidedBy: 'grant', source: 'g1' });
});

test('KMS-44 a grant that is not known everywhere yet gives nothing', () => {
  const grants: Grant[] = [{ grantId: 'g1', granteePrincipal: ROLE, operations: ['Decrypt'], effectiveAt: 5000 }];
  expect(compare({}, { grants, now: 1000 }).changes).toEqual([]);
  expect(compare({}, { grants, now: 5000 }).changes).toHaveLength(1);
});

test('KMS-04 KMS-05 a key that is disabled is a loss of its use, not of its administration', () => {
  const there = policy(admin, allow());
  const { changes } = compare({ policy: there }, { policy: there, state: 'Disabled' });
  expect(changes.length).toBeGreaterThan(0);
  for (const { direction, after } of changes) {
    expect(direction).toBe('loses');
    expect(after.outcome).toBe('unavailable');
    expect(after.reason).toMatch(/^The key is disabled, so KMS refuses kms:\w+ to everyone\.$/);
  }
  const actions = changes.flatMap((change) => change.actions);
  expect(actions).toContain('kms:Decrypt');
  expect(actions).not.toContain('kms:DescribeKey');
  expect(actions).not.toContain('kms:PutKeyPolicy');
});

test('PERM-03 the maintenance principal gains a table bucket', () => {
  const maintenance = allow({
    Principal: { Service: 'maintenance.s3tables.amazonaws.com' },
    Condition: { StringLike: { [CONTEXT]: `${TABLES}/*` } },
  });
  const { changes } = compare({}, { policy: policy(admin, maintenance) }, []);
  expect(changes.map(({ direction, principals, things }) => [direction, principals[0]?.arn, things])).toEqual([
    ['gains', 'maintenance.s3tables.amazonaws.com', [{ resource: KEY, data: TABLES }]],
  ]);
});

test('IAM policies of the caller are part of a version', () => {
  const use = { Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' };
  const mine = { source: 'inline Use', policy: parsePolicy(JSON.stringify({ Statement: use })) };
  const callerSide = ({ roleArn }: Principal) => ({ identity: roleArn === ROLE ? [mine] : [] });
  const there = policy(admin, allow({ Action: 'kms:DescribeKey' }));
  expect(compare({ policy: there }, { policy: there, callerSide }).changes.map(brief)).toEqual([
    { direction: 'gains', who: ['IngestWriter'], actions: ['kms:Decrypt'], data: ['direct', OBJECT] },
  ]);
});

test('A change of the reason alone is none', () => {
  const grants: Grant[] = [
    { grantId: 'g1', granteePrincipal: ROLE, operations: ['Decrypt', 'GenerateDataKey'], effectiveAt: 0 },
  ];
  expect(compare({ policy: policy(admin, allow()) }, { grants }).changes).toEqual([]);
});

test('Principals that gain and lose alike stand in one row', () => {
  const AWS = Array.from({ length: 40 }, (_, i) => `arn:aws:iam::${ACCOUNT}:role/R${i}`);
  const { changes } = compare({}, { policy: policy(admin, allow({ Principal: { AWS } })) });
  expect(changes).toHaveLength(1);
  expect(changes[0]?.principals).toHaveLength(40);
});

test('No more questions are asked than allowed, and that is told', () => {
  const AWS = Array.from({ length: 100 }, (_, i) => `arn:aws:iam::${ACCOUNT}:role/R${i}`);
  const version = keyVersion(setup({ policy: policy(admin, allow({ Principal: { AWS } })) }));
  const questions = questionsRaised({ policies: [policy(allow({ Principal: { AWS } })).policy], resources: [KEY] });
  expect(compareAccess(questions, keyVersion(setup({})), version, { maxQuestions: 60 })).toMatchObject({
    asked: 60,
    complete: false,
  });
});

test('A comparison of 50,000 grants on either side takes less than three seconds', () => {
  const grants = grantList(
    Array.from({ length: 50_000 }, (_, i) => ({
      grantId: `g${i}`,
      granteePrincipal: `arn:aws:iam::${ACCOUNT}:role/W${i}`,
      operations: ['Decrypt'],
      effectiveAt: 0,
    })),
  );
  const fewer = grantList(grants.slice(10));
  let comparison: Comparison | undefined;
  const seconds = cpuSeconds(() => {
    comparison = compare({ grants }, { grants: fewer });
  });
  expect(comparison).toMatchObject({ asked: 20_000, complete: false });
  expect(comparison?.changes.length).toBeGreaterThan(0);
  expect(seconds).toBeLessThan(3);
});

const names = ['A', 'B', 'C'].map((name) => `arn:aws:iam::${ACCOUNT}:role/${name}`);
const statement = fc
  .record({
    Effect: fc.constantFrom('Allow', 'Deny'),
    AWS: fc.subarray(names, { minLength: 1 }),
    Action: fc.subarray(['kms:Decrypt', 'kms:GenerateDataKey', 'kms:*'], { minLength: 1 }),
  })
  .map(({ Effect, AWS, Action }) => ({ Effect, Principal: { AWS }, Action, Resource: '*' }));
const someVersion = fc.record({
  policy: fc.array(statement, { minLength: 1, maxLength: 3 }).map((statements) => policy(...statements)),
  state: fc.constantFrom('Enabled', 'Disabled'),
  bucketKeys: fc.subarray(['logs']).map((list) => new Set(list)),
});

test('Every change holds, nothing is left out or told twice, and two runs agree', () => {
  fc.assert(
    fc.property(someVersion, someVersion, (before, after) => {
      const { changes } = compare(before, after);
      expect(compare(before, after).changes).toEqual(changes);
      const told = changes.flatMap(({ direction, principals, actions, things }) =>
        principals.flatMap(({ arn }) =>
          actions.flatMap((action) => things.map(({ data }) => `${direction} ${arn} ${action} ${data ?? ''}`)),
        ),
      );
      expect(new Set(told).size).toBe(told.length);
      const versions = [keyVersion(setup(before)), keyVersion(setup(after))] as const;
      const allowed = (question: Question, side: 0 | 1) => {
        const situation = versions[side](question);
        return !('unavailable' in situation) && evaluate(situation.request, situation.policies).outcome === 'allow';
      };
      const questions = questionsRaised({
        policies: [before.policy.policy, after.policy.policy],
        resources: [KEY],
        data: [OBJECT],
      });
      const expected = [...questions].flatMap((question) => {
        const [then, now] = [allowed(question, 0), allowed(question, 1)];
        const line = `${question.principal.arn} ${question.action} ${question.data ?? ''}`;
        return then === now ? [] : [`${now ? 'gains' : 'loses'} ${line}`];
      });
      expect([...told].sort()).toEqual([...expected].sort());
    }),
    { numRuns: 200 },
  );
});

test('Names of policies and grants become somebody who can ask', () => {
  expect(namedPrincipal(`arn:aws:iam::${ACCOUNT}:role/path/R`)).toMatchObject({
    kind: 'AssumedRole',
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/R/session`,
    roleArn: `arn:aws:iam::${ACCOUNT}:role/path/R`,
  });
  expect(namedPrincipal(ACCOUNT)).toMatchObject({ kind: 'AccountRoot', accountId: ACCOUNT });
  expect(namedPrincipal('metadata.s3.amazonaws.com')).toMatchObject({ kind: 'AWSService' });
  expect(namedPrincipal('AROAEXAMPLEGONE000001')).toBeUndefined();
  expect(namedPrincipal('*')).toBeUndefined();
});
