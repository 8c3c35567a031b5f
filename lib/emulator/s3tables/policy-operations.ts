/** Policies of table buckets and tables: put, get, delete (TB-47). */

import type {
  DeleteTableBucketPolicyRequest,
  DeleteTablePolicyRequest,
  GetTableBucketPolicyRequest,
  GetTableBucketPolicyResponse,
  GetTablePolicyRequest,
  GetTablePolicyResponse,
  PutTableBucketPolicyRequest,
  PutTablePolicyRequest,
} from '@aws-sdk/client-s3tables';
import type { RequestContext } from '../context.ts';
import type { Checked } from '../wire/operation.ts';
import { openBucket, openTable } from './decide.ts';
import type { Desk } from './desk.ts';
import { badRequest, notFound } from './errors.ts';
import { checkPolicy } from './policies.ts';

type Nothing = Record<string, never>;

/** LIM-07 */
const LONGEST_POLICY = 20_480;

export function policyOperations(desk: Desk) {
  const { rows, around, warehouses } = desk;

  const check = (policy: string): void => {
    if (policy.length > LONGEST_POLICY) throw badRequest('The specified policy is not valid. It is too long.');
    checkPolicy(policy);
  };
  const setOnBucket = (bucketId: string, policy: string | null): Nothing => {
    around.state.write(() => rows.changeBucket(bucketId, { policy }));
    warehouses.forgetAll();
    return {};
  };
  const setOnTable = (tableId: string, alias: string, policy: string | null): Nothing => {
    around.state.write(() => rows.changeTable(tableId, { policy }));
    warehouses.forget(alias);
    return {};
  };

  return {
    PutTableBucketPolicy(input: Checked<PutTableBucketPolicyRequest>, context: RequestContext): Nothing {
      const bucket = openBucket(desk, context, input.tableBucketARN, ['s3tables:PutTableBucketPolicy']);
      check(input.resourcePolicy);
      return setOnBucket(bucket.id, input.resourcePolicy);
    },

    GetTableBucketPolicy(
      input: Checked<GetTableBucketPolicyRequest>,
      context: RequestContext,
    ): GetTableBucketPolicyResponse {
      const bucket = openBucket(desk, context, input.tableBucketARN, ['s3tables:GetTableBucketPolicy']);
      if (bucket.policy === undefined) throw notFound('The specified bucket policy does not exist.');
      return { resourcePolicy: bucket.policy };
    },

    DeleteTableBucketPolicy(input: Checked<DeleteTableBucketPolicyRequest>, context: RequestContext): Nothing {
      const bucket = openBucket(desk, context, input.tableBucketARN, ['s3tables:DeleteTableBucketPolicy']);
      return setOnBucket(bucket.id, null);
    },

    PutTablePolicy(input: Checked<PutTablePolicyRequest>, context: RequestContext): Nothing {
      const { table } = openTable(desk, context, input, ['s3tables:PutTablePolicy']);
      check(input.resourcePolicy);
      return setOnTable(table.id, table.warehouseAlias, input.resourcePolicy);
    },

    GetTablePolicy(input: Checked<GetTablePolicyRequest>, context: RequestContext): GetTablePolicyResponse {
      const { table } = openTable(desk, context, input, ['s3tables:GetTablePolicy']);
      if (table.policy === undefined) throw notFound('The specified table policy does not exist.');
      return { resourcePolicy: table.policy };
    },

    DeleteTablePolicy(input: Checked<DeleteTablePolicyRequest>, context: RequestContext): Nothing {
      const { table } = openTable(desk, context, input, ['s3tables:DeleteTablePolicy']);
      return setOnTable(table.id, table.warehouseAlias, null);
    },
  };
}
