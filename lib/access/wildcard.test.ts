import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatArn, parseArn, wildcardMatch } from './index.ts';

test('Wildcards match what the same regular expression matches', () => {
  const letter = fc.constantFrom('a', 'b', ':', '/');
  const pattern = fc.array(fc.oneof(letter, fc.constantFrom('*', '?')), { maxLength: 12 }).map((c) => c.join(''));
  const value = fc.array(letter, { maxLength: 16 }).map((c) => c.join(''));
  fc.assert(
    fc.property(pattern, value, (glob, text) => {
      const expression = new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
      expect(wildcardMatch(glob, text)).toBe(expression.test(text));
    }),
    { numRuns: 20_000 },
  );
});

test('A pattern made to be slow is not', () => {
  const start = performance.now();
  expect(wildcardMatch(`${'a*'.repeat(500)}b`, 'a'.repeat(2000))).toBe(false);
  expect(wildcardMatch(`*${'a'.repeat(1000)}b`, 'a'.repeat(20_000))).toBe(false);
  expect(wildcardMatch(`*${'a?'.repeat(20)}b*`, 'a'.repeat(20_000))).toBe(false);
  expect(performance.now() - start).toBeLessThan(250);
});

test('ARNs come apart and together again', () => {
  const arn = 'arn:aws:logs:us-east-1:111122223333:log-group:a:b';
  expect(parseArn(arn)).toEqual({
    partition: 'aws',
    service: 'logs',
    region: 'us-east-1',
    accountId: '111122223333',
    resource: 'log-group:a:b',
  });
  expect(formatArn(parseArn(arn) ?? { partition: '', service: '', region: '', accountId: '', resource: '' })).toBe(arn);
});

test.each(['', 'arn', 'arn:', 'arn:aws:s3:::', 'arn::s3:::x', 'arn:aws::::x', 'arn:aws:s3:x', 'ARN:aws:s3:::x'])(
  '%s is no ARN',
  (text) => {
    expect(parseArn(text)).toBeUndefined();
  },
);
