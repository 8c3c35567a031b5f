/** What came closest to allowing: the repair of a refusal mostly starts there. */

import { grantText } from './grant-trace.ts';
import { candidates, grantMismatch } from './grants.ts';
import { policiesOf, principalMatches, type Subject } from './layers.ts';
import { listed } from './names.ts';
import type { Statement } from './policy.ts';
import { traceParts } from './statement-trace.ts';
import type { Layer, NearMiss, PartTrace, PolicySet } from './types.ts';

/** Layers that can give, in the order of the trace; the others are looked at only when one of them decided. */
const GIVING: readonly Layer[] = ['resource-policy', 'grant', 'identity-policy'];

/** The Allow that fails in the fewest parts, with principal and action right; undefined when nothing comes close. */
export function nearestMiss(subject: Subject, policies: PolicySet, decidedBy: Layer): NearMiss | undefined {
  const others = GIVING.includes(decidedBy) ? GIVING.filter((layer) => layer !== decidedBy) : [];
  let best: NearMiss | undefined;
  for (const layer of [decidedBy, ...others]) {
    for (const miss of missesIn(layer, subject, policies)) {
      if (best === undefined || miss.missing.length < best.missing.length) best = miss;
    }
  }
  return best;
}

function* missesIn(layer: Layer, subject: Subject, policies: PolicySet): Generator<NearMiss> {
  if (layer === 'identity-policy' && !hasIdentityPolicies(subject)) return;
  if (layer === 'grant') yield* grantsIn(subject, policies);
  for (const { source, policy } of policiesOf(layer, policies)) {
    for (const statement of policy.index.view(subject.action).allows) {
      if (!meansCaller(statement, subject)) continue;
      const missing = traceParts(statement, subject).filter((part) => !part.matched);
      if (missing.length === 0) continue;
      yield { layer, source, statement: statement.label, missing, finding: missing.map(partText).join('; ') };
    }
  }
}

function hasIdentityPolicies({ request }: Subject): boolean {
  return request.principal.kind !== 'AWSService' && request.principal.kind !== 'Anonymous';
}

function meansCaller(statement: Statement, subject: Subject): boolean {
  return statement.principal === undefined || principalMatches(statement, subject) !== undefined;
}

function* grantsIn(subject: Subject, { grants = [] }: PolicySet): Generator<NearMiss> {
  const question = subject.request.grant;
  if (question === undefined) return;
  for (const [grant] of candidates(subject.identities, grants)) {
    const mismatch = grantMismatch(grant, question);
    if (mismatch === undefined || mismatch === 'operation') continue;
    const source = grant.name ?? grant.grantId;
    yield { layer: 'grant', source, missing: [], finding: grantText(grant, mismatch, question) };
  }
}

/** `StringLike kms:EncryptionContext:aws:s3:arn expects arn:…/*; the request sent arn:…`. */
function partText({ part, name, expects, sent }: PartTrace): string {
  const sentText = sent.length === 0 ? 'nothing' : listed(sent);
  return `${name ?? part} expects ${listed(expects)}, the request sent ${sentText}`;
}
