/** Who may use a bucket or table before and after its policy changes. Pure. */
import {
  conditionContext,
  parseArn,
  parsePolicy,
  type Question,
  questionsRaised,
  type SourcedPolicy,
  type Version,
} from '../access/index.ts';
import type { IdentityPolicies } from '../aws/identity-policies.ts';
import { callerSideOf, compared, everybody, limited } from './key-side.ts';
import type { AccessChanges } from './types.ts';

export type ResourceKind = 'bucket' | 'directory-bucket' | 'table-bucket' | 'table';

const ACTIONS: Readonly<Record<ResourceKind, readonly string[]>> = {
  bucket: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:ListBucket', 's3:PutBucketPolicy'],
  'directory-bucket': ['s3express:CreateSession', 's3express:PutBucketPolicy'],
  'table-bucket': [
    's3tables:GetTable',
    's3tables:GetTableData',
    's3tables:PutTableData',
    's3tables:CreateTable',
    's3tables:PutTableBucketPolicy',
  ],
  table: ['s3tables:GetTable', 's3tables:GetTableData', 's3tables:PutTableData', 's3tables:PutTablePolicy'],
};
const SSE = 'x-amz-server-side-encryption: aws:kms';

/** Compares; undefined where a document is no policy. An absent policy says nothing. */
export function compareResource(
  kind: ResourceKind,
  arn: string,
  account: string,
  texts: readonly [before: string | undefined, after: string | undefined],
  identities: IdentityPolicies | undefined,
): AccessChanges | undefined {
  const source = `${kind.replace('-', ' ')} policy`;
  let policies: readonly (SourcedPolicy | undefined)[];
  try {
    policies = texts.map((text) =>
      text === undefined ? undefined : { source, policy: parsePolicy(text, 'resource') },
    );
  } catch {
    return undefined;
  }
  const [before, after] = policies.map(
    (policy): Version =>
      (question) =>
        situation(question, account, policy, identities),
  );
  if (!before || !after) return undefined;
  const resources =
    kind === 'bucket' ? [arn, `${arn}/example`] : kind === 'table-bucket' ? [arn, `${arn}/table/example`] : [arn];
  const questions = [
    ...limited(
      questionsRaised({
        policies: policies.flatMap((one) => (one ? [one.policy] : [])),
        resources,
        principals: everybody(identities),
        actions: ACTIONS[kind],
      }),
    ),
  ].flatMap((question) => variants(kind, question));
  return compared(questions, [before, after]);
}

/** Uploads with and without the header that encryption rules look at; only the resource that an action is about. */
function variants(kind: ResourceKind, question: Question): readonly Question[] {
  const { action, resource } = question;
  if (kind === 'bucket') {
    const ofObjects = /:(Get|Put|Delete)Object/.test(action);
    if (ofObjects !== resource.endsWith('/example')) return [];
    return action === 's3:PutObject' ? [question, { ...question, data: SSE }] : [question];
  }
  if (kind === 'table-bucket') {
    const ofTables = /:\w*Table(?!Bucket)/.test(action);
    return ofTables === resource.endsWith('/example') ? [question] : [];
  }
  return [question];
}

function situation(
  { principal, action, resource, data }: Question,
  account: string,
  policy: SourcedPolicy | undefined,
  identities: IdentityPolicies | undefined,
): ReturnType<Version> {
  const isService = principal.kind === 'AWSService';
  const request = {
    principal,
    action,
    resource,
    resourceAccountId: parseArn(resource)?.accountId || account,
    context: conditionContext([
      ['aws:PrincipalArn', principal.roleArn ?? principal.arn],
      ['aws:PrincipalAccount', isService ? undefined : principal.accountId],
      ['aws:PrincipalIsAWSService', String(isService)],
      ['aws:PrincipalServiceName', principal.serviceName],
      ['aws:SourceAccount', isService ? account : undefined],
      ['aws:SecureTransport', 'true'],
      ['s3:x-amz-server-side-encryption', data === SSE ? 'aws:kms' : undefined],
      ['s3express:SessionMode', action === 's3express:CreateSession' ? 'ReadWrite' : undefined],
    ]),
  };
  return {
    request,
    policies: { ...callerSideOf(identities)(principal), ...(policy ? { resource: policy } : {}) },
  };
}
