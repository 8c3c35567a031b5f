/** Where AWS's messages differ from the general form: data, with where each was seen. */

import type { ServiceName } from './operation.ts';

/**
 * The order, and the members, of enumerations as AWS printed them (recorded answers of KMS): it is neither the
 * schema's order nor the alphabet's, and newer members are missing.
 */
export const ENUM_ORDERS: readonly (readonly string[])[] = [
  [
    'RSA_2048',
    'ECC_NIST_P384',
    'ECC_NIST_P256',
    'ECC_NIST_P521',
    'HMAC_384',
    'RSA_3072',
    'ECC_SECG_P256K1',
    'RSA_4096',
    'SYMMETRIC_DEFAULT',
    'HMAC_256',
    'HMAC_224',
    'HMAC_512',
  ],
  ['ENCRYPT_DECRYPT', 'SIGN_VERIFY', 'GENERATE_VERIFY_MAC'],
  ['HMAC_SHA_384', 'HMAC_SHA_256', 'HMAC_SHA_224', 'HMAC_SHA_512'],
];

const NAME_SENTENCE =
  'The specified value for {member} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-';
const PATH_SENTENCE =
  'The specified value for {member} is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.';

/** IAM says what a name may hold instead of printing its pattern. */
export const PATTERN_SENTENCES: Readonly<Partial<Record<ServiceName, Readonly<Record<string, string>>>>> = {
  iam: {
    '[\\w+=,.@-]+': NAME_SENTENCE,
    '[\\w+=,.@-]*': NAME_SENTENCE,
    '(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)': PATH_SENTENCE,
  },
};

/** Constraints whose breach has a code of its own, so the service looks at them: `service.Operation.Path`. */
export const CHECKED_BY_SERVICE: ReadonlySet<string> = new Set([
  // InvalidLocationConstraint (recorded).
  's3.CreateBucket.CreateBucketConfiguration.LocationConstraint',
  // InvalidArgument.
  's3.PutBucketNotificationConfiguration.NotificationConfiguration.TopicConfigurations[].Events[]',
  's3.PutBucketNotificationConfiguration.NotificationConfiguration.QueueConfigurations[].Events[]',
  's3.PutBucketNotificationConfiguration.NotificationConfiguration.LambdaFunctionConfigurations[].Events[]',
  // InvalidMaxResultsException, InvalidEventCategoryException, InvalidLookupAttributesException.
  'cloudtrail.LookupEvents.MaxResults',
  'cloudtrail.LookupEvents.EventCategory',
  'cloudtrail.LookupEvents.LookupAttributes[].AttributeKey',
  'cloudtrail.LookupEvents.LookupAttributes[].AttributeValue',
]);
