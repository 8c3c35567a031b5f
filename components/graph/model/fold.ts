/**
 * Rows into nodes and edges. What has the same shape folds into a pile, so that fifty thousand grants are as many nodes
 * as one can look at; a pile that was opened shows its first members.
 */

import { plural } from '../../ui/format';
import { keyId, principalId, shortHash, thingId } from './ids';
import type { EdgeStyle, Graph, GraphEdge, GraphNode, KeyInfo, ThingInfo, WayRow } from './types';

/** Up to so many of one shape stand by themselves. */
const ALONE = 6;
/** So many members of an opened pile are shown; the table has all. */
const OPENED = 40;
/** So many reasons of one kind, and so many things of one key. */
const MOST_REASONS = 40;
const MOST_THINGS = 8;

const RANK: Readonly<Record<WayRow['reasonKind'], number>> = { identity: 0, grant: 1, statement: 2, deny: 4 };

function rankOf({ reasonKind, verdict }: WayRow): number {
  return verdict === 'administers' ? 3 : RANK[reasonKind];
}

interface Reason {
  readonly id: string;
  readonly rank: number;
  readonly rows: WayRow[];
  readonly pile: boolean;
  readonly opens?: string;
}

/** The graph of some rows: deterministic, in an order that follows from the rows alone. */
export function foldGraph(
  rows: readonly WayRow[],
  keys: readonly KeyInfo[],
  things: readonly ThingInfo[],
  open: ReadonlySet<string>,
): Graph {
  const reasons = foldReasons(rows, open);
  const principals = foldPrincipals(reasons, open);
  const nodes: GraphNode[] = [...principals.nodes, ...reasons.map(reasonNode)];
  const edges: GraphEdge[] = [...principals.edges];
  const used = new Set(rows.map(({ key }) => key));
  const shown = keys.filter(({ arn }) => used.has(arn));
  for (const key of shown) nodes.push(keyNode(key));
  for (const { id, rows: own } of reasons) {
    for (const key of new Set(own.map((row) => row.key)))
      edges.push(
        edge(
          id,
          keyId(key),
          own.filter((row) => row.key === key),
        ),
      );
  }
  for (const key of shown) {
    const { thingNodes, thingEdges } = foldThings(
      key,
      things.filter(({ keyArn }) => keyArn === key.arn),
      open,
    );
    nodes.push(...thingNodes);
    edges.push(...thingEdges);
  }
  return { nodes, edges };
}

function foldReasons(rows: readonly WayRow[], open: ReadonlySet<string>): Reason[] {
  const byId = group(rows, ({ reasonId }) => reasonId);
  const shapes = group([...byId.values()], shapeOf);
  const found: Reason[] = [];
  for (const [shape, members] of shapes) {
    const [first] = members[0] ?? [];
    if (first === undefined) continue;
    const rank = rankOf(first);
    const single = (own: WayRow[]): Reason => ({ id: own[0]?.reasonId ?? '', rank, rows: own, pile: false });
    const most = first.reasonKind === 'statement' || first.reasonKind === 'deny' ? MOST_REASONS : ALONE;
    if (members.length <= most) {
      for (const own of members) found.push(single(own));
      continue;
    }
    const total = members.reduce((sum, own) => sum + (own[0]?.grants ?? 0), 0);
    const id = `pile.${shortHash(shape)}`;
    const opened = open.has(id);
    // A grantee with most of the grants stands out.
    const stands = members.filter((own) => (own[0]?.grants ?? 0) * 2 > total && first.reasonKind === 'grant');
    const rest = members.filter((own) => !stands.includes(own));
    for (const own of stands) found.push(single(own));
    const apart = opened ? rest.slice(0, OPENED) : [];
    for (const own of apart) found.push(single(own));
    const folded = rest.slice(apart.length).flat();
    if (folded.length > 0)
      found.push({ id: opened ? `${id}.rest` : id, rank, rows: folded, pile: true, ...(opened ? {} : { opens: id }) });
  }
  return found.sort((a, b) => {
    const [x, y] = [a.rows[0], b.rows[0]];
    return (
      compare(x?.keyName ?? '', y?.keyName ?? '') ||
      a.rank - b.rank ||
      Number(a.pile) - Number(b.pile) ||
      compare(x?.principalName ?? '', y?.principalName ?? '') ||
      compare(x?.reason ?? '', y?.reason ?? '') ||
      compare(a.id, b.id)
    );
  });
}

/** Rows with the same shape say the same of different principals. Statements are told apart by their place. */
function shapeOf(rows: readonly WayRow[]): string {
  const [row] = rows;
  if (row === undefined) return '';
  const keys = [...new Set(rows.map(({ key }) => key))].sort().join();
  return [row.reasonKind, keys, row.verdict, row.actions.join(), row.onlyIf.length > 0].join(' ');
}

function reasonNode({ id, rows, pile, opens }: Reason): GraphNode {
  const [first] = rows;
  if (first === undefined) return { id, column: 1, kind: 'statement', title: '', sub: '', count: 0 };
  const kind = first.reasonKind;
  if (!pile) return { id, column: 1, kind, title: first.reason, sub: first.about, count: first.grants };
  const different = new Map(rows.map(({ reasonId, grants }) => [reasonId, grants]));
  const count = kind === 'grant' ? [...different.values()].reduce((sum, one) => sum + one, 0) : different.size;
  const noun =
    kind === 'grant'
      ? plural(count, 'grant')
      : kind === 'identity'
        ? plural(count, 'IAM policy', 'IAM policies')
        : plural(count, 'statement');
  const who = new Set(rows.map(({ principal }) => principal)).size;
  const sub = kind === 'grant' ? plural(who, 'grantee') : `${plural(who, 'principal')}, same actions`;
  return { id, column: 1, kind, title: noun, sub, count, ...(opens === undefined ? {} : { opens }) };
}

function foldPrincipals(
  reasons: readonly Reason[],
  open: ReadonlySet<string>,
): { nodes: readonly GraphNode[]; edges: readonly GraphEdge[] } {
  const to = new Map<string, Map<string, WayRow[]>>();
  for (const reason of reasons) {
    for (const row of reason.rows) {
      const own = to.get(row.principal) ?? new Map<string, WayRow[]>();
      to.set(row.principal, own);
      own.set(reason.id, [...(own.get(reason.id) ?? []), row]);
    }
  }
  const shapes = group([...to], ([, own]) => [...own.keys()].join(' '));
  const nodes: GraphNode[] = [];
  const edges: GraphEdge[] = [];
  const put = (node: GraphNode, members: readonly (readonly [string, Map<string, WayRow[]>])[]) => {
    nodes.push(node);
    for (const reason of members[0]?.[1].keys() ?? []) {
      edges.push(
        edge(
          node.id,
          reason,
          members.flatMap(([, own]) => own.get(reason) ?? []),
        ),
      );
    }
  };
  for (const [shape, members] of shapes) {
    const id = `people.${shortHash(shape)}`;
    const opened = open.has(id) || shape.split(' ').some((reason) => reason.startsWith('pile.') && open.has(reason));
    const alone = members.length <= ALONE ? members : opened ? members.slice(0, OPENED) : [];
    for (const member of alone) {
      const row = firstRow(member[1]);
      if (row !== undefined) put(principalNode(row), [member]);
    }
    const folded = members.slice(alone.length);
    if (folded.length === 0) continue;
    const kinds = [...new Set(folded.map(([, own]) => firstRow(own)?.principalKind ?? 'role'))].sort();
    const noun = alone.length > 0 || nodes.length > 0 ? 'others' : 'principals';
    put(
      {
        id: alone.length > 0 ? `${id}.rest` : id,
        column: 0,
        kind: kinds[0] ?? 'role',
        title: `${folded.length.toLocaleString('en-US')} ${noun}`,
        sub: kinds.map((kind) => KIND_PLURALS[kind]).join(' and '),
        count: folded.length,
        ...(alone.length > 0 ? {} : { opens: id }),
      },
      folded,
    );
  }
  return { nodes, edges };
}

function firstRow(own: ReadonlyMap<string, readonly WayRow[]>): WayRow | undefined {
  for (const [row] of own.values()) return row;
  return undefined;
}

export const KIND_WORDS = {
  user: 'user',
  role: 'role',
  session: 'session',
  service: 'service principal',
  account: 'root user',
  external: 'other account',
  everyone: 'any principal',
} as const satisfies Record<WayRow['principalKind'], string>;

const KIND_PLURALS = {
  user: 'users',
  role: 'roles',
  session: 'sessions',
  service: 'services',
  account: 'root users',
  external: 'other accounts',
  everyone: 'everyone',
} as const satisfies Record<WayRow['principalKind'], string>;

function principalNode(row: WayRow): GraphNode {
  const linked = row.principal.includes(':role/aws-service-role/');
  return {
    id: principalId(row.principal),
    column: 0,
    kind: row.principalKind,
    title: row.principalKind === 'account' ? 'root' : row.principalName,
    sub: linked ? 'service-linked role' : KIND_WORDS[row.principalKind],
    count: 1,
  };
}

function keyNode({ arn, name, tail, state, grants }: KeyInfo): GraphNode {
  return {
    id: keyId(arn),
    column: 2,
    kind: 'key',
    title: name.replace(/^alias\//, ''),
    sub: tail,
    count: 1,
    state,
    ...(grants >= 45_000
      ? { warning: `${grants.toLocaleString('en-US')} grants${grants >= 50_000 ? ', full' : ''}` }
      : {}),
  };
}

const THING_KINDS = ['table-bucket', 'table', 'directory-bucket', 'bucket'] as const;

function foldThings(key: KeyInfo, own: readonly ThingInfo[], open: ReadonlySet<string>) {
  const thingNodes: GraphNode[] = [];
  const thingEdges: GraphEdge[] = [];
  const put = (node: GraphNode) => {
    thingNodes.push(node);
    thingEdges.push({
      id: `${keyId(key.arn)}>${node.id}`,
      from: keyId(key.arn),
      to: node.id,
      style: 'encrypts',
      conditional: false,
    });
  };
  const single = ({ arn, kind, name, about }: ThingInfo) =>
    put({ id: thingId(arn), column: 3, kind, title: name, sub: about, count: 1 });
  if (own.length <= MOST_THINGS) {
    for (const thing of own) single(thing);
    return { thingNodes, thingEdges };
  }
  for (const kind of THING_KINDS) {
    const members = own.filter((thing) => thing.kind === kind);
    if (members.length === 0) continue;
    const id = `things.${shortHash(`${key.arn} ${kind}`)}`;
    const alone = members.length <= 2 ? members : open.has(id) ? members.slice(0, OPENED) : [];
    for (const thing of alone) single(thing);
    const rest = members.length - alone.length;
    if (rest === 0) continue;
    const noun = kind.replace('-', ' ');
    put({
      id: alone.length > 0 ? `${id}.rest` : id,
      column: 3,
      kind,
      title: alone.length > 0 ? `${rest.toLocaleString('en-US')} more` : plural(rest, noun),
      sub: alone.length > 0 ? `${noun}s` : 'same key',
      count: rest,
      ...(alone.length > 0 ? {} : { opens: id }),
    });
  }
  return { thingNodes, thingEdges };
}

function edge(from: string, to: string, rows: readonly WayRow[]): GraphEdge {
  const [row] = rows;
  return {
    id: `${from}>${to}`,
    from,
    to,
    style: row === undefined ? 'policy' : styleOf(row),
    conditional: to.startsWith('key.') && rows.length > 0 && rows.every(({ onlyIf }) => onlyIf.length > 0),
  };
}

function styleOf({ reasonKind, verdict }: WayRow): EdgeStyle {
  if (verdict === 'denied') return 'deny';
  if (verdict === 'administers') return 'admin';
  return reasonKind === 'identity' ? 'iam' : reasonKind === 'grant' ? 'grant' : 'policy';
}

function group<T>(items: Iterable<T>, by: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = by(item);
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [item]);
    else list.push(item);
  }
  return groups;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
