import type { Grant } from '../../../access/types.ts';

type Pairs = Readonly<Record<string, string>>;

/** A grant with what only the service needs to know of it. Times in milliseconds of world time. */
export interface StoredGrant extends Grant {
  readonly seq: number;
  readonly keyId: string;
  readonly region: string;
  /** Owner of the key. */
  readonly accountId: string;
  /** Account that called CreateGrant. */
  readonly issuingAccount: string;
  readonly retiringServicePrincipal?: string;
  readonly createdAt: number;
  /** When a retired or revoked grant stops to count (KMS-44); null while it lives. */
  readonly endedAt: number | null;
}

/** What a grant is filed under, so that a request finds those that can match it without reading the others. */
export function anchorOf(constraints: Grant['constraints']): string {
  if (constraints?.sourceArn !== undefined) return `arn ${constraints.sourceArn}`;
  const [first] = pairAnchors(constraints?.encryptionContextEquals ?? {}).concat(
    pairAnchors(constraints?.encryptionContextSubset ?? {}),
  );
  return first ?? '';
}

/** Operations that never meet an encryption context constraint (KMS-41). */
const WITHOUT_CONTEXT = new Set(['CreateGrant', 'DescribeKey', 'RetireGrant']);

/** Whether a request for this operation finds its grants by anchor, or has to look at all of the grantee's. */
export const findsByAnchor = (operation: string) => !WITHOUT_CONTEXT.has(operation);

/** Every anchor under which a grant that matches this request can stand. */
export function anchorsOfRequest(encryptionContext: Pairs, sourceArn: string | undefined): readonly string[] {
  const anchors = ['', ...pairAnchors(encryptionContext)];
  return sourceArn === undefined ? anchors : [...anchors, `arn ${sourceArn}`];
}

/** Names of pairs in a grant constraint are not case-sensitive, values are (SDK GrantConstraints). */
function pairAnchors(pairs: Pairs): string[] {
  return Object.entries(pairs)
    .map(([name, value]) => `${name.toLowerCase()}=${value}`)
    .sort();
}
