/** What stops when something goes: the ways before and after, held against each other. */

import type { KnownKey, Picture, Way } from './types.ts';
import { waysTo } from './ways.ts';

/** Something that could be taken away. */
export type Removal =
  | { readonly kind: 'disable-key'; readonly key: string }
  | { readonly kind: 'revoke-grants'; readonly key: string; readonly grantIds: ReadonlySet<string> }
  | { readonly kind: 'delete-principal'; readonly principal: string };

/** For one principal and key: what it could do before, and what of it remains. */
export interface Effect {
  readonly principal: string;
  readonly key: string;
  /** Actions that stop altogether. */
  readonly stops: readonly string[];
  /** Things whose data can't be read or written any more. */
  readonly things: readonly string[];
  /** Ways that remain for what was lost by one of them: who still gets there, and why. */
  readonly remains: readonly Way[];
}

/**
 * Who loses what. Only principals that lose something, or whose way goes while another gives the same (`stops` is empty
 * then), are told. Actions of administration don't need the key enabled and are not lost with it (KMS-04).
 */
export function effectsOf(picture: Picture, before: readonly Way[], removal: Removal): readonly Effect[] {
  if (removal.kind === 'delete-principal') {
    return byPair(
      before.filter(({ principal, verdict }) => principal === removal.principal && verdict !== 'denied'),
    ).map((ways) => effect(ways, []));
  }
  const ways = before.filter(({ key, verdict }) => key === removal.key && verdict !== 'denied');
  if (removal.kind === 'disable-key') {
    return byPair(ways.filter(({ verdict }) => verdict === 'uses')).map((lost) => effect(lost, [], NEEDS_ENABLED));
  }
  const key = picture.keys.find(({ arn }) => arn === removal.key);
  if (key === undefined) return [];
  const touched = new Set(ways.filter((way) => goes(way, removal.grantIds)).map(({ principal }) => principal));
  const principals = picture.principals.filter(({ name }) => touched.has(name));
  const rest: KnownKey = {
    ...key,
    grants: Object.freeze(key.grants.filter(({ grantId }) => !removal.grantIds.has(grantId))),
  };
  const after = waysTo({ ...picture, principals }, rest).filter(({ verdict }) => verdict !== 'denied');
  return byPair(ways.filter(({ principal }) => touched.has(principal))).map((lost) =>
    effect(
      lost,
      after.filter(({ principal }) => principal === lost[0]?.principal),
    ),
  );
}

/** Refused by a key that is not enabled (KMS-04). */
const NEEDS_ENABLED = /^kms:(?:Encrypt|Decrypt|GenerateDataKey.*|ReEncrypt.*|CreateGrant)$/;

function goes({ reason }: Way, grantIds: ReadonlySet<string>): boolean {
  return reason.kind === 'grant' && reason.group.grants.some(({ grantId }) => grantIds.has(grantId));
}

function byPair(ways: readonly Way[]): readonly Way[][] {
  const pairs = new Map<string, Way[]>();
  for (const way of ways) {
    const id = `${way.principal} ${way.key}`;
    const list = pairs.get(id);
    if (list === undefined) pairs.set(id, [way]);
    else list.push(way);
  }
  return [...pairs.values()];
}

function effect(before: readonly Way[], after: readonly Way[], only: RegExp = /./): Effect {
  const [first] = before;
  const left = new Set(after.flatMap(({ actions }) => actions));
  const open = new Set(after.flatMap(({ things }) => things));
  const lost = new Set(
    before.flatMap(({ actions }) => actions).filter((action) => !left.has(action) && only.test(action)),
  );
  return {
    principal: first?.principal ?? '',
    key: first?.key ?? '',
    stops: [...lost].sort(),
    things: [...new Set(before.flatMap(({ things }) => things))].filter((arn) => !open.has(arn)),
    remains: after,
  };
}
