/** The policy simulator answers what the evaluator decides, in IAM's shapes. */

import type { EvaluationResult, SimulatePolicyResponse } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ACCOUNT, allow, document, members, openIdentities, type TestIdentities } from '../../testing/identities.ts';
import { AwsError } from '../../wire/error.ts';

let world: TestIdentities;
beforeAll(() => {
  world = openIdentities();
  world.call('CreateUser', { UserName: 'alice' });
  world.call('PutUserPolicy', {
    UserName: 'alice',
    PolicyName: 'own',
    PolicyDocument: document(allow('kms:Decrypt'), { Effect: 'Deny', Action: 'kms:Delete*', Resource: '*' }),
  });
  world.call('CreateGroup', { GroupName: 'team' });
  world.call('PutGroupPolicy', { GroupName: 'team', PolicyName: 'read', PolicyDocument: document(allow('s3:Get*')) });
  world.call('AddUserToGroup', { GroupName: 'team', UserName: 'alice' });
  world.call('AttachUserPolicy', { UserName: 'alice', PolicyArn: 'arn:aws:iam::aws:policy/AmazonS3FullAccess' });
});
afterAll(() => world.close());

const ALICE = `arn:aws:iam::${ACCOUNT}:user/alice`;
const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;

async function simulate(input: object): Promise<SimulatePolicyResponse & { EvaluationResults: EvaluationResult[] }> {
  const operation = 'PolicySourceArn' in input ? 'SimulatePrincipalPolicy' : 'SimulateCustomPolicy';
  const answer: SimulatePolicyResponse = members(await world.call(operation, input));
  return { ...answer, EvaluationResults: answer.EvaluationResults ?? [] };
}

async function first(input: object): Promise<EvaluationResult | undefined> {
  return (await simulate(input)).EvaluationResults[0];
}

async function refused(input: object): Promise<string> {
  try {
    await simulate(input);
  } catch (error) {
    if (error instanceof AwsError) return `${error.code} ${error.status} ${error.message}`;
    throw error;
  }
  throw new Error('was not refused');
}

test('KMS-20 the example of the AWS CLI: a date condition, and the place of the statement that allows', async () => {
  const policy =
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}';
  const at = (date: string) => ({
    PolicyInputList: [policy],
    ActionNames: ['dynamodb:CreateBackup'],
    ContextEntries: [{ ContextKeyName: 'aws:CurrentTime', ContextKeyValues: [date], ContextKeyType: 'date' }],
  });
  expect(await first(at('2019-04-25T11:00:00Z'))).toEqual({
    EvalActionName: 'dynamodb:CreateBackup',
    EvalResourceName: '*',
    EvalDecision: 'allowed',
    MatchedStatements: [
      {
        SourcePolicyId: 'PolicyInputList.1',
        SourcePolicyType: 'none',
        StartPosition: { Line: 1, Column: 38 },
        EndPosition: { Line: 1, Column: 167 },
      },
    ],
    MissingContextValues: [],
  });
  expect(await first(at('2014-04-25T11:00:00Z'))).toMatchObject({
    EvalDecision: 'implicitDeny',
    MatchedStatements: [],
  });
  expect(await first({ ...at(''), ContextEntries: [] })).toMatchObject({
    EvalDecision: 'implicitDeny',
    MissingContextValues: ['aws:CurrentTime'],
  });
});

test('KMS-20 policies of the user, its groups and AWS speak; a deny is told alone', async () => {
  const answer = await simulate({
    PolicySourceArn: ALICE,
    ActionNames: ['kms:Decrypt', 'kms:DeleteAlias', 's3:GetObject', 'kms:Encrypt'],
    ResourceArns: [KEY],
  });
  const told = answer.EvaluationResults.map((result) => [
    result.EvalDecision,
    ...(result.MatchedStatements ?? []).map(
      ({ SourcePolicyId, SourcePolicyType }) => `${SourcePolicyType} ${SourcePolicyId}`,
    ),
  ]);
  expect(told).toEqual([
    ['allowed', 'user user_alice_own'],
    ['explicitDeny', 'user user_alice_own'],
    ['allowed', 'aws-managed AmazonS3FullAccess', 'group group_team_read'],
    ['implicitDeny'],
  ]);
  expect(answer.EvaluationResults[0]).toMatchObject({
    EvalResourceName: 'arn:${Partition}:kms:${Region}:${Account}:key/${KeyId}',
    ResourceSpecificResults: [{ EvalResourceName: KEY, EvalResourceDecision: 'allowed' }],
  });
  expect(answer.IsTruncated).toBe(false);
});

test('each resource has a result, and the strictest stands for all', async () => {
  const policy = document(allow('kms:Decrypt', KEY));
  const other = KEY.replace('1234abcd', '5678abcd');
  const result = await first({
    PolicyInputList: [policy],
    ActionNames: ['kms:Decrypt'],
    ResourceArns: [KEY, other],
  });
  expect(result?.EvalDecision).toBe('implicitDeny');
  expect(result?.ResourceSpecificResults?.map((one) => one.EvalResourceDecision)).toEqual(['allowed', 'implicitDeny']);
});

test('a boundary and the organisation take away, and are told', async () => {
  const input = { PolicySourceArn: ALICE, ActionNames: ['kms:Decrypt'] };
  expect(await first({ ...input, PermissionsBoundaryPolicyInputList: [document(allow('s3:*'))] })).toMatchObject({
    EvalDecision: 'implicitDeny',
    PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
  });
  expect(await first({ ...input, PermissionsBoundaryPolicyInputList: [document(allow('kms:*'))] })).toMatchObject({
    EvalDecision: 'allowed',
    PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: true },
  });
  expect(await first(input)).not.toHaveProperty('OrganizationsDecisionDetail');
  world.iam.setOrganizationPolicies(ACCOUNT, { scp: [[document(allow(['s3:*', 'iam:*']))]], rcp: [] });
  expect(await first(input)).toMatchObject({
    EvalDecision: 'implicitDeny',
    OrganizationsDecisionDetail: { AllowedByOrganizations: false },
  });
  world.iam.setOrganizationPolicies(ACCOUNT, { scp: [], rcp: [] });
  const custom = { PolicyInputList: [document(allow('*'))], ActionNames: ['kms:Decrypt'] };
  const level = { ServiceControlPolicyInputList: [document(allow('kms:*'))] };
  expect(await first({ ...custom, OrderedOrganizationPolicyInputList: [level] })).toMatchObject({
    EvalDecision: 'allowed',
    OrganizationsDecisionDetail: { AllowedByOrganizations: true },
  });
});

test('KMS-21 KMS-23 a resource policy speaks for the caller, in its account and for another', async () => {
  const policy = document({ Effect: 'Allow', Principal: { AWS: ALICE }, Action: 'kms:Encrypt', Resource: '*' });
  const input = { PolicySourceArn: ALICE, ActionNames: ['kms:Encrypt'], ResourceArns: [KEY], ResourcePolicy: policy };
  expect(await first(input)).toMatchObject({
    EvalDecision: 'allowed',
    MatchedStatements: [{ SourcePolicyId: 'ResourcePolicy', SourcePolicyType: 'resource' }],
  });
  const foreign = KEY.replace(ACCOUNT, '444455556666');
  expect(await first({ ...input, ResourceArns: [foreign] })).toMatchObject({
    EvalDecision: 'implicitDeny',
    ResourceSpecificResults: [{ EvalDecisionDetails: { 'IAM Policy': 'implicitDeny', 'Resource Policy': 'allowed' } }],
  });
});

test('policies can be left out by type, ARN and name', async () => {
  const input = { PolicySourceArn: ALICE, ActionNames: ['s3:GetObject', 'kms:Decrypt'] };
  const decisions = async (exclusions: object[]) =>
    (await simulate({ ...input, PolicyExclusionList: exclusions })).EvaluationResults.map((one) => one.EvalDecision);
  expect(await decisions([])).toEqual(['allowed', 'allowed']);
  expect(await decisions([{ PolicyType: 'inline' }])).toEqual(['allowed', 'implicitDeny']);
  expect(await decisions([{ PolicyType: 'inline' }, { PolicyArn: 'arn:aws:iam::aws:policy/Amazon*' }])).toEqual([
    'implicitDeny',
    'implicitDeny',
  ]);
  expect(await decisions([{ InlinePolicyIdentifier: { PolicyName: 'own' } }])).toEqual(['allowed', 'implicitDeny']);
});

test('results come page by page', async () => {
  const ActionNames = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncryptFrom'];
  const input = { PolicyInputList: [document(allow('kms:*'))], ActionNames, MaxItems: 2 };
  const one = await simulate(input);
  expect(one).toMatchObject({ IsTruncated: true });
  const two = await simulate({ ...input, Marker: one.Marker });
  expect(two).toMatchObject({ IsTruncated: false, EvaluationResults: [{ EvalActionName: 'kms:ReEncryptFrom' }] });
});

test.each([
  [{ ActionNames: ['kms:*'] }, 'InvalidInput 400 Invalid action name: kms:*'],
  [{ PolicyInputList: ['{'] }, 'InvalidInput 400 The policy is not in the valid JSON format.'],
  [{ ResourceArns: ['key'] }, 'InvalidInput 400 Invalid resource ARN: key'],
  [
    { ResourcePolicy: document({ Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: '*' }) },
    'InvalidInput 400 CallerArn is required with ResourcePolicy unless the policy source is an IAM user.',
  ],
  [
    { CallerArn: `arn:aws:sts::${ACCOUNT}:assumed-role/r/s` },
    `InvalidInput 400 Invalid Caller Arn: arn:aws:sts::${ACCOUNT}:assumed-role/r/s is not the ARN of an IAM user.`,
  ],
  [
    { PolicySourceArn: `arn:aws:iam::${ACCOUNT}:root` },
    `InvalidInput 400 Invalid Entity Arn: arn:aws:iam::${ACCOUNT}:root does not clearly define entity type and name.`,
  ],
  [
    { PolicySourceArn: `arn:aws:iam::${ACCOUNT}:user/ghost` },
    'NoSuchEntity 404 The user with name ghost cannot be found.',
  ],
  [
    { ContextEntries: [{ ContextKeyName: 'a:b', ContextKeyType: 'string', ContextKeyValues: ['1', '2'] }] },
    'InvalidInput 400 Context key a:b is of type string and takes one value.',
  ],
  [{ ResourceArns: Array.from({ length: 10_001 }, () => KEY) }, /^InvalidInput 400 A page takes at most/],
])('a wrong simulation is refused: %#', async (more, message) => {
  expect(await refused({ PolicyInputList: [document(allow('*'))], ActionNames: ['kms:Decrypt'], ...more })).toMatch(
    message,
  );
});

test('ERR-05 who may not simulate is told so', async () => {
  world.call('CreateUser', { UserName: 'bob' });
  const { AccessKeyId } = members(members(world.call('CreateAccessKey', { UserName: 'bob' }))['AccessKey']);
  expect(
    world.refusal('SimulatePrincipalPolicy', { PolicySourceArn: ALICE }, world.caller(String(AccessKeyId))),
  ).toContain(`is not authorized to perform: iam:SimulatePrincipalPolicy on resource: ${ALICE} because`);
});

test('KMS-27 the context keys of policies are those of their conditions and variables', () => {
  const policy = document({
    Effect: 'Allow',
    Action: 'kms:Decrypt',
    Resource: 'arn:aws:kms:*:${aws:PrincipalAccount}:key/*',
    Condition: { StringEquals: { 'kms:EncryptionContext:team': '${aws:username}' } },
  });
  expect(world.call('GetContextKeysForCustomPolicy', { PolicyInputList: [policy] })).toEqual({
    ContextKeyNames: ['aws:PrincipalAccount', 'aws:username', 'kms:EncryptionContext:team'],
  });
  expect(world.call('GetContextKeysForPrincipalPolicy', { PolicySourceArn: ALICE })).toEqual({ ContextKeyNames: [] });
});
