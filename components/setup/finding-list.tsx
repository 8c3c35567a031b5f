import { CircleCheck, CircleX, Info, TriangleAlert } from 'lucide-react';
import type { Finding } from '@/lib/access/index';

const ICONS = { error: CircleX, warning: TriangleAlert, info: Info };
const WORDS = { error: 'Error', warning: 'Warning', info: 'Note' } as const;

/** What the linter says of a generated document. */
export function FindingList({ findings }: { findings: readonly Finding[] }) {
  return (
    <ul className="setup-checks border-t border-line py-2" aria-label="What the linter says">
      {findings.length === 0 && (
        <li>
          <CircleCheck size={14} aria-hidden className="text-good" />
          <span>The linter finds nothing wrong.</span>
        </li>
      )}
      {findings.map(({ check, severity, reason, line, rules }) => {
        const Icon = ICONS[severity];
        return (
          <li key={`${check} ${line}`}>
            <Icon
              size={14}
              role="img"
              aria-label={WORDS[severity]}
              className={severity === 'error' ? 'text-bad' : severity === 'warning' ? 'text-warn' : 'text-ink-2'}
            />
            <span>
              Line {line}: {reason}
            </span>
            <span className="rule">{rules.join(', ')}</span>
          </li>
        );
      })}
    </ul>
  );
}
