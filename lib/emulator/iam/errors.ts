/** Everything that IAM answers when it refuses: codes and statuses of its error list, sentences as AWS writes them. */

import { AwsError } from '../wire/error.ts';
import type { EntityKind } from './entities.ts';

export const noSuchEntity = (message: string): AwsError => new AwsError('NoSuchEntity', 404, message);

export const noSuch = (kind: EntityKind, name: string): AwsError =>
  noSuchEntity(`The ${kind} with name ${name} cannot be found.`);

export const noSuchPolicy = (arn: string): AwsError => noSuchEntity(`Policy ${arn} was not found.`);

const CAPITALIZED = { user: 'User', role: 'Role', group: 'Group' } as const;

export const alreadyExists = (kind: EntityKind, name: string): AwsError =>
  new AwsError('EntityAlreadyExists', 409, `${CAPITALIZED[kind]} with name ${name} already exists.`);

export const policyExists = (name: string): AwsError =>
  new AwsError('EntityAlreadyExists', 409, `A policy called ${name} already exists. Duplicate names are not allowed.`);

export const deleteConflict = (message: string): AwsError => new AwsError('DeleteConflict', 409, message);

export const limitExceeded = (message: string): AwsError => new AwsError('LimitExceeded', 409, message);

export const malformedPolicy = (message: string): AwsError => new AwsError('MalformedPolicyDocument', 400, message);

export const invalidInput = (message: string): AwsError => new AwsError('InvalidInput', 400, message);

export const validationError = (message: string): AwsError => new AwsError('ValidationError', 400, message);

export const accessDenied = (message: string): AwsError => new AwsError('AccessDenied', 403, message);
