import { expect, test } from 'vitest';
import { toMermaid, toSvg } from './export-text';
import { answerOf, filterRows } from './filter';
import { foldGraph } from './fold';
import { layoutGraph } from './layout';
import { pathThrough } from './path';
import type { KeyInfo, ThingInfo, WayRow } from './types';

const KEY = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const keys: readonly KeyInfo[] = [
  { arn: KEY, name: 'alias/lake', tail: '…1234567890ab', state: 'Enabled', grants: 50_000 },
];
const thing = (name: string, kind: ThingInfo['kind'] = 'bucket'): ThingInfo => ({
  arn: `arn:aws:s3:::${name}`,
  name,
  kind,
  keyArn: KEY,
  about: 'bucket key on',
});

function row(name: string, more: Partial<WayRow> = {}): WayRow {
  return {
    id: `id ${name} ${more.reasonId ?? ''}`,
    principal: `arn:aws:iam::111122223333:role/${name}`,
    principalName: name,
    principalKind: 'role',
    reasonId: `grant.${name}`,
    reasonKind: 'grant',
    reason: '3 grants',
    about: 'same grantee and operations',
    grants: 3,
    key: KEY,
    keyName: 'alias/lake',
    verdict: 'uses',
    actions: ['kms:Decrypt'],
    onlyIf: [],
    except: [],
    things: ['arn:aws:s3:::logs'],
    ...more,
  };
}

const many = Array.from({ length: 32 }, (_, index) => row(`R${String(index).padStart(2, '0')}`));
const statement = (name: string, more: Partial<WayRow> = {}) =>
  row(name, {
    reasonId: 'statement.1',
    reasonKind: 'statement',
    reason: 'AllowAll',
    about: 'key policy',
    grants: 1,
    ...more,
  });

test('LIM-05 grants of one shape fold into a pile, the grantee with most of them stands out', () => {
  const rows = [row('Emr', { grants: 48_000 }), ...many];
  const { nodes, edges } = foldGraph(rows, keys, [thing('logs')], new Set());
  expect(nodes.map(({ title, sub, count }) => [title, sub, count])).toEqual([
    ['Emr', 'role', 1],
    ['32 others', 'roles', 32],
    ['3 grants', 'same grantee and operations', 48_000],
    ['96 grants', '32 grantees', 96],
    ['lake', '…1234567890ab', 1],
    ['logs', 'bucket key on', 1],
  ]);
  expect(edges).toHaveLength(5);
});

test('a pile that is opened shows its members, and the rest stays a pile', () => {
  const folded = foldGraph(many, keys, [], new Set());
  const pile = folded.nodes.find(({ column }) => column === 1);
  const opened = foldGraph(many, keys, [], new Set([pile?.opens ?? '']));
  expect(opened.nodes.filter(({ column }) => column === 0)).toHaveLength(32);
  const larger = Array.from({ length: 100 }, (_, index) => row(`P${index}`));
  const first = foldGraph(larger, keys, [], new Set()).nodes.find(({ column }) => column === 1);
  const some = foldGraph(larger, keys, [], new Set([first?.opens ?? '']));
  expect(some.nodes.filter(({ column }) => column === 1)).toHaveLength(41);
  expect(some.nodes.find(({ title }) => title === '60 others')).toMatchObject({ count: 60 });
});

test('principals of one statement fold, and stand by themselves when there are few', () => {
  const people = many.map(({ principalName }) => statement(principalName));
  const titles = (rows: readonly WayRow[]) => foldGraph(rows, keys, [], new Set()).nodes.map(({ title }) => title);
  expect(titles(people)).toEqual(['32 principals', 'AllowAll', 'lake']);
  expect(titles(people.slice(0, 3))).toEqual(['R00', 'R01', 'R02', 'AllowAll', 'lake']);
});

test('every row is in the graph: its principal, its reason and its key are joined', () => {
  const rows = [statement('A'), statement('B', { verdict: 'denied', reasonKind: 'deny', reasonId: 'deny.1' }), ...many];
  const graph = foldGraph(rows, keys, [], new Set());
  const inColumn = (column: number) => graph.nodes.filter((node) => node.column === column);
  expect(inColumn(0).reduce((sum, { count }) => sum + count, 0)).toBe(34);
  for (const { from, to } of graph.edges) {
    expect(graph.nodes.some(({ id }) => id === from)).toBe(true);
    expect(graph.nodes.some(({ id }) => id === to)).toBe(true);
  }
});

test('the layout is the same for the same rows in any order of keys, and nothing overlaps', () => {
  const rows = [
    statement('A'),
    statement('B', { verdict: 'administers', reasonId: 'statement.2' }),
    ...many.slice(0, 5),
  ];
  const things = Array.from({ length: 6 }, (_, index) => thing(`bucket-${index}`));
  const graph = foldGraph(rows, keys, things, new Set());
  const layout = layoutGraph(graph);
  expect(layoutGraph(foldGraph(rows, keys, things, new Set()))).toEqual(layout);
  for (const a of layout.nodes) {
    expect(a.x + a.width).toBeLessThanOrEqual(layout.width);
    expect(a.y + a.height).toBeLessThanOrEqual(layout.height);
    for (const b of layout.nodes) {
      if (a === b || a.node.column !== b.node.column) continue;
      expect(a.y + a.height <= b.y || b.y + b.height <= a.y, `${a.node.title} and ${b.node.title}`).toBe(true);
    }
  }
});

test('a path goes through what is selected, in both directions', () => {
  const graph = foldGraph([statement('A'), row('B')], keys, [thing('logs')], new Set());
  const grant = graph.nodes.find(({ kind }) => kind === 'grant');
  const { nodes, edges } = pathThrough(graph, grant?.id ?? '');
  const titles = graph.nodes.filter(({ id }) => nodes.has(id)).map(({ title }) => title);
  expect(titles).toEqual(['B', '3 grants', 'lake', 'logs']);
  expect(edges.size).toBe(3);
  expect(pathThrough(graph, 'nothing').nodes.size).toBe(0);
});

test('filters leave what they say, a focus on data what opens it', () => {
  const rows = [
    row('A'),
    row('B', { actions: ['kms:PutKeyPolicy'], verdict: 'administers', things: [] }),
    statement('C', { principalKind: 'user' }),
  ];
  const base = { op: '', kinds: [], q: '', key: '', thing: '', principal: '' } as const;
  const names = (more: object) =>
    filterRows(rows, [thing('logs')], { ...base, ...more }).map(({ principalName }) => principalName);
  expect(names({})).toEqual(['A', 'B', 'C']);
  expect(names({ op: 'PutKeyPolicy' })).toEqual(['B']);
  expect(names({ kinds: ['user'] })).toEqual(['C']);
  expect(names({ q: 'allowall' })).toEqual(['C']);
  expect(names({ q: 'LOGS' })).toEqual(['A', 'C']);
  expect(names({ thing: 'arn:aws:s3:::logs' })).toEqual(['A', 'C']);
  expect(answerOf(rows)).toEqual({ uses: 2, administers: 1, denied: 0 });
});

test('names are text in every export, never markup', () => {
  const graph = foldGraph([row('<script>"&')], keys, [], new Set());
  const palette = {
    canvas: '#fff',
    surface: '#fff',
    line: '#ccc',
    text: '#000',
    muted: '#555',
    danger: '#c00',
    warning: '#a60',
    key: '#088',
  };
  const svg = toSvg(layoutGraph(graph), 'Who <b>can</b>', '1 can', palette);
  expect(svg).toContain('&lt;script&gt;');
  expect(svg).not.toMatch(/<script|<b>/);
  const mermaid = toMermaid(graph);
  expect(mermaid).toContain('#lt;script#gt;#quot;#amp;');
  expect(mermaid.split('\n')[0]).toBe('flowchart LR');
});
