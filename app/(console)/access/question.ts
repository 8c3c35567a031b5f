import 'server-only';
import type { GraphFilter } from '@/components/graph/model/filter';
import type { PrincipalKind } from '@/lib/access/reach/index';
import type { Loaded } from './load';

/** The address of the access graph, read: what is asked, how the answer is filtered and what is selected. */

export const ASKS = ['use', 'data', 'reach', 'disable', 'delete', 'revoke'] as const;
export type Ask = (typeof ASKS)[number];

export interface Address {
  readonly ask: Ask | undefined;
  readonly about: string;
  readonly op: string;
  readonly kinds: readonly PrincipalKind[];
  readonly q: string;
  readonly sel: string;
  /** The principal whose way through a shared reason is looked at. */
  readonly who: string;
  /** The key of that way, where a reason leads to several. */
  readonly on: string;
  readonly open: readonly string[];
  readonly page: number;
}

export type SearchParams = Readonly<Record<string, string | readonly string[] | undefined>>;

const KINDS: readonly PrincipalKind[] = ['user', 'role', 'session', 'service', 'account', 'external', 'everyone'];

/** Whatever stands in the address: what means nothing is left out. */
export function readAddress(params: SearchParams): Address {
  const text = (name: string): string => {
    const value = params[name];
    return (typeof value === 'string' ? value : (value?.[0] ?? '')).slice(0, 2048);
  };
  const list = (name: string) => text(name).split(',').filter(Boolean);
  return {
    ask: ASKS.find((ask) => ask === text('ask')),
    about: text('about').trim(),
    op: /^[A-Za-z]{1,60}$/.test(text('op')) ? text('op') : '',
    kinds: KINDS.filter((kind) => list('kind').includes(kind)),
    q: text('q'),
    sel: text('sel'),
    who: text('who'),
    on: text('on'),
    open: list('open'),
    page: Math.max(1, Number.parseInt(text('page'), 10) || 1),
  };
}

/** What a question is about. */
export interface Focus {
  readonly key: string;
  readonly thing: string;
  readonly principal: string;
  /** Grants that a question about revoking means. */
  readonly reason: string;
  /** Nothing here has that name. */
  readonly unknown: boolean;
}

const NOTHING: Focus = { key: '', thing: '', principal: '', reason: '', unknown: false };

/** A key by ARN, id or alias, a thing or principal by ARN or name, grants by their group. */
export function focusOf({ ask, about }: Address, loaded: Loaded): Focus {
  if (ask === undefined) return NOTHING;
  const { keyInfos, thingInfos, picture, rows } = loaded;
  if (ask === 'use' || ask === 'disable') {
    const key = keyInfos.find(
      ({ arn, name }) => arn === about || name === about || name === `alias/${about}` || arn.endsWith(`/${about}`),
    );
    return key ? { ...NOTHING, key: key.arn } : { ...NOTHING, unknown: true };
  }
  if (ask === 'data') {
    const thing = thingInfos.find(({ arn, name }) => arn === about || name === about);
    return thing ? { ...NOTHING, key: thing.keyArn, thing: thing.arn } : { ...NOTHING, unknown: true };
  }
  if (ask === 'revoke') {
    const row = rows.find(({ reasonId, reasonKind }) => reasonKind === 'grant' && reasonId === about);
    const byGrant = row ?? rows.find((one, index) => one.reasonKind === 'grant' && holdsGrant(loaded, index, about));
    return byGrant ? { ...NOTHING, key: byGrant.key, reason: byGrant.reasonId } : { ...NOTHING, unknown: true };
  }
  const person = picture.principals.find(({ name }) => name === about || name.endsWith(`/${about}`));
  return person ? { ...NOTHING, principal: person.name } : { ...NOTHING, unknown: true };
}

function holdsGrant({ ways }: Loaded, index: number, id: string): boolean {
  const reason = ways[index]?.reason;
  return reason?.kind === 'grant' && reason.group.grants.some(({ grantId }) => grantId === id);
}

/** Filter of the rows for an address. A question about data asks who can Decrypt it, unless another operation is chosen. */
export function filterOf({ ask, op, kinds, q }: Address, { key, thing, principal }: Focus): GraphFilter {
  return { op: op === '' && ask === 'data' ? 'Decrypt' : op, kinds, q, key: thing === '' ? key : '', thing, principal };
}
