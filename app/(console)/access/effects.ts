import 'server-only';
import { type Effect, effectsOf } from '@/lib/access/reach/index';
import type { Loaded } from './load';
import type { Address, Focus } from './question';

/** What stops, where that is the question. */
export function effectsFor(
  { ask }: Address,
  focus: Focus,
  { picture, ways, rows }: Loaded,
): readonly Effect[] | undefined {
  if (focus.unknown) return undefined;
  if (ask === 'disable') return effectsOf(picture, ways, { kind: 'disable-key', key: focus.key });
  if (ask === 'delete') return effectsOf(picture, ways, { kind: 'delete-principal', principal: focus.principal });
  if (ask !== 'revoke') return undefined;
  const reason = ways[rows.findIndex(({ reasonId }) => reasonId === focus.reason)]?.reason;
  if (reason?.kind !== 'grant') return undefined;
  const grantIds = new Set(reason.group.grants.map(({ grantId }) => grantId));
  return effectsOf(picture, ways, { kind: 'revoke-grants', key: focus.key, grantIds });
}
