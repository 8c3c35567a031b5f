/**
 * The policy language, the decision and its explanation. Pure: no I/O, no clock, no framework,
 * so the emulator decides and the console explains with the same code.
 */

export { type Arn, formatArn, parseArn } from './arn.ts';
export { type CompareOptions, compareAccess } from './compare/compare.ts';
export { type KeySetup, keyVersion } from './compare/key-version.ts';
export { questionsRaised, type Raised } from './compare/questions.ts';
export type * from './compare/types.ts';
export { type ContextEntry, conditionContext } from './context.ts';
export { type DenialOptions, denialMessage, hiddenResourceMessage } from './denial.ts';
export { type EvaluateOptions, evaluate } from './evaluate.ts';
export { type GrantFinding, grantFinding, grantIsWithin, grantList, grantsFor } from './grants.ts';
export { sha256Hex } from './hash.ts';
export { applyFix } from './lint/apply-fix.ts';
export { type GrantLintFinding, type GrantSurroundings, lintGrants } from './lint/grants.ts';
export { lintPolicy } from './lint/lint.ts';
export type * from './lint/types.ts';
export { namedPrincipal } from './named-principal.ts';
export { parsePolicy } from './parse.ts';
export type { Policy, PolicyKind, Statement } from './policy.ts';
export { namesPrincipal, type PrincipalMatch } from './principal.ts';
export { type PolicyProblem, PolicySyntaxError } from './syntax-error.ts';
export type * from './types.ts';
export { wildcardMatch } from './wildcard.ts';
