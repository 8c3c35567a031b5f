/** How a policy lets a key be used: who may pass it on, through which service, on which key, and with which action missing. */

import {
  addCondition,
  type Check,
  conditionLines,
  copyOf,
  type Draft,
  isObject,
  meansAction,
  namesAction,
  texts,
} from '../check.ts';
import type { LintDocument, LintStatement } from '../tree.ts';
import type { Edit } from '../types.ts';

const LIMITS: ReadonlySet<string> = new Set([
  'kms:grantoperations',
  'kms:grantisforawsresource',
  'kms:granteeprincipal',
  'kms:granteeserviceprincipal',
  'kms:grantconstrainttype',
  'kms:grantconstraintsourcearn',
  'kms:viaservice',
]);

/** Actions on which a limit on grants takes nothing else away. */
const ABOUT_GRANTS = /^kms:(?:CreateGrant|ListGrants|RevokeGrant)$/i;

/** KMS-28: who may make any grant may give the key to anybody. */
export const createGrant: Check = function* (document, { kind }) {
  if (kind !== 'key' && kind !== 'identity') return;
  for (const statement of document.statements) {
    if (statement.effect !== 'Allow' || !namesAction(statement, 'kms:CreateGrant')) continue;
    if (statement.conditions.some(({ key, operator }) => LIMITS.has(key) && operator.name !== 'Null')) continue;
    const named = statement.action?.values.find(({ text }) => ABOUT_GRANTS.test(text));
    const fix = limitGrants(document, statement);
    yield {
      check: 'unlimited-grants',
      rules: ['KMS-28', 'KMS-40'],
      severity: named === undefined ? 'info' : 'warning',
      reason: `${statement.label} allows any grant: whoever has it can let anybody use the key for everything. Limit it by kms:GrantOperations, or to services by kms:GrantIsForAWSResource.`,
      at: named ?? statement.action?.spot ?? statement,
      fix: fix && { title: 'Only for AWS services', edits: fix },
    };
  }
};

/** The limit on the statement where it is about grants alone, else on a statement of its own; a wildcard can't be split. */
function limitGrants(document: LintDocument, statement: LintStatement): readonly Edit[] | undefined {
  const limit = ['Bool', 'kms:GrantIsForAWSResource', 'true'] as const;
  const values = statement.action?.values ?? [];
  const others = texts(values).filter((text) => !ABOUT_GRANTS.test(text));
  if (others.length === 0) return addCondition(statement, ...limit);
  if (others.some((text) => text.includes('*')) || !document.listed) return undefined;
  const copy = copyOf(document, statement);
  const Condition = isObject(copy['Condition']) ? copy['Condition'] : {};
  const [operator, key, value] = limit;
  const block = isObject(Condition[operator]) ? Condition[operator] : {};
  const grants = texts(values).filter((text) => ABOUT_GRANTS.test(text));
  const [first = ''] = others;
  return [
    { op: 'replace', path: statement.action?.spot.pointer ?? '', value: others.length === 1 ? first : others },
    {
      op: 'add',
      path: '/Statement/-',
      value: {
        ...copy,
        ...(typeof copy['Sid'] === 'string' ? { Sid: `${copy['Sid']}Grants` } : {}),
        Action: grants.length === 1 ? (grants[0] ?? '') : grants,
        Condition: { ...Condition, [operator]: { ...block, [key]: value } },
      },
    },
  ];
}

/** KMS-25: ViaService holds a service with a Region, and a key is used in its own. */
export const viaService: Check = function* (document, { kind, region }) {
  if (kind !== 'key' && kind !== 'identity') return;
  for (const [, line] of conditionLines(document)) {
    if (line.key !== 'kms:viaservice') continue;
    for (const value of line.values) {
      if (/[*?$]/.test(value.text)) continue;
      const match = /^([a-z0-9-]+(?:\.[a-z0-9-]+)*?)(?:\.([a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com(?:\.cn)?$/.exec(
        value.text,
      );
      const [, service = value.text.split('.')[0] ?? '', named] = match ?? [];
      if (named === region || (named !== undefined && kind === 'identity')) continue;
      const expected = `${service}.${region}.amazonaws.com`;
      yield {
        check: 'via-service-elsewhere',
        rules: ['KMS-25', 'GP-05'],
        severity: 'error',
        reason:
          named === undefined
            ? `kms:ViaService names a service with its Region, ${expected}. ${value.text} never matches.`
            : `This key is in ${region}, and services of ${named} can’t use it. ${value.text} never matches.`,
        at: value,
        fix: { title: `Use ${expected}`, edits: [{ op: 'replace', path: value.pointer, value: expected }] },
      };
    }
  }
};

/** KMS-22: a key policy speaks of its own key only. */
export const otherKey: Check = function* ({ statements }, { kind, keyArn }) {
  if (kind !== 'key' || keyArn === undefined) return;
  for (const { resource, label } of statements) {
    if (resource === undefined || resource.not || resource.values.length === 0) continue;
    const own = resource.values.some(({ text }) => text === keyArn || /[*?$]/.test(text));
    if (own) continue;
    yield {
      check: 'resource-not-this-key',
      rules: ['KMS-22'],
      severity: 'error',
      reason: `${label} names another resource. A key policy speaks of its own key only, so this has no effect.`,
      at: resource.values[0] ?? resource.spot,
      fix: { title: 'Let it speak of this key', edits: [{ op: 'replace', path: resource.spot.pointer, value: '*' }] },
    };
  }
};

/** GP-20, BK-18, DB-45, PERM-01: writing takes both. */
export const writersNeedDecrypt: Check = function* ({ statements }, { kind }) {
  if (kind !== 'key' && kind !== 'identity') return;
  const decrypt = statements.filter((one) => one.effect === 'Allow' && meansAction(one, 'kms:Decrypt'));
  const names = new Set(decrypt.flatMap((one) => texts(one.principals)));
  // Whom NotPrincipal means can't be told by names.
  const others = decrypt.some((one) => one.notPrincipal || one.principals.length === 0) || names.has('*');
  for (const statement of statements) {
    if (statement.effect !== 'Allow' || !namesAction(statement, 'kms:GenerateDataKey')) continue;
    if (others || statement.notPrincipal) continue;
    if (statement.principals.length > 0 && statement.principals.every(({ text }) => names.has(text))) continue;
    yield {
      check: 'writer-without-decrypt',
      rules: ['GP-20', 'BK-18', 'DB-45', 'PERM-01'],
      severity: 'warning',
      reason: `${statement.label} allows kms:GenerateDataKey without kms:Decrypt. Multipart uploads, bucket keys, directory buckets and tables need both to write.`,
      at: statement.action?.spot ?? statement,
      fix: addAction(statement, 'kms:Decrypt'),
    };
  }
};

/** TB-20: S3 Tables reads the key in the caller's name when a table is made. */
export const describeKey: Check = function* ({ statements }, { kind }) {
  if (kind !== 'identity') return;
  const creates = statements.some((one) => one.effect === 'Allow' && namesAction(one, 's3tables:CreateTable'));
  const statement = statements.find((one) => one.effect === 'Allow' && namesAction(one, 'kms:GenerateDataKey'));
  if (!creates || statement === undefined) return;
  if (statements.some((one) => one.effect === 'Allow' && meansAction(one, 'kms:DescribeKey'))) return;
  yield {
    check: 'creator-without-describe-key',
    rules: ['TB-20', 'PERM-09b'],
    severity: 'warning',
    reason:
      'Making an encrypted table may need kms:DescribeKey: S3 Tables reads the key in the caller’s name. Two AWS pages disagree on it.',
    at: statement.action?.spot ?? statement,
    fix: addAction(statement, 'kms:DescribeKey'),
  };
};

function addAction(statement: LintStatement, action: string): Draft['fix'] {
  const { action: element } = statement;
  const [first] = element?.values ?? [];
  if (element === undefined || first === undefined) return undefined;
  const title = `Allow ${action} too`;
  return first.pointer === element.spot.pointer
    ? { title, edits: [{ op: 'replace', path: element.spot.pointer, value: [first.text, action] }] }
    : { title, edits: [{ op: 'add', path: `${element.spot.pointer}/-`, value: action }] };
}
