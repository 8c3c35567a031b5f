/** The evaluator: one request, everything that may speak on it, one decision. */

import { combine } from './combine.ts';
import { explain } from './explain.ts';
import { findingsOf, subjectOf } from './layers.ts';
import type { AccessRequest, Decision, PolicySet, Trace } from './types.ts';

export interface EvaluateOptions {
  /** Also say what every policy, statement, condition and grant said. Made when it is read, and costs far more than the decision. */
  readonly trace?: boolean;
}

/**
 * Decides a request. Never throws. An explicit deny of any layer wins; service and resource control policies,
 * boundary, session policy and endpoint policy can only take away; identity policy, resource policy and grants give,
 * as their rules for one account and for two say (KMS-20…KMS-28).
 */
export function evaluate(request: AccessRequest, policies: PolicySet, options?: EvaluateOptions): Decision {
  const subject = subjectOf(request);
  const findings = findingsOf(subject, policies);
  const verdict = combine(subject, findings);
  const { outcome, decidedBy, source, statement } = verdict;
  const deciding = { ...(source === undefined ? {} : { source }), ...(statement === undefined ? {} : { statement }) };
  if (options?.trace !== true) return { outcome, decidedBy, ...deciding };
  let trace: Trace | undefined;
  return {
    outcome,
    decidedBy,
    ...deciding,
    get trace() {
      return (trace ??= explain(subject, policies, findings, verdict));
    },
  };
}
