/** Every grant that was looked at, and why it applies or not. */

import { candidates, grantMismatch } from './grants.ts';
import type { Subject } from './layers.ts';
import { lastName, listed } from './names.ts';
import type { Grant, GrantMismatch, GrantQuestion, GrantTrace } from './types.ts';

/** Grants for somebody else that are listed; a key may have 50,000 (LIM-05). */
const OTHERS_LISTED = 50;

export function traceGrants(
  subject: Subject,
  grants: readonly Grant[],
  decided: Grant | undefined,
): readonly GrantTrace[] {
  const question = subject.request.grant;
  if (question === undefined) return [];
  const mine = new Set(candidates(subject.identities, grants).map(([grant]) => grant));
  const traces: GrantTrace[] = [];
  for (const grant of mine) traces.push(trace(grant, grantMismatch(grant, question), question, grant === decided));
  let others = 0;
  for (const grant of grants) {
    if (mine.has(grant)) continue;
    others += 1;
    if (others > OTHERS_LISTED) break;
    traces.push(trace(grant, 'other-grantee', question, false));
  }
  return traces;
}

/** How many grants for somebody else `traceGrants` leaves out. */
export function grantsOmitted(subject: Subject, grants: readonly Grant[]): number {
  if (subject.request.grant === undefined || grants.length <= OTHERS_LISTED) return 0;
  const mine = new Set(candidates(subject.identities, grants).map(([grant]) => grant));
  return Math.max(0, grants.length - mine.size - OTHERS_LISTED);
}

function trace(
  grant: Grant,
  mismatch: GrantMismatch | undefined,
  question: GrantQuestion,
  decides: boolean,
): GrantTrace {
  return {
    grantId: grant.grantId,
    ...(grant.name === undefined ? {} : { name: grant.name }),
    matched: mismatch === undefined,
    decides,
    ...(mismatch === undefined ? {} : { mismatch }),
    finding: grantText(grant, mismatch, question),
  };
}

/** Why a grant applies or doesn't, in words. */
export function grantText(grant: Grant, mismatch: GrantMismatch | undefined, question: GrantQuestion): string {
  switch (mismatch) {
    case undefined:
      return `allows ${question.operation}`;
    case 'other-grantee':
      return `for ${lastName(grant.granteePrincipal ?? grant.granteeServicePrincipal ?? 'somebody else')}`;
    case 'operation':
      return `allows ${listed(grant.operations)}, not ${question.operation}`;
    case 'not-yet':
      return `known everywhere in ${Math.ceil((grant.effectiveAt - question.now) / 1000)} s; until then it needs its grant token`;
    case 'context-equals':
      return `needs exactly the encryption context ${pairs(grant.constraints?.encryptionContextEquals)}; the request sent ${pairs(question.encryptionContext)}`;
    case 'context-subset':
      return `needs an encryption context with ${pairs(grant.constraints?.encryptionContextSubset)}; the request sent ${pairs(question.encryptionContext)}`;
    case 'source-arn':
      return `only on behalf of ${grant.constraints?.sourceArn}; the request sent ${question.sourceArn ?? 'no source'}`;
  }
}

function pairs(context: Readonly<Record<string, string>> | undefined): string {
  const entries = Object.entries(context ?? {});
  return entries.length === 0 ? 'none' : entries.map(([key, value]) => `${key}=${value}`).join(', ');
}
