import { answerOf } from '@/components/graph/model/filter';
import { shortName } from '@/components/graph/model/rows';
import type { WayRow } from '@/components/graph/model/types';
import { plural } from '@/components/ui/format';
import type { Effect } from '@/lib/access/reach/index';
import type { Loaded } from './load';
import type { Address, Focus } from './question';

/** The question as a heading. */
export function titleOf({ ask, about, op }: Address, focus: Focus, { keyInfos, thingInfos, rows }: Loaded): string {
  const key = keyInfos.find(({ arn }) => arn === focus.key)?.name ?? about;
  if (ask === undefined) return 'Who can use which key';
  if (ask === 'use') return `Who can ${op || 'use'} ${key}`;
  if (ask === 'data') {
    const name = thingInfos.find(({ arn }) => arn === focus.thing)?.name ?? about;
    return `Who can ${op || 'Decrypt'} ${name}`;
  }
  if (ask === 'disable') return `What stops if ${key} is disabled`;
  const who = focus.principal === '' ? about : shortName(focus.principal);
  if (ask === 'reach') return `What ${who} can reach`;
  if (ask === 'delete') return `What stops if ${who} is deleted`;
  const row = rows.find(({ reasonId }) => reasonId === focus.reason);
  return row
    ? `What stops if ${row.reason} to ${row.principalName} ${row.grants > 1 ? 'go' : 'goes'}`
    : 'What stops if this grant goes';
}

/** The answer in one line. */
export function answerText(address: Address, rows: readonly WayRow[], effects: readonly Effect[] | undefined): string {
  if (effects !== undefined) return effectText(effects);
  if (address.ask === 'reach') {
    const uses = rows.filter(({ verdict }) => verdict === 'uses');
    const keys = new Set(uses.map(({ key }) => key)).size;
    const things = new Set(uses.flatMap((row) => row.things)).size;
    return keys === 0
      ? 'No key'
      : `${plural(keys, 'key')}, and through them ${things === 0 ? 'no data here' : plural(things, 'bucket or table', 'buckets and tables')}`;
  }
  const { uses, administers, denied } = answerOf(rows);
  return [
    `${uses.toLocaleString('en-US')} can${address.ask === 'data' ? '' : ' use it'}`,
    ...(administers > 0
      ? [`${administers.toLocaleString('en-US')} ${administers === 1 ? 'administers' : 'administer'} it`]
      : []),
    ...(denied > 0 ? [`${denied.toLocaleString('en-US')} ${denied === 1 ? 'is' : 'are'} denied`] : []),
  ].join(', ');
}

function effectText(effects: readonly Effect[]): string {
  const losers = effects.filter(({ stops }) => stops.length > 0);
  const things = new Set(losers.flatMap((effect) => effect.things)).size;
  if (losers.length === 0) {
    return effects.length === 0
      ? 'Nothing stops'
      : `Nothing stops: ${plural(effects.length, 'principal')} ${effects.length === 1 ? 'keeps' : 'keep'} the same by another way`;
  }
  const who = new Set(losers.map(({ principal }) => principal)).size;
  return `${plural(who, 'principal')} ${who === 1 ? 'loses' : 'lose'} access${things === 0 ? '' : `, to ${plural(things, 'bucket or table', 'buckets and tables')}`}`;
}
