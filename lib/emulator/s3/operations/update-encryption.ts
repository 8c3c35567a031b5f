/** UpdateObjectEncryption (GP-23): another key for an object that exists; its bytes, ETag and date stay as they are. */

import type { UpdateObjectEncryptionRequest, UpdateObjectEncryptionResponse } from '@aws-sdk/client-s3';
import type { RequestContext } from '../../context.ts';
import type { Checked } from '../../wire/operation.ts';
import { SCHEME } from '../encryption/scheme.ts';
import { errors } from '../errors.ts';
import { isRetained } from '../objects/lock.ts';
import type { S3Parts } from '../parts.ts';
import { findVersion } from './find-version.ts';

const KEY_ARN = /^arn:aws[-a-z0-9]*:kms:[-a-z0-9]*:([0-9]{12}):key\/.+$/;

export function updateObjectEncryption(
  s3: S3Parts,
  input: Checked<UpdateObjectEncryptionRequest>,
  context: RequestContext,
): UpdateObjectEncryptionResponse {
  const { Key: key, VersionId: version } = input;
  const kms = input.ObjectEncryption.SSEKMS;
  const passage = {
    action: 's3:UpdateObjectEncryption',
    mode: 'ReadWrite',
    key,
    conditions: {
      versionid: version,
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': kms?.KMSKeyArn,
    },
  } as const;
  const { bucket } = s3.gate.enter(context, input.Bucket, passage, input.ExpectedBucketOwner);
  // DB-21.
  if (bucket.kind !== 'general') throw errors.methodNotAllowed('PUT', 'OBJECT');
  if (kms === undefined) throw errors.malformedXml();
  const [, account] = KEY_ARN.exec(kms.KMSKeyArn ?? '') ?? [];
  if (account === undefined || kms.KMSKeyArn === undefined) {
    throw errors.invalidArgument('The KMS key must be given as a full key ARN.', 'KMSKeyArn', kms.KMSKeyArn);
  }
  if (account !== bucket.account) throw errors.accessDenied();
  const row = findVersion(s3, context, bucket, { key, version });
  if (row.scheme !== SCHEME.AES256 && row.scheme !== SCHEME.KMS) {
    throw errors.invalidRequest('The encryption type of the object does not support UpdateObjectEncryption.');
  }
  if (isRetained(row, 'COMPLIANCE', context.now)) throw errors.objectLocked();
  const request = { context, bucket, key };
  const dataKey = s3.keys.open(request, row);
  const scheme = {
    algorithm: 'aws:kms',
    keyId: kms.KMSKeyArn,
    bucketKey: kms.BucketKeyEnabled ?? false,
    extraContext: {},
  } as const;
  const { columns } = s3.keys.create(request, scheme, dataKey);
  s3.keys.checkMove(request, row, columns);
  const { scheme: number, key_arn, cached_key, key_blob, wrapped_key, context: pairs } = columns;
  s3.surroundings.state.write(() => {
    s3.versions.change(bucket.id, key, row.version, {
      scheme: number,
      key_arn,
      cached_key,
      key_blob,
      wrapped_key,
      context: pairs,
    });
  });
  return {};
}
