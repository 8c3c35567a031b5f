/** What each layer of policies says on a request, before the layers are put together. */

import { candidates, grantMismatch } from './grants.ts';
import type { ResourceSet, Statement } from './policy.ts';
import { type Identity, identitiesOf, notPrincipalApplies, type PrincipalMatch } from './principal.ts';
import type { AccessRequest, Grant, Layer, PolicySet, SourcedPolicy } from './types.ts';

/** A request with what every layer needs of it. */
export interface Subject {
  readonly request: AccessRequest;
  /** In lower case. */
  readonly action: string;
  readonly identities: readonly Identity[];
}

/** A statement that matches, and the policy that holds it. */
export interface Hit {
  readonly source: string;
  readonly statement: Statement;
}

export interface LayerFinding {
  readonly deny: Hit | undefined;
  readonly allow: Hit | undefined;
}

/** Allows of a resource policy, by how they name the principal. */
export interface ResourceFinding {
  readonly deny: Hit | undefined;
  readonly itself: Hit | undefined;
  readonly role: Hit | undefined;
  readonly account: Hit | undefined;
}

export interface GrantsFinding {
  readonly itself: Grant | undefined;
  readonly role: Grant | undefined;
  readonly account: Grant | undefined;
}

/** A layer is undefined where it does not exist for this request. */
export interface Findings {
  readonly serviceControl: LayerFinding | undefined;
  readonly resourceControl: LayerFinding | undefined;
  readonly boundary: LayerFinding | undefined;
  readonly session: LayerFinding | undefined;
  readonly identity: LayerFinding;
  readonly resource: ResourceFinding | undefined;
  readonly grants: GrantsFinding | undefined;
  readonly endpoint: LayerFinding | undefined;
}

export function subjectOf(request: AccessRequest): Subject {
  return { request, action: request.action.toLowerCase(), identities: identitiesOf(request.principal) };
}

/** Asks every layer. */
export function findingsOf(subject: Subject, policies: PolicySet): Findings {
  const { request } = subject;
  const { kind } = request.principal;
  const attached = kind !== 'AWSService' && kind !== 'Anonymous';
  const exempt = isServiceLinked(subject);
  const { serviceControl, resourceControl, boundary, session, identity, resource, grants, endpoint } = policies;
  return {
    serviceControl: serviceControl && attached && !exempt ? askLevels(serviceControl, subject, askAttached) : undefined,
    resourceControl: resourceControl && !exempt ? askLevels(resourceControl, subject, askOpenly) : undefined,
    boundary: boundary && attached ? askAttached([boundary], subject) : undefined,
    session: session && attached ? askAttached(session, subject) : undefined,
    identity: attached ? askAttached(identity, subject) : NOTHING,
    resource: resource && askResource(resource, subject),
    grants: grants && request.grant && askGrants(grants, subject),
    endpoint: endpoint && askOpenly([endpoint], subject),
  };
}

const NOTHING: LayerFinding = { deny: undefined, allow: undefined };

/** Organisations' policies don't restrict service-linked roles (Organizations UG orgs_manage_policies_scps). */
function isServiceLinked(subject: Subject): boolean {
  return subject.request.principal.roleArn?.includes(':role/aws-service-role/') ?? false;
}

/** A layer whose policies stand on the principal: any of them may allow. */
function askAttached(policies: readonly SourcedPolicy[], subject: Subject): LayerFinding {
  let deny: Hit | undefined;
  let allow: Hit | undefined;
  for (const { source, policy } of policies) {
    const view = policy.index.view(subject.action);
    if (deny === undefined) deny = firstHit(view.denies, source, subject);
    if (allow === undefined) allow = firstHit(view.allows, source, subject);
  }
  return { deny, allow };
}

/** A layer whose policies have a Principal element but don't distinguish how it names the caller. */
function askOpenly(policies: readonly SourcedPolicy[], subject: Subject): LayerFinding {
  let deny: Hit | undefined;
  let allow: Hit | undefined;
  for (const policy of policies) {
    const finding = askResource(policy, subject);
    deny ??= finding.deny;
    allow ??= finding.itself ?? finding.role ?? finding.account;
  }
  return { deny, allow };
}

/** Each level of an organisation must allow; a deny at any level denies. */
function askLevels(
  levels: readonly (readonly SourcedPolicy[])[],
  subject: Subject,
  ask: (policies: readonly SourcedPolicy[], subject: Subject) => LayerFinding,
): LayerFinding | undefined {
  if (levels.length === 0) return undefined;
  let deny: Hit | undefined;
  let allow: Hit | undefined;
  let silent = false;
  for (const level of levels) {
    const finding = ask(level, subject);
    deny ??= finding.deny;
    allow = finding.allow;
    silent ||= finding.allow === undefined;
  }
  return { deny, allow: silent ? undefined : allow };
}

function firstHit(statements: readonly Statement[], source: string, subject: Subject): Hit | undefined {
  for (const statement of statements) if (speaks(statement, subject)) return { source, statement };
  return undefined;
}

/** Whether a statement whose action and principal are known to match speaks on this resource under these conditions. */
function speaks(statement: Statement, subject: Subject): boolean {
  if (!resourceMatches(statement.resource, subject)) return false;
  for (const condition of statement.conditions) if (!condition.holds(subject.request.context)) return false;
  return true;
}

export function resourceMatches(set: ResourceSet | undefined, { request }: Subject): boolean {
  if (set === undefined) return true;
  for (const pattern of set.patterns) if (pattern.test(request.resource, request.context)) return !set.not;
  return set.not;
}

function askResource({ source, policy }: SourcedPolicy, subject: Subject): ResourceFinding {
  const found: { deny: Hit | undefined } & Record<PrincipalMatch, Hit | undefined> = {
    deny: undefined,
    itself: undefined,
    role: undefined,
    account: undefined,
  };
  const view = policy.index.view(subject.action);
  const look = (statement: Statement, match: PrincipalMatch) => {
    const slot = statement.effect === 'Deny' ? 'deny' : match;
    if (earlier(found[slot], statement) && speaks(statement, subject)) found[slot] = { source, statement };
  };
  for (const statement of view.open) if (openApplies(statement, subject)) look(statement, 'itself');
  for (const { name, match } of subject.identities) {
    for (const statement of view.byName.get(name) ?? []) look(statement, match);
  }
  return found;
}

/** Of several statements that say the same, the first in the document is told. */
function earlier(hit: Hit | undefined, statement: Statement): boolean {
  return hit === undefined || statement.position < hit.statement.position;
}

function openApplies(statement: Statement, subject: Subject): boolean {
  const set = statement.principal;
  if (set === undefined) return false;
  return set.not ? notPrincipalApplies(set, statement.effect, subject.identities) : set.everyone;
}

/** Whether, and how strongly, a statement's Principal element means the caller. */
export function principalMatches(statement: Statement, subject: Subject): PrincipalMatch | undefined {
  const set = statement.principal;
  if (set === undefined) return undefined;
  if (set.not || set.everyone) return openApplies(statement, subject) ? 'itself' : undefined;
  return subject.identities.find(({ name }) => set.names.has(name))?.match;
}

function askGrants(grants: readonly Grant[], subject: Subject): GrantsFinding {
  const found: Record<PrincipalMatch, Grant | undefined> = { itself: undefined, role: undefined, account: undefined };
  const question = subject.request.grant;
  if (question === undefined) return found;
  for (const [grant, match] of candidates(subject.identities, grants)) {
    if (found[match] === undefined && grantMismatch(grant, question) === undefined) found[match] = grant;
  }
  return found;
}

/** The policies of a layer, flat. */
export function policiesOf(layer: Layer, policies: PolicySet): readonly SourcedPolicy[] {
  switch (layer) {
    case 'service-control-policy':
      return policies.serviceControl?.flat() ?? [];
    case 'resource-control-policy':
      return policies.resourceControl?.flat() ?? [];
    case 'permissions-boundary':
      return policies.boundary === undefined ? [] : [policies.boundary];
    case 'session-policy':
      return policies.session ?? [];
    case 'identity-policy':
      return policies.identity;
    case 'resource-policy':
      return policies.resource === undefined ? [] : [policies.resource];
    case 'vpc-endpoint-policy':
      return policies.endpoint === undefined ? [] : [policies.endpoint];
    case 'grant':
      return [];
  }
}
