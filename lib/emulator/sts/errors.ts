/** Everything that STS answers when it refuses. */

import { AwsError } from '../wire/error.ts';

export const accessDenied = (message: string): AwsError => new AwsError('AccessDenied', 403, message);

export const validationError = (message: string): AwsError => new AwsError('ValidationError', 400, message);

export const malformedPolicy = (message: string): AwsError => new AwsError('MalformedPolicyDocument', 400, message);

export const packedPolicyTooLarge = (percent: number): AwsError =>
  new AwsError(
    'PackedPolicyTooLarge',
    400,
    `Packed policy consumes ${percent}% of allotted space, please use smaller policy.`,
  );

export const invalidParameter = (message: string): AwsError => new AwsError('InvalidParameterValue', 400, message);
