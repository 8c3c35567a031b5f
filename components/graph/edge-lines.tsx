import { cx } from '../ui/cx';
import type { Layout } from './model/layout';

/** All edges below the nodes. They say nothing that the nodes and the table don't say too. */
export function EdgeLines({ layout, lit, dim }: { layout: Layout; lit: ReadonlySet<string>; dim: boolean }) {
  return (
    <svg className="graph-edges" width={layout.width} height={layout.height} aria-hidden>
      <defs>
        <marker
          id="graph-arrow"
          viewBox="0 0 8 8"
          refX="6"
          refY="4"
          markerUnits="userSpaceOnUse"
          markerWidth="8"
          markerHeight="8"
          orient="auto"
        >
          <path d="M0 1 7 4 0 7z" fill="context-stroke" />
        </marker>
      </defs>
      {layout.edges.map(({ edge, path, middle, end }) => {
        const on = lit.has(edge.id);
        return (
          <g key={edge.id} className={cx('graph-edge', edge.style, on && 'lit', dim && !on && 'faded')}>
            {on && <path className="halo" d={path} />}
            <path
              className="line"
              d={path}
              markerEnd={edge.style === 'deny' || edge.style === 'encrypts' ? undefined : 'url(#graph-arrow)'}
            />
            {edge.style === 'deny' && <path className="bar" d={`M${end.x} ${end.y - 5}v10`} />}
            {edge.conditional && (
              <rect
                className="diamond"
                x={middle.x - 4.5}
                y={middle.y - 4.5}
                width={9}
                height={9}
                rx={1.5}
                transform={`rotate(45 ${middle.x} ${middle.y})`}
              />
            )}
          </g>
        );
      })}
    </svg>
  );
}
