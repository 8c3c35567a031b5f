/** A request that meets conditions: what a caller would have to send. */

import type { Condition } from '../conditions/condition.ts';
import type { Statement } from '../policy.ts';
import type { AccessRequest, Grant } from '../types.ts';

const CONTEXT = 'kms:encryptioncontext:';

/** Who asks can't be assumed otherwise. */
const OF_THE_CALLER: ReadonlySet<string> = new Set([
  'kms:calleraccount',
  'aws:principalarn',
  'aws:principalaccount',
  'aws:principalisawsservice',
  'aws:principalservicename',
]);

/**
 * The request as it would be if the statement's conditions held, as far as a value can be found for each. Whether they
 * then hold is for the evaluator to say.
 */
export function meeting(request: AccessRequest, statement: Statement): AccessRequest {
  const context = new Map(request.context);
  for (const condition of statement.conditions) {
    if (condition.holds(context) || OF_THE_CALLER.has(condition.key)) continue;
    const value = valueFor(condition);
    if (value === undefined) context.delete(condition.key);
    else context.set(condition.key, [value]);
  }
  return withContext(request, context);
}

/** The request with the encryption context and source that a grant demands. */
export function meetingGrant(request: AccessRequest, { constraints }: Grant): AccessRequest {
  const context = new Map(request.context);
  const pairs = { ...constraints?.encryptionContextSubset, ...constraints?.encryptionContextEquals };
  if (Object.keys(pairs).length > 0) {
    for (const key of context.keys()) if (key.startsWith(CONTEXT)) context.delete(key);
    for (const [name, value] of Object.entries(pairs)) context.set(`${CONTEXT}${name.toLowerCase()}`, [value]);
  }
  if (constraints?.sourceArn !== undefined) context.set('aws:sourcearn', [constraints.sourceArn]);
  const asked = withContext(request, context);
  if (asked.grant === undefined) return asked;
  const { sourceArn = asked.grant.sourceArn } = constraints ?? {};
  return { ...asked, grant: { ...asked.grant, ...(sourceArn === undefined ? {} : { sourceArn }) } };
}

/** Keeps what grants are asked about in step with the condition context. */
function withContext(request: AccessRequest, context: Map<string, readonly string[]>): AccessRequest {
  const pairs: Record<string, string> = {};
  for (const [key, [value]] of context) {
    if (key.startsWith(CONTEXT) && value !== undefined) pairs[key.slice(CONTEXT.length)] = value;
  }
  const names = Object.keys(pairs);
  if (names.length === 0) context.delete('kms:encryptioncontextkeys');
  else context.set('kms:encryptioncontextkeys', names);
  if (request.grant === undefined) return { ...request, context };
  return { ...request, context, grant: { ...request.grant, encryptionContext: pairs } };
}

/** A value with which the condition holds; undefined where the key must be absent or nothing is known. */
function valueFor({ operator, expects }: Condition): string | undefined {
  const [first = ''] = expects;
  if (operator.comparison === 'null') return first === 'true' ? undefined : 'present';
  if (operator.negated) return undefined;
  switch (operator.comparison) {
    case 'string-like':
    case 'arn':
      return first.replaceAll('*', 'example').replaceAll('?', 'x');
    case 'ip':
      return first.replace(/\/\d+$/, '');
    case 'number':
      return String(Number(first) + step(operator.relation));
    case 'date': {
      const time = /^\d+$/.test(first) ? Number(first) * 1000 : Date.parse(first);
      return Number.isNaN(time) ? undefined : new Date(time + step(operator.relation) * 1000).toISOString();
    }
    default:
      return first;
  }
}

/** One more or one less, where the value itself does not count. */
function step(relation: Condition['operator']['relation']): number {
  return relation === '<' ? -1 : relation === '>' ? 1 : 0;
}
