/** What belongs to a selected node: everything that leads to it and everything it leads to. */

import type { Graph } from './types';

export interface Highlight {
  readonly nodes: ReadonlySet<string>;
  readonly edges: ReadonlySet<string>;
}

/** Nodes and edges on the paths through a node, and for a second node those through both. */
export function pathThrough(graph: Graph, id: string, second = ''): Highlight {
  const one = walk(graph, id);
  if (second === '' || second === id) return one;
  const other = walk(graph, second);
  if (!one.nodes.has(second)) return one;
  return {
    nodes: new Set([...one.nodes].filter((node) => other.nodes.has(node))),
    edges: new Set([...one.edges].filter((edge) => other.edges.has(edge))),
  };
}

function walk(graph: Graph, id: string): Highlight {
  const nodes = new Set<string>();
  const edges = new Set<string>();
  if (!graph.nodes.some((node) => node.id === id)) return { nodes, edges };
  const follow = (from: string, way: 'from' | 'to') => {
    nodes.add(from);
    const end = way === 'from' ? 'to' : 'from';
    for (const edge of graph.edges) {
      if (edge[way] !== from) continue;
      edges.add(edge.id);
      if (!nodes.has(edge[end])) follow(edge[end], way);
    }
  };
  follow(id, 'from');
  nodes.delete(id);
  follow(id, 'to');
  return { nodes, edges };
}
