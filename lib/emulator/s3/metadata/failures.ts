/** Why S3 Metadata could not make or write a table: codes and sentences of the S3 API reference, ErrorDetails. */

import type { AwsError } from '../../wire/error.ts';

export interface Failure {
  readonly code: string;
  readonly message: string;
}

const AGAIN =
  'To create a new metadata table, you must delete the metadata configuration for this bucket, and then create a new metadata configuration.';

const CREATING = {
  1: `You don't have sufficient permissions to create the required resources. Make sure that you have s3tables:CreateNamespace, s3tables:CreateTable, s3tables:GetTable and s3tables:PutTablePolicy permissions, and then try again. ${AGAIN}`,
  2: `You don't have sufficient permissions to create the required resources. Make sure that you have s3tables:CreateTableBucket, s3tables:CreateNamespace, s3tables:CreateTable, s3tables:GetTable, s3tables:PutTablePolicy, kms:DescribeKey, and s3tables:PutTableEncryption permissions. Additionally, ensure that the KMS key used to encrypt the table still exists, is active and has a resource policy granting access to the S3 service principals 'maintenance.s3tables.amazonaws.com' and 'metadata.s3.amazonaws.com'. ${AGAIN}`,
} as const;

const internal = (): Failure => ({ code: 'ServerInternalError', message: `An internal error has occurred. ${AGAIN}` });

/** What the configuration says of a table that could not be made. */
export function creatingFailed(version: 1 | 2, error: AwsError): Failure {
  if (error.code === 'ConflictException') {
    return version === 2
      ? {
          code: 'JournalTableAlreadyExists',
          message: `A journal table already exists in the Amazon Web Services managed table bucket's namespace. Delete the journal table, and then try again. ${AGAIN}`,
        }
      : {
          code: 'TableAlreadyExists',
          message: `The table that you specified already exists in the table bucket's namespace. Specify a different table name. ${AGAIN}`,
        };
  }
  if (error.status === 404 && error.message.includes('bucket')) {
    return {
      code: 'TableBucketNotFound',
      message: `The table bucket that you specified doesn't exist in this Amazon Web Services Region and account. Create or choose a different table bucket. ${AGAIN}`,
    };
  }
  return error.status >= 500 ? internal() : { code: 'AccessDeniedCreatingResources', message: CREATING[version] };
}

/** What the configuration says of a table that can't be written any more. */
export function writingFailed(error: AwsError): Failure {
  if (error.code === 'NotFoundException' && error.message.includes('table')) {
    return { code: 'DestinationTableNotFound', message: `The destination table doesn't exist. ${AGAIN}` };
  }
  if (error.status >= 500) return internal();
  return {
    code: 'AccessDeniedWritingToTable',
    message: `Unable to write to the metadata table because of missing resource permissions. To fix the resource policy, Amazon S3 needs to create a new metadata table. ${AGAIN}`,
  };
}
