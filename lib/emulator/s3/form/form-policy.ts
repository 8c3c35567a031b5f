/** The policy document of a browser's form: what its fields must be (S3 API sigv4-HTTPPOSTConstructPolicy). */

import { AwsError } from '../../wire/error.ts';

/** Sizes that the file may have, in bytes. */
export interface SizeRange {
  readonly minimum: number;
  readonly maximum: number;
}

/** Fields that need no condition. */
const FREE = new Set(['policy', 'x-amz-signature', 'file', 'signature', 'awsaccesskeyid']);

const invalidDocument = (message: string) => new AwsError('InvalidPolicyDocument', 400, `Invalid Policy: ${message}`);
const refused = (message: string) => new AwsError('AccessDenied', 403, `Invalid according to Policy: ${message}`);

/**
 * Holds the fields against the policy. `fields` has the bucket's name under `bucket`.
 *
 * @param now machine time in milliseconds: what a client stamps is held against it
 * @returns the sizes that the policy allows, or undefined where it says nothing
 * @throws AwsError InvalidPolicyDocument, AccessDenied
 */
export function checkFormPolicy(
  encoded: string,
  fields: ReadonlyMap<string, string>,
  now: number,
): SizeRange | undefined {
  const { expiration, conditions } = parse(encoded);
  const ends = Date.parse(expiration);
  if (Number.isNaN(ends)) throw invalidDocument(`Invalid 'expiration' value: '${expiration}'`);
  if (ends <= now) throw refused('Policy expired.');
  const named = new Set<string>();
  let range: SizeRange | undefined;
  for (const condition of conditions) {
    const [operator, subject, ...rest] = listOf(condition);
    if (operator === 'content-length-range') {
      range = sizes(subject, rest);
      continue;
    }
    const [wanted = ''] = rest;
    if (!holds(operator, subject, wanted, fields)) throw failed([operator, subject, wanted]);
    named.add(subject.slice(1).toLowerCase());
  }
  for (const name of fields.keys()) {
    const free = FREE.has(name) || name.startsWith('x-ignore-') || name === 'bucket';
    if (!free && !named.has(name)) throw refused(`Extra input fields: ${name}`);
  }
  return range;
}

function parse(encoded: string): { expiration: string; conditions: readonly unknown[] } {
  let document: unknown;
  try {
    document = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'));
  } catch {
    throw invalidDocument('Invalid JSON.');
  }
  if (typeof document !== 'object' || document === null) throw invalidDocument('Invalid JSON.');
  const expiration: unknown = 'expiration' in document ? document.expiration : undefined;
  const conditions: unknown = 'conditions' in document ? document.conditions : undefined;
  if (typeof expiration !== 'string') throw invalidDocument('Policy missing expiration.');
  if (!Array.isArray(conditions)) throw invalidDocument('Policy missing conditions.');
  return { expiration, conditions };
}

/** `{"key": "value"}` as `["eq", "$key", "value"]`; values as text. */
function listOf(condition: unknown): [operator: string, subject: string, ...rest: string[]] {
  if (Array.isArray(condition)) {
    if (condition.length !== 3) throw invalidDocument('Invalid Condition: wrong number of arguments.');
    const [operator, subject, value] = condition.map(String);
    return [(operator ?? '').toLowerCase(), subject ?? '', value ?? ''];
  }
  const pairs = typeof condition === 'object' && condition !== null ? Object.entries(condition) : [];
  const [first] = pairs;
  if (first === undefined || pairs.length !== 1) {
    throw invalidDocument('Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.');
  }
  return ['eq', `$${first[0]}`, String(first[1])];
}

function holds(operator: string, subject: string, wanted: string, fields: ReadonlyMap<string, string>): boolean {
  if (!subject.startsWith('$')) return false;
  const value = fields.get(subject.slice(1).toLowerCase()) ?? '';
  if (operator === 'eq') return value === wanted;
  if (operator === 'starts-with') return value.startsWith(wanted);
  throw invalidDocument(`Invalid Condition: unknown operation '${operator}'.`);
}

function sizes(minimum: string, [maximum = '']: readonly string[]): SizeRange {
  if (!/^\d+$/.test(minimum) || !/^\d+$/.test(maximum)) throw failed(['content-length-range', minimum, maximum]);
  return { minimum: Number(minimum), maximum: Number(maximum) };
}

function failed(condition: readonly string[]): AwsError {
  return refused(`Policy Condition failed: [${condition.map((text) => JSON.stringify(text)).join(', ')}]`);
}
