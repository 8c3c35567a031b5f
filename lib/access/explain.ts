/** The trace of a decision: what every layer said and why, and which statement or grant decided. */

import type { Verdict } from './combine.ts';
import { findingText, layerVerdict } from './findings.ts';
import { traceGrants } from './grant-trace.ts';
import type { Findings, Subject } from './layers.ts';
import { nearestMiss } from './nearest.ts';
import { traceStatement } from './statement-trace.ts';
import { summarise } from './summary.ts';
import type { Layer, LayerTrace, PolicySet, SourcedPolicy, Trace } from './types.ts';

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

export function explain(subject: Subject, policies: PolicySet, findings: Findings, verdict: Verdict): Trace {
  const { request } = subject;
  const layers = ORDER.map((layer) => traceLayer(layer, subject, policies, findings, verdict));
  const nearest = verdict.outcome === 'implicit-deny' ? nearestMiss(layers, verdict.decidedBy) : undefined;
  return {
    request: {
      principal: request.principal,
      action: request.action,
      resource: request.resource,
      context: Object.fromEntries(request.context),
    },
    layers,
    outcome: verdict.outcome,
    summary: summarise(subject, findings, verdict, nearest),
    ...(nearest === undefined ? {} : { nearest }),
  };
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

function traceLayer(
  layer: Layer,
  subject: Subject,
  policies: PolicySet,
  findings: Findings,
  verdict: Verdict,
): LayerTrace {
  const decides = verdict.decidedBy === layer;
  const said = layerVerdict(layer, subject, findings);
  const hit = decides ? verdict.hit?.statement : undefined;
  const grants = layer === 'grant' ? traceGrants(subject, policies.grants ?? [], verdict.grant) : undefined;
  return {
    layer,
    verdict: said,
    decides,
    finding: findingText(layer, said, subject, policies, findings),
    policies:
      said === 'absent'
        ? []
        : policiesOf(layer, policies).map(({ source, policy }) => ({
            source,
            statements: policy.statements.map((statement) => traceStatement(statement, subject, statement === hit)),
          })),
    ...(grants === undefined ? {} : grants),
  };
}
