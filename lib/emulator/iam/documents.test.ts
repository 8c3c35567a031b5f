/** Policy validation in IAM's own sentences. */

import { describe, expect, test } from 'vitest';
import { AwsError } from '../wire/error.ts';
import { checkDocument } from './documents.ts';

const GOOD = { Effect: 'Allow', Action: 's3:*', Resource: '*' };
const policy = (statement: object | readonly object[], more: object = {}) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statement, ...more });
const changed = (more: object) => policy({ ...GOOD, ...more });
const { Resource: _, ...NO_RESOURCE } = GOOD;
const { Action: _action, ...NO_ACTION } = GOOD;

function refusalOf(document: string): string {
  try {
    checkDocument(document, 'identity');
  } catch (error) {
    if (error instanceof AwsError) return `${error.code} ${error.status} ${error.message}`;
    throw error;
  }
  return 'accepted';
}

const SYNTAX = 'Syntax errors in policy.';
const VENDOR = 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.';

describe('a document is refused with MalformedPolicyDocument', () => {
  test.each([
    ['{', 'The policy is not in the valid JSON format.'],
    ['[]', 'The policy is not in the valid JSON format.'],
    ['{}', SYNTAX],
    [policy([]), SYNTAX],
    [policy(GOOD, { Version: '2012' }), SYNTAX],
    [changed({ Effect: 'allow' }), SYNTAX],
    [changed({ NotAction: 's3:*' }), SYNTAX],
    [changed({ Unknown: 1 }), SYNTAX],
    [changed({ Condition: { Equals: { 'aws:username': 'a' } } }), SYNTAX],
    [changed({}).replace('"Action":"s3:*"', '"Action":"s3:*","Action":"s3:*"'), SYNTAX],
    [policy(NO_ACTION), 'Policy statement must contain actions.'],
    [policy(NO_RESOURCE), 'Policy statement must contain resources.'],
    [changed({ Principal: '*' }), 'Policy document should not specify a principal.'],
    [changed({ Action: 'GetObject' }), VENDOR],
    [changed({ Action: '*:GetObject' }), VENDOR],
    [changed({ Condition: { StringEquals: { username: 'a' } } }), VENDOR],
    [policy([1, 2].map(() => ({ ...GOOD, Sid: 'same' }))), 'Statement IDs (SID) in a single policy must be unique.'],
    [changed({ Resource: 'bucket' }), 'Resource bucket must be in ARN format or "*".'],
    [changed({ Resource: 'arn:gcp:s3:::b' }), 'Partition "gcp" is not valid for resource "arn:gcp:s3:::b".'],
    [changed({ Resource: 'arn:aws' }), 'Resource vendor must be fully qualified and cannot contain regexes.'],
    [
      changed({ Resource: 'arn:aws:s3:us-east-1::b' }),
      'Resource arn:aws:s3:us-east-1::b can not contain region information.',
    ],
    [
      changed({ Resource: 'arn:aws:iam:us-east-1::user/a' }),
      'IAM resource arn:aws:iam:us-east-1::user/a cannot contain region information.',
    ],
  ])('%s', (document, sentence) => {
    expect(refusalOf(document)).toBe(`MalformedPolicyDocument 400 ${sentence}`);
  });
});

test.each([
  changed({}),
  changed({ Resource: ['arn:aws:s3:::b/*', 'arn:*:kms:*:*:key/*', 'arn:${aws:partition}:s3:::b'] }),
  changed({ Resource: 'arn:aws:s3:us-east-1:111122223333:accesspoint/a' }),
  changed({ Sid: 'Reads1', Condition: { StringLike: { 'kms:EncryptionContext:a b': '*' } } }),
])('accepted: %s', (document) => {
  expect(refusalOf(document)).toBe('accepted');
});
