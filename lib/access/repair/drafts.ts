/** Changes that may repair a refusal, before the evaluator is asked whether they do. */

import { principalMatches, subjectOf } from '../layers.ts';
import type { Edit, Json } from '../lint/types.ts';
import { lastName, sourceLabel } from '../names.ts';
import type { Statement } from '../policy.ts';
import { traceParts } from '../statement-trace.ts';
import type { AccessRequest, PartTrace, PolicySet, SourcedPolicy } from '../types.ts';
import { addStatement, addValue, conditionAt, statementAt } from './edits.ts';
import type { NewGrant, RepairTarget } from './types.ts';

export interface Draft {
  readonly title: string;
  readonly target: RepairTarget;
  /** How much it changes: a value of a statement, an exception, something new, a condition or statement less, IAM for all. */
  readonly weight: 0 | 1 | 2 | 3 | 4;
  /** Absent where a policy is made. */
  readonly policy?: SourcedPolicy;
  readonly edits?: readonly Edit[];
  /** The whole of a policy that is made. */
  readonly made?: string;
  readonly grant?: NewGrant;
}

/** What an IAM policy, key policy or grant could say. In the order in which they change the least. */
export function* draftsFor(request: AccessRequest, policies: PolicySet): Generator<Draft> {
  for (const [target, policy] of documents(policies)) {
    yield* widenings(request, target, policy);
    yield* exceptions(request, target, policy);
  }
  yield* additions(request, policies);
}

function* documents(policies: PolicySet): Generator<readonly [RepairTarget, SourcedPolicy]> {
  if (policies.resource !== undefined) yield ['resource-policy', policies.resource];
  for (const policy of policies.identity) yield ['identity-policy', policy];
  if (policies.boundary !== undefined) yield ['permissions-boundary', policies.boundary];
}

/** An Allow that fails in one part: that part takes what the request sent. */
function* widenings(request: AccessRequest, target: RepairTarget, policy: SourcedPolicy): Generator<Draft> {
  const subject = subjectOf(request);
  for (const statement of policy.policy.statements) {
    if (statement.effect === 'Deny') continue;
    const missing = traceParts(statement, subject).filter(({ matched }) => !matched);
    const [part] = missing;
    if (part === undefined || missing.length > 1 || part.part === 'Principal') continue;
    // For the whole account it would mean everybody in it: a statement of one's own says less.
    if (part.part === 'Action' && principalMatches(statement, subject) === 'account') continue;
    yield* widened(target, policy, statement, part);
  }
}

function* widened(
  target: RepairTarget,
  policy: SourcedPolicy,
  statement: Statement,
  part: PartTrace,
): Generator<Draft> {
  const at = statementAt(policy.policy, statement.position);
  const [sent] = part.sent;
  if (at === undefined) return;
  const draft = (title: string, weight: Draft['weight'], edit: Edit): Draft => ({
    title,
    target,
    weight,
    policy,
    edits: [edit],
  });
  const inStatement = `in ${statement.label}`;
  if (part.part === 'Condition') {
    const condition = conditionAt(at, part.name ?? '');
    if (condition === undefined) return;
    const negated = /Not|Null|LessThan|GreaterThan/.test(part.name ?? '');
    if (sent !== undefined && !negated) {
      yield draft(`Accept ${sent} too, ${inStatement}`, 0, addValue(condition.path, condition.value, sent));
    }
    const path = condition.only ? condition.block : condition.path;
    yield draft(`Drop the condition on ${(part.name ?? '').split(' ').at(-1) ?? ''}, ${inStatement}`, 3, {
      op: 'remove',
      path,
    });
    return;
  }
  // What is negated names everything but; taking the value out of a list is another thing than adding it.
  if (part.name !== undefined || sent === undefined) return;
  const element = part.part;
  yield draft(
    `Add ${sent} to ${element}, ${inStatement}`,
    0,
    addValue(`${at.path}/${element}`, at.json[element], sent),
  );
}

/** A Deny that applies: an exception for what was sent, for who asks, or the statement gone. */
function* exceptions(request: AccessRequest, target: RepairTarget, policy: SourcedPolicy): Generator<Draft> {
  const subject = subjectOf(request);
  for (const statement of policy.policy.statements) {
    if (statement.effect === 'Allow') continue;
    const parts = traceParts(statement, subject);
    if (!parts.every(({ matched }) => matched)) continue;
    const at = statementAt(policy.policy, statement.position);
    if (at === undefined) continue;
    for (const part of parts) {
      const condition = part.part === 'Condition' ? conditionAt(at, part.name ?? '') : undefined;
      const [sent] = part.sent;
      if (condition === undefined || sent === undefined || !(part.name ?? '').includes('Not')) continue;
      yield {
        title: `Spare ${sent} as well, in ${statement.label}`,
        weight: 1,
        target,
        policy,
        edits: [addValue(condition.path, condition.value, sent)],
      };
    }
    const who = request.principal.roleArn ?? request.principal.arn;
    if (who.startsWith('arn:')) {
      yield {
        title: `Spare ${lastName(who)}, in ${statement.label}`,
        weight: 1,
        target,
        policy,
        edits: [sparing(at.json, at.path, who)],
      };
    }
    if (policy.policy.statements.length > 1) {
      yield { title: `Remove ${statement.label}`, weight: 3, target, policy, edits: [{ op: 'remove', path: at.path }] };
    }
  }
}

/** A Deny for everybody but one more principal. */
function sparing(json: { readonly [element: string]: Json }, path: string, who: string): Edit {
  const conditions = json['Condition'];
  const extra: Json = { 'aws:PrincipalArn': who };
  if (typeof conditions !== 'object' || conditions === null || Array.isArray(conditions)) {
    return { op: 'add', path: `${path}/Condition`, value: { ArnNotEquals: extra } };
  }
  const present = (conditions as { readonly [operator: string]: Json })['ArnNotEquals'];
  if (typeof present !== 'object' || present === null || Array.isArray(present)) {
    return { op: 'add', path: `${path}/Condition/ArnNotEquals`, value: extra };
  }
  const value = (present as { readonly [key: string]: Json })['aws:PrincipalArn'];
  return value === undefined
    ? { op: 'add', path: `${path}/Condition/ArnNotEquals/aws:PrincipalArn`, value: who }
    : addValue(`${path}/Condition/ArnNotEquals/aws:PrincipalArn`, value, who);
}

/** A grant, a statement for the one who asks, and a statement that leaves it to IAM. */
function* additions(request: AccessRequest, policies: PolicySet): Generator<Draft> {
  const { principal, action, resource } = request;
  const who = principal.roleArn ?? principal.serviceName ?? principal.arn;
  const isKey = /^arn:[^:]*:kms:[^:]*:[^:]*:key\//.test(resource);
  const named = principal.kind === 'AWSService' || who.startsWith('arn:');
  if (
    isKey &&
    principal.kind !== 'Anonymous' &&
    request.grant !== undefined &&
    GRANTABLE.has(request.grant.operation)
  ) {
    yield {
      title: `Grant ${request.grant.operation} to ${lastName(who)}`,
      weight: 2,
      target: 'grant',
      grant: { grantee: who, operations: [request.grant.operation] },
    };
  }
  if (policies.resource !== undefined && named) {
    const statement: Json = {
      Sid: sidFor(action, who),
      Effect: 'Allow',
      Principal: principal.kind === 'AWSService' ? { Service: who } : { AWS: who },
      Action: action,
      Resource: isKey ? '*' : resource,
    };
    yield {
      title: `Let ${lastName(who)} in, with a statement of its own`,
      weight: 2,
      target: 'resource-policy',
      policy: policies.resource,
      edits: [addStatement(policies.resource.policy, statement)],
    };
  }
  yield* iamAdditions(request, policies);
}

function* iamAdditions(
  { principal, action, resource, resourceAccountId }: AccessRequest,
  policies: PolicySet,
): Generator<Draft> {
  if (principal.kind === 'AWSService' || principal.kind === 'Anonymous' || principal.kind === 'AccountRoot') return;
  const statement: Json = { Sid: sidFor(action, ''), Effect: 'Allow', Action: action, Resource: resource };
  const [first] = policies.identity.filter(({ source }) => source.startsWith('inline '));
  yield first === undefined
    ? {
        title: 'Allow it in an IAM policy of its own',
        weight: 2,
        target: 'identity-policy',
        made: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }, null, 2),
      }
    : {
        title: `Allow it in the IAM policy ${sourceLabel(first.source)}`,
        weight: 2,
        target: 'identity-policy',
        policy: first,
        edits: [addStatement(first.policy, statement)],
      };
  if (policies.resource === undefined || !resource.includes(':kms:')) return;
  yield {
    title: 'Let IAM policies of the account decide',
    weight: 4,
    target: 'resource-policy',
    policy: policies.resource,
    edits: [addStatement(policies.resource.policy, accountStatement(resourceAccountId))],
  };
}

function accountStatement(account: string): Json {
  return {
    Sid: 'EnableIAMPolicies',
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: 'kms:*',
    Resource: '*',
  };
}

/** Operations that a grant may give (KMS API CreateGrant), of those that a refusal can be about. */
const GRANTABLE: ReadonlySet<string> = new Set([
  'Decrypt',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'ReEncryptFrom',
  'ReEncryptTo',
  'CreateGrant',
  'RetireGrant',
  'DescribeKey',
]);

/** Letters and digits, as an IAM policy demands of a Sid. */
function sidFor(action: string, who: string): string {
  return `Allow${action.slice(action.indexOf(':') + 1)}${lastName(who)}`.replaceAll(/[^A-Za-z0-9]/g, '');
}
