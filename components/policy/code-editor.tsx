'use client';

import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json, jsonParseLinter } from '@codemirror/lang-json';
import { type Diagnostic, linter } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import {
  Decoration,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
  MatchDecorator,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view';
import { type RefObject, useEffect, useImperativeHandle, useRef } from 'react';
import { applyFix, type Finding, lintPolicy } from '@/lib/access/index';
import type { LintContext } from './lint-context';

const strings = new MatchDecorator({
  regexp: /"(?:[^"\\]|\\.)*"(\s*:)?/g,
  decoration: (match) => Decoration.mark({ class: match[1] === undefined ? 'code-string' : 'code-key' }),
});

/** Keys and strings in colour, for the lines in sight. */
const colours = ViewPlugin.define(
  (view) => ({
    decorations: strings.createDeco(view),
    update(update: ViewUpdate) {
      this.decorations = strings.updateDeco(update, this.decorations);
    },
  }),
  { decorations: (plugin) => plugin.decorations },
);

const look = EditorView.theme({
  '&': {
    fontSize: '12px',
    backgroundColor: 'var(--sunken)',
    border: '1px solid var(--control-line)',
    borderRadius: 'var(--r-md)',
    color: 'var(--text)',
  },
  '&.cm-focused': { outline: 'none', boxShadow: 'var(--focus)' },
  '.cm-scroller': { fontFamily: 'var(--face-mono)', lineHeight: '20px', maxHeight: '56vh', minHeight: '280px' },
  '.cm-content': { caretColor: 'var(--text)', padding: '6px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'var(--sunken)', color: 'var(--text-3)', border: 'none', paddingLeft: '6px' },
  '.cm-activeLine': { backgroundColor: 'var(--hover)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--accent-soft)',
  },
  '.cm-tooltip': {
    backgroundColor: 'var(--raised)',
    border: '1px solid var(--line-strong)',
    borderRadius: 'var(--r-md)',
    color: 'var(--text)',
  },
  '.cm-diagnostic': { padding: '5px 10px', fontFamily: 'var(--face-sans)', fontSize: '13px', borderLeft: 'none' },
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--danger-solid)' },
  '.cm-lintRange-warning': { backgroundImage: 'none', textDecoration: 'underline wavy var(--warning-solid)' },
});

/** The page's own nonce: CodeMirror adds style elements, and the content security policy wants it on them. */
function pageNonce(): string {
  return document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ?? '';
}

/** What a list beside the editor may ask of it. */
export interface EditorHandle {
  /** Moves the cursor to an index of the text, and the focus to the editor. */
  goTo(index: number): void;
}

function toDiagnostic({ from, to, severity, reason, fix }: Finding): Diagnostic {
  return {
    from,
    to,
    severity,
    message: reason,
    ...(fix
      ? {
          actions: [
            {
              name: fix.title,
              apply(view) {
                const text = view.state.doc.toString();
                view.dispatch({ changes: { from: 0, to: text.length, insert: applyFix(text, fix) } });
              },
            },
          ],
        }
      : {}),
  };
}

/** JSON editor. Tab leaves it, as everywhere else on the page. */
export function CodeEditor({
  label,
  text,
  onText,
  lint,
  handle,
}: {
  label: string;
  text: string;
  onText: (text: string) => void;
  lint: LintContext;
  handle: RefObject<EditorHandle | null>;
}) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const report = useRef(onText);
  const context = useRef(lint);
  useEffect(() => {
    report.current = onText;
    context.current = lint;
  }, [onText, lint]);
  useImperativeHandle(handle, () => ({
    goTo(index) {
      const editor = view.current;
      if (!editor) return;
      const anchor = Math.min(index, editor.state.doc.length);
      editor.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) });
      editor.focus();
    },
  }));
  useEffect(() => {
    if (!host.current) return;
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: '',
        extensions: [
          EditorView.cspNonce.of(pageNonce()),
          lineNumbers(),
          history(),
          highlightActiveLine(),
          json(),
          colours,
          look,
          keymap.of([...defaultKeymap, ...historyKeymap]),
          EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', tabindex: '0' }),
          EditorState.tabSize.of(2),
          linter((editing) => {
            const problems: Diagnostic[] = jsonParseLinter()(editing);
            if (problems.length > 0) return problems;
            const { kind, surroundings } = context.current;
            return lintPolicy(editing.state.doc.toString(), kind, surroundings).map(toDiagnostic);
          }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) report.current(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    return () => {
      view.current = null;
      editor.destroy();
    };
  }, [label]);
  useEffect(() => {
    const editor = view.current;
    const shown = editor?.state.doc.toString();
    if (editor && shown !== text) editor.dispatch({ changes: { from: 0, to: shown?.length ?? 0, insert: text } });
  }, [text]);
  return <div ref={host} />;
}
