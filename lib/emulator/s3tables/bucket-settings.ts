/** What is set on a whole table bucket: encryption, storage class, metrics (TB-34…TB-36, TB-50, TB-51). */

import type {
  DeleteTableBucketEncryptionRequest,
  DeleteTableBucketMetricsConfigurationRequest,
  GetTableBucketEncryptionRequest,
  GetTableBucketEncryptionResponse,
  GetTableBucketMetricsConfigurationRequest,
  GetTableBucketMetricsConfigurationResponse,
  GetTableBucketStorageClassRequest,
  GetTableBucketStorageClassResponse,
  PutTableBucketEncryptionRequest,
  PutTableBucketMetricsConfigurationRequest,
  PutTableBucketStorageClassRequest,
} from '@aws-sdk/client-s3tables';
import type { RequestContext } from '../context.ts';
import type { Checked } from '../wire/operation.ts';
import { encryptionConditions, openBucket } from './decide.ts';
import type { Desk } from './desk.ts';
import { readEncryptionConfiguration, refuseImpossibleKey, writeEncryptionConfiguration } from './encryption.ts';
import { badRequest, notFound } from './errors.ts';
import { newId } from './names.ts';

type Nothing = Record<string, never>;

export function bucketSettingOperations(desk: Desk) {
  const { rows, around } = desk;
  return {
    /** Changes the default of tables made from now on (TB-07). It does not ask whether the key can be used (TB-19). */
    PutTableBucketEncryption(input: Checked<PutTableBucketEncryptionRequest>, context: RequestContext): Nothing {
      const encryption = readEncryptionConfiguration(input.encryptionConfiguration);
      const bucket = openBucket(
        desk,
        context,
        input.tableBucketARN,
        ['s3tables:PutTableBucketEncryption'],
        encryptionConditions(encryption),
      );
      refuseImpossibleKey(around.ports.kms, encryption, bucket.accountId, bucket.region);
      around.state.write(() => rows.changeBucket(bucket.id, { encryption }));
      return {};
    },

    GetTableBucketEncryption(
      input: Checked<GetTableBucketEncryptionRequest>,
      context: RequestContext,
    ): GetTableBucketEncryptionResponse {
      const bucket = openBucket(desk, context, input.tableBucketARN, ['s3tables:GetTableBucketEncryption']);
      return { encryptionConfiguration: writeEncryptionConfiguration(bucket.encryption) };
    },

    /** Back to SSE-S3 (TB-08). */
    DeleteTableBucketEncryption(input: Checked<DeleteTableBucketEncryptionRequest>, context: RequestContext): Nothing {
      const bucket = openBucket(desk, context, input.tableBucketARN, ['s3tables:DeleteTableBucketEncryption']);
      around.state.write(() => rows.changeBucket(bucket.id, { encryption: { algorithm: 'AES256' } }));
      return {};
    },

    PutTableBucketStorageClass(input: Checked<PutTableBucketStorageClassRequest>, context: RequestContext): Nothing {
      const bucket = openBucket(desk, context, input.tableBucketARN, ['s3tables:PutTableBucketStorageClass']);
      const storageClass = input.storageClassConfiguration.storageClass;
      if (!storageClass) throw badRequest('The storage class configuration is not valid.');
      around.state.write(() => rows.changeBucket(bucket.id, { storage_class: storageClass }));
      return {};
    },

    GetTableBucketStorageClass(
      input: Checked<GetTableBucketStorageClassRequest>,
      context: RequestContext,
    ): GetTableBucketStorageClassResponse {
      const bucket = openBucket(desk, context, input.tableBucketARN, ['s3tables:GetTableBucketStorageClass']);
      return { storageClassConfiguration: { storageClass: bucket.storageClass } };
    },

    PutTableBucketMetricsConfiguration(
      input: Checked<PutTableBucketMetricsConfigurationRequest>,
      context: RequestContext,
    ): Nothing {
      const bucket = openBucket(desk, context, input.tableBucketARN, ['s3tables:PutTableBucketMetricsConfiguration']);
      if (bucket.metricsId === undefined) {
        around.state.write(() => rows.changeBucket(bucket.id, { metrics_id: newId() }));
      }
      return {};
    },

    GetTableBucketMetricsConfiguration(
      input: Checked<GetTableBucketMetricsConfigurationRequest>,
      context: RequestContext,
    ): GetTableBucketMetricsConfigurationResponse {
      const bucket = openBucket(desk, context, input.tableBucketARN, ['s3tables:GetTableBucketMetricsConfiguration']);
      if (bucket.metricsId === undefined) throw notFound('The specified metrics configuration does not exist.');
      return { tableBucketARN: bucket.arn, id: bucket.metricsId };
    },

    DeleteTableBucketMetricsConfiguration(
      input: Checked<DeleteTableBucketMetricsConfigurationRequest>,
      context: RequestContext,
    ): Nothing {
      const bucket = openBucket(desk, context, input.tableBucketARN, [
        's3tables:DeleteTableBucketMetricsConfiguration',
      ]);
      around.state.write(() => rows.changeBucket(bucket.id, { metrics_id: null }));
      return {};
    },
  };
}
