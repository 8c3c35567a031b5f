/** What S3 calls public (S3UG access-control-block-public-access, the meaning of "public"). */

import type { Policy, Statement } from '../../../access/index.ts';

/** Condition keys that fence in a statement for everyone (S3UG access-control-block-public-access, meaning of public). */
const FENCES = new Set([
  'aws:sourceip',
  'aws:sourcearn',
  'aws:sourceaccount',
  'aws:sourceowner',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:principalarn',
  'aws:principalaccount',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:userid',
  's3:dataaccesspointaccount',
  's3:dataaccesspointarn',
]);

/** Whether any statement lets in everyone without a fence around it. */
export function isPublicPolicy(policy: Policy): boolean {
  return policy.statements.some(isPublic);
}

function isPublic(statement: Statement): boolean {
  if (statement.effect !== 'Allow') return false;
  const { principal } = statement;
  if (principal === undefined || !(principal.everyone || principal.not)) return false;
  return !statement.conditions.some(
    ({ key, expects, operator }) =>
      FENCES.has(key) && !operator.negated && !expects.some((value) => value === '*' || value === '0.0.0.0/0'),
  );
}
