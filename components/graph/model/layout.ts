/** Where everything stands. Four fixed columns; order and place follow from the data alone. */

import type { Column, Graph, GraphEdge, GraphNode } from './types';

export interface Placed {
  readonly node: GraphNode;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedEdge {
  readonly edge: GraphEdge;
  /** SVG path from node to node. */
  readonly path: string;
  /** Where a diamond stands for "only if". */
  readonly middle: { readonly x: number; readonly y: number };
  /** Where a bar stands for a deny. */
  readonly end: { readonly x: number; readonly y: number };
}

export interface Layout {
  readonly nodes: readonly Placed[];
  readonly edges: readonly PlacedEdge[];
  readonly columns: readonly ColumnPlace[];
  readonly width: number;
  readonly height: number;
}

/** Left edge and width of a column, in pixels at scale 1. */
export interface ColumnPlace {
  readonly x: number;
  readonly width: number;
}

const NARROW = [164, 186, 146, 166] as const;
const WIDE = [196, 216, 176, 204] as const;
/** How the room between the columns is shared. */
const GAPS = [0, 0.25, 0.45, 0.3] as const;
const MARGIN = 16;
/** Between these the columns follow the room that there is. */
export const LEAST_WIDTH = 900;
const MOST_WIDTH = 1240;
/** Of an exported picture. */
export const USUAL_WIDTH = 1080;

/** The four columns in so many pixels. */
export function columnsIn(width: number): readonly ColumnPlace[] {
  const room = Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, width));
  const share = Math.min(1, (room - LEAST_WIDTH) / (USUAL_WIDTH - LEAST_WIDTH));
  const widths = NARROW.map((narrow, index) => Math.round(narrow + ((WIDE[index] ?? narrow) - narrow) * share));
  const free = room - MARGIN * 2 - widths.reduce((sum, one) => sum + one, 0);
  let x = MARGIN;
  return widths.map((one, index) => {
    x += Math.round(free * (GAPS[index] ?? 0));
    const place = { x, width: one };
    x += one;
    return place;
  });
}

const TOP = 44;
const BOTTOM = 24;
const PITCH = 60;
const HEIGHT = 44;
const KEY_HEIGHT = 96;
const KEY_WITH_WARNING = 118;
const KEY_GAP = 28;

/** Places nodes and draws edges. The same graph in the same width gives the same numbers. */
export function layoutGraph(graph: Graph, width = USUAL_WIDTH): Layout {
  const columns = columnsIn(width);
  const at = new Map<string, Placed>();
  const column = (index: Column) => graph.nodes.filter((node) => node.column === index);
  // Reasons are in order already: each has a row of its own.
  stack(column(1), columns[1], at, (_node, index) => TOP + index * PITCH);
  // A principal stands beside its reasons.
  const reasonY = (id: string) =>
    graph.edges.filter(({ from }) => from === id).flatMap(({ to }) => at.get(to)?.y ?? []);
  const principals = column(0)
    .map((node) => ({ node, ys: reasonY(node.id) }))
    .toSorted((a, b) => mean(a.ys) - mean(b.ys) || Math.min(...a.ys) - Math.min(...b.ys));
  stack(
    principals.map(({ node }) => node),
    columns[0],
    at,
    (node) => mean(reasonY(node.id)),
  );
  const intoKey = (id: string) =>
    graph.edges.filter(({ to }) => to === id).flatMap(({ from }) => middleOf(at.get(from)));
  const keys = column(2).toSorted((a, b) => mean(intoKey(a.id)) - mean(intoKey(b.id)));
  stack(keys, columns[2], at, (node) => mean(intoKey(node.id)) - keyHeight(node) / 2);
  const things = keys.flatMap((key) =>
    graph.edges
      .filter(({ from }) => from === key.id)
      .flatMap(({ to }) => graph.nodes.find(({ id }) => id === to) ?? []),
  );
  const placeThings = (node: GraphNode): number => {
    const key = graph.edges.find(({ to }) => to === node.id)?.from ?? '';
    const siblings = things.filter(({ id }) => graph.edges.some(({ from, to }) => from === key && to === id));
    const centre = middleOf(at.get(key))[0] ?? TOP;
    return centre - (siblings.length * PITCH) / 2 + siblings.indexOf(node) * PITCH + (PITCH - HEIGHT) / 2;
  };
  stack(things, columns[3], at, placeThings);
  const nodes = graph.nodes.flatMap(({ id }) => at.get(id) ?? []);
  const lowest = Math.max(TOP, ...nodes.map(({ y, height }) => y + height));
  return {
    nodes,
    edges: drawEdges(graph, at),
    columns,
    width: Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, width)),
    height: lowest + BOTTOM,
  };
}

/** Puts nodes below each other, each where it wants to be or as high as the one above lets it. */
function stack(
  nodes: readonly GraphNode[],
  column: ColumnPlace | undefined,
  at: Map<string, Placed>,
  wish: (node: GraphNode, index: number) => number,
): void {
  let free = TOP;
  nodes.forEach((node, index) => {
    const height = node.column === 2 ? keyHeight(node) : HEIGHT;
    const wanted = wish(node, index);
    const y = Math.round(Math.max(free, Number.isFinite(wanted) ? wanted : free));
    at.set(node.id, { node, x: column?.x ?? 0, y, width: column?.width ?? 0, height });
    free = y + height + (node.column === 2 ? KEY_GAP : PITCH - HEIGHT);
  });
}

function keyHeight({ warning }: GraphNode): number {
  return warning === undefined ? KEY_HEIGHT : KEY_WITH_WARNING;
}

function middleOf(placed: Placed | undefined): number[] {
  return placed === undefined ? [] : [placed.y + placed.height / 2];
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? TOP : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function drawEdges(graph: Graph, at: ReadonlyMap<string, Placed>): PlacedEdge[] {
  const sides = new Map<string, GraphEdge[]>();
  const put = (key: string, edge: GraphEdge) => sides.set(key, [...(sides.get(key) ?? []), edge]);
  for (const edge of graph.edges) {
    put(`out ${edge.from}`, edge);
    put(`in ${edge.to}`, edge);
  }
  const yOf = (id: string) => middleOf(at.get(id))[0] ?? 0;
  for (const [key, edges] of sides) {
    edges.sort((a, b) => (key.startsWith('out') ? yOf(a.to) - yOf(b.to) : yOf(a.from) - yOf(b.from)));
  }
  return graph.edges.flatMap((edge) => {
    const from = at.get(edge.from);
    const to = at.get(edge.to);
    if (from === undefined || to === undefined) return [];
    const x1 = from.x + from.width;
    const y1 = port(from, sides.get(`out ${edge.from}`) ?? [], edge);
    const x2 = to.x - (edge.style === 'encrypts' ? 0 : edge.style === 'deny' ? 4 : 6);
    const y2 = port(to, sides.get(`in ${edge.to}`) ?? [], edge);
    const bend = Math.max(16, (x2 - x1) * 0.55);
    const path = `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
    return [{ edge, path, middle: { x: (x1 + x2) / 2, y: (y1 + y2) / 2 }, end: { x: x2, y: y2 } }];
  });
}

/** Where on the side of a node an edge meets it: spread over a large box, in the middle of a small one when alone. */
function port(placed: Placed, edges: readonly GraphEdge[], edge: GraphEdge): number {
  const inset = placed.node.column === 2 ? 14 : 12;
  const middle = placed.y + placed.height / 2;
  if (edges.length <= 1) return middle;
  const span = placed.height - inset * 2;
  const step = Math.min(14, span / (edges.length - 1));
  return Math.round((middle + (edges.indexOf(edge) - (edges.length - 1) / 2) * step) * 10) / 10;
}
