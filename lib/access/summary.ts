/** The decision in one sentence that a person could repeat. */

import type { Verdict } from './combine.ts';
import type { Findings, Subject } from './layers.ts';
import { layerNoun, principalLabel, resourcePolicyNoun, sourceLabel } from './names.ts';
import type { Layer, NearMiss } from './types.ts';

export function summarise(subject: Subject, findings: Findings, verdict: Verdict, nearest?: NearMiss): string {
  if (verdict.outcome === 'allow') return allowed(subject, findings, verdict);
  if (verdict.outcome === 'explicit-deny') return denied(subject, verdict);
  return refused(subject, findings, verdict.decidedBy, nearest);
}

function allowed(subject: Subject, findings: Findings, verdict: Verdict): string {
  const who = principalLabel(subject.request.principal);
  const { action } = subject.request;
  if (verdict.grant !== undefined) {
    return `Grant ${verdict.grant.name ?? verdict.grant.grantId} lets ${who} call ${action}.`;
  }
  if (verdict.hit === undefined) return `${capital(who)} may call ${action}: the root user needs no IAM policy.`;
  const policy = policyName(verdict.decidedBy, verdict.hit.source, subject);
  const sentence = `${capital(policy)} lets ${who} call ${action}, in ${verdict.hit.statement.label}`;
  if (verdict.decidedBy === 'identity-policy' && findings.resource?.account !== undefined) {
    return `${sentence}; the ${resourcePolicyNoun(subject)} leaves it to IAM.`;
  }
  return `${sentence}.`;
}

function denied(subject: Subject, { decidedBy, hit }: Verdict): string {
  const policy = policyName(decidedBy, hit?.source ?? '', subject);
  const what = `${subject.request.action} to ${principalLabel(subject.request.principal)}`;
  return `${capital(policy)} denies ${what}, in ${hit?.statement.label ?? 'a statement'}. A deny wins over every allow.`;
}

function refused(subject: Subject, findings: Findings, layer: Layer, nearest: NearMiss | undefined): string {
  const who = principalLabel(subject.request.principal);
  const { action } = subject.request;
  const near = nearest === undefined ? '' : ` ${nearText(subject, who, nearest)}`;
  if (layer === 'identity-policy' || layer === 'resource-policy') {
    const givers = subject.action.startsWith('kms:') ? 'statement, grant or IAM policy' : 'statement or IAM policy';
    if (nearest !== undefined) return `Nothing allows ${who} to call ${action}.${near}`;
    if (layer === 'resource-policy' && findings.identity.allow !== undefined) {
      const policy = policyName('identity-policy', findings.identity.allow.source, subject);
      return `${capital(policy)} allows ${action}, but the ${resourcePolicyNoun(subject)} does not let ${who} in.`;
    }
    return `No ${givers} allows ${who} to call ${action}.`;
  }
  return `The ${layerNoun(layer, subject)} of ${who} does not allow ${action}, so nothing else can.${near}`;
}

function nearText(subject: Subject, who: string, { layer, source, statement, finding }: NearMiss): string {
  if (layer === 'grant') return `Grant ${source} comes closest: ${finding}.`;
  const policy = policyName(layer, source, subject);
  return `${capital(policy)} would let ${who}, in ${statement}, but ${finding}.`;
}

/** `the key policy`, `the IAM policy IngestWrite`. */
function policyName(layer: Layer, source: string, subject: Subject): string {
  if (layer === 'resource-policy') return `the ${resourcePolicyNoun(subject)}`;
  return `the ${layerNoun(layer, subject)} ${sourceLabel(source)}`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
