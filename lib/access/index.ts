/**
 * The policy language, the decision and its explanation. Pure: no I/O, no clock, no framework,
 * so the emulator decides and the console explains with the same code.
 */

export { formatArn, parseArn, type Arn } from './arn.ts';
export { conditionContext, type ContextEntry } from './context.ts';
export { denialMessage, hiddenResourceMessage, type DenialOptions } from './denial.ts';
export { evaluate, type EvaluateOptions } from './evaluate.ts';
export { grantFinding, grantIsWithin, grantList, grantsFor, type GrantFinding } from './grants.ts';
export { sha256Hex } from './hash.ts';
export { parsePolicy } from './parse.ts';
export type { Policy, PolicyKind, Statement } from './policy.ts';
export { namesPrincipal, type PrincipalMatch } from './principal.ts';
export { PolicySyntaxError, type PolicyProblem } from './syntax-error.ts';
export type * from './types.ts';
export { wildcardMatch } from './wildcard.ts';
