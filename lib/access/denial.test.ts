import { expect, test } from 'vitest';
import type { AccessRequest, Decision, Layer, Principal } from './index.ts';
import { denialMessage, hiddenResourceMessage } from './index.ts';

const ACCOUNT = '111122223333';
const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/u`;
const session: Principal = {
  kind: 'AssumedRole',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Writer/s`,
  accountId: ACCOUNT,
  userId: 'AROAEXAMPLEWRITER0001:s',
  roleArn: `arn:aws:iam::${ACCOUNT}:role/Writer`,
};
const request = (over: Partial<AccessRequest> = {}): AccessRequest => ({
  principal: session,
  action: 'kms:Decrypt',
  resource: KEY,
  resourceAccountId: ACCOUNT,
  context: new Map(),
  ...over,
});
const head = `User: arn:aws:sts::${ACCOUNT}:assumed-role/Writer/s is not authorized to perform: kms:Decrypt on resource: ${KEY}`;

test.each<[Layer, string, string]>([
  ['identity-policy', 'no identity-based policy', 'an identity-based policy'],
  ['resource-policy', 'no resource-based policy', 'a resource-based policy'],
  ['session-policy', 'no session policy', 'a session policy'],
  ['permissions-boundary', 'no permissions boundary', 'a permissions boundary'],
  ['service-control-policy', 'no service control policy', 'a service control policy'],
  ['resource-control-policy', 'no resource control policy', 'a resource control policy'],
  ['vpc-endpoint-policy', 'no VPC endpoint policy', 'a VPC endpoint policy'],
])('ERR-05 the sentence for the silence and the deny of the %s', (decidedBy, silent, denying) => {
  expect(denialMessage({ outcome: 'implicit-deny', decidedBy }, request())).toBe(
    `${head} because ${silent} allows the kms:Decrypt action`,
  );
  expect(denialMessage({ outcome: 'explicit-deny', decidedBy }, request())).toBe(
    `${head} with an explicit deny in ${denying}`,
  );
});

test('ERR-05 the ARN of the denying policy follows where it is asked for', () => {
  const arn = 'arn:aws:organizations::111122223333:policy/o-x/service_control_policy/p-x';
  const decision: Decision = { outcome: 'explicit-deny', decidedBy: 'service-control-policy', source: arn };
  expect(denialMessage(decision, request(), { policyArn: true })).toBe(
    `${head} with an explicit deny in a service control policy: ${arn}`,
  );
  const inline: Decision = { ...decision, source: 'inline X' };
  expect(denialMessage(inline, request(), { policyArn: true })).toBe(
    `${head} with an explicit deny in a service control policy`,
  );
});

test('ERR-06 a key of another account is hidden, and the same sentence serves a key that does not exist', () => {
  const across = request({ resourceAccountId: '444455556666' });
  const message = denialMessage({ outcome: 'implicit-deny', decidedBy: 'resource-policy' }, across);
  expect(message).toBe(hiddenResourceMessage(session.arn, 'kms:Decrypt'));
  expect(message).not.toContain(KEY);
});

test('Another resource can be printed', () => {
  const decision: Decision = { outcome: 'implicit-deny', decidedBy: 'identity-policy' };
  expect(denialMessage(decision, request(), { resource: '*' })).toContain('on resource: * because');
});
