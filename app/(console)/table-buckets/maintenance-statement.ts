/** The statement that S3 Tables maintenance needs in a key policy (TB-17), and whether a policy has one. */

export const MAINTENANCE = 'maintenance.s3tables.amazonaws.com';

interface Document {
  readonly Statement?: unknown;
}

/** A key policy with the statement added at its end, as indented JSON. A broken policy is left as it is. */
export function withMaintenanceStatement(policy: string, bucketArn: string): { text: string; statement: object } {
  const statement = {
    Sid: 'AllowS3TablesMaintenance',
    Effect: 'Allow',
    Principal: { Service: MAINTENANCE },
    Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
    Resource: '*',
    Condition: { StringLike: { 'kms:EncryptionContext:aws:s3:arn': `${bucketArn}/*` } },
  };
  try {
    const document = JSON.parse(policy) as Document;
    const present = Array.isArray(document.Statement)
      ? document.Statement
      : document.Statement
        ? [document.Statement]
        : [];
    return { text: JSON.stringify({ ...document, Statement: [...present, statement] }, null, 2), statement };
  } catch {
    return { text: policy, statement };
  }
}
