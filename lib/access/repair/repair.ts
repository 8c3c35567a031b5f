/** Drafts that the evaluator confirms, with who else gains by them, smallest first. */

import { compareAccess } from '../compare/compare.ts';
import { keyVersion } from '../compare/key-version.ts';
import { questionsRaised } from '../compare/questions.ts';
import type { Question, Version } from '../compare/types.ts';
import { evaluate } from '../evaluate.ts';
import { applyFix } from '../lint/apply-fix.ts';
import { parsePolicy } from '../parse.ts';
import type { Policy, PolicyKind } from '../policy.ts';
import { PolicySyntaxError } from '../syntax-error.ts';
import type { AccessRequest, Grant, PolicySet, Principal, SourcedPolicy } from '../types.ts';
import { type Draft, draftsFor } from './drafts.ts';
import type { Repair, RepairTarget } from './types.ts';

export type { Repair };

export interface RepairOptions {
  /** Policies that stand on other principals: without it, only what the documents name is asked who gains. */
  readonly callerSide?: (principal: Principal) => Omit<PolicySet, 'resource' | 'grants'>;
  /** More who may gain. */
  readonly principals?: readonly Principal[];
  /** At most so many repairs. Default 6. */
  readonly most?: number;
}

const KIND: Readonly<Record<Exclude<RepairTarget, 'grant'>, PolicyKind>> = {
  'resource-policy': 'resource',
  'identity-policy': 'identity',
  'permissions-boundary': 'boundary',
};
/** Questions for each repair: who else gains is told for this many. */
const MOST_QUESTIONS = 3000;

/**
 * What would turn a refusal into an allow: each is one change of one document, or one grant, and each was put to the
 * evaluator. Those that let nobody else in come first, then those that change less. Empty for a request that is allowed, and
 * where one change is not enough. Pure and deterministic.
 */
export function repairsFor(
  request: AccessRequest,
  policies: PolicySet,
  options: RepairOptions = {},
): readonly Repair[] {
  if (evaluate(request, policies).outcome === 'allow') return [];
  const found = new Map<string, Repair>();
  for (const draft of draftsFor(request, policies)) {
    const changed = applied(draft, policies, request);
    if (changed === undefined || evaluate(request, changed.policies).outcome !== 'allow') continue;
    const key = changed.after ?? JSON.stringify(draft.grant);
    if (found.has(key)) continue;
    const { source = '', policy } = draft.policy ?? {};
    found.set(key, {
      title: draft.title,
      target: draft.target,
      weight: draft.weight,
      source,
      ...(draft.grant === undefined
        ? { before: policy?.text ?? '', after: changed.after ?? '' }
        : { grant: draft.grant }),
      ...gains(request, draft, policies, changed.policies, options),
    });
  }
  return [...found.values()]
    .toSorted((a, b) => a.alsoGain.length - b.alsoGain.length || a.weight - b.weight || size(a) - size(b))
    .slice(0, options.most ?? 6);
}

function size({ before = '', after = '', grant }: Repair): number {
  return grant === undefined ? Math.abs(after.length - before.length) + 1 : 40;
}

interface Applied {
  readonly policies: PolicySet;
  readonly after?: string;
}

/** The policies with the draft in them; undefined where it does not fit the document. */
function applied(draft: Draft, policies: PolicySet, request: AccessRequest): Applied | undefined {
  const { grant, target, policy } = draft;
  if (grant !== undefined) {
    const service = request.principal.kind === 'AWSService';
    const made: Grant = {
      grantId: 'new',
      ...(service ? { granteeServicePrincipal: grant.grantee } : { granteePrincipal: grant.grantee }),
      operations: grant.operations,
      effectiveAt: 0,
    };
    return { policies: { ...policies, grants: [...(policies.grants ?? []), made] } };
  }
  if (target === 'grant') return undefined;
  const kind = policy?.policy.kind ?? KIND[target];
  const text = draft.made ?? edited(policy, draft);
  const compiled = text === undefined ? undefined : parsed(text, kind);
  if (text === undefined || compiled === undefined) return undefined;
  const next: SourcedPolicy = { source: policy?.source ?? 'new', policy: compiled };
  const swap = (list: readonly SourcedPolicy[]) => list.map((one) => (one === policy ? next : one));
  if (target === 'resource-policy') return { policies: { ...policies, resource: next }, after: text };
  if (target === 'permissions-boundary') return { policies: { ...policies, boundary: next }, after: text };
  const identity = policy === undefined ? [...policies.identity, next] : swap(policies.identity);
  return { policies: { ...policies, identity }, after: text };
}

function edited(policy: SourcedPolicy | undefined, { title, edits }: Draft): string | undefined {
  if (policy === undefined || edits === undefined) return undefined;
  try {
    return applyFix(policy.policy.text, { title, edits });
  } catch (error) {
    if (error instanceof RangeError || error instanceof PolicySyntaxError) return undefined;
    throw error;
  }
}

function parsed(text: string, kind: PolicyKind): Policy | undefined {
  try {
    return parsePolicy(text, kind);
  } catch (error) {
    if (error instanceof PolicySyntaxError) return undefined;
    throw error;
  }
}

/** Who else may do more afterwards. An IAM policy stands on its own principal, so nobody else gains by it here. */
function gains(
  request: AccessRequest,
  { target }: Draft,
  before: PolicySet,
  after: PolicySet,
  { callerSide, principals = [] }: RepairOptions,
): Pick<Repair, 'alsoGain' | 'complete'> {
  if (target !== 'resource-policy' || before.resource === undefined || after.resource === undefined) {
    return { alsoGain: [], complete: true };
  }
  const questions = questionsRaised({
    policies: [before.resource.policy, after.resource.policy],
    resources: [request.resource],
    principals: [request.principal, ...principals],
    actions: [request.action],
  });
  const version = (policies: PolicySet) => versionOf(request, policies, callerSide);
  const { changes, complete } = compareAccess(questions, version(before), version(after), {
    maxQuestions: MOST_QUESTIONS,
  });
  const own = request.principal.roleArn ?? request.principal.arn;
  const others = new Map<string, Principal>();
  for (const change of changes) {
    if (change.direction !== 'gains') continue;
    for (const one of change.principals) {
      const name = one.roleArn ?? one.arn;
      if (name !== own) others.set(name, one);
    }
  }
  return { alsoGain: [...others.values()], complete };
}

function versionOf(
  request: AccessRequest,
  policies: PolicySet,
  callerSide: RepairOptions['callerSide'] = ownSide(request, policies),
): Version {
  if (request.action.startsWith('kms:') && policies.resource !== undefined) {
    return keyVersion({
      keyArn: request.resource,
      policy: policies.resource,
      grants: policies.grants ?? [],
      callerSide,
    });
  }
  return ({ principal, action, resource }: Question) => ({
    request: { ...request, principal, action, resource },
    policies: { ...callerSide(principal), ...(policies.resource === undefined ? {} : { resource: policies.resource }) },
  });
}

/** Without more knowledge only the one who asks has IAM policies. */
function ownSide(request: AccessRequest, { identity, boundary }: PolicySet) {
  const own = request.principal.roleArn ?? request.principal.arn;
  return (principal: Principal): Omit<PolicySet, 'resource' | 'grants'> =>
    (principal.roleArn ?? principal.arn) === own
      ? { identity, ...(boundary === undefined ? {} : { boundary }) }
      : { identity: [] };
}
