/** What S3 demands of a bucket policy before it keeps it, in S3's own sentences. */

import { type Policy, PolicySyntaxError, parsePolicy, type Statement } from '../../../access/index.ts';
import { errors } from '../errors.ts';
import { isPublicPolicy } from './public.ts';
import type { Bucket } from './store.ts';

/** S3UG: 20 KB. */
const MAXIMUM_POLICY = 20_480;

const NOT_JSON = "Policies must be valid JSON and the first byte must be '{'";

/** By PolicyProblem of `lib/access`; others are answered with the sentence of the parser. */
const SENTENCES: Readonly<Record<string, string>> = {
  json: NOT_JSON,
  'missing-statement': 'Missing required field Statement',
  'missing-effect': 'Missing required field Effect',
  'missing-principal': 'Missing required field Principal',
  'missing-action': 'Missing required field Action',
  'missing-resource': 'Missing required field Resource',
  'prohibited-principal': 'Policy has invalid principal element',
  principal: 'Invalid principal in policy',
  action: 'Policy has invalid action',
  resource: 'Policy has invalid resource',
  version: 'The policy must contain a valid version string',
  'condition-key': 'Policy has an invalid condition key',
  'too-large': 'Policy exceeds the maximum allowed document size.',
};

/** Actions on objects only; S3 refuses statements that pair them with nothing but the bucket. */
const OBJECT_ACTION =
  /^s3:(?:(?:get|put|delete|restore|replicate)object|abortmultipartupload|listmultipartuploadparts)/i;
const BUCKET_ACTION =
  /^s3:(?:listbucket|getbucket|putbucket|deletebucket|getencryptionconfiguration|putencryptionconfiguration)/i;

/**
 * Reads a policy and checks that it speaks of this bucket. Throws MalformedPolicy.
 *
 * @param principalExists whether a user or role ARN names somebody: S3 refuses others
 */
export function checkBucketPolicy(
  text: string,
  bucket: Bucket,
  principalExists: (arn: string) => boolean,
): { readonly isPublic: boolean } {
  if (Buffer.byteLength(text) > MAXIMUM_POLICY) throw errors.malformedPolicy(SENTENCES['too-large'] ?? '');
  const policy = parse(text);
  for (const statement of policy.statements) {
    if (!statement.action.raw.every((action) => /^(?:\*|s3(?:express|-object-lambda)?:.+)$/i.test(action))) {
      throw errors.malformedPolicy('Policy has invalid action');
    }
    const resources = statement.resource?.patterns.map((pattern) => pattern.raw) ?? [];
    if (!resources.every((resource) => speaksOf(resource, bucket.arn))) {
      throw errors.malformedPolicy('Policy has invalid resource');
    }
    if (!applies(statement, resources, bucket.arn)) {
      throw errors.malformedPolicy('Action does not apply to any resource(s) in statement');
    }
    for (const name of statement.principal?.raw ?? []) {
      const arn = /arn:aws[^:]*:iam::\d{12}:(?:user|role)\/.+$/.exec(name)?.[0];
      if (arn !== undefined && !principalExists(arn)) throw errors.malformedPolicy('Invalid principal in policy');
    }
  }
  return { isPublic: isPublicPolicy(policy) };
}

function parse(text: string): Policy {
  if (!text.startsWith('{')) throw errors.malformedPolicy(NOT_JSON);
  try {
    return parsePolicy(text, 'resource');
  } catch (error) {
    if (error instanceof PolicySyntaxError) throw errors.malformedPolicy(SENTENCES[error.problem] ?? error.message);
    throw error;
  }
}

/** Whether a resource pattern can mean the bucket or something in it. */
function speaksOf(resource: string, arn: string): boolean {
  const wild = resource.search(/[*?$]/);
  if (wild < 0) return resource === arn || resource.startsWith(`${arn}/`);
  const literal = resource.slice(0, wild);
  return literal === arn || literal.startsWith(`${arn}/`) || arn.startsWith(literal);
}

function applies(statement: Statement, resources: readonly string[], arn: string): boolean {
  if (statement.action.not || statement.resource?.not !== false || resources.length === 0) return true;
  const { raw } = statement.action;
  if (raw.every((action) => OBJECT_ACTION.test(action))) return resources.some((resource) => resource !== arn);
  if (raw.every((action) => BUCKET_ACTION.test(action))) {
    return resources.some((resource) => !resource.startsWith(`${arn}/`));
  }
  return true;
}
