'use client';

import { useState } from 'react';
import { applyFix, type Finding } from '@/lib/access/index';
import { Status, type Tone } from '../ui/badge';
import { Button } from '../ui/button';
import { CodeRows } from '../ui/code';
import { diffLines } from '../ui/diff';

const TONES: Readonly<Record<Finding['severity'], Tone>> = { error: 'bad', warning: 'warn', info: 'info' };
const WORDS: Readonly<Record<Finding['severity'], string>> = { error: 'Error', warning: 'Warning', info: 'Note' };

/** What is wrong with a document, line by line, each with its repair where there is one. */
export function FindingsList({
  text,
  findings,
  onFix,
  onGoTo,
}: {
  text: string;
  findings: readonly Finding[];
  /** Takes the text with the repair in it; absent where the document can't be changed. */
  onFix?: ((text: string) => void) | undefined;
  /** Moves the cursor to an index of the text. */
  onGoTo?: ((index: number) => void) | undefined;
}) {
  if (findings.length === 0) return null;
  return (
    <ul className="findings" aria-label="Findings on the policy">
      {findings.map((finding) => (
        <li key={`${finding.check} ${finding.from} ${finding.to}`}>
          <FindingNote text={text} finding={finding} onFix={onFix} onGoTo={onGoTo} />
        </li>
      ))}
    </ul>
  );
}

/** One finding: severity, place, reason, rule, and the repair with what it changes. */
export function FindingNote({
  text,
  finding,
  onFix,
  onGoTo,
}: {
  text: string;
  finding: Finding;
  onFix?: ((text: string) => void) | undefined;
  onGoTo?: ((index: number) => void) | undefined;
}) {
  const [shown, setShown] = useState(false);
  const fixed = finding.fix && repaired(text, finding);
  return (
    <>
      <div className="finding-line">
        <Status tone={TONES[finding.severity]}>{WORDS[finding.severity]}</Status>
        {onGoTo ? (
          <button type="button" className="link" onClick={() => onGoTo(finding.from)}>
            Line {finding.line}
          </button>
        ) : (
          <span className="text-ink-2">Line {finding.line}</span>
        )}
        {finding.rules.map((rule) => (
          <span className="chip" key={rule}>
            {rule}
          </span>
        ))}
      </div>
      <p>{finding.reason}</p>
      {finding.fix && fixed !== undefined && (
        <div className="flex flex-wrap items-center gap-2">
          {onFix && (
            <Button size="small" onClick={() => onFix(fixed)}>
              {finding.fix.title}
            </Button>
          )}
          <button type="button" className="link" aria-expanded={shown} onClick={() => setShown(!shown)}>
            {shown ? 'Hide the change' : 'Show the change'}
          </button>
        </div>
      )}
      {shown && fixed !== undefined && (
        <CodeRows rows={diffLines(text, fixed, 1)} label={`Repair of line ${finding.line}`} />
      )}
    </>
  );
}

/** The text with the repair; undefined where it no longer fits. */
function repaired(text: string, { fix }: Finding): string | undefined {
  try {
    return fix && applyFix(text, fix);
  } catch {
    return undefined;
  }
}
