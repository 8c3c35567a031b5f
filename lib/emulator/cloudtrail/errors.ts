/** Errors of LookupEvents (CT-09). Only the codes are AWS's; it does not publish the sentences. */

import { AwsError } from '../wire/error.ts';

export const invalidLookupAttributes = (message: string) => invalid('InvalidLookupAttributesException', message);

export const invalidTimeRange = () =>
  invalid('InvalidTimeRangeException', 'The start time must not be after the end time.');

export const invalidMaxResults = () => invalid('InvalidMaxResultsException', 'MaxResults must be between 1 and 50.');

export const invalidNextToken = () =>
  invalid('InvalidNextTokenException', 'The token is not valid, or belongs to a request with other parameters.');

export const invalidEventCategory = () =>
  invalid('InvalidEventCategoryException', 'The event category must be insight, or be left out.');

export const accessDenied = (message: string) => new AwsError('AccessDeniedException', 400, message);

export const throttled = () => new AwsError('ThrottlingException', 400, 'Rate exceeded');

function invalid(code: string, message: string): AwsError {
  return new AwsError(code, 400, message);
}
