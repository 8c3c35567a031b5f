/** How CloudTrail describes requests to S3 and S3 Express (CT-06, CT-08; S3UG cloudtrail-logging-s3-info, s3-express-log-files). */

import type { RequestContext, TrailEvent } from '../context.ts';
import { isRecord, lowerCamel, textOf } from './parameters.ts';

/** Requests about objects: data events. All others are management events. */
const DATA_OPERATIONS: ReadonlySet<string> = new Set([
  'AbortMultipartUpload',
  'CompleteMultipartUpload',
  'CopyObject',
  'CreateMultipartUpload',
  'CreateSession',
  'DeleteObject',
  'DeleteObjectTagging',
  'DeleteObjects',
  'GetObject',
  'GetObjectAcl',
  'GetObjectAttributes',
  'GetObjectLegalHold',
  'GetObjectLockConfiguration',
  'GetObjectRetention',
  'GetObjectTagging',
  'GetObjectTorrent',
  'HeadObject',
  'ListMultipartUploads',
  'ListObjectVersions',
  'ListObjects',
  'ListObjectsV2',
  'ListParts',
  'PutObject',
  'PutObjectAcl',
  'PutObjectLegalHold',
  'PutObjectRetention',
  'PutObjectTagging',
  'RenameObject',
  'RestoreObject',
  'SelectObjectContent',
  'UpdateObjectEncryption',
  'UploadPart',
  'UploadPartCopy',
]);

/** Names in events that differ from those of the API (S3UG cloudtrail-logging-s3-info). */
const EVENT_NAMES: Readonly<Record<string, string>> = {
  ListObjectsV2: 'ListObjects',
  DeletePublicAccessBlock: 'DeleteBucketPublicAccessBlock',
  GetPublicAccessBlock: 'GetBucketPublicAccessBlock',
  PutPublicAccessBlock: 'PutBucketPublicAccessBlock',
  GetBucketLifecycleConfiguration: 'GetBucketLifecycle',
  PutBucketLifecycleConfiguration: 'PutBucketLifecycle',
  GetBucketNotificationConfiguration: 'GetBucketNotification',
  PutBucketNotificationConfiguration: 'PutBucketNotification',
};

/** Members that are printed, under the names that they have on the wire. */
const NAMES: Readonly<Record<string, string>> = {
  Bucket: 'bucketName',
  Key: 'key',
  VersionId: 'versionId',
  UploadId: 'uploadId',
  PartNumber: 'partNumber',
  Prefix: 'prefix',
  Delimiter: 'delimiter',
  MaxKeys: 'max-keys',
  StartAfter: 'start-after',
  Range: 'Range',
  CopySource: 'x-amz-copy-source',
  SessionMode: 'x-amz-create-session-mode',
  ServerSideEncryption: 'x-amz-server-side-encryption',
  SSEKMSKeyId: 'x-amz-server-side-encryption-aws-kms-key-id',
  SSEKMSEncryptionContext: 'x-amz-server-side-encryption-context',
  BucketKeyEnabled: 'x-amz-server-side-encryption-bucket-key-enabled',
  SSECustomerAlgorithm: 'x-amz-server-side-encryption-customer-algorithm',
  StorageClass: 'x-amz-storage-class',
  ACL: 'x-amz-acl',
};

/** Configurations that are printed whole, in their own casing. */
const DOCUMENTS: ReadonlySet<string> = new Set([
  'CreateBucketConfiguration',
  'ObjectLockConfiguration',
  'OwnershipControls',
  'PublicAccessBlockConfiguration',
  'ServerSideEncryptionConfiguration',
  'VersioningConfiguration',
]);

/** Whether a bucket's name is that of a directory bucket. */
const isDirectoryBucket = (bucket: string) => bucket.endsWith('--x-s3');

type Description = Pick<
  TrailEvent,
  'category' | 'eventSource' | 'eventName' | 'requestParameters' | 'responseElements' | 'resources'
> & { readonly additionalEventData?: unknown };

export function describeS3(
  context: RequestContext,
  input: unknown,
  output: unknown,
  failed: boolean,
  readOnly: boolean,
): Description {
  const { operation } = context;
  const bucket = textOf(input, 'Bucket') ?? '';
  const express = isDirectoryBucket(bucket) || operation === 'ListDirectoryBuckets' || operation === 'CreateSession';
  // On a directory bucket HeadBucket is one of the zonal operations, which are data events.
  const data = DATA_OPERATIONS.has(operation) || (express && operation === 'HeadBucket');
  return {
    category: data ? 'Data' : 'Management',
    eventSource: express ? 's3express.amazonaws.com' : 's3.amazonaws.com',
    eventName: (express ? undefined : EVENT_NAMES[operation]) ?? operation,
    requestParameters: requestParameters(context, input),
    responseElements: readOnly || failed ? null : responseElements(output),
    resources: resourcesOf(context, bucket, textOf(input, 'Key'), express),
    additionalEventData: {
      SignatureVersion: 'SigV4',
      AuthenticationMethod: context.authType === 'query' ? 'QueryString' : 'AuthHeader',
      ...transferred(context, readOnly),
    },
  };
}

function requestParameters(context: RequestContext, input: unknown): Record<string, unknown> {
  const printed: Record<string, unknown> = {};
  if (isRecord(input)) {
    // By name, because an input may hold a body and a thousand keys to delete.
    for (const name in input) {
      const shown = NAMES[name];
      const member = input[name];
      if (shown !== undefined) {
        if (typeof member === 'string') printed[shown] = member;
        else if (typeof member === 'number' || typeof member === 'boolean') printed[shown] = String(member);
      } else if (DOCUMENTS.has(name)) printed[name] = plain(member);
      else if (name === 'Policy' && typeof member === 'string') printed['bucketPolicy'] = parsed(member);
    }
  }
  printed['Host'] = context.host;
  return printed;
}

/** What answer headers say of encryption and version (CT-07), and the credentials of CreateSession without secrets. */
function responseElements(output: unknown): unknown {
  if (!isRecord(output)) return null;
  const printed: Record<string, unknown> = {};
  for (const name of ['ServerSideEncryption', 'SSEKMSKeyId', 'BucketKeyEnabled', 'SSEKMSEncryptionContext'] as const) {
    const member = output[name];
    if (typeof member === 'string' || typeof member === 'boolean') printed[NAMES[name] ?? name] = String(member);
  }
  const version = output['VersionId'];
  if (typeof version === 'string') printed['x-amz-version-id'] = version;
  const upload = output['UploadId'];
  if (typeof upload === 'string') printed['uploadId'] = upload;
  return Object.keys(printed).length === 0 ? null : printed;
}

function resourcesOf(
  context: RequestContext,
  bucket: string,
  key: string | undefined,
  express: boolean,
): TrailEvent['resources'] {
  if (bucket === '') return [];
  const { accountId, region } = context;
  const [kind, arn] = express
    ? ['AWS::S3Express', `arn:aws:s3express:${region}:${accountId}:bucket/${bucket}`]
    : ['AWS::S3', `arn:aws:s3:::${bucket}`];
  const whole = { accountId, type: express ? `${kind}::DirectoryBucket` : `${kind}::Bucket`, ARN: arn };
  return key === undefined ? [whole] : [{ type: `${kind}::Object`, ARN: `${arn}/${key}` }, whole];
}

function transferred(context: RequestContext, readOnly: boolean): Record<string, number> {
  const bytes = context.trail.bytes ?? 0;
  return { bytesTransferredIn: readOnly ? 0 : bytes, bytesTransferredOut: readOnly ? bytes : 0 };
}

/** A policy as its document; as text what is none, or nested so deep that writing it down would exhaust the stack. */
function parsed(text: string): unknown {
  try {
    const document: unknown = JSON.parse(text);
    return isDeeperThan(document, DEEPEST_DOCUMENT) ? text : document;
  } catch {
    return text;
  }
}

/** No policy that is accepted is deeper. */
const DEEPEST_DOCUMENT = 16;

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeperThan(member, levels - 1));
}

/** A configuration without dates, bytes and undefined members. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => plain(item));
  if (!isRecord(value) || value instanceof Date) return lowerCamel(value);
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      const shown = plain(member);
      return shown === undefined ? [] : [[name, shown]];
    }),
  );
}
