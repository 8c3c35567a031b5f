import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../context.ts';
import {
  ACCOUNT,
  allow,
  document,
  members,
  openIdentities,
  type TestIdentities,
  trust,
} from '../testing/identities.ts';
import { checkCredential } from '../wire/auth/index.ts';

const OTHER = '444455556666';

let world: TestIdentities;
beforeAll(() => {
  world = openIdentities();
});
afterAll(() => world.close());

const call = (operation: string, input: object = {}, caller?: Caller) => members(world.call(operation, input, caller));

function user(name: string, policy?: string): Caller {
  call('CreateUser', { UserName: name });
  if (policy !== undefined) call('PutUserPolicy', { UserName: name, PolicyName: 'own', PolicyDocument: policy });
  const { AccessKeyId } = members(call('CreateAccessKey', { UserName: name })['AccessKey']);
  return world.caller(String(AccessKeyId));
}

function role(name: string, trusted: string, more: object = {}): string {
  const { Role } = call('CreateRole', { RoleName: name, AssumeRolePolicyDocument: trusted, ...more });
  return String(members(Role)['Arn']);
}

const assumed = (RoleArn: string, input: object = {}, caller?: Caller): Caller =>
  world.caller(world.assume({ RoleArn, ...input }, caller).accessKeyId);

describe('GetCallerIdentity', () => {
  test('tells who calls, whatever policies say', () => {
    const nobody = user('nobody', document({ Effect: 'Deny', Action: '*', Resource: '*' }));
    expect(call('GetCallerIdentity', {}, nobody)).toEqual({
      Account: ACCOUNT,
      UserId: expect.stringMatching(/^AIDA/),
      Arn: `arn:aws:iam::${ACCOUNT}:user/nobody`,
    });
    expect(call('GetCallerIdentity')).toEqual({
      Account: ACCOUNT,
      UserId: ACCOUNT,
      Arn: `arn:aws:iam::${ACCOUNT}:root`,
    });
  });
});

describe('AssumeRole', () => {
  test('a session of the role, verified by its token, until the world clock passes its end', () => {
    const RoleArn = role('worker', trust({ AWS: ACCOUNT }), { Path: '/batch/', MaxSessionDuration: 7200 });
    const { accessKeyId, answer } = world.assume({ RoleArn, RoleSessionName: 'night', DurationSeconds: 900 });
    const credentials = members(answer['Credentials']);
    const stored = world.iam.port.credential(accessKeyId);
    expect(stored).toMatchObject({
      secretAccessKey: credentials['SecretAccessKey'],
      sessionToken: credentials['SessionToken'],
      caller: {
        principal: {
          kind: 'AssumedRole',
          arn: `arn:aws:sts::${ACCOUNT}:assumed-role/worker/night`,
          roleArn: RoleArn,
          userId: expect.stringMatching(/^AROA[A-Z2-7]{17}:night$/),
        },
      },
    });
    expect(answer['AssumedRoleUser']).toEqual({
      Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/worker/night`,
      AssumedRoleId: stored?.caller.principal.userId,
    });
    expect(JSON.stringify(world.last().trail.event)).not.toContain(String(credentials['SessionToken']));
    const now = world.surroundings.world.now(ACCOUNT);
    const auth = {
      kind: 'header',
      accessKeyId,
      scope: { date: '', region: '', service: 'kms' },
      credential: '',
      signedHeaders: [],
      signature: '',
      amzDate: '',
      signedAt: 0,
      sessionToken: String(credentials['SessionToken']),
    } as const;
    expect(() => checkCredential(auth, stored, now)).not.toThrow();
    expect(() => checkCredential({ ...auth, sessionToken: 'another' }, stored, now)).toThrow(/is invalid/);
    expect(() => checkCredential(auth, stored, now + 901_000)).toThrow(/is expired/);
  });

  test('ERR-05 the trust policy and the caller decide together', () => {
    const trusting = role('trusting', trust({ AWS: ACCOUNT }));
    const plain = user('plain');
    const allowed = user('allowed', document(allow('sts:AssumeRole', trusting)));
    const refused = `AccessDenied 403 User: arn:aws:iam::${ACCOUNT}:user/plain is not authorized to perform: sts:AssumeRole on resource: ${trusting}`;
    const input = (RoleArn: string) => ({ RoleArn, RoleSessionName: 's1' });
    expect(world.refusal('AssumeRole', input(trusting), plain)).toBe(refused);
    assumed(trusting, {}, allowed);
    // A trust policy that names the user needs no policy of the user's.
    assumed(role('named', trust({ AWS: plain.principal.arn })), {}, plain);
    expect(world.refusal('AssumeRole', input(role('closed', trust({ AWS: OTHER }))), allowed)).toMatch(
      /^AccessDenied 403/,
    );
    const nowhere = `arn:aws:iam::${ACCOUNT}:role/nowhere`;
    expect(world.refusal('AssumeRole', input(nowhere), plain)).toBe(refused.replace(trusting, nowhere));
    expect(world.refusal('AssumeRole', input('arn:aws:iam::12:role/x-and-more'))).toMatch(/^ValidationError 400/);
  });

  test('ERR-05 across accounts both sides must allow', () => {
    const RoleArn = role('guest', trust({ AWS: OTHER }));
    const root = world.caller(OTHER);
    world.call('CreateUser', { UserName: 'visitor' }, root);
    const key = members(members(world.call('CreateAccessKey', { UserName: 'visitor' }, root))['AccessKey']);
    const visitor = () => world.caller(String(key['AccessKeyId']));
    expect(world.refusal('AssumeRole', { RoleArn, RoleSessionName: 's1' }, visitor())).toMatch(/^AccessDenied 403/);
    const PolicyDocument = document(allow('sts:AssumeRole', RoleArn));
    world.call('PutUserPolicy', { UserName: 'visitor', PolicyName: 'p', PolicyDocument }, root);
    expect(assumed(RoleArn, {}, visitor()).principal.accountId).toBe(ACCOUNT);
  });

  test('conditions of the trust policy: external id, session name', () => {
    const condition = { Condition: { StringEquals: { 'sts:ExternalId': 'agreed', 'sts:RoleSessionName': 'robot' } } };
    const RoleArn = role('vendor', trust({ AWS: ACCOUNT }, condition));
    const input = { RoleArn, RoleSessionName: 'robot' };
    expect(world.refusal('AssumeRole', input)).toMatch(/^AccessDenied 403/);
    expect(world.refusal('AssumeRole', { ...input, ExternalId: 'guessed' })).toMatch(/^AccessDenied 403/);
    call('AssumeRole', { ...input, ExternalId: 'agreed' });
  });

  test('session tags need their own permission, and are the principal’s tags', () => {
    const Tags = [{ Key: 'team', Value: 'blue' }];
    const untagged = role('untagged', trust({ AWS: ACCOUNT }));
    const stingy = user('stingy', document(allow('sts:AssumeRole')));
    expect(world.refusal('AssumeRole', { RoleArn: untagged, RoleSessionName: 's1', Tags }, stingy)).toContain(
      'sts:TagSession',
    );
    const both = trust({ AWS: ACCOUNT }, { Action: ['sts:AssumeRole', 'sts:TagSession'] });
    const session = assumed(role('tagged', both), { Tags, TransitiveTagKeys: ['team'] });
    expect(session.session?.tags).toEqual({ team: 'blue' });
    const next = role('next', both);
    call('PutRolePolicy', { RoleName: 'tagged', PolicyName: 'p', PolicyDocument: document(allow('sts:*')) });
    const chained = assumed(next, {}, world.caller(session.accessKeyId));
    expect(chained.session?.tags).toEqual({ team: 'blue' });
    const twice = [...Tags, { Key: 'TEAM', Value: 'red' }];
    expect(world.refusal('AssumeRole', { RoleArn: untagged, RoleSessionName: 's1', Tags: twice })).toMatch(
      /^InvalidParameterValue 400 Duplicate tag keys/,
    );
  });

  test('durations: the role’s maximum, and one hour when chained', () => {
    const RoleArn = role('brief', trust({ AWS: ACCOUNT }), { MaxSessionDuration: 43_200 });
    const short = role('short', trust({ AWS: ACCOUNT }));
    const request = (arn: string, DurationSeconds: number) => ({
      RoleArn: arn,
      RoleSessionName: 's1',
      DurationSeconds,
    });
    expect(world.refusal('AssumeRole', request(short, 3601))).toBe(
      'ValidationError 400 The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
    call('AssumeRole', request(RoleArn, 43_200));
    call('PutRolePolicy', { RoleName: 'short', PolicyName: 'p', PolicyDocument: document(allow('sts:*')) });
    const session = assumed(short);
    expect(world.refusal('AssumeRole', request(RoleArn, 3601), session)).toBe(
      'ValidationError 400 The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
    call('AssumeRole', request(RoleArn, 3600), session);
  });

  test('ERR-05 session policies narrow the role, inline and by ARN', () => {
    const RoleArn = role('narrow', trust({ AWS: ACCOUNT }));
    call('PutRolePolicy', { RoleName: 'narrow', PolicyName: 'p', PolicyDocument: document(allow('iam:*')) });
    call('ListUsers', {}, assumed(RoleArn));
    const inline = assumed(RoleArn, { Policy: document(allow('iam:ListRoles')) });
    call('ListRoles', {}, inline);
    expect(world.refusal('ListUsers', {}, inline)).toBe(
      `AccessDenied 403 User: arn:aws:sts::${ACCOUNT}:assumed-role/narrow/session is not authorized to perform: iam:ListUsers on resource: arn:aws:iam::${ACCOUNT}:user/ because no session policy allows the iam:ListUsers action`,
    );
    const byArn = assumed(RoleArn, { PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/IAMFullAccess' }] });
    call('ListUsers', {}, byArn);
    const bad = { RoleArn, RoleSessionName: 's1' };
    expect(world.refusal('AssumeRole', { ...bad, Policy: '{' })).toMatch(/^MalformedPolicyDocument 400/);
    expect(
      world.refusal('AssumeRole', { ...bad, Policy: document(allow('s3:*', `arn:aws:s3:::${'x'.repeat(2100)}`)) }),
    ).toMatch(/^PackedPolicyTooLarge 400 Packed policy consumes 1\d\d% of allotted space/);
  });

  test('BK-06 sessions of one role are one requester, unless session policies differ', () => {
    const RoleArn = role('buckets', trust({ AWS: ACCOUNT }));
    const one = assumed(RoleArn, { RoleSessionName: 'one' });
    const two = assumed(RoleArn, { RoleSessionName: 'two' });
    expect(one.requester).toBe(RoleArn);
    expect(two.requester).toBe(one.requester);
    const read = assumed(RoleArn, { Policy: document(allow('s3:GetObject')) });
    const readAgain = assumed(RoleArn, { RoleSessionName: 'again', Policy: document(allow('s3:GetObject')) });
    const write = assumed(RoleArn, { Policy: document(allow('s3:PutObject')) });
    expect(read.requester).toBe(readAgain.requester);
    expect(new Set([one.requester, read.requester, write.requester]).size).toBe(3);
    expect(user('bucket-user').requester).toBe(`arn:aws:iam::${ACCOUNT}:user/bucket-user`);
  });

  test('credentials die with the role, and a new role of the name does not revive them', () => {
    const RoleArn = role('mortal', trust({ AWS: ACCOUNT }));
    const { accessKeyId } = world.assume({ RoleArn });
    expect(world.iam.port.credential(accessKeyId)).toBeDefined();
    call('DeleteRole', { RoleName: 'mortal' });
    expect(world.iam.port.credential(accessKeyId)).toBeUndefined();
    role('mortal', trust({ AWS: ACCOUNT }));
    expect(world.iam.port.credential(accessKeyId)).toBeUndefined();
  });

  test('a code of an MFA device is never right, for there are none', () => {
    const RoleArn = role('guarded', trust({ AWS: ACCOUNT }));
    const SerialNumber = `arn:aws:iam::${ACCOUNT}:mfa/phone`;
    expect(world.refusal('AssumeRole', { RoleArn, RoleSessionName: 's1', SerialNumber, TokenCode: '123456' })).toMatch(
      /^AccessDenied 403 MultiFactorAuthentication failed/,
    );
  });
});

describe('sessions of users', () => {
  test('GetSessionToken: the same user for a while, not from a session', () => {
    const owner = user('owner', document(allow('iam:ListUsers')));
    const { AccessKeyId } = members(call('GetSessionToken', { DurationSeconds: 900 }, owner)['Credentials']);
    const session = world.caller(String(AccessKeyId));
    expect(session.principal).toEqual(owner.principal);
    call('ListUsers', {}, session);
    expect(world.refusal('GetSessionToken', {}, session)).toBe(
      'AccessDenied 403 Cannot call GetSessionToken with session credentials',
    );
    const root = members(call('GetSessionToken')['Credentials']);
    const hour = world.surroundings.world.now(ACCOUNT) + 3_600_000;
    const { Expiration } = root;
    expect(Expiration instanceof Date && Expiration.getTime()).toBeLessThanOrEqual(hour);
  });

  test('GetFederationToken: what the user and the session policy both allow; nothing without one', () => {
    const broker = user('broker', document(allow(['iam:List*', 'sts:GetFederationToken'])));
    const federate = (input: object) => {
      const answer = call('GetFederationToken', { Name: 'partner', ...input }, broker);
      return world.caller(String(members(answer['Credentials'])['AccessKeyId']));
    };
    const listing = federate({ Policy: document(allow('iam:ListUsers')) });
    expect(listing.principal).toMatchObject({
      kind: 'FederatedUser',
      arn: `arn:aws:sts::${ACCOUNT}:federated-user/partner`,
      userId: `${ACCOUNT}:partner`,
    });
    call('ListUsers', {}, listing);
    expect(world.refusal('ListRoles', {}, listing)).toMatch(/^AccessDenied/);
    expect(world.refusal('ListUsers', {}, federate({}))).toMatch(/^AccessDenied/);
  });

  test('GetAccessKeyInfo tells whose a key is', () => {
    expect(call('GetAccessKeyInfo', { AccessKeyId: OTHER })).toEqual({ Account: OTHER });
    expect(world.refusal('GetAccessKeyInfo', { AccessKeyId: 'AKIAUNKNOWNUNKNOWN' })).toMatch(/^ValidationError 400/);
  });
});

test('sessions that expired long ago are swept, a few at a time', () => {
  const RoleArn = role('swept', trust({ AWS: ACCOUNT }));
  const { accessKeyId } = world.assume({ RoleArn });
  world.advance(2 * 86_400);
  world.assume({ RoleArn });
  const left = world.surroundings.state.statement('SELECT 1 FROM iam_sessions WHERE id = ?').get(accessKeyId);
  expect(left).toBeUndefined();
});
