'use client';

import { type ReactNode, useDeferredValue, useMemo, useRef } from 'react';
import { lintPolicy } from '@/lib/access/index';
import { CodeRows } from '../ui/code';
import { CodeEditor, type EditorHandle } from './code-editor';
import { FindingNote, FindingsList } from './findings-list';
import type { LintContext } from './lint-context';

/** A policy with what is wrong with it under each line. */
export function LintedDocument({
  label,
  text,
  lint,
  onFix,
}: {
  label: string;
  text: string;
  lint: LintContext;
  onFix?: ((text: string) => void) | undefined;
}) {
  const findings = useMemo(() => lintPolicy(text, lint.kind, lint.surroundings), [text, lint]);
  const notes = new Map<number, ReactNode>();
  for (const finding of findings) {
    notes.set(
      finding.line,
      <>
        {notes.get(finding.line)}
        <FindingNote text={text} finding={finding} onFix={onFix} />
      </>,
    );
  }
  const rows = text.split('\n').map((line, index) => ({ text: line, number: index + 1 }));
  return <CodeRows rows={rows} label={label} notes={notes} />;
}

/** The editor, marks at the lines, and the list of findings under it. */
export function LintedEditor({
  label,
  text,
  lint,
  onText,
}: {
  label: string;
  text: string;
  lint: LintContext;
  onText: (text: string) => void;
}) {
  const editor = useRef<EditorHandle>(null);
  const settled = useDeferredValue(text);
  const findings = useMemo(() => lintPolicy(settled, lint.kind, lint.surroundings), [settled, lint]);
  return (
    <>
      <CodeEditor label={label} text={text} onText={onText} lint={lint} handle={editor} />
      <FindingsList text={settled} findings={findings} onFix={onText} onGoTo={(index) => editor.current?.goTo(index)} />
    </>
  );
}
