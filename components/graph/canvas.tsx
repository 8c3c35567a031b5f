'use client';

import { Maximize, Minus, Plus } from 'lucide-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import { EdgeLines } from './edge-lines';
import { Legend } from './legend';
import { layoutGraph, type Placed, USUAL_WIDTH } from './model/layout';
import { pathThrough } from './model/path';
import { COLUMN_NAMES, type Column, type Graph } from './model/types';
import { NodeBox } from './node-box';
import { useViewport } from './use-viewport';

/**
 * The graph: four columns of buttons over lines. Tab walks the columns, up and down go along one, left and right follow
 * edges, Enter selects or opens a pile, Escape clears.
 */
export function Canvas({
  graph,
  selected,
  second,
  onSelect,
  onClear,
}: {
  graph: Graph;
  selected: string;
  /** A second node that the highlighted path goes through. */
  second: string;
  onSelect: (id: string) => void;
  onClear: () => void;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(USUAL_WIDTH);
  const layout = layoutGraph(graph, width);
  const { view, fit, zoom, reveal, handlers } = useViewport(frame, layout, setWidth);
  const [active, setActive] = useState<Readonly<Partial<Record<Column, string>>>>({});
  const lit = pathThrough(graph, selected, second);
  const dim = lit.nodes.size > 0;
  const inColumn = (column: Column) =>
    layout.nodes.filter(({ node }) => node.column === column).toSorted((a, b) => a.y - b.y);

  const goTo = (placed: Placed | undefined) => {
    if (placed === undefined) return;
    const button = frame.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(placed.node.id)}"]`);
    button?.focus({ preventScroll: true });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const id = (event.target as HTMLElement).dataset['node'];
    if (event.key === 'Escape') {
      onClear();
      return;
    }
    const here = layout.nodes.find(({ node }) => node.id === id);
    if (here === undefined) return;
    const column = inColumn(here.node.column);
    const index = column.indexOf(here);
    const follow = (way: 'from' | 'to') => {
      const end = way === 'from' ? 'to' : 'from';
      const ends = new Set(graph.edges.filter((edge) => edge[way] === id).map((edge) => edge[end]));
      const found = layout.nodes.filter(({ node }) => ends.has(node.id));
      return found.toSorted((a, b) => Math.abs(a.y - here.y) - Math.abs(b.y - here.y) || a.y - b.y)[0];
    };
    const targets: Readonly<Record<string, () => Placed | undefined>> = {
      ArrowDown: () => column[index + 1],
      ArrowUp: () => column[index - 1],
      Home: () => column[0],
      End: () => column.at(-1),
      ArrowRight: () => follow('from'),
      ArrowLeft: () => follow('to'),
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    goTo(target());
  };

  return (
    <div className="graph-canvas">
      {/* Keys are for the buttons inside; they bubble. */}
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions */}
      <div ref={frame} className="graph-frame" onKeyDown={onKeyDown} {...handlers}>
        <div
          className="graph-world"
          style={{
            width: layout.width,
            height: layout.height,
            transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})`,
          }}
        >
          <EdgeLines layout={layout} lit={lit.edges} dim={dim} />
          {COLUMN_NAMES.map((name, index) => {
            const nodes = inColumn(index as Column);
            const first = nodes.find(({ node }) => node.id === active[index as Column]) ?? nodes[0];
            return (
              <div key={name} role="group" aria-label={name}>
                <span className="graph-column" style={{ left: layout.columns[index]?.x }} aria-hidden>
                  {name}
                </span>
                {nodes.map((placed) => (
                  <NodeBox
                    key={placed.node.id}
                    placed={placed}
                    selected={placed.node.id === selected}
                    onPath={lit.nodes.has(placed.node.id)}
                    faded={dim && !lit.nodes.has(placed.node.id)}
                    tabbable={placed === first}
                    onSelect={() => onSelect(placed.node.id)}
                    onFocus={() => {
                      setActive((now) => ({ ...now, [placed.node.column]: placed.node.id }));
                      reveal(placed);
                    }}
                  />
                ))}
              </div>
            );
          })}
        </div>
      </div>
      <Legend />
      <div className="graph-zoom" role="group" aria-label="Zoom">
        <button type="button" className="icon-button" aria-label="Zoom out" onClick={() => zoom(1 / 1.25)}>
          <Minus size={14} aria-hidden />
        </button>
        <button type="button" className="icon-button" aria-label="Zoom in" onClick={() => zoom(1.25)}>
          <Plus size={14} aria-hidden />
        </button>
        <button type="button" className="icon-button" aria-label="Fit" onClick={() => fit()}>
          <Maximize size={14} aria-hidden />
        </button>
      </div>
    </div>
  );
}
