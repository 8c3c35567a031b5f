/** One statement held against one request, part by part: what it expects over what was sent. */

import { principalMatches, resourceMatches, type Subject } from './layers.ts';
import type { Statement } from './policy.ts';
import { actionMatches } from './statement-index.ts';
import type { PartTrace, Principal, StatementTrace } from './types.ts';

export function traceStatement(statement: Statement, subject: Subject, decides: boolean): StatementTrace {
  const parts = traceParts(statement, subject);
  return {
    statement: statement.label,
    lines: statement.lines,
    effect: statement.effect,
    matched: parts.every((part) => part.matched),
    decides,
    parts,
  };
}

/** Each element of the statement, and whether it matches. */
export function traceParts(statement: Statement, subject: Subject): PartTrace[] {
  const { request } = subject;
  const { principal, action, resource } = statement;
  const parts: PartTrace[] = [];
  if (principal !== undefined) {
    parts.push({
      part: 'Principal',
      ...(principal.not ? { name: 'NotPrincipal' } : {}),
      matched: principalMatches(statement, subject) !== undefined,
      expects: principal.raw,
      sent: principalNames(request.principal),
    });
  }
  parts.push({
    part: 'Action',
    ...(action.not ? { name: 'NotAction' } : {}),
    matched: actionMatches(action, subject.action),
    expects: action.raw,
    sent: [request.action],
  });
  if (resource !== undefined) {
    parts.push({
      part: 'Resource',
      ...(resource.not ? { name: 'NotResource' } : {}),
      matched: resourceMatches(resource, subject),
      expects: resource.patterns.map((pattern) => pattern.raw),
      sent: [request.resource],
    });
  }
  for (const condition of statement.conditions) {
    parts.push({
      part: 'Condition',
      name: `${condition.operator.full} ${condition.keyText}`,
      matched: condition.holds(request.context),
      expects: condition.expects,
      sent: condition.sent(request.context),
    });
  }
  return parts;
}

/** The names by which a policy can mean the principal, as it would write them. */
function principalNames(principal: Principal): string[] {
  const names = [principal.serviceName ?? principal.arn];
  if (principal.roleArn !== undefined) names.push(principal.roleArn);
  if (principal.accountId !== '' && principal.kind !== 'AccountRoot') names.push(principal.accountId);
  return names;
}
