/** What a layer said, as a verdict and in words. */

import { isOwnerRootExempt, isSameAccount, ownerMustAllow } from './combine.ts';
import { candidates } from './grants.ts';
import type { Findings, Hit, Subject } from './layers.ts';
import { count, principalLabel, resourcePolicyNoun, sourceLabel } from './names.ts';
import type { Layer, LayerTrace, PolicySet } from './types.ts';

type Said = LayerTrace['verdict'];

/** Whether IAM policies of the account count for this resource. */
function iamCounts(subject: Subject, { resource }: Findings): boolean {
  return !isSameAccount(subject) || !ownerMustAllow(subject) || resource?.account !== undefined;
}

export function layerVerdict(layer: Layer, subject: Subject, findings: Findings): Said {
  switch (layer) {
    case 'service-control-policy':
      return plain(findings.serviceControl);
    case 'resource-control-policy':
      return plain(findings.resourceControl);
    case 'permissions-boundary':
      return plain(findings.boundary);
    case 'session-policy':
      return plain(findings.session);
    case 'vpc-endpoint-policy':
      return plain(findings.endpoint);
    case 'identity-policy':
      return identityVerdict(subject, findings);
    case 'resource-policy':
      return resourceVerdict(subject, findings);
    case 'grant':
      return grantVerdict(findings);
  }
}

function plain(finding: { deny: Hit | undefined; allow: Hit | undefined } | undefined): Said {
  if (finding === undefined) return 'absent';
  if (finding.deny !== undefined) return 'deny';
  return finding.allow === undefined ? 'silent' : 'allow';
}

function identityVerdict(subject: Subject, findings: Findings): Said {
  const { kind } = subject.request.principal;
  if (kind === 'AWSService' || kind === 'Anonymous') return 'absent';
  if (findings.identity.deny !== undefined) return 'deny';
  if (findings.identity.allow === undefined && kind !== 'AccountRoot') return 'silent';
  return iamCounts(subject, findings) ? 'allow' : 'silent';
}

function resourceVerdict(subject: Subject, { resource }: Findings): Said {
  if (resource === undefined) return 'absent';
  if (resource.deny !== undefined) return isOwnerRootExempt(subject) ? 'silent' : 'deny';
  if (resource.itself !== undefined || resource.role !== undefined) return 'allow';
  // For an unguarded resource in its own account a statement for the account adds nothing to what IAM decides.
  const accountCounts = !isSameAccount(subject) || ownerMustAllow(subject);
  return resource.account !== undefined && accountCounts ? 'allow' : 'silent';
}

function grantVerdict({ grants }: Findings): Said {
  if (grants === undefined) return 'absent';
  return (grants.itself ?? grants.role ?? grants.account) ? 'allow' : 'silent';
}

export function findingText(
  layer: Layer,
  said: Said,
  subject: Subject,
  policies: PolicySet,
  findings: Findings,
): string {
  const { action } = subject.request;
  switch (layer) {
    case 'service-control-policy':
      return levels(said, findings.serviceControl?.deny, action);
    case 'resource-control-policy':
      return levels(said, findings.resourceControl?.deny, action);
    case 'permissions-boundary':
      return attached(said, findings.boundary, 'none on this principal', action);
    case 'session-policy':
      return attached(said, findings.session, 'none on this session', action);
    case 'vpc-endpoint-policy':
      return attached(said, findings.endpoint, 'none on this path', action);
    case 'identity-policy':
      return identityText(said, subject, policies, findings);
    case 'resource-policy':
      return resourceText(said, subject, findings);
    case 'grant':
      return grantText(subject, policies, findings);
  }
}

function levels(said: Said, deny: Hit | undefined, action: string): string {
  if (said === 'absent') return 'none apply';
  if (said === 'deny') return deniedBy(deny);
  return said === 'allow' ? `every level allows ${action}` : `a level does not allow ${action}`;
}

function attached(
  said: Said,
  finding: { deny: Hit | undefined; allow: Hit | undefined } | undefined,
  none: string,
  action: string,
): string {
  if (said === 'absent') return none;
  if (said === 'deny') return deniedBy(finding?.deny);
  return said === 'allow' ? `allows ${action} in ${nameOf(finding?.allow)}` : `does not allow ${action}`;
}

function deniedBy(hit: Hit | undefined): string {
  return `denies in ${nameOf(hit)}`;
}

function nameOf(hit: Hit | undefined): string {
  return hit === undefined ? 'a statement' : hit.statement.label;
}

function identityText(said: Said, subject: Subject, policies: PolicySet, findings: Findings): string {
  const { allow, deny } = findings.identity;
  if (said === 'absent') return 'none: this caller has no IAM policies';
  if (said === 'deny') return `${sourceLabel(deny?.source ?? '')} ${deniedBy(deny)}`;
  if (said === 'allow') {
    return allow === undefined
      ? 'the root user needs none in its own account'
      : `${sourceLabel(allow.source)} allows it in ${nameOf(allow)}`;
  }
  if (allow !== undefined || subject.request.principal.kind === 'AccountRoot') {
    const who = allow === undefined ? 'the root user would be allowed' : `${sourceLabel(allow.source)} allows it`;
    return `${who}, but this ${resourcePolicyNoun(subject)} has no account statement, so IAM can’t`;
  }
  return policies.identity.length === 0 ? 'none on this principal' : `none of ${policies.identity.length} allows it`;
}

function resourceText(said: Said, subject: Subject, { resource }: Findings): string {
  if (said === 'absent') return 'none on this resource';
  if (said === 'deny') return deniedBy(resource?.deny);
  const who = principalLabel(subject.request.principal);
  if (resource?.deny !== undefined) return `${deniedBy(resource.deny)}, which does not bind ${who} here`;
  if (resource?.itself !== undefined) return `${nameOf(resource.itself)} allows ${who}`;
  if (resource?.role !== undefined) return `${nameOf(resource.role)} allows the role of this session`;
  if (resource?.account !== undefined) {
    const account = `${nameOf(resource.account)} allows account ${subject.request.principal.accountId}`;
    return `${account}, so its IAM policies decide`;
  }
  return 'no statement allows it';
}

function grantText(subject: Subject, policies: PolicySet, { grants }: Findings): string {
  const all = policies.grants ?? [];
  if (grants === undefined) return policies.grants === undefined ? 'none apply' : 'grants play no part in this action';
  const applied = grants.itself ?? grants.role ?? grants.account;
  const who = principalLabel(subject.request.principal);
  if (applied !== undefined) return `${applied.name ?? applied.grantId} allows ${who}`;
  if (all.length === 0) return 'none for this principal';
  const mine = candidates(subject.identities, all).length;
  if (mine === 0) return `none of ${all.length} is for ${who}`;
  return `${count(mine, 'grant')} for ${who}, none applies`;
}
