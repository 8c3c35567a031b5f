'use client';

import { CircleCheck, CircleMinus, TriangleAlert } from 'lucide-react';
import { cx } from '../ui/cx';
import type { Placed } from './model/layout';
import { NODE_KINDS } from './node-icons';

/** One node as a button in its place. */
export function NodeBox({
  placed,
  selected,
  faded,
  onPath,
  tabbable,
  onSelect,
  onFocus,
}: {
  placed: Placed;
  selected: boolean;
  faded: boolean;
  onPath: boolean;
  /** The one of its column that Tab reaches. */
  tabbable: boolean;
  onSelect: () => void;
  onFocus: () => void;
}) {
  const { node, x, y, width, height } = placed;
  const { icon: Icon, word } = NODE_KINDS[node.kind];
  const shape = node.column === 1 ? 'reason' : node.column === 2 ? 'key' : node.column === 3 ? 'thing' : 'person';
  const enabled = node.state === 'Enabled';
  return (
    <button
      type="button"
      className={cx(
        'graph-node',
        shape,
        node.kind === 'deny' && 'deny',
        node.count > 1 && 'pile',
        selected && 'selected',
        onPath && 'on-path',
        faded && 'faded',
      )}
      style={{ left: x, top: y, width, height }}
      data-node={node.id}
      aria-pressed={selected}
      aria-expanded={node.opens === undefined ? undefined : false}
      tabIndex={tabbable ? 0 : -1}
      title={`${node.title}, ${node.sub}`}
      onClick={onSelect}
      onFocus={onFocus}
    >
      {node.column === 2 ? (
        <>
          <span className="graph-key-name">
            <span className="tile key">
              <Icon size={12} aria-hidden />
              <span className="sr-only">{word}</span>
            </span>
            <span className="mono truncate font-medium">{node.title}</span>
          </span>
          <span className="mono graph-sub">{node.sub}</span>
          <span className={cx('status', enabled ? 'good' : 'neutral')}>
            {enabled ? <CircleCheck size={14} aria-hidden /> : <CircleMinus size={14} aria-hidden />}
            <span>{node.state}</span>
          </span>
          {node.warning && (
            <span className="status warn">
              <TriangleAlert size={14} aria-hidden />
              <span>{node.warning}</span>
            </span>
          )}
        </>
      ) : (
        <>
          <span className={cx('tile', node.column === 0 ? node.kind : 'plain')}>
            <Icon size={12} aria-hidden />
            <span className="sr-only">{word}</span>
          </span>
          <span className="min-w-0 grow">
            <span className="mono graph-title">{node.title}</span>
            <span className="graph-sub">{node.sub}</span>
          </span>
        </>
      )}
    </button>
  );
}
