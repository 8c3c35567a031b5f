/** Errors of the Iceberg REST catalog: types and statuses of its specification, sentences of S3 Tables. */

import { AwsError } from '../wire/error.ts';

export const badRequest = (message: string): AwsError => new AwsError('BadRequestException', 400, message);
export const alreadyExists = (message: string): AwsError => new AwsError('AlreadyExistsException', 409, message);
export const commitFailed = (message: string): AwsError => new AwsError('CommitFailedException', 409, message);

/** What S3 Tables, S3 or KMS answered, as the catalog says it. Errors that are no answers pass unchanged. */
export function asIceberg(error: unknown): unknown {
  if (!(error instanceof AwsError)) return error;
  const { code, status, message } = error;
  if (status === 403 || code === 'AccessDeniedException') return new AwsError('ForbiddenException', 403, message);
  if (status === 503 || code === 'ThrottlingException') return new AwsError('TooManyRequestsException', 429, message);
  if (status === 404) return new AwsError(missing(message), 404, message);
  if (code === 'ConflictException') return new AwsError(conflicting(message), 409, message);
  if (status >= 500) return new AwsError('InternalServerErrorException', 500, message);
  // KMS says 400 where a key is disabled or gone.
  return status === 400 && code !== 'BadRequestException' ? badRequest(message) : error;
}

/** The sentences of S3 Tables are a closed set (TB-59). */
function missing(message: string): string {
  if (/specified (?:destination )?namespace/.test(message)) return 'NoSuchNamespaceException';
  return message.includes('specified table ') ? 'NoSuchTableException' : 'NotFoundException';
}

function conflicting(message: string): string {
  if (message.includes('not empty')) return 'NamespaceNotEmptyException';
  return message.includes('version token') ? 'CommitFailedException' : 'AlreadyExistsException';
}
