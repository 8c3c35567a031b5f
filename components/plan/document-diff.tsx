'use client';

import { useState } from 'react';
import type { DocumentChange } from '@/lib/plan/types';
import { CodeRows, JsonLine, prettyJson } from '../ui/code';
import { diffLines } from '../ui/diff';
import { sideBySide } from './side-by-side';

/** A document before and after: unified, or side by side. */
export function DocumentDiff({ change }: { change: DocumentChange }) {
  const [beside, setBeside] = useState(false);
  const rows = diffLines(prettyJson(change.before), prettyJson(change.after));
  return (
    <div className="document-diff">
      <div className="flex flex-wrap items-center justify-between gap-2 px-4 py-2">
        <h3 className="font-medium">{change.label}</h3>
        <div className="segments wide-only" role="group" aria-label="Layout of the difference">
          <button type="button" aria-pressed={!beside} onClick={() => setBeside(false)}>
            Unified
          </button>
          <button type="button" aria-pressed={beside} onClick={() => setBeside(true)}>
            Side by side
          </button>
        </div>
      </div>
      {beside ? (
        // It scrolls, so a keyboard must reach it.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <section className="code beside" aria-label={`${change.label}, side by side`} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Before</th>
                <th scope="col">After</th>
              </tr>
            </thead>
            <tbody>
              {sideBySide(rows).map((row, index) => (
                // Lines of a difference have no identity but their place.
                <tr key={index}>
                  <Half half={row.before} kind="del" />
                  <Half half={row.after} kind="add" />
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      ) : (
        <CodeRows rows={rows} label={change.label} />
      )}
    </div>
  );
}

function Half({ half, kind }: { half: ReturnType<typeof sideBySide>[number]['before']; kind: 'add' | 'del' }) {
  if (half === undefined) return <td className="gap" aria-label="no line" />;
  return (
    <td className={half.fold ? 'fold' : half.changed ? kind : undefined}>
      <span className="line-number">{half.number ?? ''}</span>
      <span className="sign">{half.fold ? '⋯' : half.changed ? (kind === 'add' ? '+' : '−') : ''}</span>
      <JsonLine line={half.text} />
    </td>
  );
}
