/**
 * The closed set of errors that S3 answers. Sentences were recorded from AWS where the conformance data has them;
 * the others are those of the S3 API reference (ErrorResponses) or, where AWS publishes none, our own.
 */

import { AwsError } from '../wire/error.ts';

type Members = Readonly<Record<string, string>>;
type Headers = Readonly<Record<string, string>>;

function make(code: string, status: number, message: string, members: Members = {}, headers: Headers = {}): AwsError {
  return new AwsError(code, status, message, { members, headers });
}

const MALFORMED_XML = 'The XML you provided was not well-formed or did not validate against our published schema';
const PRECONDITION = 'At least one of the pre-conditions you specified did not hold';
const NO_UPLOAD =
  'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.';
const NO_PART =
  "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.";

export const errors = {
  noSuchBucket: (bucket: string) =>
    make('NoSuchBucket', 404, 'The specified bucket does not exist', { BucketName: bucket }),
  noSuchKey: (key: string, headers?: Headers) =>
    make('NoSuchKey', 404, 'The specified key does not exist.', { Key: key }, headers),
  noSuchVersion: (key: string, version: string) =>
    make('NoSuchVersion', 404, 'The specified version does not exist.', { Key: key, VersionId: version }),
  objectLocked: () => make('AccessDenied', 403, 'Access Denied because object protected by object lock.'),
  noObjectLock: () => make('InvalidRequest', 400, 'Bucket is missing Object Lock Configuration'),
  noObjectLockConfiguration: (bucket: string) =>
    make('ObjectLockConfigurationNotFoundError', 404, 'Object Lock configuration does not exist for this bucket', {
      BucketName: bucket,
    }),
  noLockOfObject: () =>
    make('NoSuchObjectLockConfiguration', 404, 'The specified object does not have a ObjectLock configuration'),
  retentionInPast: () => make('InvalidArgument', 400, 'The retain until date must be in the future!'),
  invalidWriteOffset: () =>
    make(
      'InvalidWriteOffset',
      400,
      'The write offset value that you specified does not match the current object size.',
    ),
  tooManyParts: () =>
    make(
      'TooManyParts',
      400,
      'You have attempted to add more parts than the maximum of 10000 that are allowed for this object. You can use the CopyObject operation to copy this object to another and then add more data to the newly copied object.',
    ),
  encryptionTypeMismatch: () =>
    make(
      'EncryptionTypeMismatch',
      400,
      'The existing object was created with a different encryption type. Subsequent write requests must include the appropriate encryption parameters in the request or while creating the session.',
    ),
  idempotencyMismatch: () =>
    make(
      'IdempotencyParameterMismatch',
      400,
      'Parameters on this idempotent request are inconsistent with parameters used in previous request(s).',
    ),
  noSuchUpload: (uploadId: string) => make('NoSuchUpload', 404, NO_UPLOAD, { UploadId: uploadId }),
  noSuchBucketPolicy: (bucket: string) =>
    make('NoSuchBucketPolicy', 404, 'The bucket policy does not exist', { BucketName: bucket }),
  noSuchTagSet: (bucket: string) => make('NoSuchTagSet', 404, 'The TagSet does not exist', { BucketName: bucket }),
  noSuchPublicAccessBlock: (bucket: string) =>
    make('NoSuchPublicAccessBlockConfiguration', 404, 'The public access block configuration was not found', {
      BucketName: bucket,
    }),
  noSuchOwnershipControls: (bucket: string) =>
    make('OwnershipControlsNotFoundError', 404, 'The bucket ownership controls were not found', { BucketName: bucket }),
  // AWS publishes no sentences for these two.
  noSuchMetadata: (bucket: string) =>
    make('MetadataConfigurationNotFound', 404, 'The metadata configuration does not exist', { BucketName: bucket }),
  metadataExists: () =>
    make('MetadataConfigurationAlreadyExists', 409, 'A metadata configuration already exists for this bucket'),
  noSuchReplication: (bucket: string) =>
    make('ReplicationConfigurationNotFoundError', 404, 'The replication configuration was not found', {
      BucketName: bucket,
    }),
  invalidLogTarget: (message: string, target: string) =>
    make('InvalidTargetBucketForLogging', 400, message, { TargetBucket: target }),
  crossLocationLogging: () => make('CrossLocationLoggingProhibited', 403, 'Cross S3 location logging not allowed.'),
  noSuchCors: (bucket: string) =>
    make('NoSuchCORSConfiguration', 404, 'The CORS configuration does not exist', { BucketName: bucket }),
  noSuchLifecycle: (bucket: string) =>
    make('NoSuchLifecycleConfiguration', 404, 'The lifecycle configuration does not exist', { BucketName: bucket }),
  malformedAcl: () => make('MalformedACLError', 400, MALFORMED_XML),
  missingSecurityHeader: () =>
    make('MissingSecurityHeader', 400, 'Your request was missing a required header', {
      MissingHeaderName: 'x-amz-acl',
    }),
  unexpectedContent: () => make('UnexpectedContent', 400, 'This request does not support content'),
  aclNotSupported: () => make('AccessControlListNotSupported', 400, 'The bucket does not allow ACLs'),
  accessDenied: (message = 'Access Denied') => make('AccessDenied', 403, message),
  invalidBucketName: (bucket: string) =>
    make('InvalidBucketName', 400, 'The specified bucket is not valid.', { BucketName: bucket }),
  bucketAlreadyExists: (bucket: string) =>
    make(
      'BucketAlreadyExists',
      409,
      'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.',
      { BucketName: bucket },
    ),
  bucketAlreadyOwnedByYou: (bucket: string) =>
    make(
      'BucketAlreadyOwnedByYou',
      409,
      'Your previous request to create the named bucket succeeded and you already own it.',
      { BucketName: bucket },
    ),
  bucketNotEmpty: (bucket: string, versioned: boolean) =>
    make(
      'BucketNotEmpty',
      409,
      `The bucket you tried to delete is not empty${versioned ? '. You must delete all versions in the bucket.' : ''}`,
      { BucketName: bucket },
    ),
  invalidBucketState: (message: string) => make('InvalidBucketState', 409, message),
  illegalVersioning: () =>
    make('IllegalVersioningConfigurationException', 400, 'The Versioning element must be specified'),
  tooManyBuckets: () => make('TooManyBuckets', 400, 'You have attempted to create more buckets than allowed'),
  permanentRedirect: (bucket: string, region: string) =>
    make(
      'PermanentRedirect',
      301,
      'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
      { Bucket: bucket, Endpoint: `${bucket}.s3.${region}.amazonaws.com` },
      { 'x-amz-bucket-region': region },
    ),
  invalidLocationConstraint: (location: string) =>
    make('InvalidLocationConstraint', 400, 'The specified location-constraint is not valid', {
      LocationConstraint: location,
    }),
  illegalLocationConstraint: (location: string) =>
    make(
      'IllegalLocationConstraintException',
      400,
      `The ${location} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    ),
  malformedXml: () => make('MalformedXML', 400, MALFORMED_XML),
  malformedPolicy: (message: string) => make('MalformedPolicy', 400, message),
  invalidArgument: (message: string, name?: string, value?: string) =>
    make('InvalidArgument', 400, message, {
      ...(name === undefined ? {} : { ArgumentName: name }),
      ...(value === undefined ? {} : { ArgumentValue: value }),
    }),
  invalidRequest: (message: string) => make('InvalidRequest', 400, message),
  invalidOwnerAccountId: (value: string) =>
    make(
      'InvalidBucketOwnerAWSAccountID',
      400,
      `The value of the expected bucket owner parameter must be an AWS Account ID... [${value}]`,
    ),
  invalidEncryptionAlgorithm: () =>
    make(
      'InvalidEncryptionAlgorithmError',
      400,
      'The Encryption request you specified is not valid. Supported value: AES256.',
    ),
  invalidRange: (range: string, size: number) =>
    make(
      'InvalidRange',
      416,
      'The requested range is not satisfiable',
      {
        RangeRequested: range,
        ActualObjectSize: String(size),
      },
      { 'content-range': `bytes */${size}` },
    ),
  invalidPartNumber: (part: number, size: number) =>
    make('InvalidPartNumber', 416, 'The requested partnumber is not satisfiable', {
      PartNumberRequested: String(part),
      ActualPartCount: String(size),
    }),
  invalidPart: (uploadId: string, part: number, etag: string) =>
    make('InvalidPart', 400, NO_PART, { UploadId: uploadId, PartNumber: String(part), ETag: etag }),
  invalidPartOrder: (uploadId: string) =>
    make(
      'InvalidPartOrder',
      400,
      'The list of parts was not in ascending order. Parts must be ordered by part number.',
      { UploadId: uploadId },
    ),
  invalidObjectState: (storageClass: string) =>
    make('InvalidObjectState', 403, "The operation is not valid for the object's storage class", {
      StorageClass: storageClass,
    }),
  invalidStorageClass: (value: string) =>
    make('InvalidStorageClass', 400, 'The storage class you specified is not valid', { StorageClassRequested: value }),
  invalidTag: (message: string) => make('InvalidTag', 400, message),
  invalidVersionId: (value: string) =>
    make('InvalidArgument', 400, 'Invalid version id specified', { ArgumentName: 'versionId', ArgumentValue: value }),
  entityTooSmall: (size: number, part: number, etag: string) =>
    make('EntityTooSmall', 400, 'Your proposed upload is smaller than the minimum allowed size', {
      ProposedSize: String(size),
      MinSizeAllowed: '5242880',
      PartNumber: String(part),
      ETag: etag,
    }),
  entityTooLarge: (maximum: number) =>
    make('EntityTooLarge', 400, 'Your proposed upload exceeds the maximum allowed size', {
      MaxSizeAllowed: String(maximum),
    }),
  badDigest: (algorithm: string) =>
    make('BadDigest', 400, `The ${algorithm} you specified did not match the calculated checksum.`),
  keyTooLong: (size: number) =>
    make('KeyTooLongError', 400, 'Your key is too long', { Size: String(size), MaxSizeAllowed: '1024' }),
  metadataTooLarge: (size: number) =>
    make('MetadataTooLarge', 400, 'Your metadata headers exceed the maximum allowed metadata size', {
      Size: String(size),
      MaxSizeAllowed: '2048',
    }),
  preconditionFailed: (condition: string) => make('PreconditionFailed', 412, PRECONDITION, { Condition: condition }),
  conditionalConflict: (condition: string) =>
    make(
      'ConditionalRequestConflict',
      409,
      'The conditional request cannot succeed due to a conflicting operation against this resource.',
      { Condition: condition },
    ),
  notModified: (headers: Headers) => make('NotModified', 304, 'Not Modified', {}, headers),
  notImplementedHeader: (header: string) =>
    make('NotImplemented', 501, 'A header you provided implies functionality that is not implemented', {
      Header: header,
    }),
  methodNotAllowed: (method: string, resourceType: string, headers?: Headers) =>
    make(
      'MethodNotAllowed',
      405,
      'The specified method is not allowed against this resource.',
      { Method: method, ResourceType: resourceType },
      headers,
    ),
  slowDown: (message = 'Please reduce your request rate.') => make('SlowDown', 503, message),
  kms: (code: string, message: string) => make(`KMS.${code}`, 400, message),
} as const;
