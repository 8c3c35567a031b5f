import { layerName } from '@/components/decisions/layers';
import { CodeRows } from '@/components/ui/code';
import { Card } from '@/components/ui/layout';
import type { Decision, Layer, PolicySet, SourcedPolicy } from '@/lib/access/index';
import { statementRows } from '../access/panel/document';

/** The statement that decides, or for an implicit deny the one that came closest, as it stands in its document. */
export function DecidingStatement({ decision, policies }: { decision: Decision; policies: PolicySet }) {
  const near = decision.trace?.nearest;
  const layer = decision.statement === undefined ? near?.layer : decision.decidedBy;
  const source = decision.statement === undefined ? near?.source : decision.source;
  const label = decision.statement ?? near?.statement;
  if (layer === undefined || label === undefined) return null;
  const policy = policyAt(policies, layer, source ?? '');
  const found = policy && statementRows(policy, label);
  if (found === undefined) return null;
  const resource = decision.trace?.request.resource ?? '';
  return (
    <Card
      title={decision.statement === undefined ? 'The statement that comes closest' : 'The statement that decides'}
      count={`${label}, ${layerName(layer, resource).toLowerCase()}`}
    >
      <CodeRows rows={found.rows} label={`Statement ${label}`} wrap />
    </Card>
  );
}

function policyAt(policies: PolicySet, layer: Layer, source: string): SourcedPolicy | undefined {
  switch (layer) {
    case 'resource-policy':
      return policies.resource;
    case 'identity-policy':
      return policies.identity.find((one) => one.source === source);
    case 'permissions-boundary':
      return policies.boundary;
    default:
      return undefined;
  }
}
