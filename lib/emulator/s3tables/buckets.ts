/** Table buckets: create, get, list, delete (TB-30…TB-33). */

import type {
  CreateTableBucketRequest,
  CreateTableBucketResponse,
  DeleteTableBucketRequest,
  GetTableBucketRequest,
  GetTableBucketResponse,
  ListTableBucketsRequest,
  ListTableBucketsResponse,
} from '@aws-sdk/client-s3tables';
import type { RequestContext } from '../context.ts';
import type { Checked } from '../wire/operation.ts';
import {
  authorizeBucket,
  authorizeOther,
  encryptionConditions,
  findBucket,
  merge,
  openBucket,
  requestTagConditions,
} from './decide.ts';
import type { Desk } from './desk.ts';
import { readEncryptionConfiguration, refuseImpossibleKey } from './encryption.ts';
import { badRequest, conflict } from './errors.ts';
import type { BucketRow } from './model.ts';
import { bucketArn, checkBucketName, isManaged, newId } from './names.ts';
import { LARGEST_PAGE, page, readToken } from './pages.ts';
import { checkTags } from './tags.ts';

export function bucketOperations(desk: Desk) {
  const { rows, around } = desk;
  return {
    CreateTableBucket(input: Checked<CreateTableBucketRequest>, context: RequestContext): CreateTableBucketResponse {
      checkBucketName(input.name);
      const tags = checkTags(input.tags);
      const encryption = input.encryptionConfiguration && readEncryptionConfiguration(input.encryptionConfiguration);
      const target = findBucket(desk, context, bucketArn(context.region, context.accountId, input.name));
      // Each part of the request needs its own permission (PERM-09).
      const conditions = merge(requestTagConditions(tags), encryptionConditions(encryption));
      authorizeBucket(
        desk,
        context,
        { ...target, row: undefined },
        [
          's3tables:CreateTableBucket',
          ...(encryption ? ['s3tables:PutTableBucketEncryption'] : []),
          ...(input.storageClassConfiguration ? ['s3tables:PutTableBucketStorageClass'] : []),
          ...(input.tags ? ['s3tables:TagResource'] : []),
        ],
        conditions,
      );
      if (encryption) refuseImpossibleKey(around.ports.kms, encryption, context.accountId, context.region);
      if (target.row) throw conflict('The bucket that you tried to create already exists, and you own it.');
      if (
        rows.countBuckets(context.accountId, context.region) >= around.world.values(context.accountId).tableBucketQuota
      ) {
        throw badRequest('You have attempted to create more table buckets than allowed.');
      }
      around.state.write(() =>
        rows.addBucket({
          id: newId(),
          accountId: context.accountId,
          region: context.region,
          name: input.name,
          createdAt: context.now,
          encryption: encryption ?? { algorithm: 'AES256' },
          storageClass: input.storageClassConfiguration?.storageClass ?? 'STANDARD',
          tags,
        }),
      );
      return { arn: target.arn };
    },

    GetTableBucket(input: Checked<GetTableBucketRequest>, context: RequestContext): GetTableBucketResponse {
      return describe(openBucket(desk, context, input.tableBucketARN, ['s3tables:GetTableBucket']));
    },

    ListTableBuckets(input: Checked<ListTableBucketsRequest>, context: RequestContext): ListTableBucketsResponse {
      authorizeOther(desk, context, 's3tables:ListTableBuckets', '*');
      const [after = ''] = readToken('buckets', input.continuationToken, 1);
      const size = input.maxBuckets ?? LARGEST_PAGE;
      // Those of AWS are listed where they are asked for (TB-22).
      const managed = input.type === 'aws';
      const found = rows.buckets(context.accountId, context.region, input.prefix ?? '', after, size + 1, managed);
      const { rows: shown, continuationToken } = page(found, size, 'buckets', ({ name }) => [name]);
      return { tableBuckets: shown.map(describe), ...(continuationToken && { continuationToken }) };
    },

    DeleteTableBucket(input: Checked<DeleteTableBucketRequest>, context: RequestContext): Record<string, never> {
      const bucket = openBucket(desk, context, input.tableBucketARN, ['s3tables:DeleteTableBucket']);
      around.state.write(() => {
        if (rows.namespaces(bucket.id, '', '', 1).length > 0) {
          throw conflict('The bucket that you tried to delete is not empty.');
        }
        rows.removeBucket(bucket.id);
      });
      return {};
    },
  };
}

function describe(bucket: BucketRow): Required<GetTableBucketResponse> {
  return {
    arn: bucket.arn,
    name: bucket.name,
    ownerAccountId: bucket.accountId,
    createdAt: new Date(bucket.createdAt),
    tableBucketId: bucket.id,
    type: isManaged(bucket) ? 'aws' : 'customer',
  };
}
