import { KeyRound } from 'lucide-react';
import type { Metadata, Route } from 'next';
import { AccessGraph } from '@/components/graph/access-graph';
import type { AskOption } from '@/components/graph/ask-form';
import { filterRows } from '@/components/graph/model/filter';
import { foldGraph } from '@/components/graph/model/fold';
import { shortName } from '@/components/graph/model/rows';
import { WayTable } from '@/components/graph/way-table';
import { Empty, NoMatch } from '@/components/ui/states';
import { ownAccount } from '../reads';
import { effectsFor } from './effects';
import { type Loaded, loadAccess } from './load';
import { Panel } from './panel/panel';
import { filterOf, focusOf, readAddress } from './question';
import { answerText, titleOf } from './sentences';

export const metadata: Metadata = { title: 'Access graph' };

/** Principals offered to the question; any other can be typed. */
const MOST_OFFERED = 300;

export default async function AccessPage({ searchParams }: PageProps<'/access'>) {
  const params = await searchParams;
  const address = readAddress(params);
  const keyAlone = address.ask === 'use' || address.ask === 'disable' ? keyIdIn(address.about) : undefined;
  const [loaded, account] = await Promise.all([loadAccess(keyAlone), ownAccount()]);
  const focus = focusOf(address, loaded);
  const effects = effectsFor(address, focus, loaded);
  const filter = filterOf(address, focus);
  const touched = effects && new Set(effects.map(({ principal }) => principal));
  const inFocus = focus.unknown
    ? []
    : loaded.rows.filter(
        (row) => touched === undefined || (touched.has(row.principal) && (focus.key === '' || row.key === focus.key)),
      );
  const rows = filterRows(inFocus, loaded.thingInfos, filter);
  const graph = foldGraph(rows, loaded.keyInfos, thingsShown(loaded, focus.thing), new Set(address.open));
  const things = new Map(loaded.thingInfos.map((thing) => [thing.arn, thing]));
  const href = (changed: Readonly<Record<string, string>>): Route => {
    const next = new URLSearchParams();
    for (const [name, value] of Object.entries(params)) if (typeof value === 'string') next.set(name, value);
    for (const [name, value] of Object.entries(changed)) {
      if (value === '') next.delete(name);
      else next.set(name, value);
    }
    return `/access?${next.toString()}` as Route;
  };
  const answer = focus.unknown ? 'Nothing here has that name' : answerText(address, rows, effects);
  const filtered = address.q !== '' || address.op !== '' || address.kinds.length > 0;
  return (
    <AccessGraph
      title={titleOf(address, focus, loaded)}
      answer={answer}
      graph={graph}
      operations={operationsIn(loaded)}
      kinds={[...new Set(loaded.rows.map(({ principalKind }) => principalKind))].toSorted()}
      ask={{ ask: address.ask ?? '', about: aboutText(address.about, loaded), options: optionsOf(loaded) }}
      table={
        <WayTable rows={rows} page={address.page} things={things} account={account} selected={address} href={href} />
      }
      panel={
        <Panel
          address={address}
          focus={focus}
          loaded={loaded}
          rows={rows}
          effects={effects}
          account={account}
          answer={answer}
          href={href}
        />
      }
      notice={null}
      empty={
        focus.unknown ? (
          <NoMatch title={`Nothing here is called ${address.about}`}>
            Choose a key, a bucket, a table or a principal of this connection above.
          </NoMatch>
        ) : filtered && inFocus.length > 0 ? (
          <NoMatch title="No way matches the filter">{`${inFocus.length.toLocaleString('en-US')} ways were searched.`}</NoMatch>
        ) : (
          <Empty icon={KeyRound} title="No way to a key">
            {effects === undefined
              ? 'No statement, grant or IAM policy that was read gives anybody a key here.'
              : 'Nobody gets to a key through it.'}
          </Empty>
        )
      }
    />
  );
}

/** A key given by id or ARN needs no other key to be read. */
function keyIdIn(about: string): string | undefined {
  return /^(?:arn:[^:]+:kms:[^:]*:\d{12}:key\/)?(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$/.test(
    about,
  )
    ? about
    : undefined;
}

function thingsShown({ thingInfos }: Loaded, thing: string) {
  return thing === '' ? thingInfos : thingInfos.filter(({ arn }) => arn === thing);
}

function operationsIn({ rows }: Loaded): readonly string[] {
  return [...new Set(rows.flatMap(({ actions }) => actions))].map((action) => action.slice('kms:'.length)).toSorted();
}

/** The question's object as a person knows it. */
function aboutText(about: string, { keyInfos, thingInfos }: Loaded): string {
  const known = [...keyInfos, ...thingInfos].find(({ arn }) => arn === about || arn.endsWith(`/${about}`));
  return known?.name.startsWith('key ') === false ? known.name : about;
}

function optionsOf({ keyInfos, thingInfos, picture, rows }: Loaded): readonly AskOption[] {
  const grants = new Map(rows.filter(({ reasonKind }) => reasonKind === 'grant').map((row) => [row.reasonId, row]));
  return [
    ...keyInfos.map(({ arn, name }) => ({
      kind: 'key' as const,
      value: arn,
      label: name.startsWith('alias/') ? name : arn.slice(arn.lastIndexOf('/') + 1),
    })),
    ...thingInfos.slice(0, MOST_OFFERED).map(({ arn, name }) => ({ kind: 'thing' as const, value: arn, label: name })),
    ...picture.principals
      .filter(({ kind }) => kind === 'role' || kind === 'user')
      .slice(0, MOST_OFFERED)
      .map(({ name }) => ({ kind: 'principal' as const, value: name, label: shortName(name) })),
    ...[...grants.values()].slice(0, MOST_OFFERED).map((row) => ({
      kind: 'grant' as const,
      value: row.reasonId,
      label: `${row.reason} to ${row.principalName} on ${row.keyName}`,
    })),
  ];
}
