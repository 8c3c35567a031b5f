/** Findings on a policy document: what can't work, what hardly works as meant, and what would repair it. */

import { parsePolicy } from '../parse.ts';
import type { Policy, PolicyKind } from '../policy.ts';
import { positionOf } from '../position.ts';
import { PolicySyntaxError } from '../syntax-error.ts';
import type { Around, Check, Draft } from './check.ts';
import { notCarried, sets } from './checks/condition-keys.ts';
import { bucketKeyContext, directoryContext, literalWildcard, tableName, withoutSlash } from './checks/context.ts';
import { algorithm, bothInOneDeny, headerOnly, keyIds, sessionResource } from './checks/encryption-values.ts';
import { ineffective, refusal, size, variables } from './checks/form.ts';
import { createGrant, describeKey, otherKey, viaService, writersNeedDecrypt } from './checks/key-use.ts';
import { lockOut } from './checks/lock-out.ts';
import { maintenance } from './checks/maintenance.ts';
import { everyone, unknownPrincipals, wrongService } from './checks/principals.ts';
import { type LintDocument, lintDocument } from './tree.ts';
import type { Finding, LintKind, Severity, Surroundings } from './types.ts';

const CHECKS: readonly Check[] = [
  size,
  ineffective,
  variables,
  lockOut,
  maintenance,
  everyone,
  unknownPrincipals,
  wrongService,
  withoutSlash,
  literalWildcard,
  tableName,
  bucketKeyContext,
  directoryContext,
  notCarried,
  sets,
  algorithm,
  headerOnly,
  keyIds,
  sessionResource,
  bothInOneDeny,
  createGrant,
  viaService,
  otherKey,
  writersNeedDecrypt,
  describeKey,
];

const PARSED_AS: Readonly<Record<LintKind, PolicyKind>> = {
  key: 'key',
  bucket: 'resource',
  'directory-bucket': 'resource',
  'table-bucket': 'resource',
  table: 'resource',
  identity: 'identity',
};
const WEIGHT: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };
/** A document with a thousand faults of one kind needs no thousand lines. */
const MAX_FINDINGS = 200;

/**
 * Looks at a policy of the given kind. Never throws; the same text and surroundings give the same findings, in the order
 * of the document, at most 200. What the surroundings don't tell is not guessed.
 */
export function lintPolicy(text: string, kind: LintKind, surroundings: Surroundings): readonly Finding[] {
  const around: Around = { ...surroundings, kind };
  const drafts = draftsOf(text, around).slice(0, MAX_FINDINGS);
  return drafts
    .map((draft) => placed(text, draft))
    .sort((a, b) => a.from - b.from || WEIGHT[a.severity] - WEIGHT[b.severity] || a.check.localeCompare(b.check));
}

function draftsOf(text: string, around: Around): Draft[] {
  let policy: Policy | undefined;
  let fault: PolicySyntaxError | undefined;
  try {
    policy = parsePolicy(text, PARSED_AS[around.kind]);
  } catch (error) {
    if (!(error instanceof PolicySyntaxError)) throw error;
    fault = error;
  }
  const document = readable(text, policy);
  const found = fault === undefined ? [] : [refusal(fault, document, around.kind)];
  if (document === undefined) return found;
  for (const check of CHECKS) found.push(...check(document, around));
  return found;
}

/** Undefined where the text is no JSON. */
function readable(text: string, policy: Policy | undefined): LintDocument | undefined {
  try {
    return lintDocument(text, policy);
  } catch (error) {
    if (error instanceof PolicySyntaxError) return undefined;
    throw error;
  }
}

function placed(text: string, { check, rules, severity, reason, at, fix }: Draft): Finding {
  const { line, column } = positionOf(text, at.offset);
  return {
    check,
    rules,
    severity,
    reason,
    line,
    column,
    from: at.offset,
    to: Math.min(Math.max(at.end, at.offset), text.length),
    pointer: at.pointer,
    ...(fix === undefined ? {} : { fix }),
  };
}
