/**
 * Decisions as data: every file of `corpus/` but the fixtures holds cases, each with the page of the AWS documentation
 * that it comes from. Each is decided with and without a trace, and the trace must tell the same story.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { AccessRequest, Grant, Layer, PolicyKind, PolicySet, Principal, SourcedPolicy } from './index.ts';
import { conditionContext, denialMessage, evaluate, parsePolicy } from './index.ts';

const Document = z.record(z.string(), z.unknown());
/** A policy: the name of a fixture, or the document itself. */
const PolicyRef = z.union([z.string(), Document]);
const LAYERS = [
  'service-control-policy',
  'resource-control-policy',
  'permissions-boundary',
  'session-policy',
  'identity-policy',
  'resource-policy',
  'grant',
  'vpc-endpoint-policy',
] as const satisfies readonly Layer[];

const PrincipalShape = z.strictObject({
  kind: z.enum(['AccountRoot', 'IAMUser', 'AssumedRole', 'FederatedUser', 'AWSService', 'Anonymous']),
  arn: z.string(),
  accountId: z.string(),
  userId: z.string(),
  roleArn: z.string().optional(),
  serviceName: z.string().optional(),
});

const Fixtures = z.strictObject({
  principals: z.record(z.string(), PrincipalShape),
  resources: z.record(z.string(), z.string()),
  policies: z.record(z.string(), Document),
});

const Context = z.record(z.string(), z.string());

const GrantShape = z.strictObject({
  grantId: z.string(),
  granteePrincipal: z.string().optional(),
  granteeServicePrincipal: z.string().optional(),
  retiringPrincipal: z.string().optional(),
  operations: z.array(z.string()),
  constraints: z
    .strictObject({
      encryptionContextEquals: Context.optional(),
      encryptionContextSubset: Context.optional(),
      sourceArn: z.string().optional(),
    })
    .optional(),
  effectiveAt: z.number().default(0),
});

const Case = z.strictObject({
  name: z.string().min(1),
  source: z.string().min(1),
  request: z.strictObject({
    principal: z.string(),
    action: z.string(),
    resource: z.string(),
    resourceAccountId: z.string().default('111122223333'),
    context: z.record(z.string(), z.union([z.string(), z.array(z.string())])).default({}),
    grant: z
      .strictObject({
        operation: z.string(),
        encryptionContext: Context.default({}),
        tokens: z.array(z.string()).default([]),
        now: z.number().default(1000),
        sourceArn: z.string().optional(),
      })
      .optional(),
  }),
  policies: z.strictObject({
    identity: z.array(PolicyRef),
    serviceControl: z.array(z.array(PolicyRef)).optional(),
    resourceControl: z.array(z.array(PolicyRef)).optional(),
    boundary: PolicyRef.optional(),
    session: z.array(PolicyRef).optional(),
    resource: PolicyRef.optional(),
    endpoint: PolicyRef.optional(),
    grants: z.array(GrantShape).optional(),
  }),
  expect: z.strictObject({
    outcome: z.enum(['allow', 'explicit-deny', 'implicit-deny']),
    decidedBy: z.enum(LAYERS),
    statement: z.string().optional(),
    source: z.string().optional(),
    message: z.string().optional(),
  }),
});
type Case = z.infer<typeof Case>;

const directory = join(import.meta.dirname, 'corpus');
const fixtures = Fixtures.parse(read('fixtures.json'));
const files = readdirSync(directory).filter(
  (file) => file.endsWith('.json') && !['fixtures.json', 'syntax.json'].includes(file),
);
const corpora = files.map((file) => z.strictObject({ subject: z.string(), cases: z.array(Case) }).parse(read(file)));

function read(file: string): unknown {
  return JSON.parse(readFileSync(join(directory, file), 'utf8'));
}

/** Drops members that are undefined: absent and undefined are different things to the evaluator's types. */
function present<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a mapped type can't be built member by member
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

function sourced(ref: z.infer<typeof PolicyRef>, kind: PolicyKind, position = 0): SourcedPolicy {
  const document = typeof ref === 'string' ? fixtures.policies[ref] : ref;
  if (document === undefined) throw new Error(`no fixture ${JSON.stringify(ref)}`);
  return {
    source: typeof ref === 'string' ? ref : `${kind} ${position + 1}`,
    policy: parsePolicy(JSON.stringify(document), kind),
  };
}

function optional(ref: z.infer<typeof PolicyRef> | undefined, kind: PolicyKind): SourcedPolicy | undefined {
  return ref === undefined ? undefined : sourced(ref, kind);
}

function policySet({ request, policies }: Case): PolicySet {
  const resourceKind = request.action.startsWith('kms:')
    ? 'key'
    : request.action.startsWith('sts:')
      ? 'trust'
      : 'resource';
  const levels = (list: Case['policies']['serviceControl'], kind: PolicyKind) =>
    list?.map((level) => level.map((ref, i) => sourced(ref, kind, i)));
  return present({
    identity: policies.identity.map((ref, i) => sourced(ref, 'identity', i)),
    serviceControl: levels(policies.serviceControl, 'scp'),
    resourceControl: levels(policies.resourceControl, 'rcp'),
    boundary: optional(policies.boundary, 'boundary'),
    session: policies.session?.map((ref, i) => sourced(ref, 'session', i)),
    resource: optional(policies.resource, resourceKind),
    endpoint: optional(policies.endpoint, 'endpoint'),
    grants: policies.grants?.map(
      (grant): Grant => present({ ...grant, constraints: grant.constraints && present(grant.constraints) }),
    ),
  });
}

function accessRequest({ request }: Case): AccessRequest {
  const principal = fixtures.principals[request.principal];
  if (principal === undefined) throw new Error(`no principal ${request.principal}`);
  const { grant } = request;
  return present({
    principal: present(principal) satisfies Principal,
    action: request.action,
    resource: fixtures.resources[request.resource] ?? request.resource,
    resourceAccountId: request.resourceAccountId,
    context: conditionContext(Object.entries(request.context)),
    grant:
      grant &&
      present({
        operation: grant.operation,
        encryptionContext: grant.encryptionContext,
        tokenGrantIds: new Set(grant.tokens),
        now: grant.now,
        sourceArn: grant.sourceArn,
      }),
  });
}

/** Cases in the files whose names begin so. */
const casesIn = (prefix: string) =>
  corpora.flatMap(({ cases }, i) => (files[i]?.startsWith(prefix) === true ? cases.map(({ name }) => name) : []));

test('the corpus holds at least 800 cases, and no name twice', () => {
  const names = casesIn('');
  const grants = casesIn('grants').length;
  const conditions = casesIn('condition').length;
  console.log(`corpus: ${names.length} decisions, ${grants} on grants, ${conditions} on condition operators and keys`);
  expect(names.length).toBeGreaterThanOrEqual(800);
  expect(grants).toBeGreaterThanOrEqual(150);
  expect(conditions).toBeGreaterThanOrEqual(150);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});

describe.each(corpora)('$subject', ({ cases }) => {
  test.each(cases.map((item) => [item.name, item] as const))('%s', (_name, item) => {
    const request = accessRequest(item);
    const policies = policySet(item);
    const decision = evaluate(request, policies);
    const { message, ...expected } = item.expect;
    expect(decision).toMatchObject(expected);
    const said = decision.outcome === 'allow' ? undefined : denialMessage(decision, request);
    expect(said).toBe(message ?? said);

    const { trace, ...traced } = evaluate(request, policies, { trace: true });
    expect(traced).toEqual(decision);
    expect(trace?.outcome).toBe(decision.outcome);
    expect(trace?.summary).toMatch(/^[A-Z].+\.$/s);
    const deciding = trace?.layers.filter(({ decides }) => decides);
    expect(deciding?.map(({ layer }) => layer)).toEqual([decision.decidedBy]);
    const [layer] = deciding ?? [];
    const verdicts = { allow: ['allow'], 'explicit-deny': ['deny'], 'implicit-deny': ['silent', 'absent'] };
    expect(verdicts[decision.outcome]).toContain(layer?.verdict);
    const statements = layer?.policies.flatMap((policy) => policy.statements).filter(({ decides }) => decides) ?? [];
    expect(statements.map(({ statement }) => statement)).toEqual(decision.statement ? [decision.statement] : []);
    expect(statements.every(({ matched }) => matched)).toBe(true);
  });
});
