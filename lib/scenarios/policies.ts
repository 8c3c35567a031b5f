/** Policy documents of the demonstration worlds. */

export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: unknown;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: unknown;
}

const DATA_KEY_USE = ['kms:GenerateDataKey', 'kms:Decrypt'];

/** Puts statements into a document. */
export function policy(...statements: readonly Statement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements }, null, 2);
}

/** The account statement: IAM policies of the account may grant access to the key (KMS-21). */
export const accountStatement = (accountId: string): Statement => ({
  Sid: 'EnableIAMPolicies',
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${accountId}:root` },
  Action: 'kms:*',
  Resource: '*',
});

/** The maintenance principal on tables of one bucket (PERM-03). */
export const maintenanceStatement = (tableBucketArn: string): Statement => ({
  Sid: 'AllowS3TablesMaintenance',
  Effect: 'Allow',
  Principal: { Service: 'maintenance.s3tables.amazonaws.com' },
  Action: DATA_KEY_USE,
  Resource: '*',
  Condition: { StringLike: { 'kms:EncryptionContext:aws:s3:arn': `${tableBucketArn}/*` } },
});

/** A role may use the key through S3 only (KMS-25). */
export const useThroughS3 = (sid: string, roleArn: string, region: string): Statement => ({
  Sid: sid,
  Effect: 'Allow',
  Principal: { AWS: roleArn },
  Action: DATA_KEY_USE,
  Resource: '*',
  Condition: { StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` } },
});

/** Who may assume a role: anybody of the account whose own policies allow it. */
export const trustAccount = (accountId: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${accountId}:root` }, Action: 'sts:AssumeRole' }],
  });

/** An identity policy of one statement. */
export const identity = (sid: string, actions: readonly string[], resources: readonly string[]): string =>
  policy({ Sid: sid, Effect: 'Allow', Action: actions, Resource: resources });
