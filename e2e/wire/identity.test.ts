/** IAM and STS through the official clients: answers, errors, credentials that work and stop working. */

import {
  AttachRolePolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  GetRoleCommand,
  GetUserCommand,
  type IAMClient,
  ListUsersCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ACCOUNT, type Credentials, rootOf, startTestEmulator, type TestEmulator } from './harness.ts';

let emulator: TestEmulator;
let iam: IAMClient;
beforeAll(async () => {
  emulator = await startTestEmulator();
  iam = emulator.iam();
});
afterAll(() => emulator.close());

const policy = (...actions: string[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] });

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' }],
});

async function userWithKey(UserName: string, ...actions: string[]): Promise<Credentials> {
  await iam.send(new CreateUserCommand({ UserName }));
  if (actions.length > 0) {
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'own', PolicyDocument: policy(...actions) }));
  }
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
}

const whoIs = (credentials: Credentials) => emulator.sts({ credentials }).send(new GetCallerIdentityCommand({}));

test('WIRE-03 the query protocol carries entities, lists, dates and documents', async () => {
  const { User } = await iam.send(
    new CreateUserCommand({ UserName: 'wire', Path: '/a/', Tags: [{ Key: 'k', Value: 'v ü+w' }] }),
  );
  expect(User?.CreateDate).toBeInstanceOf(Date);
  const { User: read } = await iam.send(new GetUserCommand({ UserName: 'wire' }));
  expect(read).toEqual(User);
  expect(read?.Tags).toEqual([{ Key: 'k', Value: 'v ü+w' }]);
  const { Users, IsTruncated } = await iam.send(new ListUsersCommand({ PathPrefix: '/a/' }));
  expect(Users?.map(({ UserName }) => UserName)).toEqual(['wire']);
  expect(IsTruncated).toBe(false);
  const Description = 'reads & <writes>';
  await iam.send(new CreateRoleCommand({ RoleName: 'wire', AssumeRolePolicyDocument: trust, Description }));
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'wire' }));
  expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toBe(trust);
  expect(Role?.Description).toBe(Description);
});

test('WIRE-03 errors have the code, status and sentence of IAM', async () => {
  await expect(iam.send(new GetUserCommand({ UserName: 'absent' }))).rejects.toMatchObject({
    name: 'NoSuchEntityException',
    message: 'The user with name absent cannot be found.',
    $metadata: { httpStatusCode: 404 },
  });
  await iam.send(new CreateGroupCommand({ GroupName: 'twice' }));
  await expect(iam.send(new CreateGroupCommand({ GroupName: 'twice' }))).rejects.toMatchObject({
    name: 'EntityAlreadyExistsException',
    $metadata: { httpStatusCode: 409 },
  });
  await expect(
    iam.send(new CreatePolicyCommand({ PolicyName: 'bad', PolicyDocument: '{"Version":"2012-10-17"}' })),
  ).rejects.toMatchObject({ name: 'MalformedPolicyDocumentException', $metadata: { httpStatusCode: 400 } });
});

test('ERR-05 a new access key works, within its policies, until it is made inactive or deleted', async () => {
  const credentials = await userWithKey('keyed', 'iam:GetUser');
  expect(await whoIs(credentials)).toMatchObject({ Account: ACCOUNT, Arn: `arn:aws:iam::${ACCOUNT}:user/keyed` });
  const own = emulator.iam({ credentials });
  expect((await own.send(new GetUserCommand({}))).User?.UserName).toBe('keyed');
  await expect(own.send(new ListUsersCommand({}))).rejects.toMatchObject({
    name: 'AccessDenied',
    message: `User: arn:aws:iam::${ACCOUNT}:user/keyed is not authorized to perform: iam:ListUsers on resource: arn:aws:iam::${ACCOUNT}:user/ because no identity-based policy allows the iam:ListUsers action`,
    $metadata: { httpStatusCode: 403 },
  });
  const key = { UserName: 'keyed', AccessKeyId: credentials.accessKeyId };
  const refused = {
    name: 'InvalidClientTokenId',
    message: 'The security token included in the request is invalid.',
    $metadata: { httpStatusCode: 403 },
  };
  await iam.send(new UpdateAccessKeyCommand({ ...key, Status: 'Inactive' }));
  await expect(whoIs(credentials)).rejects.toMatchObject(refused);
  await iam.send(new UpdateAccessKeyCommand({ ...key, Status: 'Active' }));
  await whoIs(credentials);
  await iam.send(new DeleteAccessKeyCommand(key));
  await expect(whoIs(credentials)).rejects.toMatchObject(refused);
});

test('a wrong secret is SignatureDoesNotMatch', async () => {
  await expect(whoIs({ accessKeyId: 'test', secretAccessKey: 'tset' })).rejects.toMatchObject({
    name: 'SignatureDoesNotMatch',
    $metadata: { httpStatusCode: 403 },
  });
});

test('AssumeRole gives credentials that need their token and end by the world clock', async () => {
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'session', AssumeRolePolicyDocument: trust }));
  await iam.send(
    new AttachRolePolicyCommand({ RoleName: 'session', PolicyArn: 'arn:aws:iam::aws:policy/IAMFullAccess' }),
  );
  const { Credentials } = await emulator
    .sts()
    .send(new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: 'ada', DurationSeconds: 900 }));
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
  expect(await whoIs(credentials)).toMatchObject({ Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/session/ada` });
  await emulator.iam({ credentials }).send(new ListUsersCommand({}));
  const { sessionToken: _, ...bare } = credentials;
  await expect(whoIs(bare)).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
  await expect(whoIs({ ...bare, sessionToken: 'forged' })).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
  await emulator.admin('clock', { body: { advanceSeconds: 901 } });
  await expect(whoIs(credentials)).rejects.toMatchObject({ name: 'ExpiredToken' });
  // The machine's clock did not move: long-term credentials sign as before.
  await whoIs({ accessKeyId: 'test', secretAccessKey: 'test' });
});

test('accounts do not see each other', async () => {
  const credentials = rootOf('444455556666');
  expect(await whoIs(credentials)).toMatchObject({ Account: '444455556666' });
  await expect(emulator.iam({ credentials }).send(new GetUserCommand({ UserName: 'wire' }))).rejects.toMatchObject({
    name: 'NoSuchEntityException',
  });
  const { Credentials } = await emulator.sts({ credentials }).send(new GetSessionTokenCommand({}));
  expect(Credentials?.AccessKeyId).toMatch(/^ASIA/);
});
