import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ACCOUNT,
  allow,
  document,
  members,
  openIdentities,
  type TestIdentities,
  trust,
} from '../testing/identities.ts';

let world: TestIdentities;
beforeAll(() => {
  world = openIdentities();
});
afterAll(() => world.close());

const call = (operation: string, input: object = {}) => members(world.call(operation, input));
const refusal = (operation: string, input: object = {}) => world.refusal(operation, input);

describe('users', () => {
  test('CreateUser, GetUser, ListUsers, UpdateUser, DeleteUser', () => {
    const { User } = call('CreateUser', { UserName: 'Ada', Path: '/team/', Tags: [{ Key: 'unit', Value: 'a' }] });
    expect(User).toMatchObject({
      Path: '/team/',
      UserName: 'Ada',
      UserId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
      Arn: `arn:aws:iam::${ACCOUNT}:user/team/Ada`,
      CreateDate: expect.any(Date),
      Tags: [{ Key: 'unit', Value: 'a' }],
    });
    expect(call('GetUser', { UserName: 'Ada' })).toEqual({ User });
    call('UpdateUser', { UserName: 'Ada', NewUserName: 'Grace', NewPath: '/navy/' });
    expect(refusal('GetUser', { UserName: 'Ada' })).toBe('NoSuchEntity 404 The user with name Ada cannot be found.');
    expect(call('ListUsers', { PathPrefix: '/navy/' })).toMatchObject({
      Users: [{ UserName: 'Grace', UserId: members(User)['UserId'] }],
      IsTruncated: false,
    });
    call('DeleteUser', { UserName: 'Grace' });
    expect(call('ListUsers', { PathPrefix: '/navy/' })['Users']).toEqual([]);
  });

  test('names differ by more than case', () => {
    call('CreateUser', { UserName: 'Case' });
    expect(refusal('CreateUser', { UserName: 'cASE' })).toBe(
      'EntityAlreadyExists 409 User with name cASE already exists.',
    );
    call('UpdateUser', { UserName: 'Case', NewUserName: 'case' });
    call('DeleteUser', { UserName: 'case' });
  });

  test('GetUser without a name is the caller', () => {
    expect(call('GetUser')).toMatchObject({ User: { Arn: `arn:aws:iam::${ACCOUNT}:root`, UserId: ACCOUNT } });
  });

  test('a user with anything left is not deleted', () => {
    const UserName = 'Busy';
    call('CreateUser', { UserName });
    const { AccessKey } = call('CreateAccessKey', { UserName });
    call('PutUserPolicy', { UserName, PolicyName: 'p', PolicyDocument: document(allow('s3:*')) });
    call('AttachUserPolicy', { UserName, PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' });
    call('CreateGroup', { GroupName: 'Crew' });
    call('AddUserToGroup', { GroupName: 'Crew', UserName });
    const conflict = () => refusal('DeleteUser', { UserName });
    expect(conflict()).toBe('DeleteConflict 409 Cannot delete entity, must detach all policies first.');
    call('DetachUserPolicy', { UserName, PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' });
    expect(conflict()).toBe('DeleteConflict 409 Cannot delete entity, must delete policies first.');
    call('DeleteUserPolicy', { UserName, PolicyName: 'p' });
    expect(conflict()).toBe('DeleteConflict 409 Cannot delete entity, must delete access keys first.');
    call('DeleteAccessKey', { UserName, AccessKeyId: members(AccessKey)['AccessKeyId'] });
    expect(conflict()).toBe('DeleteConflict 409 Cannot delete entity, must remove users from group first.');
    expect(refusal('DeleteGroup', { GroupName: 'Crew' })).toBe(
      'DeleteConflict 409 Cannot delete entity, must remove users from group first.',
    );
    call('RemoveUserFromGroup', { GroupName: 'Crew', UserName });
    call('DeleteUser', { UserName });
    call('DeleteGroup', { GroupName: 'Crew' });
  });

  test('pages go through all users once', () => {
    for (let i = 0; i < 7; i++) call('CreateUser', { UserName: `Page${i}`, Path: '/pages/' });
    const seen: unknown[] = [];
    let Marker: unknown;
    do {
      const answer = call('ListUsers', { PathPrefix: '/pages/', MaxItems: 3, ...(Marker !== undefined && { Marker }) });
      const users = answer['Users'];
      seen.push(...(Array.isArray(users) ? users.map((user) => members(user)['UserName']) : []));
      Marker = answer['Marker'];
      expect(answer['IsTruncated']).toBe(Marker !== undefined);
    } while (Marker !== undefined);
    expect(seen).toEqual(['Page0', 'Page1', 'Page2', 'Page3', 'Page4', 'Page5', 'Page6']);
    expect(refusal('ListUsers', { Marker: 'bm9uc2Vuc2U' })).toBe('ValidationError 400 Invalid Marker.');
  });
});

describe('access keys', () => {
  test('two at most, inactive ones do not count as credentials, deleted ones are gone', () => {
    const UserName = 'Keys';
    call('CreateUser', { UserName });
    const first = members(call('CreateAccessKey', { UserName })['AccessKey']);
    expect(first).toMatchObject({
      UserName,
      AccessKeyId: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/),
      Status: 'Active',
      SecretAccessKey: expect.stringMatching(/^.{40}$/),
    });
    // No secret in the event.
    expect(JSON.stringify(world.last().trail.event)).not.toContain(String(first['SecretAccessKey']));
    call('CreateAccessKey', { UserName });
    expect(refusal('CreateAccessKey', { UserName })).toBe(
      'LimitExceeded 409 Cannot exceed quota for AccessKeysPerUser: 2',
    );
    const id = String(first['AccessKeyId']);
    expect(world.iam.port.credential(id)).toMatchObject({
      active: true,
      secretAccessKey: first['SecretAccessKey'],
      caller: { principal: { kind: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/Keys` } },
    });
    call('UpdateAccessKey', { UserName, AccessKeyId: id, Status: 'Inactive' });
    expect(world.iam.port.credential(id)?.active).toBe(false);
    call('DeleteAccessKey', { UserName, AccessKeyId: id });
    expect(world.iam.port.credential(id)).toBeUndefined();
    expect(refusal('DeleteAccessKey', { UserName, AccessKeyId: id })).toBe(
      `NoSuchEntity 404 The Access Key with id ${id} cannot be found.`,
    );
    expect(call('ListAccessKeys', { UserName })['AccessKeyMetadata']).toHaveLength(1);
  });

  test('the secret is nowhere in clear in the database', () => {
    call('CreateUser', { UserName: 'Secret' });
    const key = members(call('CreateAccessKey', { UserName: 'Secret' })['AccessKey']);
    const row = world.surroundings.state
      .statement('SELECT secret FROM iam_access_keys WHERE id = ?')
      .get(String(key['AccessKeyId']));
    const secret = row?.['secret'];
    expect(secret).toBeInstanceOf(Uint8Array);
    expect(secret instanceof Uint8Array && Buffer.from(secret).toString('latin1')).not.toContain(
      key['SecretAccessKey'],
    );
  });

  test('test/test and twelve digits are root users', () => {
    expect(world.iam.port.credential('test')).toMatchObject({
      secretAccessKey: 'test',
      caller: { principal: { kind: 'AccountRoot', accountId: '111122223333' } },
    });
    expect(world.iam.port.credential('444455556666')).toMatchObject({
      secretAccessKey: 'test',
      caller: { principal: { kind: 'AccountRoot', arn: 'arn:aws:iam::444455556666:root' } },
    });
    for (const id of ['', '12345678901', '1234567890123', 'AKIAUNKNOWN', '__proto__']) {
      expect(world.iam.port.credential(id)).toBeUndefined();
    }
  });
});

describe('managed policies', () => {
  const arn = `arn:aws:iam::${ACCOUNT}:policy/Versions`;

  test('five versions, one default, deleted in order', () => {
    const created = call('CreatePolicy', { PolicyName: 'Versions', PolicyDocument: document(allow('s3:GetObject')) });
    expect(created['Policy']).toMatchObject({
      Arn: arn,
      DefaultVersionId: 'v1',
      AttachmentCount: 0,
      IsAttachable: true,
    });
    for (let version = 2; version <= 5; version++) {
      const { PolicyVersion } = call('CreatePolicyVersion', {
        PolicyArn: arn,
        PolicyDocument: document(allow(`s3:Put${version}`)),
        SetAsDefault: version === 5,
      });
      expect(PolicyVersion).toMatchObject({ VersionId: `v${version}`, IsDefaultVersion: version === 5 });
    }
    expect(refusal('CreatePolicyVersion', { PolicyArn: arn, PolicyDocument: document(allow('s3:*')) })).toBe(
      'LimitExceeded 409 A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.',
    );
    expect(refusal('DeletePolicyVersion', { PolicyArn: arn, VersionId: 'v5' })).toBe(
      'DeleteConflict 409 Cannot delete the default version of a policy.',
    );
    call('DeletePolicyVersion', { PolicyArn: arn, VersionId: 'v2' });
    call('SetDefaultPolicyVersion', { PolicyArn: arn, VersionId: 'v3' });
    expect(call('ListPolicyVersions', { PolicyArn: arn })['Versions']).toMatchObject([
      { VersionId: 'v5', IsDefaultVersion: false },
      { VersionId: 'v4' },
      { VersionId: 'v3', IsDefaultVersion: true },
      { VersionId: 'v1' },
    ]);
    const { Document } = members(call('GetPolicyVersion', { PolicyArn: arn, VersionId: 'v3' })['PolicyVersion']);
    expect(decodeURIComponent(String(Document))).toBe(document(allow('s3:Put3')));
    expect(refusal('DeletePolicy', { PolicyArn: arn })).toMatch(
      /^DeleteConflict 409 This policy has more than one version/,
    );
  });

  test('attachments are counted and stand in the way of deletion', () => {
    call('CreateUser', { UserName: 'Attached' });
    call('AttachUserPolicy', { UserName: 'Attached', PolicyArn: arn });
    expect(call('GetPolicy', { PolicyArn: arn })['Policy']).toMatchObject({ AttachmentCount: 1 });
    expect(call('ListEntitiesForPolicy', { PolicyArn: arn })).toMatchObject({
      PolicyUsers: [{ UserName: 'Attached' }],
      PolicyRoles: [],
      PolicyGroups: [],
    });
    expect(refusal('DeletePolicy', { PolicyArn: arn })).toBe(
      'DeleteConflict 409 Cannot delete a policy attached to entities.',
    );
    expect(call('ListAttachedUserPolicies', { UserName: 'Attached' })['AttachedPolicies']).toEqual([
      { PolicyName: 'Versions', PolicyArn: arn },
    ]);
    call('DetachUserPolicy', { UserName: 'Attached', PolicyArn: arn });
    expect(refusal('DetachUserPolicy', { UserName: 'Attached', PolicyArn: arn })).toBe(
      `NoSuchEntity 404 Policy ${arn} was not found.`,
    );
  });

  test('AWS has policies of its own, which nobody changes', () => {
    const PolicyArn = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess';
    expect(call('GetPolicy', { PolicyArn })['Policy']).toMatchObject({ DefaultVersionId: 'v1' });
    expect(refusal('DeletePolicy', { PolicyArn })).toMatch(/^ValidationError 400 /);
    const { Policies } = call('ListPolicies', { Scope: 'AWS', MaxItems: 1000 });
    expect(Policies).toEqual(expect.arrayContaining([expect.objectContaining({ Arn: PolicyArn })]));
    const local = call('ListPolicies', { Scope: 'Local' })['Policies'];
    expect(Array.isArray(local) && local.map((policy) => members(policy)['PolicyName'])).toEqual(['Versions']);
    expect(call('ListPolicies', { OnlyAttached: true })['Policies']).toEqual([]);
  });

  test.each([
    ['not JSON', '{', 'The policy is not in the valid JSON format.'],
    ['a principal', document({ ...allow('s3:*'), Principal: '*' }), 'Policy document should not specify a principal.'],
    ['no action', document({ Effect: 'Allow', Resource: '*' }), 'Policy statement must contain actions.'],
    ['no resource', document({ Effect: 'Allow', Action: 's3:*' }), 'Policy statement must contain resources.'],
    ['an effect of its own', document({ ...allow('s3:*'), Effect: 'Maybe' }), 'Syntax errors in policy.'],
  ])('a document with %s is MalformedPolicyDocument', (_, PolicyDocument, sentence) => {
    expect(refusal('CreatePolicy', { PolicyName: 'Bad', PolicyDocument })).toBe(
      `MalformedPolicyDocument 400 ${sentence}`,
    );
  });

  test('documents have limits of size, white space aside', () => {
    const long = document(allow('s3:GetObject', `arn:aws:s3:::${'x'.repeat(7000)}`));
    expect(refusal('CreatePolicy', { PolicyName: 'Long', PolicyDocument: long })).toBe(
      'LimitExceeded 409 Cannot exceed quota for PolicySize: 6144',
    );
    call('CreateUser', { UserName: 'Wordy' });
    const PolicyDocument = document(allow('s3:GetObject', `arn:aws:s3:::${'x'.repeat(1500)}`));
    call('PutUserPolicy', { UserName: 'Wordy', PolicyName: 'one', PolicyDocument });
    call('PutUserPolicy', { UserName: 'Wordy', PolicyName: 'one', PolicyDocument });
    expect(refusal('PutUserPolicy', { UserName: 'Wordy', PolicyName: 'two', PolicyDocument })).toBe(
      'LimitExceeded 409 Maximum policy size of 2048 bytes exceeded for user Wordy',
    );
    const spacious = JSON.stringify(JSON.parse(document(allow('s3:GetObject'))), null, 200);
    call('PutUserPolicy', { UserName: 'Wordy', PolicyName: 'two', PolicyDocument: spacious });
  });
});

describe('roles', () => {
  test('trust policy, description, duration and boundary', () => {
    const RoleName = 'Reader';
    const root = trust({ AWS: ACCOUNT });
    const { Role } = call('CreateRole', {
      RoleName,
      Path: '/apps/',
      AssumeRolePolicyDocument: root,
      PermissionsBoundary: 'arn:aws:iam::aws:policy/AmazonS3FullAccess',
    });
    expect(Role).toMatchObject({
      RoleId: expect.stringMatching(/^AROA/),
      Arn: `arn:aws:iam::${ACCOUNT}:role/apps/Reader`,
      MaxSessionDuration: 3600,
      AssumeRolePolicyDocument: encodeURIComponent(root),
      PermissionsBoundary: { PermissionsBoundaryArn: 'arn:aws:iam::aws:policy/AmazonS3FullAccess' },
    });
    call('UpdateRole', { RoleName, Description: 'reads', MaxSessionDuration: 7200 });
    call('DeleteRolePermissionsBoundary', { RoleName });
    const read = members(call('GetRole', { RoleName })['Role']);
    expect(read).toMatchObject({ Description: 'reads', MaxSessionDuration: 7200 });
    expect(read['PermissionsBoundary']).toBeUndefined();
    expect(refusal('UpdateAssumeRolePolicy', { RoleName, PolicyDocument: document(allow('sts:AssumeRole')) })).toMatch(
      /^MalformedPolicyDocument 400 /,
    );
    expect(refusal('UpdateAssumeRolePolicy', { RoleName, PolicyDocument: 'no' })).toBe(
      'MalformedPolicyDocument 400 This policy contains invalid Json',
    );
    const ghost = `arn:aws:iam::${ACCOUNT}:user/nobody`;
    expect(refusal('UpdateAssumeRolePolicy', { RoleName, PolicyDocument: trust({ AWS: ghost }) })).toBe(
      `MalformedPolicyDocument 400 Invalid principal in policy: "AWS":"${ghost}"`,
    );
    call('TagRole', { RoleName, Tags: [{ Key: 'Team', Value: 'x' }] });
    call('TagRole', { RoleName, Tags: [{ Key: 'team', Value: 'y' }] });
    expect(call('ListRoleTags', { RoleName })['Tags']).toEqual([{ Key: 'team', Value: 'y' }]);
    call('UntagRole', { RoleName, TagKeys: ['TEAM'] });
    expect(call('ListRoleTags', { RoleName })['Tags']).toEqual([]);
    call('DeleteRole', { RoleName });
    expect(refusal('GetRole', { RoleName })).toBe('NoSuchEntity 404 The role with name Reader cannot be found.');
  });
});

test('GetAccountAuthorizationDetails and GetAccountSummary tell of everything', () => {
  const details = call('GetAccountAuthorizationDetails', { Filter: ['User'], MaxItems: 1000 });
  expect(details['UserDetailList']).toEqual(
    expect.arrayContaining([expect.objectContaining({ UserName: 'Wordy', GroupList: [] })]),
  );
  expect(details['RoleDetailList']).toEqual([]);
  const { SummaryMap } = call('GetAccountSummary');
  expect(members(SummaryMap)['Users']).toBeGreaterThan(5);
});

test('reset forgets the account, its keys too, and no other', () => {
  const other = world.caller('444455556666');
  world.call('CreateUser', { UserName: 'Stays' }, other);
  call('CreateUser', { UserName: 'Goes' });
  const key = members(call('CreateAccessKey', { UserName: 'Goes' })['AccessKey']);
  expect(world.iam.port.credential(String(key['AccessKeyId']))).toBeDefined();
  world.iam.service.reset(ACCOUNT);
  expect(call('ListUsers')['Users']).toEqual([]);
  expect(world.iam.port.credential(String(key['AccessKeyId']))).toBeUndefined();
  expect(world.call('ListUsers', {}, other)).toMatchObject({ Users: [{ UserName: 'Stays' }] });
});
