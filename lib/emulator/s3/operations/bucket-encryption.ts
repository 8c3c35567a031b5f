/** PutBucketEncryption, GetBucketEncryption, DeleteBucketEncryption. */

import type {
  DeleteBucketEncryptionRequest,
  GetBucketEncryptionOutput,
  GetBucketEncryptionRequest,
  PutBucketEncryptionRequest,
  ServerSideEncryptionRule,
} from '@aws-sdk/client-s3';
import type { RequestContext } from '../../context.ts';
import type { Checked } from '../../wire/operation.ts';
import type { Bucket, DefaultEncryption } from '../buckets/store.ts';
import { NO_DEFAULT } from '../encryption/scheme.ts';
import { errors } from '../errors.ts';
import type { S3Parts } from '../parts.ts';
import { namesKey } from '../sessions/rules.ts';
import type { Answer } from '../stored.ts';
import { actionPrefix } from './buckets.ts';

const AES_WITH_KEY = 'a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse';
const BLOCKABLE = new Set(['SSE-C', 'NONE']);

export function putBucketEncryption(
  s3: S3Parts,
  input: Checked<PutBucketEncryptionRequest>,
  context: RequestContext,
): object {
  const bucket = enter(s3, input, context, 'PutEncryptionConfiguration');
  const rules = input.ServerSideEncryptionConfiguration.Rules ?? [];
  const [rule] = rules;
  if (rule === undefined || rules.length !== 1) throw errors.malformedXml();
  const encryption = readRule(rule);
  const change =
    bucket.kind === 'directory'
      ? directoryEncryption(s3, context, bucket, encryption)
      : // GP-04: a general purpose bucket takes any key id; the first PutObject finds out.
        { encryption };
  s3.buckets.update(bucket, change);
  s3.zonal.unbind(context);
  return {};
}

/** Throws MalformedXML, InvalidArgument (GP-15). */
function readRule(rule: ServerSideEncryptionRule): DefaultEncryption {
  const chosen = rule.ApplyServerSideEncryptionByDefault;
  const blocked: readonly string[] | undefined = rule.BlockedEncryptionTypes?.EncryptionType;
  if (chosen === undefined && blocked === undefined && rule.BucketKeyEnabled === undefined) throw errors.malformedXml();
  if (blocked?.some((type) => !BLOCKABLE.has(type)) === true) throw errors.malformedXml();
  const algorithm: string = chosen?.SSEAlgorithm ?? 'AES256';
  const keyId = chosen?.KMSMasterKeyID;
  if (algorithm !== 'AES256' && algorithm !== 'aws:kms' && algorithm !== 'aws:kms:dsse') throw errors.malformedXml();
  if (algorithm === 'AES256' && keyId !== undefined) {
    throw errors.invalidArgument(AES_WITH_KEY, 'ApplyServerSideEncryptionByDefault');
  }
  return {
    algorithm,
    bucketKey: rule.BucketKeyEnabled ?? false,
    ...(keyId === undefined || keyId === '' ? {} : { keyId }),
    ...(blocked === undefined ? {} : { blocked }),
  };
}

const KEY_FORM = /^(?:arn:[^:]+:kms:[^:]*:\d{12}:key\/)?[0-9a-zA-Z-]+$/;

/**
 * A directory bucket takes SSE-S3 or SSE-KMS with one customer managed key for life, given as id or ARN, and asks KMS
 * whether the caller may use it (DB-10 … DB-16).
 */
function directoryEncryption(
  s3: S3Parts,
  context: RequestContext,
  bucket: Bucket,
  encryption: DefaultEncryption,
): { encryption: DefaultEncryption; keyForLife?: string } {
  if (encryption.algorithm === 'AES256') return { encryption };
  if (encryption.algorithm !== 'aws:kms') {
    throw errors.invalidRequest('Directory buckets support only SSE-S3 and SSE-KMS as default encryption.');
  }
  const { keyId } = encryption;
  if (keyId === undefined) {
    throw errors.invalidRequest(
      'SSE-KMS of a directory bucket needs a customer managed key. The AWS managed key (aws/s3) is not supported.',
    );
  }
  if (!KEY_FORM.test(keyId)) {
    throw errors.invalidRequest(
      'The KMS key of a directory bucket must be given as key ID or key ARN. Aliases are not supported.',
    );
  }
  const { keyForLife } = bucket.config;
  if (keyForLife !== undefined && !namesKey(keyId, keyForLife)) {
    throw errors.invalidRequest(
      `The directory bucket can use only one customer managed key for its lifetime, and that is ${keyForLife}.`,
    );
  }
  const { kms } = s3.surroundings.ports;
  if (kms.facts(keyId, context.accountId, bucket.region)?.manager === 'AWS') {
    throw errors.invalidRequest('The AWS managed key (aws/s3) is not supported for directory buckets.');
  }
  const keyArn = s3.keys.check({ context, bucket, key: '' }, keyForLife ?? keyId);
  // DB-25: bucket keys cannot be turned off.
  return { encryption: { ...encryption, bucketKey: true }, keyForLife: keyForLife ?? keyArn };
}

export function getBucketEncryption(
  s3: S3Parts,
  input: Checked<GetBucketEncryptionRequest>,
  context: RequestContext,
): Answer<GetBucketEncryptionOutput> {
  const bucket = enter(s3, input, context, 'GetEncryptionConfiguration');
  const encryption = bucket.config.encryption ?? NO_DEFAULT;
  return {
    ServerSideEncryptionConfiguration: {
      Rules: [
        {
          ApplyServerSideEncryptionByDefault: {
            SSEAlgorithm: encryption.algorithm,
            ...(encryption.keyId !== undefined && { KMSMasterKeyID: encryption.keyId }),
          },
          BucketKeyEnabled: encryption.bucketKey,
          ...(encryption.blocked !== undefined && {
            BlockedEncryptionTypes: { EncryptionType: encryption.blocked },
          }),
        },
      ],
    },
  };
}

/** Idempotent; the key of a directory bucket is remembered (DB-12, GP-14a). */
export function deleteBucketEncryption(
  s3: S3Parts,
  input: Checked<DeleteBucketEncryptionRequest>,
  context: RequestContext,
): object {
  const bucket = enter(s3, input, context, 'PutEncryptionConfiguration');
  s3.buckets.update(bucket, { encryption: undefined });
  s3.zonal.unbind(context);
  return {};
}

function enter(
  s3: S3Parts,
  input: { readonly Bucket: string; readonly ExpectedBucketOwner?: string | undefined },
  context: RequestContext,
  action: string,
): Bucket {
  const bucket = s3.access.bucket(context, input.Bucket, input.ExpectedBucketOwner);
  if (bucket.kind === 'table') throw errors.methodNotAllowed(context.operation, 'TABLE');
  if (bucket.kind === 'directory') requireOwner(s3, context, bucket);
  s3.access.require(context, bucket, `${actionPrefix(bucket)}:${action}`, bucket.arn);
  return bucket;
}

/** DB-17: the configuration of a directory bucket is its own account's business. */
export function requireOwner(s3: S3Parts, context: RequestContext, bucket: Bucket): void {
  s3.zonal.refuseScoped(context);
  if (context.accountId !== bucket.account) throw errors.accessDenied();
}
