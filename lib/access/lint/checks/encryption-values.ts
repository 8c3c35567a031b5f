/** Values of the encryption keys of S3, S3 Express and S3 Tables, and Denies that are built on them. */

import { parseArn } from '../../arn.ts';
import { addCondition, type Check, conditionLines, copyOf, demandsKey, isObject, meansAction } from '../check.ts';
import type { ConditionLine, LintDocument, LintStatement } from '../tree.ts';
import type { Json } from '../types.ts';

const ALGORITHM_KEYS: ReadonlySet<string> = new Set([
  's3:x-amz-server-side-encryption',
  's3express:x-amz-server-side-encryption',
  's3tables:ssealgorithm',
]);
const KEY_ID_KEYS: ReadonlySet<string> = new Set([
  's3:x-amz-server-side-encryption-aws-kms-key-id',
  's3express:x-amz-server-side-encryption-aws-kms-key-id',
  's3tables:kmskeyarn',
]);
const ALGORITHMS: ReadonlySet<string> = new Set(['AES256', 'aws:kms', 'aws:kms:dsse', 'aws:fsx', 'aws:backup']);
/** Names of people and of other tools for what S3 sends. */
const SENT_AS: ReadonlyMap<string, string> = new Map([
  ['sse-kms', 'aws:kms'],
  ['kms', 'aws:kms'],
  ['aws-kms', 'aws:kms'],
  ['dsse-kms', 'aws:kms:dsse'],
  ['aws:kms-dsse', 'aws:kms:dsse'],
  ['sse-s3', 'AES256'],
  ['aes-256', 'AES256'],
]);

/** HD-25, GP-21: a name that no request sends. */
export const algorithm: Check = function* (document) {
  for (const [statement, line] of conditionLines(document)) {
    if (!ALGORITHM_KEYS.has(line.key) || line.operator.comparison === 'null') continue;
    for (const value of line.values) {
      if (ALGORITHMS.has(value.text) || /[*?$]/.test(value.text)) continue;
      const sent =
        SENT_AS.get(value.text.toLowerCase()) ??
        [...ALGORITHMS].find((one) => one.toLowerCase() === value.text.toLowerCase());
      const always = statement.effect === 'Deny' && line.operator.negated;
      yield {
        check: 'algorithm-never-sent',
        rules: ['HD-25', 'GP-21'],
        severity: 'error',
        reason: `No request sends ${value.text}${sent === undefined ? '' : `: it is ${sent}`}. ${always ? 'This denies every request.' : 'This matches no request.'}`,
        at: value,
        fix:
          sent === undefined
            ? undefined
            : { title: `Use ${sent}`, edits: [{ op: 'replace', path: value.pointer, value: sent }] },
      };
    }
  }
};

/** GP-21: clients that rely on the default of the bucket send no header, and a missing key satisfies Not… and IfExists. */
export const headerOnly: Check = function* (document, { kind }) {
  if (kind !== 'bucket') return;
  for (const [statement, line] of conditionLines(document)) {
    if (statement.effect !== 'Deny' || !line.key.startsWith('s3:x-amz-server-side-encryption')) continue;
    if (line.key.endsWith('customer-algorithm') || !line.operator.negated || line.operator.set !== undefined) continue;
    if (demandsKey(statement, line.key)) continue;
    yield {
      check: 'denies-bucket-default',
      rules: ['GP-21'],
      severity: 'info',
      reason:
        'This also denies uploads that name no encryption and rely on the default of the bucket. A Null condition lets them through.',
      at: line,
      fix: { title: 'Deny only what is named', edits: addCondition(statement, 'Null', line.keyText, 'false') },
    };
  }
};

/** GP-05, HD-13, TB-21, DB-47: keys that S3 can't use here, or would not send like this. */
export const keyIds: Check = function* (document, { region }) {
  for (const [statement, line] of conditionLines(document)) {
    if (!KEY_ID_KEYS.has(line.key) || line.operator.comparison === 'null') continue;
    const always = statement.effect === 'Deny' && line.operator.negated;
    for (const value of line.values) {
      const arn = parseArn(value.text);
      if (arn?.service === 'kms' && arn.resource.startsWith('key/')) {
        if (arn.region === region || /[*?$]/.test(arn.region)) continue;
        yield {
          check: 'key-of-another-region',
          rules: ['GP-05', 'HD-13', 'TB-21'],
          severity: 'error',
          reason: `This key is in ${arn.region}. Data in ${region} can only be encrypted with keys of ${region}, so ${always ? 'this denies every request' : 'this matches no request'}.`,
          at: value,
        };
      } else if (!/[*?$]/.test(value.text)) {
        yield {
          check: 'key-not-by-arn',
          rules: ['DB-47', 'GP-21'],
          severity: 'error',
          reason: `S3 compares the full key ARN, arn:aws:kms:${region}:ACCOUNT:key/ID. ${value.text} matches no request.`,
          at: value,
        };
      }
    }
  }
};

/** DB-46: CreateSession is decided on the bucket, not on what is in it. */
export const sessionResource: Check = function* ({ statements }) {
  for (const statement of statements) {
    const { resource, effect } = statement;
    if (resource === undefined || resource.not || !meansAction(statement, 's3express:CreateSession')) continue;
    const onBucket = resource.values.some(
      ({ text }) => text === '*' || !text.includes('/', text.indexOf(':bucket/') + 8),
    );
    if (onBucket) continue;
    for (const value of resource.values) {
      const match = /^(arn:[^:]*:s3express:[^:]*:[^:]*:bucket\/[^/]+)\/.*$/s.exec(value.text);
      if (match === null) continue;
      const bucketArn = match[1] ?? '';
      yield {
        check: 'session-on-objects',
        rules: ['DB-46'],
        severity: 'error',
        reason: `CreateSession is decided on the bucket itself. With what follows the bucket’s name this ${effect === 'Deny' ? 'denies nothing and enforces nothing' : 'allows no session'}.`,
        at: value,
        fix: { title: 'Use the bucket ARN', edits: [{ op: 'replace', path: value.pointer, value: bucketArn }] },
      };
    }
  }
};

/** Keys that must both be right, each with its partner. */
const PARTNERS: readonly (readonly [string, string, string])[] = [
  ['s3tables:ssealgorithm', 's3tables:kmskeyarn', 'TB-63'],
  ['s3:x-amz-server-side-encryption', 's3:x-amz-server-side-encryption-aws-kms-key-id', 'GP-21'],
  ['s3express:x-amz-server-side-encryption', 's3express:x-amz-server-side-encryption-aws-kms-key-id', 'DB-46'],
];

/** TB-63: conditions of one statement must all hold, so such a Deny needs both to be wrong. */
export const bothInOneDeny: Check = function* (document) {
  for (const statement of document.statements) {
    if (statement.effect !== 'Deny') continue;
    for (const [first, second, rule] of PARTNERS) {
      const lines = [first, second].map((key) =>
        statement.conditions.find((line) => line.key === key && line.operator.negated),
      );
      const [algorithmLine, keyLine] = lines;
      if (algorithmLine === undefined || keyLine === undefined) continue;
      yield {
        check: 'two-keys-in-one-deny',
        rules: [rule],
        severity: 'error',
        reason: `Both conditions must hold before ${statement.label} denies, so a wrong key with the right algorithm passes. Each needs a Deny of its own.`,
        at: keyLine,
        fix: document.listed
          ? {
              title: 'Make two Denies of it',
              edits: [
                { op: 'remove', path: keyLine.alone ? keyLine.operatorPointer : keyLine.pointer },
                { op: 'add', path: '/Statement/-', value: withOnly(document, statement, algorithmLine) },
              ],
            }
          : undefined,
      };
    }
  }
};

/** A copy of a statement without one of its conditions, and with a Sid of its own. */
function withOnly(document: LintDocument, statement: LintStatement, dropped: ConditionLine): Json {
  const copy = copyOf(document, statement);
  const conditions = isObject(copy['Condition']) ? copy['Condition'] : {};
  const { [dropped.operatorText]: block, ...others } = conditions;
  const { [dropped.keyText]: _dropped, ...kept } = isObject(block) ? block : {};
  const Condition = Object.keys(kept).length === 0 ? others : { ...conditions, [dropped.operatorText]: kept };
  return { ...copy, ...(typeof copy['Sid'] === 'string' ? { Sid: `${copy['Sid']}Key` } : {}), Condition };
}
