import { afterAll, beforeAll, expect, test } from 'vitest';
import { ACCOUNT, type Kms, keyPolicy, startKms, user } from '../testing.ts';
import { withoutPrincipal } from './policy-principals.ts';

let kms: Kms;
beforeAll(() => {
  kms = startKms();
});
afterAll(() => kms.close());

const ROOT = { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*' };
const ALICE = user('alice').principal.arn;
const policyOf = async (KeyId: string) => (await kms.run<{ Policy: string }>('GetKeyPolicy', { KeyId })).Policy;

test('KMS-24 KMS-22 a deleted user stands in key policies with its unique id, and its successor of the same name has nothing', async () => {
  const Policy = keyPolicy(ROOT, { Principal: { AWS: ALICE }, Action: 'kms:Encrypt' });
  const { KeyMetadata } = await kms.run<{ KeyMetadata: { KeyId: string } }>('CreateKey', { Policy });
  const { KeyId } = KeyMetadata;
  const encrypt = { KeyId, Plaintext: Buffer.from('x') };
  await kms.run('Encrypt', encrypt, kms.as(user('alice')));
  kms.deletePrincipal(ALICE, 'AIDA1234567890EXAMPLE');
  const changed = await policyOf(KeyId);
  expect(changed).toContain('"AIDA1234567890EXAMPLE"');
  expect(changed).not.toContain(ALICE);
  expect(await kms.refusal('Encrypt', encrypt, kms.as(user('alice')))).toMatchObject({
    code: 'AccessDeniedException',
    status: 400,
  });
  // As it stands now the policy names nobody who exists.
  expect(await kms.refusal('PutKeyPolicy', { KeyId, Policy: changed })).toEqual({
    code: 'MalformedPolicyDocumentException',
    status: 400,
    message: 'Policy contains a statement with one or more invalid principals.',
  });
});

test('KMS-40 KMS-45 a grant to a deleted user speaks for nobody any more', async () => {
  const bob = user('bob');
  const { KeyMetadata } = await kms.run<{ KeyMetadata: { KeyId: string; Arn: string } }>('CreateKey', {});
  const { KeyId } = KeyMetadata;
  const grant = { KeyId, GranteePrincipal: bob.principal.arn, RetiringPrincipal: bob.principal.arn };
  const { GrantId } = await kms.run<{ GrantId: string }>('CreateGrant', { ...grant, Operations: ['Encrypt'] });
  const encrypt = { KeyId, Plaintext: Buffer.from('x') };
  await kms.run('Encrypt', encrypt, kms.as(bob));
  kms.deletePrincipal(bob.principal.arn, 'AIDABOB4567890EXAMPLE');
  expect(await kms.refusal('Encrypt', encrypt, kms.as(bob))).toMatchObject({ code: 'AccessDeniedException' });
  expect(await kms.run('ListGrants', { KeyId })).toMatchObject({
    Grants: [{ GranteePrincipal: 'AIDABOB4567890EXAMPLE', RetiringPrincipal: 'AIDABOB4567890EXAMPLE' }],
  });
  expect(await kms.refusal('RetireGrant', { KeyId: KeyMetadata.Arn, GrantId }, kms.as(bob))).toMatchObject({
    code: 'AccessDeniedException',
  });
});

test('KMS-24 only principals are replaced: not conditions, not longer names, and no other character of the text', () => {
  const text = `{
  "Statement": [
    { "Effect": "Allow", "Principal": { "AWS": ["${ALICE}", "${ALICE}2"] }, "Action": "kms:*", "Resource": "*",
      "Condition": { "ArnEquals": { "aws:PrincipalArn": "${ALICE}" } } },
    { "Effect": "Deny", "NotPrincipal": { "AWS": "${ALICE}" }, "Action": "kms:*", "Resource": "*" }
  ]
}`;
  expect(withoutPrincipal(text, ALICE, 'AIDA')).toBe(
    text
      .replace(`["${ALICE}", `, '["AIDA", ')
      .replace(`"NotPrincipal": { "AWS": "${ALICE}"`, '"NotPrincipal": { "AWS": "AIDA"'),
  );
});
