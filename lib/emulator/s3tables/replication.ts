/** Replication settings of table buckets and tables (TB-52). They are kept and answered; nothing is replicated yet. */

import type {
  DeleteTableBucketReplicationRequest,
  DeleteTableReplicationRequest,
  GetTableBucketReplicationRequest,
  GetTableBucketReplicationResponse,
  GetTableReplicationRequest,
  GetTableReplicationResponse,
  GetTableReplicationStatusRequest,
  GetTableReplicationStatusResponse,
  PutTableBucketReplicationRequest,
  PutTableBucketReplicationResponse,
  PutTableReplicationRequest,
  PutTableReplicationResponse,
  TableReplicationConfiguration,
} from '@aws-sdk/client-s3tables';
import type { RequestContext } from '../context.ts';
import type { Checked } from '../wire/operation.ts';
import { authorizeOther, openBucket, openTable } from './decide.ts';
import type { Desk } from './desk.ts';
import { badRequest, conflict, notFound } from './errors.ts';
import type { Replication } from './model.ts';
import { newVersionToken } from './names.ts';

type Nothing = Record<string, never>;

const ROLE_ARN = /^arn:.+:iam::[0-9]{12}:role\/.+$/;
const MOST_DESTINATIONS = 5;

export function replicationOperations(desk: Desk) {
  const { rows, around } = desk;

  /** S3 Tables will act in the role's name, so the caller must be allowed to hand it over (PERM-15). */
  const passRole = (context: RequestContext, role: string): void =>
    authorizeOther(
      desk,
      context,
      'iam:PassRole',
      role,
      new Map([['iam:passedtoservice', ['replication.s3tables.amazonaws.com']]]),
    );

  return {
    PutTableBucketReplication(
      input: Checked<PutTableBucketReplicationRequest>,
      context: RequestContext,
    ): PutTableBucketReplicationResponse {
      const replication = read(input.configuration);
      const bucket = openBucket(desk, context, input.tableBucketARN, [
        's3tables:PutTableBucketReplication',
        's3tables:ListTables',
      ]);
      passRole(context, replication.role);
      checkToken(input.versionToken, bucket.replication);
      around.state.write(() => rows.changeBucket(bucket.id, { replication }));
      return { versionToken: replication.versionToken, status: 'SUCCESS' };
    },

    GetTableBucketReplication(
      input: Checked<GetTableBucketReplicationRequest>,
      context: RequestContext,
    ): GetTableBucketReplicationResponse {
      const bucket = openBucket(desk, context, input.tableBucketARN, ['s3tables:GetTableBucketReplication']);
      return describe(bucket.replication);
    },

    DeleteTableBucketReplication(
      input: Checked<DeleteTableBucketReplicationRequest>,
      context: RequestContext,
    ): Nothing {
      const bucket = openBucket(desk, context, input.tableBucketARN, ['s3tables:DeleteTableBucketReplication']);
      checkToken(input.versionToken, bucket.replication);
      around.state.write(() => rows.changeBucket(bucket.id, { replication: null }));
      return {};
    },

    PutTableReplication(
      input: Checked<PutTableReplicationRequest>,
      context: RequestContext,
    ): PutTableReplicationResponse {
      const replication = read(input.configuration);
      const { table } = openTable(desk, context, input, ['s3tables:PutTableReplication', 's3tables:GetTable']);
      passRole(context, replication.role);
      checkToken(input.versionToken, table.replication);
      around.state.write(() => rows.changeTable(table.id, { replication }));
      return { versionToken: replication.versionToken, status: 'SUCCESS' };
    },

    GetTableReplication(
      input: Checked<GetTableReplicationRequest>,
      context: RequestContext,
    ): GetTableReplicationResponse {
      const { table } = openTable(desk, context, input, ['s3tables:GetTableReplication']);
      return describe(table.replication);
    },

    DeleteTableReplication(input: Checked<DeleteTableReplicationRequest>, context: RequestContext): Nothing {
      const { table } = openTable(desk, context, input, ['s3tables:DeleteTableReplication']);
      checkToken(input.versionToken, table.replication);
      around.state.write(() => rows.changeTable(table.id, { replication: null }));
      return {};
    },

    /** Every destination is pending: no update has been replicated. */
    GetTableReplicationStatus(
      input: Checked<GetTableReplicationStatusRequest>,
      context: RequestContext,
    ): GetTableReplicationStatusResponse {
      const { bucket, table, arn } = openTable(desk, context, input, ['s3tables:GetTableReplicationStatus']);
      const replication = table.replication ?? bucket.replication;
      if (!replication) throw notFound('The specified replication configuration does not exist.');
      return {
        sourceTableArn: arn,
        destinations: replication.destinations.map((destination) => ({
          replicationStatus: 'pending',
          destinationTableBucketArn: destination,
        })),
      };
    },
  };
}

function read(configuration: TableReplicationConfiguration): Replication {
  const [rule, ...more] = configuration.rules ?? [];
  const destinations = rule?.destinations ?? [];
  if (!rule || more.length > 0) throw badRequest('The replication configuration must have exactly one rule.');
  if (destinations.length < 1 || destinations.length > MOST_DESTINATIONS) {
    throw badRequest(`A replication rule must have 1 to ${MOST_DESTINATIONS} destinations.`);
  }
  const { role = '' } = configuration;
  if (!ROLE_ARN.test(role)) throw badRequest('The role of the replication configuration is not valid.');
  return {
    versionToken: newVersionToken(),
    role,
    destinations: destinations.map(({ destinationTableBucketARN }) => destinationTableBucketARN ?? ''),
  };
}

function describe(replication: Replication | undefined): GetTableReplicationResponse {
  if (!replication) throw notFound('The specified replication configuration does not exist.');
  return {
    versionToken: replication.versionToken,
    configuration: {
      role: replication.role,
      rules: [
        {
          destinations: replication.destinations.map((destination) => ({ destinationTableBucketARN: destination })),
        },
      ],
    },
  };
}

function checkToken(token: string | undefined, replication: Replication | undefined): void {
  if (token === undefined) return;
  if (!replication) throw notFound('The specified replication configuration does not exist.');
  if (token !== replication.versionToken) {
    throw conflict('Provided version token does not match the replication configuration version token.');
  }
}
