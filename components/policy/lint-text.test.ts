import { expect, test } from 'vitest';
import { lintPolicyText } from './lint-text';

test('the wrong service principal is found where it stands', () => {
  const text = '{ "Principal": { "Service": "s3tables.amazonaws.com" } }';
  const [problem] = lintPolicyText(text);
  expect(text.slice(problem?.from, problem?.to)).toBe('"s3tables.amazonaws.com"');
  expect(lintPolicyText(text.replace('"s3', '"maintenance.s3'))).toEqual([]);
});

test('a condition on object ARNs is warned about, one on the bucket is not', () => {
  const condition = (arn: string) => `{"kms:EncryptionContext:aws:s3:arn": "${arn}"}`;
  expect(lintPolicyText(condition('arn:aws:s3:::raw/*'))).toHaveLength(1);
  expect(lintPolicyText(condition('arn:aws:s3:::raw'))).toEqual([]);
});
