import { Fragment, type ReactNode } from 'react';
import { cx } from './cx';

/** Strings, keys and the rest of one line of JSON, coloured. */
export function JsonLine({ line }: { line: string }) {
  const parts = line.split(/("(?:[^"\\]|\\.)*")(\s*:)?/g);
  const shown: ReactNode[] = [];
  for (let index = 0; index < parts.length; index += 3) {
    const [before, text, colon] = [parts[index], parts[index + 1], parts[index + 2]];
    // Parts of a split line have no identity but their place.
    shown.push(
      <Fragment key={index}>
        {before}
        {text !== undefined && <span className={colon === undefined ? 'code-string' : 'code-key'}>{text}</span>}
        {colon}
      </Fragment>,
    );
  }
  return <span>{shown}</span>;
}

export interface CodeRow {
  readonly text: string;
  readonly number?: number;
  readonly sign?: '+' | '−' | '⋯';
}

/** Code with line numbers, and signs where it is a diff. Scrolls by itself; reachable by keyboard. */
export function CodeRows({
  rows,
  label,
  wrap = false,
  notes,
}: {
  rows: readonly CodeRow[];
  label: string;
  wrap?: boolean;
  /** What stands under a line, by its number. */
  notes?: ReadonlyMap<number, ReactNode>;
}) {
  return (
    // A region that scrolls must be able to take focus, or a keyboard can't scroll it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className={cx('code', wrap && 'wrap')} aria-label={label} tabIndex={0}>
      <ol>
        {rows.map((row, index) => {
          const note = row.number === undefined ? undefined : notes?.get(row.number);
          return (
            <Fragment key={`${index}:${row.text}`}>
              <li
                className={
                  row.sign === '+'
                    ? 'add'
                    : row.sign === '−'
                      ? 'del'
                      : row.sign === '⋯'
                        ? 'fold'
                        : note
                          ? 'marked'
                          : undefined
                }
              >
                <span className="line-number">{row.number ?? ''}</span>
                <span className="sign">{row.sign ?? ''}</span>
                <JsonLine line={row.text} />
              </li>
              {note && <li className="lint">{note}</li>}
            </Fragment>
          );
        })}
      </ol>
    </section>
  );
}

/** A whole text as code. */
export function CodeBlock({ text, label, wrap = false }: { text: string; label: string; wrap?: boolean }) {
  return (
    <CodeRows
      rows={text.split('\n').map((line, index) => ({ text: line, number: index + 1 }))}
      label={label}
      wrap={wrap}
    />
  );
}

/** JSON text indented by two; what is not JSON stays as it is. */
export function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
