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
import { useEffect, useRef } from 'react';
import { lintPolicyText } from './lint-text';

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

/** JSON editor. Tab leaves it, as everywhere else on the page. */
export function CodeEditor({ label, text, onText }: { label: string; text: string; onText: (text: string) => void }) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const report = useRef(onText);
  useEffect(() => {
    report.current = onText;
  }, [onText]);
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
            return problems.length > 0 ? problems : lintPolicyText(editing.state.doc.toString());
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
