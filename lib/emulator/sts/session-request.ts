/** What the operations that make sessions take alike: policies, tags, lifetime. */

import type { PolicyDescriptorType, Tag } from '@aws-sdk/client-sts';
import { PolicySyntaxError, parsePolicy } from '../../access/index.ts';
import type { ConditionContext } from '../../access/types.ts';
import type { SessionPort } from '../ports.ts';
import { invalidParameter, malformedPolicy, packedPolicyTooLarge, validationError } from './errors.ts';

/** Characters of inline policy and ARNs together, and policies at most (STS API, AssumeRole). */
const POLICY_SPACE = 2048;
const MAX_POLICY_ARNS = 10;
const MAX_TAGS = 50;

export interface PolicyRequest {
  readonly Policy?: string | undefined;
  readonly PolicyArns?: readonly PolicyDescriptorType[] | undefined;
}

/**
 * The session policies of a request in order, inline first.
 *
 * @param accountId whose managed policies the ARNs may name
 * @returns undefined when none were given
 * @throws AwsError MalformedPolicyDocument, PackedPolicyTooLarge, ValidationError
 */
export function readPolicies(
  sessions: SessionPort,
  accountId: string,
  { Policy, PolicyArns }: PolicyRequest,
): readonly string[] | undefined {
  const arns = (PolicyArns ?? []).map(({ arn = '' }) => arn);
  if (Policy === undefined && arns.length === 0) return undefined;
  if (arns.length > MAX_POLICY_ARNS) {
    throw validationError(`The number of managed session policies exceeds the maximum of ${MAX_POLICY_ARNS}.`);
  }
  const documents: string[] = [];
  if (Policy !== undefined) {
    checkSyntax(Policy);
    documents.push(Policy);
  }
  for (const arn of arns) {
    const document = sessions.managedPolicy(arn, accountId);
    if (document === undefined) throw validationError(`Policy ${arn} does not exist or is not attachable.`);
    documents.push(document);
  }
  return documents;
}

function checkSyntax(document: string): void {
  try {
    parsePolicy(document, 'session');
  } catch (error) {
    if (!(error instanceof PolicySyntaxError)) throw error;
    throw malformedPolicy(error.problem === 'json' ? 'This policy contains invalid Json' : 'Syntax errors in policy.');
  }
}

/**
 * How much of the space for policies and tags a request takes, in percent; AWS packs them in a form of its own, here the
 * characters count. Undefined when neither was given.
 *
 * @throws AwsError PackedPolicyTooLarge above 100
 */
export function packedSize(request: PolicyRequest, tags: Readonly<Record<string, string>>): number | undefined {
  const arns = (request.PolicyArns ?? []).map(({ arn = '' }) => arn);
  const texts = [request.Policy ?? '', ...arns, ...Object.entries(tags).flat()];
  const size = texts.reduce((sum, text) => sum + text.length, 0);
  if (size === 0) return undefined;
  const percent = Math.ceil((size * 100) / POLICY_SPACE);
  if (percent > 100) throw packedPolicyTooLarge(percent);
  return percent;
}

/**
 * Session tags by key.
 *
 * @throws AwsError InvalidParameterValue for a key given twice or reserved, ValidationError above 50
 */
export function readTags(tags: readonly Tag[] | undefined): Readonly<Record<string, string>> {
  const result: Record<string, string> = {};
  const seen = new Set<string>();
  for (const { Key = '', Value = '' } of tags ?? []) {
    const folded = Key.toLowerCase();
    if (seen.has(folded)) {
      throw invalidParameter('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
    }
    if (folded.startsWith('aws:')) throw invalidParameter("Tag keys beginning with 'aws:' are reserved.");
    seen.add(folded);
    result[Key] = Value;
  }
  if (seen.size > MAX_TAGS) throw validationError(`The number of session tags exceeds the maximum of ${MAX_TAGS}.`);
  return result;
}

/** Condition keys that session tags set: `aws:RequestTag/…`, `aws:TagKeys`, `sts:TransitiveTagKeys`. */
export function tagConditions(
  tags: Readonly<Record<string, string>>,
  transitive: readonly string[],
): [string, readonly string[]][] {
  const conditions: [string, readonly string[]][] = Object.entries(tags).map(([key, value]) => [
    `aws:requesttag/${key.toLowerCase()}`,
    [value],
  ]);
  if (conditions.length > 0) conditions.push(['aws:tagkeys', Object.keys(tags)]);
  if (transitive.length > 0) conditions.push(['sts:transitivetagkeys', transitive]);
  return conditions;
}

export type ConditionEntries = readonly (readonly [string, readonly string[]])[];

export const conditionMap = (entries: ConditionEntries): ConditionContext => new Map(entries);
