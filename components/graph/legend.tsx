import { cx } from '../ui/cx';
import type { EdgeStyle } from './model/types';

const LINES: readonly { readonly style: EdgeStyle; readonly label: string }[] = [
  { style: 'policy', label: 'Key policy' },
  { style: 'iam', label: 'IAM, through the account statement' },
  { style: 'grant', label: 'Grant' },
  { style: 'admin', label: 'Administers only' },
  { style: 'deny', label: 'Deny' },
];

/** What the lines mean: by their dash, so that it reads without colour too. */
export function Legend() {
  return (
    <div className="graph-legend" role="group" aria-label="Legend">
      {LINES.map(({ style, label }) => (
        <span key={style}>
          <svg width="30" height="10" aria-hidden className={cx('graph-edge', style)}>
            <path className="line" d={style === 'deny' ? 'M1 5H25' : 'M1 5H29'} />
            {style === 'deny' && <path className="bar" d="M26 1v8" />}
          </svg>
          {label}
        </span>
      ))}
      <span>
        <svg width="14" height="14" aria-hidden>
          <rect className="diamond" x="3" y="3" width="8" height="8" rx="1.5" transform="rotate(45 7 7)" />
        </svg>
        Only if a condition holds
      </span>
    </div>
  );
}
