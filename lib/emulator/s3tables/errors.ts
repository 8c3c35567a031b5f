/** The closed set of errors of S3 Tables (TB-58) and the sentences it says them with (TB-59). */

import { AwsError } from '../wire/error.ts';

/** Sentence of a maintenance job, and of CreateTable, that cannot use the table's key (TB-18, TB-60). */
export const INSUFFICIENT_MAINTENANCE_ACCESS =
  'Insufficient access to perform table maintenance. Ensure that the key used to encrypt the table is active, exists, ' +
  'and has a resource policy granting access to the S3 service principal maintenance.s3tables.amazonaws.com.';

/** Operations whose list of errors holds AccessDeniedException; all others refuse with ForbiddenException (TB-58). */
const SAYS_ACCESS_DENIED: ReadonlySet<string> = new Set([
  'DeleteTableBucketReplication',
  'DeleteTableReplication',
  'GetNamespace',
  'GetTable',
  'GetTableBucket',
  'GetTableBucketEncryption',
  'GetTableBucketReplication',
  'GetTableBucketStorageClass',
  'GetTableEncryption',
  'GetTableReplication',
  'GetTableStorageClass',
  'ListNamespaces',
  'ListTableBuckets',
  'PutTableBucketReplication',
  'PutTableReplication',
]);

export function badRequest(message: string): AwsError {
  return new AwsError('BadRequestException', 400, message);
}

export function notFound(message: string): AwsError {
  return new AwsError('NotFoundException', 404, message);
}

export function conflict(message: string): AwsError {
  return new AwsError('ConflictException', 409, message);
}

/** A refusal with the exception that the operation declares for it. */
export function denied(operation: string, message: string): AwsError {
  return new AwsError(SAYS_ACCESS_DENIED.has(operation) ? 'AccessDeniedException' : 'ForbiddenException', 403, message);
}

export const noSuchBucket = (): AwsError => notFound('The specified bucket does not exist.');
export const noSuchNamespace = (): AwsError => notFound('The specified namespace does not exist.');
export const noSuchTable = (): AwsError => notFound('The specified table does not exist.');
export const staleToken = (): AwsError => conflict('Provided version token does not match the table version token.');

/** What KMS or S3 answered to a call that S3 Tables made, as an error of S3 Tables. Other errors pass unchanged. */
export function fromOtherService(operation: string, error: unknown): unknown {
  if (!(error instanceof AwsError)) return error;
  if (error.status === 403 || error.code === 'AccessDeniedException') return denied(operation, error.message);
  if (error.status === 503 || error.code === 'ThrottlingException') {
    return new AwsError('TooManyRequestsException', 429, error.message);
  }
  if (error.status >= 500) return new AwsError('InternalServerErrorException', 500, error.message);
  return badRequest(error.message);
}
