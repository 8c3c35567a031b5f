/** What must hold for every request and every set of policies. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AccessRequest, Grant, PolicyKind, PolicySet, Principal, SourcedPolicy } from './index.ts';
import { conditionContext, evaluate, grantList, parsePolicy } from './index.ts';

const OWN = '111122223333';
const OTHER = '444455556666';
const KEY = `arn:aws:kms:us-east-1:${OWN}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;

const principals: readonly Principal[] = [
  { kind: 'AccountRoot', arn: `arn:aws:iam::${OWN}:root`, accountId: OWN, userId: OWN },
  { kind: 'IAMUser', arn: `arn:aws:iam::${OWN}:user/mia`, accountId: OWN, userId: 'AIDAEXAMPLEMIA0000001' },
  ...[OWN, OTHER].map(
    (account): Principal => ({
      kind: 'AssumedRole',
      arn: `arn:aws:sts::${account}:assumed-role/Writer/s`,
      accountId: account,
      userId: 'AROAEXAMPLEWRITER0001:s',
      roleArn: `arn:aws:iam::${account}:role/Writer`,
    }),
  ),
  {
    kind: 'AWSService',
    arn: 'maintenance.s3tables.amazonaws.com',
    accountId: '',
    userId: '',
    serviceName: 'maintenance.s3tables.amazonaws.com',
  },
  { kind: 'Anonymous', arn: 'anonymous', accountId: '', userId: '' },
];

const names = [
  ...principals.flatMap(({ arn, roleArn }) => (roleArn === undefined ? [arn] : [arn, roleArn])),
  `arn:aws:iam::${OTHER}:root`,
  OWN,
  '*',
].filter((name) => name.startsWith('arn:') || /^[\d*]/.test(name));

interface Statement {
  readonly [element: string]: unknown;
  readonly Effect: 'Allow' | 'Deny';
}

function merged(statement: Statement, ...elements: readonly unknown[]): Statement {
  return Object.assign({}, statement, ...elements);
}

const action = fc.constantFrom('kms:Decrypt', 'kms:GenerateDataKey', 's3:GetObject', 'sts:AssumeRole');
const resource = fc.constantFrom(KEY, 'arn:aws:s3:::logs/a.txt', `arn:aws:iam::${OWN}:role/Target`);
const condition = fc.option(
  fc.constantFrom<unknown>(
    { StringEquals: { 'aws:username': 'mia' } },
    { StringNotEquals: { 'aws:username': 'mia' } },
    { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a', 'b'] } },
    { Null: { 'aws:username': 'true' } },
    { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
  ),
  { nil: undefined },
);
const body = (effect: 'Allow' | 'Deny') =>
  fc
    .record({
      actions: fc.oneof(
        fc.constantFrom<unknown>(
          { Action: '*' },
          { Action: 'kms:*' },
          { Action: ['s3:Get*', 'kms:Decrypt'] },
          { NotAction: 's3:*' },
        ),
        action.map((a) => ({ Action: a })),
      ),
      resources: fc.constantFrom<unknown>(
        { Resource: '*' },
        { Resource: 'arn:aws:s3:::logs/*' },
        { NotResource: KEY },
        { Resource: KEY },
      ),
      condition,
    })
    .map(
      ({ actions, resources, condition: when }): Statement =>
        merged({ Effect: effect }, actions, resources, when === undefined ? {} : { Condition: when }),
    );
const attached = (effect: 'Allow' | 'Deny') => body(effect);
const principal = fc.oneof(
  fc.constantFrom<unknown>({ Principal: '*' }, { Principal: { Service: 'maintenance.s3tables.amazonaws.com' } }),
  fc.subarray(names, { minLength: 1 }).map((list) => ({ Principal: { AWS: list } })),
  fc
    .subarray(
      names.filter((name) => name !== '*'),
      { minLength: 1 },
    )
    .map((list) => ({ NotPrincipal: { AWS: list } })),
);
const onResource = (effect: 'Allow' | 'Deny') =>
  fc.tuple(body(effect), principal).map(([statement, who]): Statement => merged(statement, who));

const either = (make: (effect: 'Allow' | 'Deny') => fc.Arbitrary<Statement>) =>
  fc.array(fc.oneof(make('Allow'), make('Allow'), make('Deny')), { minLength: 1, maxLength: 4 });

/** Policies as documents, so that a property can change them before they are compiled. */
interface Documents {
  readonly identity: readonly Statement[];
  readonly resource: readonly Statement[];
  readonly boundary: readonly Statement[] | undefined;
  readonly session: readonly Statement[] | undefined;
  readonly serviceControl: readonly Statement[] | undefined;
  readonly grants: readonly Grant[];
}
const sometimes = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 1 });
const documents: fc.Arbitrary<Documents> = fc.record({
  identity: either(attached),
  resource: either(onResource),
  boundary: sometimes(either(attached)),
  session: sometimes(either(attached)),
  serviceControl: sometimes(either(attached)),
  grants: fc.array(
    fc.record({
      grantId: fc.constantFrom('g1', 'g2'),
      granteePrincipal: fc.constantFrom(...names.filter((name) => name !== '*')),
      operations: fc.subarray(['Decrypt', 'GenerateDataKey']),
      effectiveAt: fc.constantFrom(0, 2000),
    }),
    { maxLength: 12 },
  ),
});

const question: fc.Arbitrary<AccessRequest> = fc.record({
  principal: fc.constantFrom(...principals),
  action,
  resource,
  resourceAccountId: fc.constant(OWN),
  context: fc
    .record({ name: fc.option(fc.constantFrom('mia', 'leo'), { nil: undefined }), tags: fc.subarray(['a', 'b', 'c']) })
    .map(({ name, tags }) =>
      conditionContext([
        ['aws:username', name],
        ['aws:TagKeys', tags],
        ['aws:SourceIp', '10.1.1.1'],
      ]),
    ),
  grant: fc.constantFrom('Decrypt', 'GenerateDataKey').map((operation) => ({
    operation,
    encryptionContext: {},
    tokenGrantIds: new Set<string>(),
    now: 1000,
  })),
});

function compiled(statements: readonly Statement[], kind: PolicyKind): SourcedPolicy {
  // An empty document is no policy: a statement that is never about anything stands in.
  const filler = {
    Effect: 'Allow',
    Action: 'x:Never',
    Resource: 'arn:aws:x:::never',
    ...(kind === 'key' ? { Principal: '*' } : {}),
  };
  const list = statements.length === 0 ? [filler] : statements;
  return { source: kind, policy: parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: list }), kind) };
}

function policySet(set: Documents): PolicySet {
  return {
    identity: [compiled(set.identity, 'identity')],
    resource: compiled(set.resource, 'key'),
    grants: set.grants,
    ...(set.boundary === undefined ? {} : { boundary: compiled(set.boundary, 'boundary') }),
    ...(set.session === undefined ? {} : { session: [compiled(set.session, 'session')] }),
    ...(set.serviceControl === undefined ? {} : { serviceControl: [[compiled(set.serviceControl, 'scp')]] }),
  };
}

const decide = (request: AccessRequest, set: Documents) => evaluate(request, policySet(set));
const RUNS = { numRuns: 1500 };

test('KMS-20 an explicit deny of any layer wins', () => {
  const everything: Statement = { Effect: 'Deny', Action: '*', Resource: '*' };
  const layers = ['identity', 'resource', 'boundary', 'session', 'serviceControl'] as const;
  fc.assert(
    fc.property(question, documents, fc.constantFrom(...layers), (request, set, layer) => {
      const bound = request.principal.kind !== 'AWSService' && request.principal.kind !== 'Anonymous';
      fc.pre(bound || layer === 'resource');
      const statement = layer === 'resource' ? { ...everything, Principal: '*' } : everything;
      const denied = { ...set, [layer]: [...(set[layer] ?? []), statement] };
      expect(decide(request, denied).outcome).toBe('explicit-deny');
    }),
    RUNS,
  );
});

test('Taking an Allow away never allows', () => {
  fc.assert(
    fc.property(
      question,
      documents,
      fc.constantFrom('identity', 'resource', 'boundary', 'session', 'serviceControl'),
      fc.nat(3),
      (request, set, layer, at) => {
        const statements = set[layer];
        fc.pre(statements?.[at]?.Effect === 'Allow');
        const before = decide(request, set).outcome;
        const after = decide(request, { ...set, [layer]: statements?.filter((_, i) => i !== at) }).outcome;
        expect(before !== 'allow' && after === 'allow').toBe(false);
      },
    ),
    RUNS,
  );
});

test('Taking a grant away never allows', () => {
  fc.assert(
    fc.property(question, documents, fc.nat(11), (request, set, at) => {
      const before = decide(request, set).outcome;
      const after = decide(request, { ...set, grants: set.grants.filter((_, i) => i !== at) }).outcome;
      expect(before !== 'allow' && after === 'allow').toBe(false);
    }),
    RUNS,
  );
});

test('Adding a Deny never allows', () => {
  fc.assert(
    fc.property(
      question,
      documents,
      attached('Deny'),
      onResource('Deny'),
      fc.boolean(),
      (request, set, mine, theirs, onKey) => {
        const before = decide(request, set).outcome;
        const more = onKey
          ? { ...set, resource: [...set.resource, theirs] }
          : { ...set, identity: [...set.identity, mine] };
        const after = decide(request, more).outcome;
        expect(before !== 'allow' && after === 'allow').toBe(false);
        expect(before === 'explicit-deny' && after !== 'explicit-deny').toBe(false);
      },
    ),
    RUNS,
  );
});

test('The order of statements, policies and grants does not matter', () => {
  fc.assert(
    fc.property(question, documents, (request, set) => {
      const turned: Documents = {
        identity: [...set.identity].reverse(),
        resource: [...set.resource].reverse(),
        boundary: set.boundary && [...set.boundary].reverse(),
        session: set.session && [...set.session].reverse(),
        serviceControl: set.serviceControl && [...set.serviceControl].reverse(),
        grants: [...set.grants].reverse(),
      };
      const { outcome, decidedBy } = decide(request, set);
      expect(decide(request, turned)).toMatchObject({ outcome, decidedBy });
      const split = { ...policySet(set), identity: set.identity.map((one) => compiled([one], 'identity')) };
      expect(evaluate(request, split)).toMatchObject({ outcome, decidedBy });
    }),
    RUNS,
  );
});

test('KMS-40 an indexed list of grants decides as a plain one', () => {
  fc.assert(
    fc.property(question, documents, (request, set) => {
      const plain = policySet(set);
      expect(evaluate(request, { ...plain, grants: grantList(set.grants) })).toEqual(evaluate(request, plain));
    }),
    RUNS,
  );
});

test('The trace agrees with the decision', () => {
  fc.assert(
    fc.property(question, documents, (request, set) => {
      const policies = policySet(set);
      const { trace, ...decision } = evaluate(request, policies, { trace: true });
      expect(decision).toEqual(evaluate(request, policies));
      expect(trace?.outcome).toBe(decision.outcome);
      const deciding = trace?.layers.find(({ decides }) => decides);
      expect(deciding?.layer).toBe(decision.decidedBy);
      const denies = trace?.layers.some(({ verdict }) => verdict === 'deny');
      expect(denies).toBe(decision.outcome === 'explicit-deny');
      // A layer says deny exactly when one of its statements matches with Effect Deny.
      for (const layer of trace?.layers ?? []) {
        const matching = layer.policies.flatMap(({ statements }) => statements).filter(({ matched }) => matched);
        expect(layer.verdict === 'deny').toBe(matching.some(({ effect }) => effect === 'Deny'));
      }
      expect(structuredClone(trace)).toEqual(trace);
    }),
    RUNS,
  );
});
