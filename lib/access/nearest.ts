/** What came closest to allowing: the repair of a refusal mostly starts there. */

import { listed } from './names.ts';
import type { Layer, LayerTrace, NearMiss, PartTrace, StatementTrace } from './types.ts';

/** Layers that can give; the others are looked at only when one of them decided. */
const GIVING: ReadonlySet<Layer> = new Set(['resource-policy', 'identity-policy', 'grant']);

/** The Allow that fails in the fewest parts, with principal and action right; undefined when nothing comes close. */
export function nearestMiss(layers: readonly LayerTrace[], decidedBy: Layer): NearMiss | undefined {
  const order = [
    ...layers.filter(({ layer }) => layer === decidedBy),
    ...(GIVING.has(decidedBy) ? layers.filter(({ layer }) => layer !== decidedBy && GIVING.has(layer)) : []),
  ];
  let best: NearMiss | undefined;
  for (const layer of order) {
    for (const miss of missesIn(layer)) {
      if (best === undefined || miss.missing.length < best.missing.length) best = miss;
    }
  }
  return best;
}

function* missesIn({ layer, policies, grants }: LayerTrace): Generator<NearMiss> {
  for (const { source, statements } of policies) {
    for (const statement of statements) {
      const missing = statement.parts.filter((part) => !part.matched);
      if (!isNear(statement, missing)) continue;
      yield { layer, source, statement: statement.statement, missing, finding: missing.map(partText).join('; ') };
    }
  }
  for (const grant of grants ?? []) {
    if (grant.mismatch !== undefined && grant.mismatch !== 'other-grantee' && grant.mismatch !== 'operation') {
      yield { layer, source: grant.name ?? grant.grantId, missing: [], finding: grant.finding };
    }
  }
}

function isNear({ effect }: StatementTrace, missing: readonly PartTrace[]): boolean {
  return (
    effect === 'Allow' && missing.length > 0 && missing.every(({ part }) => part === 'Condition' || part === 'Resource')
  );
}

/** `StringLike kms:EncryptionContext:aws:s3:arn expects arn:…/*; the request sent arn:…`. */
function partText({ part, name, expects, sent }: PartTrace): string {
  const sentText = sent.length === 0 ? 'nothing' : listed(sent);
  return `${name ?? part} expects ${listed(expects)}, the request sent ${sentText}`;
}
