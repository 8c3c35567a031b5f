/**
 * The AWS managed policies that the services of this emulator give reason to attach; statements as the managed policy
 * reference lists them, cut down to actions of these services.
 */

const allow = (action: string | readonly string[], resource = '*'): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: resource }] });

interface AwsPolicy {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly document: string;
}

const POLICIES: readonly AwsPolicy[] = [
  { name: 'AdministratorAccess', path: '/', id: 'ANPAIWMBCKSKIEE64ZLYK', document: allow('*') },
  {
    name: 'PowerUserAccess',
    path: '/',
    id: 'ANPAJYRXTHIB4FOVS3ZXS',
    document: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*'], Resource: '*' },
        { Effect: 'Allow', Action: ['iam:ListRoles', 'organizations:DescribeOrganization'], Resource: '*' },
      ],
    }),
  },
  {
    name: 'IAMFullAccess',
    path: '/',
    id: 'ANPAI7XKCFMBPM3QQRRVQ',
    document: allow(['iam:*', 'organizations:Describe*']),
  },
  {
    name: 'AmazonS3FullAccess',
    path: '/',
    id: 'ANPAIFIR6V6BVTRAHWINE',
    document: allow(['s3:*', 's3-object-lambda:*']),
  },
  {
    name: 'AmazonS3ReadOnlyAccess',
    path: '/',
    id: 'ANPAIZTJ4DXE7G6AGAE6M',
    document: allow(['s3:Get*', 's3:List*', 's3:Describe*', 's3-object-lambda:Get*', 's3-object-lambda:List*']),
  },
  { name: 'AmazonS3TablesFullAccess', path: '/', id: 'ANPA2S3TABLESFULLACCS', document: allow('s3tables:*') },
  {
    name: 'AmazonS3TablesReadOnlyAccess',
    path: '/',
    id: 'ANPA2S3TABLESREADONLY',
    document: allow(['s3tables:Get*', 's3tables:List*']),
  },
  {
    name: 'AWSKeyManagementServicePowerUser',
    path: '/',
    id: 'ANPAJNPP7PPPPMJRV2SA4',
    document: allow([
      'kms:CreateAlias',
      'kms:CreateKey',
      'kms:DeleteAlias',
      'kms:Describe*',
      'kms:GenerateRandom',
      'kms:Get*',
      'kms:List*',
      'kms:TagResource',
      'kms:UntagResource',
      'iam:ListGroups',
      'iam:ListRoles',
      'iam:ListUsers',
    ]),
  },
  {
    name: 'AWSCloudTrail_ReadOnlyAccess',
    path: '/',
    id: 'ANPAJDU7KJADWBSEQ3E7S',
    document: allow(['cloudtrail:Get*', 'cloudtrail:Describe*', 'cloudtrail:List*', 'cloudtrail:LookupEvents']),
  },
];

/** By ARN, in the order in which ListPolicies shows them. */
export const AWS_POLICIES: ReadonlyMap<string, AwsPolicy> = new Map(
  POLICIES.map((policy) => [`arn:aws:iam::aws:policy${policy.path}${policy.name}`, policy]),
);
export type { AwsPolicy };
