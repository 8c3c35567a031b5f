/**
 * Putting the layers together (IAMUG reference_policies_evaluation-logic and its pages for one account and for two;
 * KMSDG policy-evaluation).
 */

import type { Findings, Hit, Subject } from './layers.ts';
import type { Decision, Grant, Layer, Outcome } from './types.ts';

/** The decision without its trace, with the statement or grant that made it. */
export interface Verdict extends Omit<Decision, 'trace'> {
  readonly hit: Hit | undefined;
  readonly grant: Grant | undefined;
}

/** A way to an allow; `limited` when boundary and session policy must allow too. */
interface Path {
  readonly layer: Layer;
  readonly hit?: Hit | undefined;
  readonly grant?: Grant;
  readonly source?: string;
  readonly limited: boolean;
}

/** Layers whose Deny counts, in the order in which one is named where several deny. */
const DENY_ORDER = [
  ['serviceControl', 'service-control-policy'],
  ['resourceControl', 'resource-control-policy'],
  ['boundary', 'permissions-boundary'],
  ['session', 'session-policy'],
  ['identity', 'identity-policy'],
  ['resource', 'resource-policy'],
  ['endpoint', 'vpc-endpoint-policy'],
] as const satisfies readonly (readonly [keyof Findings, Layer])[];

/** What the root user of the owner may do whatever the bucket policy says (S3 API PutBucketPolicy). */
const OWNER_ROOT_MAY: ReadonlySet<string> = new Set([
  's3:getbucketpolicy',
  's3:putbucketpolicy',
  's3:deletebucketpolicy',
  's3express:getbucketpolicy',
  's3express:putbucketpolicy',
  's3express:deletebucketpolicy',
]);

export function combine(subject: Subject, findings: Findings): Verdict {
  for (const [key, layer] of DENY_ORDER) {
    const hit = findings[key]?.deny;
    if (hit !== undefined && !(key === 'resource' && isOwnerRootExempt(subject))) {
      return verdict('explicit-deny', { layer, hit, limited: false });
    }
  }
  const { serviceControl, resourceControl, endpoint } = findings;
  if (resourceControl !== undefined && resourceControl.allow === undefined) return silence('resource-control-policy');
  if (serviceControl !== undefined && serviceControl.allow === undefined) return silence('service-control-policy');
  const { paths, otherwise } = waysToAllow(subject, findings);
  const limit = silentLimit(findings);
  const path = limit === undefined ? paths[0] : paths.find(({ limited }) => !limited);
  if (path === undefined) return silence(paths.length > 0 && limit !== undefined ? limit : otherwise);
  if (endpoint !== undefined && endpoint.allow === undefined) return silence('vpc-endpoint-policy');
  return verdict('allow', path);
}

/** Boundary or session policy, whichever does not allow. */
function silentLimit({ boundary, session }: Findings): Layer | undefined {
  if (boundary !== undefined && boundary.allow === undefined) return 'permissions-boundary';
  return session !== undefined && session.allow === undefined ? 'session-policy' : undefined;
}

function verdict(outcome: Outcome, { layer, hit, grant, source }: Path): Verdict {
  const from = hit?.source ?? grant?.grantId ?? source;
  return {
    outcome,
    decidedBy: layer,
    ...(from === undefined ? {} : { source: from }),
    ...(hit === undefined ? {} : { statement: hit.statement.label }),
    hit,
    grant,
  };
}

function silence(layer: Layer): Verdict {
  return { outcome: 'implicit-deny', decidedBy: layer, hit: undefined, grant: undefined };
}

export function isSameAccount({ request }: Subject): boolean {
  return request.principal.accountId !== '' && request.principal.accountId === request.resourceAccountId;
}

/**
 * Resources whose own policy must allow, even in its account: KMS keys (KMS-21) and roles that are assumed. Aliases,
 * and KMS actions on no key, have no policy of their own.
 */
export function ownerMustAllow({ action, request }: Subject): boolean {
  if (action.startsWith('kms:')) return /^arn:[^:]*:kms:[^:]*:[^:]*:key\//.test(request.resource);
  return action.startsWith('sts:') && /^arn:[^:]*:iam::[^:]*:role\//.test(request.resource);
}

export function isOwnerRootExempt(subject: Subject): boolean {
  return (
    subject.request.principal.kind === 'AccountRoot' && isSameAccount(subject) && OWNER_ROOT_MAY.has(subject.action)
  );
}

/** Every way that allows, the one to tell of first; and the layer whose silence AWS names if there is none (ERR-05). */
interface Ways {
  readonly paths: readonly Path[];
  readonly otherwise: Layer;
}

function waysToAllow(subject: Subject, findings: Findings): Ways {
  const { kind } = subject.request.principal;
  const { resource, grants } = findings;
  if (kind === 'AWSService' || kind === 'Anonymous') {
    return {
      paths: [...byPolicy(resource?.itself, false), ...byGrant(grants?.itself, false)],
      otherwise: 'resource-policy',
    };
  }
  return isSameAccount(subject) ? withinAccount(subject, findings) : acrossAccounts(subject, findings);
}

function byPolicy(hit: Hit | undefined, limited: boolean): Path[] {
  return hit === undefined ? [] : [{ layer: 'resource-policy', hit, limited }];
}

function byGrant(grant: Grant | undefined, limited: boolean): Path[] {
  return grant === undefined ? [] : [{ layer: 'grant', grant, limited }];
}

/** The caller's own side: an IAM policy that allows, or being the root user, who needs none. */
function callerSide(subject: Subject, { identity }: Findings): Path | undefined {
  if (identity.allow !== undefined) return { layer: 'identity-policy', hit: identity.allow, limited: true };
  return subject.request.principal.kind === 'AccountRoot'
    ? { layer: 'identity-policy', source: 'root user', limited: false }
    : undefined;
}

function withinAccount(subject: Subject, findings: Findings): Ways {
  const { resource, grants } = findings;
  const caller = callerSide(subject, findings);
  // A statement for the account lets IAM policies decide; without one they count for nothing on a guarded resource.
  const decidesByIam = resource?.account !== undefined || !ownerMustAllow(subject);
  return {
    paths: [
      ...byPolicy(resource?.itself, false),
      ...byPolicy(resource?.role, true),
      ...(caller !== undefined && decidesByIam ? [caller] : []),
      ...byGrant(grants?.itself, false),
      ...byGrant(grants?.role, true),
      ...byGrant(caller === undefined ? undefined : grants?.account, true),
    ],
    otherwise: decidesByIam || grants?.account !== undefined ? 'identity-policy' : 'resource-policy',
  };
}

/** Both accounts must allow (IAMUG reference_policies_evaluation-logic-cross-account); a grant to the principal is enough. */
function acrossAccounts(subject: Subject, findings: Findings): Ways {
  const { resource, grants } = findings;
  const caller = callerSide(subject, findings);
  const owner = resource?.itself ?? resource?.role ?? resource?.account;
  return {
    paths: [
      ...byPolicy(caller === undefined ? undefined : owner, true),
      ...byGrant(grants?.itself ?? grants?.role, true),
      ...byGrant(caller === undefined ? undefined : grants?.account, true),
    ],
    otherwise: caller === undefined ? 'identity-policy' : 'resource-policy',
  };
}
