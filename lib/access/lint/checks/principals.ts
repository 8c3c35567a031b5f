/** Whom a policy names: everyone, somebody who is gone, a service that isn't the one. */

import { parseArn } from '../../arn.ts';
import {
  type Around,
  addCondition,
  type Check,
  type Draft,
  MAINTENANCE,
  meansAction,
  removeStatement,
} from '../check.ts';
import type { LintDocument, LintStatement, NamedPrincipal } from '../tree.ts';
import type { Edit } from '../types.ts';

/** Keys that say who may ask, or from where; with one of them `*` is not everybody. */
const NARROWS =
  /^(?:kms:calleraccount|aws:(?:principal(?:account|arn|orgid|orgpaths|tag\/.+|servicename)|userid|username|source(?:account|arn|orgid|orgpaths|ip|vpc|vpce|vpcarn)|vpcsourceip))$/;

/** KMS-26: `*` in an Allow. */
export const everyone: Check = function* ({ statements }, { kind, account }) {
  for (const statement of statements) {
    const star = statement.principals.find(({ type, text }) => text === '*' && (type === '*' || type === 'AWS'));
    if (star === undefined || statement.effect !== 'Allow' || statement.notPrincipal) continue;
    const narrowed = statement.conditions.some(
      ({ key, operator }) => NARROWS.test(key) && !operator.negated && !operator.ifExists && operator.name !== 'Null',
    );
    if (narrowed) continue;
    const conditional = statement.conditions.length > 0;
    const what = kind === 'key' ? 'this key' : 'what it speaks of';
    yield {
      check: 'open-to-everyone',
      rules: kind === 'key' ? ['KMS-26'] : [],
      severity: conditional ? 'warning' : 'error',
      reason: conditional
        ? `${statement.label} lets everyone in who meets its conditions, and none of them says who: any account can use ${what}.`
        : `${statement.label} lets everyone use ${what}, in any account.`,
      at: star,
      fix: {
        title: `Only from account ${account}`,
        edits: addCondition(
          statement,
          'StringEquals',
          kind === 'key' ? 'kms:CallerAccount' : 'aws:PrincipalAccount',
          account,
        ),
      },
    };
  }
};

/** KMS-24: principals that were deleted, or never were. */
export const unknownPrincipals: Check = function* (document, around) {
  for (const statement of document.statements) {
    for (const principal of statement.principals) {
      const finding = unknown(principal, around);
      if (finding === undefined) continue;
      const edits = without(document, statement, principal);
      yield {
        ...finding,
        rules: ['KMS-24'],
        at: principal,
        fix: edits && { title: 'Take the principal out', edits },
      };
    }
  }
};

function unknown(
  { type, text }: NamedPrincipal,
  around: Around,
): Pick<Draft, 'check' | 'severity' | 'reason'> | undefined {
  if (type !== 'AWS' || around.principals?.has(text) === true) return undefined;
  const refused = around.kind === 'key' ? ' KMS refuses a policy that names it.' : '';
  if (/^A[A-Z0-9]{15,}$/.test(text)) {
    const reason = `${text} is the id of a user or role that was deleted. A new one of the same name is not let in.${refused}`;
    return { check: 'deleted-principal', severity: 'error', reason };
  }
  const arn = parseArn(text);
  if (around.principals === undefined || arn?.service !== 'iam' || arn.accountId !== around.account) return undefined;
  if (!/^(?:user|role)\//.test(arn.resource)) return undefined;
  const reason = `Account ${around.account} has no ${arn.resource.startsWith('user/') ? 'user' : 'role'} ${text.slice(text.lastIndexOf('/') + 1)}.${refused}`;
  return { check: 'unknown-principal', severity: 'error', reason };
}

/** The statement without one of its principals, or the document without the statement where it is the only one. */
function without(
  document: LintDocument,
  statement: LintStatement,
  principal: NamedPrincipal,
): readonly Edit[] | undefined {
  const others = statement.principals.filter((other) => other !== principal);
  if (others.length === 0) return removeStatement(document, statement);
  const ofType = others.some(({ type }) => type === principal.type);
  const member = `${statement.pointer}/${statement.notPrincipal ? 'NotPrincipal' : 'Principal'}/${principal.type}`;
  return [{ op: 'remove', path: ofType ? principal.pointer : member }];
}

/** PERM-12: S3's own principals in place of the one that maintains tables. */
export const wrongService: Check = function* (document, around) {
  if (around.kind !== 'key') return;
  for (const statement of document.statements) {
    if (!meansAction(statement, 'kms:Decrypt') && !meansAction(statement, 'kms:GenerateDataKey')) continue;
    for (const principal of statement.principals) {
      const severity = wrongness(principal, statement, around);
      if (severity === undefined) continue;
      const there = statement.principals.some(({ text }) => text === MAINTENANCE);
      const edits: readonly Edit[] | undefined = there
        ? without(document, statement, principal)
        : [{ op: 'replace', path: principal.pointer, value: MAINTENANCE }];
      yield {
        check: 'wrong-service-principal',
        rules: ['PERM-12', 'PERM-03'],
        severity,
        reason: `${principal.text} does not maintain tables. S3 Tables asks KMS as ${MAINTENANCE}, ${there ? 'which is named here too' : 'which this statement does not let in'}.`,
        at: principal,
        fix: edits && { title: there ? 'Take the principal out' : 'Name the maintenance principal', edits },
      };
    }
  }
};

/** `s3.amazonaws.com` has uses of its own (inventory, for one), so it is held against what the statement is about. */
function wrongness(
  { type, text }: NamedPrincipal,
  statement: LintStatement,
  around: Around,
): Draft['severity'] | undefined {
  if (type !== 'Service') return undefined;
  if (text === 's3tables.amazonaws.com') return 'error';
  if (text !== 's3.amazonaws.com') return undefined;
  const aboutTables = statement.conditions.some(({ values }) =>
    values.some((value) => value.text.includes(':s3tables:')),
  );
  if (aboutTables) return 'error';
  return (around.tableBuckets?.length ?? 0) > 0 ? 'warning' : undefined;
}
