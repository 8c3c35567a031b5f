/** What is wrong with a document as such: what the parser refuses, what has no effect, what is too long. */

import type { PolicyProblem, PolicySyntaxError } from '../../syntax-error.ts';
import { type Check, type Draft, removeStatement } from '../check.ts';
import type { LintDocument } from '../tree.ts';
import type { Fix, LintKind } from '../types.ts';

/** Bytes of a policy (LIM-05, LIM-07). */
const MAX_BYTES: Readonly<Record<LintKind, number | undefined>> = {
  key: 32_768,
  bucket: 20_480,
  'directory-bucket': 20_480,
  'table-bucket': 20_480,
  table: 20_480,
  identity: undefined,
};
const CURRENT = '2012-10-17';
const encoder = new TextEncoder();

/** The parser's refusal as a finding. `document` is undefined where the text is not even JSON. */
export function refusal(error: PolicySyntaxError, document: LintDocument | undefined, kind: LintKind): Draft {
  const { offset, problem, message } = error;
  const spot = { offset, end: offset + 1, pointer: pointerOf(error.path) };
  const version = document?.version;
  const fix: Fix | undefined =
    problem === 'version' && version !== undefined
      ? { title: `Use version ${CURRENT}`, edits: [{ op: 'replace', path: '/Version', value: CURRENT }] }
      : undefined;
  const reason = REASONS[problem] === undefined ? message : `${message} ${REASONS[problem]}`;
  return {
    check: problem === 'version' ? 'unsupported-version' : 'not-a-policy',
    rules: kind === 'key' ? ['KMS-24'] : kind === 'table' || kind === 'table-bucket' ? ['TB-47'] : [],
    severity: 'error',
    reason,
    at: problem === 'version' && version !== undefined ? version : spot,
    fix,
  };
}

const REASONS: Partial<Record<PolicyProblem, string>> = {
  version: 'It is the version of the policy language, not a date of your own.',
  'missing-principal': 'A policy on a resource says of whom it speaks.',
  'prohibited-principal': 'An IAM policy speaks of whoever it is attached to.',
};

/** `Statement[1].Condition.StringEquals` as far as it can be told: condition keys hold dots themselves. */
function pointerOf(path: string): string {
  const match = /^Statement\[(\d+)\](?:\.(Sid|Effect|Not\w+|Principal|Action|Resource|Condition))?/.exec(path);
  if (match === null) return '';
  return `/Statement/${match[1] ?? ''}${match[2] === undefined ? '' : `/${match[2]}`}`;
}

/** LIM-05: the whole document is too long. */
export const size: Check = function* ({ text, spot }, { kind }) {
  const limit = MAX_BYTES[kind];
  const bytes = encoder.encode(text).length;
  if (limit === undefined || bytes <= limit) return;
  yield {
    check: 'too-long',
    rules: kind === 'key' ? ['LIM-05', 'KMS-24'] : ['LIM-07'],
    severity: 'error',
    reason: `The policy has ${bytes} bytes, ${limit} are allowed. ${kind === 'key' ? 'Grants can take the place of statements.' : 'Wildcards and tags can take the place of long lists.'}`,
    at: spot,
  };
};

/** KMS-22: a key policy takes a statement without Action or Resource, and it does nothing. */
export const ineffective: Check = function* (document, { kind }) {
  if (kind !== 'key') return;
  for (const statement of document.statements) {
    const noAction = statement.action === undefined || statement.action.values.length === 0;
    const noResource = statement.resource === undefined || statement.resource.values.length === 0;
    if (!noAction && !noResource) continue;
    const what = noAction && noResource ? 'neither Action nor Resource' : noAction ? 'no Action' : 'no Resource';
    const edits = noAction
      ? removeStatement(document, statement)
      : statement.resource === undefined
        ? ([{ op: 'add', path: `${statement.pointer}/Resource`, value: '*' }] as const)
        : ([{ op: 'replace', path: statement.resource.spot.pointer, value: '*' }] as const);
    yield {
      check: 'ineffective-statement',
      rules: ['KMS-22'],
      severity: 'warning',
      reason: `${statement.label} has ${what}. KMS accepts it, and it has no effect.`,
      at: statement,
      fix: edits && { title: noAction ? 'Take the statement out' : 'Let it speak of this key', edits },
    };
  }
};

/** Policy variables are plain text in the older version of the language. */
export const variables: Check = function* ({ statements, version, spot, text }) {
  if (version?.text === CURRENT || !/\$\{(?:[a-z0-9]+:|[*?$]\})/i.test(text)) return;
  const uses = statements.find((statement) => text.slice(statement.offset, statement.end).includes('${'));
  if (uses === undefined) return;
  yield {
    check: 'variables-as-text',
    rules: [],
    severity: 'warning',
    reason: `${uses.label} has a policy variable, but without Version ${CURRENT} it is plain text and matches only itself.`,
    at: version ?? spot,
    fix: {
      title: `Use version ${CURRENT}`,
      edits: [{ op: version === undefined ? 'add' : 'replace', path: '/Version', value: CURRENT }],
    },
  };
};
