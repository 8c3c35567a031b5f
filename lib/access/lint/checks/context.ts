/** Encryption contexts as policies expect them and as S3, S3 Express and S3 Tables send them. */

import { globOf } from '../../wildcard.ts';
import {
  type Around,
  addValue,
  type Check,
  changeOperator,
  conditionLines,
  type Draft,
  EXPRESS_CONTEXT,
  list,
  S3_CONTEXT,
  tablesArn,
} from '../check.ts';
import type { ConditionLine, LintStatement, Value } from '../tree.ts';
import type { Edit, Fix, KnownBucket } from '../types.ts';

/** TB-62, PERM-12: a table's context goes on after the ARN. */
export const withoutSlash: Check = function* (document) {
  for (const [statement, line] of conditionLines(document)) {
    if (line.key !== S3_CONTEXT) continue;
    for (const value of line.values) {
      const arn = tablesArn(value.text);
      if (arn === undefined || (arn.rest !== '' && arn.rest !== '/') || /[*?]$/.test(value.text)) continue;
      yield {
        check: 'context-without-wildcard',
        rules: ['TB-62', 'PERM-12'],
        severity: 'error',
        reason: `S3 Tables sends the ARN of the table and more after it, so ${value.text} alone never matches.`,
        at: value,
        fix: like(statement, line, [
          { op: 'replace', path: value.pointer, value: `${value.text.replace(/\/$/, '')}/*` },
        ]),
      };
    }
  }
};

/** Edits, and StringLike in place of StringEquals where only a pattern can match. */
function like(statement: LintStatement, line: ConditionLine, edits: readonly Edit[]): Fix | undefined {
  const title = 'Match what follows the ARN';
  if (line.operator.comparison !== 'string') return { title, edits };
  const rename = changeOperator(statement, line, likeOf(line));
  return rename && { title, edits: [...edits, ...rename] };
}

function likeOf(line: ConditionLine): string {
  return line.operatorText.replace(/String(Not)?Equals(?:IgnoreCase)?/i, 'String$1Like');
}

/** KMS-27: a wildcard under an operator that knows none. */
export const literalWildcard: Check = function* (document) {
  for (const [statement, line] of conditionLines(document)) {
    const { comparison, negated } = line.operator;
    if (comparison !== 'string' && comparison !== 'string-fold') continue;
    const value = line.values.find(({ text }) => /[*?]/.test(text.replaceAll(/\$\{[^}]*\}/g, '')));
    if (value === undefined) continue;
    const edits = changeOperator(statement, line, likeOf(line));
    const context = line.key === S3_CONTEXT;
    yield {
      check: 'wildcard-taken-literally',
      rules: context ? ['KMS-27', 'TB-62'] : ['KMS-27'],
      severity: 'error',
      reason: `${line.operator.full} takes * and ? as plain characters, so ${value.text} ${negated ? 'differs from everything' : 'matches nothing'} that is sent.`,
      at: value,
      fix: edits && { title: `Use ${likeOf(line)}`, edits },
    };
  }
};

/** TB-57, PERM-12: a table's ARN ends with an id that S3 Tables gave it. */
export const tableName: Check = function* (document, around) {
  for (const statement of document.statements) {
    const contexts = statement.conditions.flatMap(({ key, values }) =>
      key === S3_CONTEXT || key === 'aws:sourcearn' ? values : [],
    );
    for (const value of [...(statement.resource?.values ?? []), ...contexts]) {
      const finding = namedTable(value, around);
      if (finding !== undefined) yield finding;
    }
  }
};

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function namedTable(value: Value, around: Around): Draft | undefined {
  const arn = tablesArn(value.text);
  if (arn?.table === undefined || UUID.test(arn.table) || /[*?$]/.test(arn.table)) return undefined;
  const bucket = around.tableBuckets?.find((one) => one.arn === arn.bucketArn);
  const tables = bucket?.tables?.filter(({ name }) => name === arn.table) ?? [];
  const [table] = tables;
  const known = table !== undefined && tables.length === 1;
  return {
    check: 'table-name-in-arn',
    rules: ['TB-57', 'PERM-12'],
    severity: 'error',
    reason: `A table’s ARN ends with its id, not with its name ${arn.table}, so this matches no table.`,
    at: value,
    fix: known
      ? {
          title: `Use the id of ${arn.table}`,
          edits: [{ op: 'replace', path: value.pointer, value: table.arn + arn.rest }],
        }
      : undefined,
  };
}

/** BK-16, GP-17: the object's ARN where S3 sends the bucket's, or the other way round. */
export const bucketKeyContext: Check = function* (document, around) {
  for (const [, line] of conditionLines(document)) {
    if (line.key !== S3_CONTEXT) continue;
    const bad = line.values.flatMap((value) => mismatches(value, line, around.buckets));
    yield* bad;
  }
};

const BUCKET_ARN = /^(arn:[^:]+:s3:::[^/]+)(\/.*)?$/s;

function mismatches(value: Value, line: ConditionLine, buckets: readonly KnownBucket[] | undefined): Draft[] {
  const match = BUCKET_ARN.exec(value.text);
  if (match === null || /^[^/]*\*$/.test(value.text)) return [];
  const [, bucketArn = '', path] = match;
  const name = bucketArn.slice(bucketArn.lastIndexOf(':') + 1);
  const meant = buckets?.filter((bucket) => globOf(name).test(bucket.name));
  if (path === undefined) {
    const off = meant?.filter(({ bucketKey }) => !bucketKey) ?? [];
    if (off.length === 0 || line.values.some(({ text }) => text.startsWith(`${bucketArn}/`))) return [];
    return [objectsOnly(value, line, list(off.map((bucket) => bucket.name)), `${bucketArn}/*`)];
  }
  if (line.values.some(({ text }) => globOf(text).test(bucketArn))) return [];
  const on = meant?.filter(({ bucketKey }) => bucketKey) ?? [];
  if (meant !== undefined && on.length === 0) return [];
  return [bucketOnly(value, line, on.length === 0 ? undefined : list(on.map((bucket) => bucket.name)), bucketArn)];
}

function bucketOnly(value: Value, line: ConditionLine, names: string | undefined, bucketArn: string): Draft {
  const fix = { title: 'Take the bucket ARN too', edits: [addValue(line, bucketArn)] };
  const base = { check: 'object-context-with-bucket-key', rules: ['BK-16', 'GP-17'], at: value, fix };
  return names === undefined
    ? {
        ...base,
        severity: 'info',
        reason:
          'S3 sends the object’s ARN only without a bucket key. With a bucket key it sends the bucket’s, and this stops matching.',
      }
    : {
        ...base,
        severity: 'error',
        reason: `${names} has bucket keys on, so S3 sends the bucket’s ARN as context, not the object’s. ${value.text} does not match it.`,
      };
}

function objectsOnly(value: Value, line: ConditionLine, names: string, pattern: string): Draft {
  const takesPatterns = line.operator.comparison === 'string-like' || line.operator.comparison === 'arn';
  return {
    check: 'bucket-context-without-bucket-key',
    rules: ['BK-16', 'GP-17'],
    severity: 'warning',
    reason: `${names} has bucket keys off, so S3 sends the ARN of each object as context. ${value.text} does not match it.`,
    at: value,
    fix: takesPatterns ? { title: 'Take object ARNs too', edits: [addValue(line, pattern)] } : undefined,
  };
}

/** DB-48: a directory bucket's context is the bucket's ARN and nothing more. */
export const directoryContext: Check = function* (document) {
  for (const [, line] of conditionLines(document)) {
    if (line.key !== S3_CONTEXT && line.key !== EXPRESS_CONTEXT) continue;
    for (const value of line.values) {
      const match = /^(arn:[^:]+:s3express:[^:]*:[^:]*:bucket\/[^/]+)\/.*$/s.exec(value.text);
      if (match === null) continue;
      yield {
        check: 'directory-context-with-path',
        rules: ['DB-48', 'DB-51'],
        severity: 'error',
        reason:
          'S3 Express sends the ARN of the directory bucket as context, never that of an object, so this never matches.',
        at: value,
        fix: { title: 'Use the bucket ARN', edits: [{ op: 'replace', path: value.pointer, value: match[1] ?? '' }] },
      };
    }
  }
};
