/** Policy documents as IAM takes them: sizes, syntax in IAM's words, and the compiled form, kept by content. */

import {
  type Policy,
  type PolicyKind,
  type PolicyProblem,
  PolicySyntaxError,
  parsePolicy,
} from '../../access/index.ts';
import { BoundedMap } from '../bounded-map.ts';
import { limitExceeded, malformedPolicy } from './errors.ts';

const compiled = new BoundedMap<string, Policy>(4096);

/** Compiles a document that was checked when it was stored. Throws PolicySyntaxError for any other. */
export function compile(document: string, kind: PolicyKind): Policy {
  const key = `${kind} ${document}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const policy = parsePolicy(document, kind);
  compiled.set(key, policy);
  return policy;
}

/**
 * IAM's sentences by what is wrong. Not in AWS's documentation; these are the ones its clients report.
 */
const SENTENCES: Readonly<Partial<Record<PolicyProblem, string>>> = {
  json: 'The policy is not in the valid JSON format.',
  'prohibited-principal': 'Policy document should not specify a principal.',
  'prohibited-resource': 'Has prohibited field Resource',
  'missing-action': 'Policy statement must contain actions.',
  'missing-resource': 'Policy statement must contain resources.',
  action: 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
  'condition-key': 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
  'duplicate-sid': 'Statement IDs (SID) in a single policy must be unique.',
  sid: 'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*',
};

/**
 * Checks a document that a client sent and gives its compiled form.
 *
 * @throws AwsError MalformedPolicyDocument
 */
export function checkDocument(document: string, kind: PolicyKind): Policy {
  let policy: Policy;
  try {
    policy = compile(document, kind);
  } catch (error) {
    if (!(error instanceof PolicySyntaxError)) throw error;
    throw malformedPolicy(policySentence(error, kind));
  }
  for (const { resource } of policy.statements) {
    for (const { raw } of resource?.patterns ?? []) checkResource(raw);
  }
  return policy;
}

const PARTITIONS: ReadonlySet<string> = new Set([
  'aws',
  'aws-cn',
  'aws-us-gov',
  'aws-iso',
  'aws-iso-b',
  'aws-eusc',
  '*',
]);

/** What IAM wants of the resources of its own policies beyond the grammar; its clients report the sentences. */
function checkResource(resource: string): void {
  if (resource === '*') return;
  const [, partition = '', service = '', region = ''] = resource.split(':');
  if (!PARTITIONS.has(partition) && !partition.includes('${')) {
    throw malformedPolicy(`Partition "${partition}" is not valid for resource "${resource}".`);
  }
  if (service === '') throw malformedPolicy('Resource vendor must be fully qualified and cannot contain regexes.');
  if (region === '' || region === '*') return;
  if (service === 'iam') throw malformedPolicy(`IAM resource ${resource} cannot contain region information.`);
  if (
    service === 's3' &&
    !/^arn:[^:]*:s3:[^:]*:[^:]*:(?:accesspoint|job|storage-lens|async-request|access-grants)/.test(resource)
  ) {
    throw malformedPolicy(`Resource ${resource} can not contain region information.`);
  }
}

/** What IAM says of a document that is no policy. */
export function policySentence(error: PolicySyntaxError, kind: PolicyKind): string {
  if (error.problem === 'json' && kind === 'trust') return 'This policy contains invalid Json';
  if (error.problem === 'principal' && error.subject !== undefined) {
    return `Invalid principal in policy: "AWS":"${error.subject}"`;
  }
  if (error.problem === 'resource' && error.subject !== undefined) {
    return `Resource ${error.subject} must be in ARN format or "*".`;
  }
  return SENTENCES[error.problem] ?? 'Syntax errors in policy.';
}

/** Characters of a document as IAM counts them: white space is free (IAMUG reference_iam-quotas). */
const countedSize = (document: string): number => document.replaceAll(/\s+/g, '').length;

/** Largest sum of inline policies, and the quota's name in IAM's sentence. */
const INLINE_LIMITS = { user: 2048, role: 10_240, group: 5120 } as const;

/** @throws AwsError LimitExceeded when an owner's inline policies together are too large */
export function checkInlineSize(kind: keyof typeof INLINE_LIMITS, owner: string, documents: readonly string[]): void {
  const limit = INLINE_LIMITS[kind];
  const size = documents.reduce((sum, document) => sum + countedSize(document), 0);
  if (size > limit) throw limitExceeded(`Maximum policy size of ${limit} bytes exceeded for ${kind} ${owner}`);
}

/** @throws AwsError LimitExceeded for a managed policy over 6,144 characters */
export function checkManagedSize(document: string): void {
  if (countedSize(document) > 6144) throw limitExceeded('Cannot exceed quota for PolicySize: 6144');
}

/** @throws AwsError LimitExceeded for a trust policy over 2,048 characters (the default quota) */
export function checkTrustSize(document: string): void {
  if (countedSize(document) > 2048) throw limitExceeded('Cannot exceed quota for ACLSizePerRole: 2048');
}

/** Documents travel percent-encoded in IAM's answers (RFC 3986). */
export function encodeDocument(document: string): string {
  return encodeURIComponent(document).replaceAll(/[!'()*]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  });
}
