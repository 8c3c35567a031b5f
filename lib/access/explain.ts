/** The trace of a decision: what every layer said and why, and which statement or grant decided. */

import type { Verdict } from './combine.ts';
import { findingText, layerVerdict } from './findings.ts';
import { grantsOmitted, traceGrants } from './grant-trace.ts';
import { type Findings, policiesOf, type Subject } from './layers.ts';
import { nearestMiss } from './nearest.ts';
import type { Statement } from './policy.ts';
import { traceStatement } from './statement-trace.ts';
import { summarise } from './summary.ts';
import type { Grant, GrantTrace, Layer, LayerTrace, PolicySet, SourcedPolicy, Trace } from './types.ts';

/** Layers in the order in which a person follows them: what can only take away, what gives, the way in. */
const ORDER: readonly Layer[] = [
  'service-control-policy',
  'resource-control-policy',
  'permissions-boundary',
  'session-policy',
  'resource-policy',
  'grant',
  'identity-policy',
  'vpc-endpoint-policy',
];

/**
 * The trace. Statements and grants, which are many, are told when they are first read; all members are own properties,
 * so a clone or its JSON is complete. What is read later is told of the request and the policies as they are then; both
 * are read-only.
 */
export function explain(subject: Subject, policies: PolicySet, findings: Findings, verdict: Verdict): Trace {
  const { principal, action, resource, context } = subject.request;
  const { outcome, decidedBy } = verdict;
  const nearest = outcome === 'implicit-deny' ? nearestMiss(subject, policies, decidedBy) : undefined;
  let layers: readonly LayerTrace[] | undefined;
  return {
    request: { principal, action, resource, context: Object.fromEntries(context) },
    get layers() {
      return (layers ??= ORDER.map((layer) => traceLayer(layer, subject, policies, findings, verdict)));
    },
    outcome,
    summary: summarise(subject, findings, verdict, nearest),
    ...(nearest === undefined ? {} : { nearest }),
  };
}

function traceLayer(
  layer: Layer,
  subject: Subject,
  policies: PolicySet,
  findings: Findings,
  verdict: Verdict,
): LayerTrace {
  const decides = verdict.decidedBy === layer;
  const said = layerVerdict(layer, subject, findings);
  const deciding = decides ? verdict.hit?.statement : undefined;
  let traced: LayerTrace['policies'] | undefined;
  const trace: LayerTrace = {
    layer,
    verdict: said,
    decides,
    finding: findingText(layer, said, subject, policies, findings),
    get policies() {
      return (traced ??= said === 'absent' ? [] : tracePolicies(policiesOf(layer, policies), subject, deciding));
    },
  };
  return layer === 'grant' ? withGrants(trace, subject, policies.grants ?? [], verdict.grant) : trace;
}

function tracePolicies(policies: readonly SourcedPolicy[], subject: Subject, deciding: Statement | undefined) {
  return policies.map(({ source, policy }) => ({
    source,
    statements: policy.statements.map((statement) => traceStatement(statement, subject, statement === deciding)),
  }));
}

function withGrants(
  trace: LayerTrace,
  subject: Subject,
  grants: readonly Grant[],
  decided: Grant | undefined,
): LayerTrace {
  const omitted = grantsOmitted(subject, grants);
  let traced: readonly GrantTrace[] | undefined;
  return Object.defineProperties(trace, {
    grants: { get: () => (traced ??= traceGrants(subject, grants, decided)), enumerable: true },
    ...(omitted === 0 ? {} : { grantsOmitted: { value: omitted, enumerable: true } }),
  });
}
