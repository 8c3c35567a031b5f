import 'server-only';
import type { CodeRow } from '@/components/ui/code';
import type { SourcedPolicy } from '@/lib/access/index';
import type { Way } from '@/lib/access/reach/index';
import type { Loaded } from '../load';

/** A statement as it stands in its document. */
export interface StatementDocument {
  readonly title: string;
  readonly text: string;
  readonly rows: readonly CodeRow[];
  /** Why an IAM policy counts at all. */
  readonly through?: string;
}

/** The lines of the statement behind a way; undefined for grants and for what was not read. */
export function documentOf(way: Way, { picture }: Loaded): StatementDocument | undefined {
  const { reason } = way;
  const key = picture.keys.find(({ arn }) => arn === way.key);
  const who = picture.principals.find(({ name }) => name === way.principal);
  if (reason.kind === 'statement') return linesOf('The statement', key?.policy, reason.statement);
  if (reason.kind === 'identity') {
    const policy = who?.identity.find(
      ({ source, policy: { hash } }) => source === reason.source && hash === reason.hash,
    );
    const found = linesOf('The IAM policy', policy, reason.statement);
    return found && { ...found, through: `It counts because ${reason.through} of the key policy leaves this to IAM.` };
  }
  if (reason.kind !== 'deny') return undefined;
  const all = [key?.policy, ...(who?.identity ?? []), who?.boundary];
  return linesOf(
    'The Deny',
    all.find((policy) => policy?.source === reason.source),
    reason.statement,
  );
}

function linesOf(title: string, sourced: SourcedPolicy | undefined, label: string): StatementDocument | undefined {
  const found = sourced && statementRows(sourced, label);
  return found && { title, ...found };
}

/** The lines of one statement with their numbers in the document; undefined where there is no such statement. */
export function statementRows(
  sourced: SourcedPolicy,
  label: string,
): Pick<StatementDocument, 'text' | 'rows'> | undefined {
  const statement = sourced.policy.statements.find((one) => one.label === label);
  if (statement === undefined) return undefined;
  const [first, last] = statement.lines;
  const lines = sourced.policy.text.split('\n').slice(first - 1, last);
  if (lines.length > 1) {
    const indent = Math.min(
      ...lines.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length),
    );
    const shown = lines.map((line) => line.slice(indent));
    return { text: shown.join('\n'), rows: shown.map((text, index) => ({ text, number: first + index })) };
  }
  // A document on one line has no lines of its own to show.
  const text = JSON.stringify(statementIn(sourced.policy.text, statement.position), null, 2);
  return { text, rows: text.split('\n').map((line) => ({ text: line })) };
}

function statementIn(text: string, position: number): unknown {
  const { Statement: found } = JSON.parse(text) as { Statement: unknown };
  return Array.isArray(found) ? (found as readonly unknown[])[position] : found;
}
