/** Who may what, decided by the evaluator with what IAM tells it. */

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

let world: TestIdentities;
beforeAll(() => {
  world = openIdentities();
});
afterAll(() => world.close());

const call = (operation: string, input: object = {}, caller?: Caller) => members(world.call(operation, input, caller));

/** A user with an inline policy, and the access key to call with. Ask for its caller anew after every change. */
function user(name: string, policy?: string): () => Caller {
  call('CreateUser', { UserName: name });
  if (policy !== undefined) call('PutUserPolicy', { UserName: name, PolicyName: 'own', PolicyDocument: policy });
  const { AccessKeyId } = members(call('CreateAccessKey', { UserName: name })['AccessKey']);
  return () => world.caller(String(AccessKeyId));
}

const arnOf = (name: string): string => `arn:aws:iam::${ACCOUNT}:user/${name}`;

describe('IAM asks before it tells', () => {
  test('ERR-05 without a policy the answer names the missing layer', () => {
    const nobody = user('nobody');
    expect(world.refusal('GetUser', { UserName: 'ghost' }, nobody())).toBe(
      `AccessDenied 403 User: ${arnOf('nobody')} is not authorized to perform: iam:GetUser on resource: ${arnOf('ghost')} because no identity-based policy allows the iam:GetUser action`,
    );
    expect(world.refusal('ListUsers', {}, nobody())).toContain(`on resource: arn:aws:iam::${ACCOUNT}:user/ because`);
  });

  test('ERR-05 an explicit deny says so', () => {
    const denied = user('denied', document(allow('iam:*'), { Effect: 'Deny', Action: 'iam:Delete*', Resource: '*' }));
    call('GetUser', { UserName: 'denied' }, denied());
    expect(world.refusal('DeleteUser', { UserName: 'denied' }, denied())).toBe(
      `AccessDenied 403 User: ${arnOf('denied')} is not authorized to perform: iam:DeleteUser on resource: ${arnOf('denied')} with an explicit deny in an identity-based policy`,
    );
  });

  test('policies of groups, attached policies and their versions count at once', () => {
    const member = user('member');
    const may = () => {
      const port = world.iam.port.policiesOf(member());
      return port.identity.map(({ source }) => source);
    };
    expect(may()).toEqual([]);
    call('CreateGroup', { GroupName: 'readers' });
    call('PutGroupPolicy', { GroupName: 'readers', PolicyName: 'look', PolicyDocument: document(allow('iam:Get*')) });
    call('AddUserToGroup', { GroupName: 'readers', UserName: 'member' });
    expect(may()).toEqual(['inline look of group readers']);
    call('GetUser', {}, member());
    call('CreatePolicy', { PolicyName: 'lister', PolicyDocument: document(allow('iam:ListRoles')) });
    const PolicyArn = `arn:aws:iam::${ACCOUNT}:policy/lister`;
    call('AttachUserPolicy', { UserName: 'member', PolicyArn });
    expect(may()).toEqual([PolicyArn, 'inline look of group readers']);
    call('ListRoles', {}, member());
    call('CreatePolicyVersion', { PolicyArn, PolicyDocument: document(allow('iam:ListGroups')), SetAsDefault: true });
    expect(world.refusal('ListRoles', {}, member())).toContain('no identity-based policy allows the iam:ListRoles');
    call('ListGroups', {}, member());
    call('RemoveUserFromGroup', { GroupName: 'readers', UserName: 'member' });
    expect(world.refusal('GetUser', {}, member())).toMatch(/^AccessDenied 403/);
  });

  test('ERR-05 a permissions boundary takes away, and is named', () => {
    const bounded = user('bounded', document(allow('iam:*')));
    call('PutUserPermissionsBoundary', {
      UserName: 'bounded',
      PermissionsBoundary: 'arn:aws:iam::aws:policy/AmazonS3FullAccess',
    });
    expect(world.refusal('ListUsers', {}, bounded())).toContain(
      'because no permissions boundary allows the iam:ListUsers action',
    );
    call('DeleteUserPermissionsBoundary', { UserName: 'bounded' });
    call('ListUsers', {}, bounded());
    expect(
      world.refusal('PutUserPermissionsBoundary', {
        UserName: 'bounded',
        PermissionsBoundary: `arn:aws:iam::${ACCOUNT}:policy/none`,
      }),
    ).toMatch(/^NoSuchEntity 404 /);
  });

  test('ERR-05 service control policies bind every level and the root user too', () => {
    const admin = user('admin', document(allow('*')));
    const all = document(allow('*'));
    const noUsers = document({ Effect: 'Deny', Action: 'iam:ListUsers', Resource: '*' });
    world.iam.setOrganizationPolicies(ACCOUNT, { scp: [[all], [all, noUsers]], rcp: [] });
    expect(world.refusal('ListUsers', {}, admin())).toContain('with an explicit deny in a service control policy');
    expect(world.refusal('ListUsers', {})).toContain('with an explicit deny in a service control policy');
    world.iam.setOrganizationPolicies(ACCOUNT, { scp: [[all], [document(allow('iam:ListUsers'))]], rcp: [] });
    expect(world.refusal('ListRoles', {}, admin())).toContain(
      'because no service control policy allows the iam:ListRoles',
    );
    world.iam.setOrganizationPolicies(ACCOUNT, { scp: [], rcp: [] });
    call('ListRoles', {}, admin());
    expect(() => world.iam.setOrganizationPolicies(ACCOUNT, { scp: [['{}']], rcp: [] })).toThrow(RangeError);
    expect(world.iam.getOrganizationPolicies(ACCOUNT)).toEqual({ scp: [], rcp: [] });
  });

  test('conditions on tags and on the policy that is attached', () => {
    const tagger = user(
      'tagger',
      document(
        {
          ...allow('iam:CreateUser'),
          Condition: { StringEquals: { 'aws:RequestTag/team': 'blue' } },
        },
        {
          ...allow('iam:AttachUserPolicy'),
          Condition: { ArnEquals: { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess' } },
        },
      ),
    );
    expect(world.refusal('CreateUser', { UserName: 'x' }, tagger())).toMatch(/^AccessDenied/);
    call('CreateUser', { UserName: 'x', Tags: [{ Key: 'team', Value: 'blue' }] }, tagger());
    const attach = (name: string) => ({ UserName: 'x', PolicyArn: `arn:aws:iam::aws:policy/${name}` });
    expect(world.refusal('AttachUserPolicy', attach('AdministratorAccess'), tagger())).toMatch(/^AccessDenied/);
    call('AttachUserPolicy', attach('AmazonS3ReadOnlyAccess'), tagger());
  });
});

describe('what other services ask', () => {
  test('KMS-24 principals exist or do not', () => {
    user('exists');
    call('CreateRole', { RoleName: 'here', Path: '/p/', AssumeRolePolicyDocument: trust({ AWS: ACCOUNT }) });
    const exists = (arn: string) => world.iam.port.principalExists(arn);
    expect(exists(arnOf('exists'))).toBe(true);
    expect(exists(arnOf('absent'))).toBe(false);
    expect(exists(`arn:aws:iam::${ACCOUNT}:role/p/here`)).toBe(true);
    expect(exists(`arn:aws:iam::${ACCOUNT}:role/here`)).toBe(false);
    expect(exists('arn:aws:iam::999999999999:root')).toBe(true);
    expect(exists('999999999999')).toBe(true);
    expect(exists(`arn:aws:sts::${ACCOUNT}:assumed-role/here/s`)).toBe(true);
    expect(exists(`arn:aws:sts::${ACCOUNT}:assumed-role/gone/s`)).toBe(false);
    expect(exists(`arn:aws:iam::${ACCOUNT}:group/readers`)).toBe(false);
    expect(world.iam.port.uniqueIdOf(arnOf('exists'))).toMatch(/^AIDA/);
    expect(world.iam.port.uniqueIdOf(arnOf('absent'))).toBeUndefined();
  });

  test('tags of the principal, and an answer that stays the same object while nothing changes', () => {
    const tagged = user('tagged', document(allow('s3:*')));
    call('TagUser', { UserName: 'tagged', Tags: [{ Key: 'team', Value: 'blue' }] });
    expect(world.iam.port.tagsOf(tagged().principal)).toEqual({ team: 'blue' });
    expect(world.iam.port.tagsOf(world.caller().principal)).toEqual({});
    const before = world.iam.port.policiesOf(tagged());
    expect(world.iam.port.policiesOf(tagged())).toBe(before);
    call('UntagUser', { UserName: 'tagged', TagKeys: ['team'] });
    expect(world.iam.port.policiesOf(tagged())).not.toBe(before);
    expect(world.iam.port.tagsOf(tagged().principal)).toEqual({});
  });

  test('keys of a deleted user stop working, also when another of the name is made', () => {
    const gone = user('gone');
    const { accessKeyId } = gone();
    call('DeleteUserPolicy', { UserName: 'tagged', PolicyName: 'own' });
    call('DeleteAccessKey', { UserName: 'gone', AccessKeyId: accessKeyId });
    call('DeleteUser', { UserName: 'gone' });
    user('gone');
    expect(world.iam.port.credential(accessKeyId)).toBeUndefined();
  });
});
