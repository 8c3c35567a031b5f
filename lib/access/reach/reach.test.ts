import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluate, type Grant, grantList, namedPrincipal, parsePolicy, type SourcedPolicy } from '../index.ts';
import { cpuSeconds, fuzzRuns } from '../testing.ts';
import { ASKED_ACTIONS, DATA_ACTIONS } from './actions.ts';
import {
  effectsOf,
  everything,
  type KnownKey,
  type KnownPrincipal,
  type Picture,
  situation,
  type Thing,
  waysTo,
} from './index.ts';

const ACCOUNT = '111122223333';
const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const ROOT = `arn:aws:iam::${ACCOUNT}:root`;
const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const TABLES = `arn:aws:s3tables:us-east-1:${ACCOUNT}:bucket/lake`;

const things: readonly Thing[] = [
  { arn: 'arn:aws:s3:::logs', kind: 'bucket', name: 'logs', keyArn: KEY, bucketKey: true },
  { arn: 'arn:aws:s3:::raw', kind: 'bucket', name: 'raw', keyArn: KEY, bucketKey: false },
  { arn: TABLES, kind: 'table-bucket', name: 'lake', keyArn: KEY },
];

function sourced(kind: 'key' | 'identity', source: string, ...statements: readonly object[]): SourcedPolicy {
  return { source, policy: parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }), kind) };
}

function who(arn: string, identity: readonly SourcedPolicy[] = [], boundary?: SourcedPolicy): KnownPrincipal {
  const principal = namedPrincipal(arn);
  if (principal === undefined) throw new Error(arn);
  const kind =
    principal.kind === 'AWSService'
      ? 'service'
      : principal.accountId !== ACCOUNT
        ? 'external'
        : principal.kind === 'AccountRoot'
          ? 'account'
          : principal.kind === 'IAMUser'
            ? 'user'
            : 'role';
  return { name: arn, kind, principal, identity, ...(boundary === undefined ? {} : { boundary }), read: true };
}

const accountStatement = { Sid: 'Account', Effect: 'Allow', Principal: { AWS: ROOT }, Action: 'kms:*', Resource: '*' };
const use = (sid: string, arn: unknown, more: object = {}) => ({
  Sid: sid,
  Effect: 'Allow',
  Principal: arn,
  Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
  Resource: '*',
  ...more,
});

function picture(key: Partial<KnownKey>, principals: readonly KnownPrincipal[], over: readonly Thing[] = things) {
  const whole: KnownKey = { arn: KEY, state: 'Enabled', grants: [], ...key };
  return { picture: { accountId: ACCOUNT, principals, keys: [whole], things: over } satisfies Picture, key: whole };
}

function brief(one: ReturnType<typeof picture>) {
  return waysTo(one.picture, one.key).map(({ principal, reason, verdict, actions, things: open, onlyIf }) => ({
    who: principal.split('/').at(-1),
    why: reason.kind === 'grant' ? `grant ×${reason.group.grants.length}` : reason.statement,
    verdict,
    actions: actions.length,
    things: open.length,
    conditional: onlyIf.length > 0,
  }));
}

test('KMS-21 a key policy statement, an IAM policy through the account statement and a grant are three ways', () => {
  const one = picture(
    {
      policy: sourced('key', 'key policy', accountStatement, use('Named', { AWS: role('A') })),
      grants: grantList([{ grantId: 'g1', granteePrincipal: role('A'), operations: ['Decrypt'], effectiveAt: 0 }]),
    },
    [
      who(role('A'), [
        sourced('identity', 'inline Use', { Sid: 'Read', Effect: 'Allow', Action: 'kms:Decrypt', Resource: KEY }),
      ]),
      who(role('B')),
    ],
  );
  expect(brief(one)).toEqual([
    { who: 'A', why: 'Named', verdict: 'uses', actions: 2, things: 3, conditional: false },
    { who: 'A', why: 'Read', verdict: 'uses', actions: 1, things: 3, conditional: false },
    { who: 'A', why: 'grant ×1', verdict: 'uses', actions: 1, things: 3, conditional: false },
  ]);
});

test('KMS-21 without the account statement IAM policies are no way', () => {
  const one = picture({ policy: sourced('key', 'key policy', use('Named', { AWS: role('B') })) }, [
    who(role('A'), [sourced('identity', 'inline Use', { Effect: 'Allow', Action: 'kms:*', Resource: '*' })]),
  ]);
  expect(brief(one)).toEqual([]);
});

test('GP-17 a condition on the encryption context opens only the data that sends it', () => {
  const onBucket = { StringEquals: { 'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::logs' } };
  const one = picture(
    { policy: sourced('key', 'key policy', use('Logs', { AWS: role('A') }, { Condition: onBucket })) },
    [who(role('A'))],
  );
  const [way] = waysTo(one.picture, one.key);
  expect(way?.things).toEqual(['arn:aws:s3:::logs']);
  expect(way?.gives.every(({ direct }) => !direct)).toBe(true);
  expect(way?.onlyIf).toEqual(['kms:EncryptionContext:aws:s3:arn StringEquals arn:aws:s3:::logs']);
});

test('a condition that nothing here meets is told as a condition, not as no way', () => {
  const condition = { StringEquals: { 'aws:SourceVpce': 'vpce-1' } };
  const one = picture(
    { policy: sourced('key', 'key policy', use('Vpc', { AWS: role('A') }, { Condition: condition })) },
    [who(role('A'))],
  );
  expect(waysTo(one.picture, one.key)).toMatchObject([
    { verdict: 'uses', things: [], onlyIf: ['aws:SourceVpce StringEquals vpce-1'], gives: [{ direct: false }, {}] },
  ]);
});

test('a Deny takes away what a statement gives, and is told as the reason', () => {
  const deny = { Sid: 'NotHer', Effect: 'Deny', Principal: { AWS: role('A') }, Action: 'kms:*', Resource: '*' };
  const one = picture({ policy: sourced('key', 'key policy', use('Named', { AWS: [role('A'), role('B')] }), deny) }, [
    who(role('A')),
    who(role('B')),
  ]);
  expect(brief(one)).toMatchObject([
    { who: 'A', why: 'NotHer', verdict: 'denied' },
    { who: 'B', why: 'Named', verdict: 'uses' },
  ]);
});

test('KMS-20 what only administers is told apart from what uses', () => {
  const admin = use('Admins', { AWS: role('Admin') }, { Action: ['kms:PutKeyPolicy', 'kms:DisableKey'] });
  const one = picture({ policy: sourced('key', 'key policy', admin) }, [who(role('Admin'))]);
  expect(brief(one)).toMatchObject([{ why: 'Admins', verdict: 'administers', actions: 2, things: 0 }]);
});

test('revoking a grant stops what no other way gives', () => {
  const grants = grantList([
    { grantId: 'g1', granteePrincipal: role('A'), operations: ['Decrypt', 'GenerateDataKey'], effectiveAt: 0 },
    { grantId: 'g2', granteePrincipal: role('A'), operations: ['Decrypt'], effectiveAt: 0 },
    { grantId: 'g3', granteePrincipal: role('B'), operations: ['Decrypt'], effectiveAt: 0 },
  ]);
  const one = picture({ policy: sourced('key', 'key policy', accountStatement), grants }, [
    who(role('A')),
    who(role('B')),
  ]);
  const ways = waysTo(one.picture, one.key);
  const removal = { kind: 'revoke-grants', key: KEY, grantIds: new Set(['g1']) } as const;
  const [effect, ...more] = effectsOf(one.picture, ways, removal);
  expect(more).toEqual([]);
  expect(effect).toMatchObject({ principal: role('A'), stops: ['kms:GenerateDataKey'], things: [] });
  expect(effect?.remains).toHaveLength(1);
  const [second] = effectsOf(one.picture, ways, { ...removal, grantIds: new Set(['g3']) });
  expect(second).toMatchObject({ principal: role('B'), stops: ['kms:Decrypt'] });
  expect(second?.things).toHaveLength(3);
  expect(effectsOf(one.picture, ways, { kind: 'disable-key', key: KEY })).toHaveLength(2);
  expect(effectsOf(one.picture, ways, { kind: 'delete-principal', principal: role('A') })).toHaveLength(1);
});

const NAMES = [role('A'), role('B'), `arn:aws:iam::${ACCOUNT}:user/mia`, `arn:aws:iam::444455556666:role/Far`];
const names = fc.subarray([...NAMES, ROOT, 'arn:aws:iam::444455556666:root', '*'], { minLength: 1 });
const someActions = fc.subarray(['kms:Decrypt', 'kms:GenerateDataKey', 'kms:CreateGrant', 'kms:*', 'kms:Re*'], {
  minLength: 1,
});
const someCondition = fc.option(
  fc.constantFrom<object>(
    { StringEquals: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' } },
    { StringLike: { 'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::logs*' } },
    { ArnLike: { 'aws:PrincipalArn': role('A') } },
    { Bool: { 'aws:ViaAWSService': 'false' } },
    { Null: { 'kms:EncryptionContextKeys': 'true' } },
    { StringEquals: { 'aws:SourceVpce': 'vpce-1' } },
  ),
  { nil: undefined },
);
const effect = fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny');
const keyStatement = fc
  .record({ Effect: effect, AWS: names, Action: someActions, Condition: someCondition, not: fc.boolean() })
  .map(({ AWS, Condition, not, Effect, Action }) => ({
    Effect,
    [not && !AWS.includes('*') && Effect === 'Deny' ? 'NotPrincipal' : 'Principal']: { AWS },
    Action,
    Resource: '*',
    ...(Condition === undefined ? {} : { Condition }),
  }));
const identityStatement = fc
  .record({
    Effect: effect,
    Action: someActions,
    Resource: fc.constantFrom('*', KEY, `${KEY}x`),
    Condition: someCondition,
  })
  .map(({ Condition, ...rest }) => ({ ...rest, ...(Condition === undefined ? {} : { Condition }) }));
const someGrant = fc
  .record({
    granteePrincipal: fc.constantFrom(...NAMES, ROOT),
    operations: fc.subarray(['Decrypt', 'GenerateDataKey', 'CreateGrant'], { minLength: 1 }),
    constraints: fc.option(
      fc.constantFrom(
        { encryptionContextEquals: { 'aws:s3:arn': 'arn:aws:s3:::logs' } },
        { encryptionContextSubset: { 'aws:s3:arn': 'arn:aws:s3:::raw/example' } },
      ),
      { nil: undefined },
    ),
  })
  .map(({ constraints, ...rest }) => ({
    ...rest,
    effectiveAt: 0,
    ...(constraints === undefined ? {} : { constraints }),
  }));
const somePolicies = fc.array(
  fc.array(identityStatement, { minLength: 1, maxLength: 2 }).map((list) => sourced('identity', 'inline P', ...list)),
  { maxLength: 2 },
);
const someWorld = fc
  .record({
    statements: fc.array(keyStatement, { minLength: 1, maxLength: 4 }),
    grants: fc.array(someGrant, { maxLength: 12 }),
    people: fc.tuple(...NAMES.map(() => fc.record({ identity: somePolicies, limited: fc.boolean() }))),
    boundary: fc.array(identityStatement, { minLength: 1, maxLength: 2 }),
  })
  .map(({ statements, grants, people, boundary }) =>
    picture(
      {
        policy: sourced('key', 'key policy', ...statements),
        grants: grantList(grants.map((grant, index): Grant => ({ ...grant, grantId: `g${index}` }))),
      },
      [
        ...NAMES.map((name, index) =>
          who(
            name,
            people[index]?.identity,
            people[index]?.limited ? sourced('identity', 'boundary', ...boundary) : undefined,
          ),
        ),
        who(ROOT),
      ],
    ),
  );

test('a way gives something exactly if the evaluator allows it', () => {
  fc.assert(
    fc.property(someWorld, ({ picture: whole, key }) => {
      const ways = waysTo(whole, key);
      for (const one of whole.principals) {
        const own = ways.filter(({ principal }) => principal === one.name);
        for (const action of ASKED_ACTIONS) {
          const withData = (DATA_ACTIONS as readonly string[]).includes(action);
          for (const thing of [undefined, ...(withData ? things : [])]) {
            const asked = { action, ...(thing === undefined ? {} : { thing }) };
            const { request, policies } = situation(whole, key, one, asked, everything(key, one));
            const allowed = evaluate(request, policies).outcome === 'allow';
            const told = own.some(({ gives }) =>
              gives.some(
                (given) =>
                  given.action === action && (thing === undefined ? given.direct : given.things.includes(thing.arn)),
              ),
            );
            expect(told, `${one.name} ${action} ${thing?.name ?? 'direct'}`).toBe(allowed);
          }
        }
      }
      expect(waysTo(whole, key)).toEqual(ways);
    }),
    { numRuns: fuzzRuns(60) },
  );
});

test('LIM-05 a key with 50,000 grants and 5,000 principals is analysed in a blink', () => {
  const grants = grantList(
    Array.from({ length: 50_000 }, (_, index) => ({
      grantId: `g${index}`,
      granteePrincipal: role(index < 48_000 ? 'Emr' : `R${index % 32}`),
      operations: ['Decrypt', 'GenerateDataKey'],
      constraints: { encryptionContextEquals: { 'aws:s3:arn': `arn:aws:s3:::emr/${index}` } },
      effectiveAt: 0,
    })),
  );
  const policies = Array.from({ length: 40 }, (_, index) =>
    sourced('identity', `inline P${index}`, {
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: index % 2 ? '*' : KEY,
    }),
  );
  const principals = [
    who(role('Emr')),
    ...Array.from({ length: 5000 }, (_, index) => who(role(`R${index}`), [policies[index % 40]!])),
  ];
  const one = picture({ policy: sourced('key', 'key policy', accountStatement), grants }, principals);
  let ways: ReturnType<typeof waysTo> = [];
  const seconds = cpuSeconds(() => {
    ways = waysTo(one.picture, one.key);
  });
  expect(ways).toHaveLength(1 + 5000 + 32);
  expect(seconds).toBeLessThan(1.5);
});
