import { expect, test } from 'vitest';
import type { Grant, GrantQuestion, Principal } from './index.ts';
import { grantFinding, grantIsWithin, grantList, grantsFor, namesPrincipal } from './index.ts';

const writer: Principal = {
  kind: 'AssumedRole',
  arn: 'arn:aws:sts::111122223333:assumed-role/Writer/s',
  accountId: '111122223333',
  userId: 'AROAEXAMPLEWRITER0001:s',
  roleArn: 'arn:aws:iam::111122223333:role/Writer',
};
const question: GrantQuestion = { operation: 'Decrypt', encryptionContext: {}, tokenGrantIds: new Set(), now: 0 };
const grant = (grantId: string, granteePrincipal: string): Grant => ({
  grantId,
  granteePrincipal,
  operations: ['Decrypt'],
  effectiveAt: 0,
});

test('KMS-40 a principal finds its grants among 50,000', () => {
  const others = Array.from({ length: 50_000 }, (_, i) => grant(`o${i}`, `arn:aws:iam::111122223333:role/Other${i}`));
  const mine = [grant('role', writer.roleArn ?? ''), grant('session', writer.arn), grant('account', '111122223333')];
  const list = grantList([...others, ...mine]);
  expect(grantsFor(writer, list).map(({ grantId }) => grantId)).toEqual(['session', 'role', 'account']);
  expect(Object.isFrozen(list)).toBe(true);
  const start = performance.now();
  for (let i = 0; i < 1000; i += 1) grantsFor(writer, list);
  // An index, not a walk through 50,000 entries a thousand times.
  expect(performance.now() - start).toBeLessThan(200);
});

test('KMS-41 the reason why a grant does not apply is told', () => {
  const mine = grant('g', writer.roleArn ?? '');
  expect(grantFinding(mine, question, writer)).toEqual({ matched: true, match: 'role' });
  expect(grantFinding(grant('g', 'arn:aws:iam::111122223333:role/X'), question, writer)).toMatchObject({
    reason: 'other-grantee',
  });
  expect(grantFinding({ ...mine, operations: ['Encrypt'] }, question, writer)).toMatchObject({ reason: 'operation' });
  expect(grantFinding({ ...mine, effectiveAt: 1 }, question, writer)).toMatchObject({ reason: 'not-yet' });
});

test('KMS-47 a grant passed on stays within the grant that allows it', () => {
  const operations = ['Decrypt', 'CreateGrant'];
  const subset = (pairs: Record<string, string>) => ({ encryptionContextSubset: pairs });
  const equals = (pairs: Record<string, string>) => ({ encryptionContextEquals: pairs });
  const within = (child: Grant['constraints'], parent: Grant['constraints']) =>
    grantIsWithin(
      { operations: ['Decrypt'], ...(child === undefined ? {} : { constraints: child }) },
      { operations, ...(parent === undefined ? {} : { constraints: parent }) },
    );
  expect(within(undefined, undefined)).toBe(true);
  expect(grantIsWithin({ operations: ['Encrypt'] }, { operations })).toBe(false);
  expect(within(undefined, subset({ a: '1' }))).toBe(false);
  expect(within(subset({ a: '1' }), subset({ a: '1' }))).toBe(true);
  expect(within(subset({ a: '1', b: '2' }), subset({ a: '1' }))).toBe(true);
  expect(within(subset({ b: '2' }), subset({ a: '1' }))).toBe(false);
  expect(within(equals({ a: '1', b: '2' }), subset({ a: '1' }))).toBe(true);
  expect(within(equals({ a: '1' }), equals({ a: '1' }))).toBe(true);
  expect(within(subset({ a: '1' }), equals({ a: '1' }))).toBe(false);
  expect(within(equals({ a: '1', b: '2' }), equals({ a: '1' }))).toBe(false);
  expect(within(undefined, { sourceArn: 'arn:aws:s3:::x' })).toBe(false);
  expect(within({ sourceArn: 'arn:aws:s3:::x' }, { sourceArn: 'arn:aws:s3:::x' })).toBe(true);
});

test('KMS-45 a retiring principal is the principal, its role or its account', () => {
  expect(namesPrincipal(writer.arn, writer)).toBe('itself');
  expect(namesPrincipal('arn:aws:iam::111122223333:role/Writer', writer)).toBe('role');
  expect(namesPrincipal('arn:aws:iam::111122223333:root', writer)).toBe('account');
  expect(namesPrincipal('arn:aws:iam::444455556666:root', writer)).toBeUndefined();
});
