/** What becomes of key policies when a principal they name is deleted in IAM. */

import { CreateRoleCommand, DeleteRoleCommand } from '@aws-sdk/client-iam';
import { CreateKeyCommand, GetKeyPolicyCommand } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ACCOUNT, startTestEmulator, type TestEmulator } from './harness.ts';

let emulator: TestEmulator;
beforeAll(async () => {
  emulator = await startTestEmulator();
});
afterAll(() => emulator.close());

test('KMS-24 a role deleted in IAM and made again is not the one that the key policy names', async () => {
  const iam = emulator.iam();
  const kms = emulator.kms();
  const trust = {
    RoleName: 'Worker',
    AssumeRolePolicyDocument: JSON.stringify({
      Statement: { Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' },
    }),
  };
  const { Role } = await iam.send(new CreateRoleCommand(trust));
  const Policy = JSON.stringify({
    Statement: [ACCOUNT, Role?.Arn].map((AWS) => ({
      Effect: 'Allow',
      Principal: { AWS },
      Action: 'kms:*',
      Resource: '*',
    })),
  });
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Policy }));
  await iam.send(new DeleteRoleCommand({ RoleName: 'Worker' }));
  await iam.send(new CreateRoleCommand(trust));
  const { Policy: shown } = await kms.send(new GetKeyPolicyCommand({ KeyId: KeyMetadata?.KeyId }));
  expect(shown).toBe(Policy.replace(`"${Role?.Arn}"`, `"${Role?.RoleId}"`));
});
