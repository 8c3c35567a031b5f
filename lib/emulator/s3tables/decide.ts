/** Who may do what to a table bucket or a table: finds what a request names, asks the authorizer, refuses as AWS does. */

import { denialMessage } from '../../access/index.ts';
import type { ConditionContext, SourcedPolicy } from '../../access/types.ts';
import type { RequestContext } from '../context.ts';
import type { Desk } from './desk.ts';
import { denied, noSuchBucket, noSuchNamespace, noSuchTable } from './errors.ts';
import type { BucketRow, Encryption, TableRow, Tags } from './model.ts';
import { type BucketArn, isManaged, parseBucketArn, parseTableArn } from './names.ts';
import { resourcePolicy } from './policies.ts';
import { bucketConditions, tableArn, tableConditions } from './warehouses.ts';

/** Actions that a policy cannot open to another account (TB-64). */
const WITHIN_ACCOUNT_ONLY: ReadonlySet<string> = new Set([
  's3tables:PutTableBucketEncryption',
  's3tables:GetTableBucketEncryption',
  's3tables:DeleteTableBucketEncryption',
  's3tables:GetTableEncryption',
  's3tables:PutTableEncryption',
]);

/** What only AWS's services may do in the table buckets that are AWS's own (TB-22). */
const SERVICES_ONLY: ReadonlySet<string> = new Set([
  's3tables:CreateNamespace',
  's3tables:CreateTable',
  's3tables:RenameTable',
  's3tables:UpdateTableMetadataLocation',
  's3tables:PutTableData',
]);

type Conditions = ReadonlyMap<string, readonly string[]>;

/** A table bucket that a request names; `row` is undefined where there is none in this Region. */
export interface BucketTarget extends BucketArn {
  readonly row: BucketRow | undefined;
}

/** A table that a request names, and whatever of its way to it exists. */
export interface TableTarget {
  readonly bucket: BucketTarget;
  readonly namespace: string;
  readonly name: string;
  readonly table: TableRow | undefined;
  /** The table's ARN; for a table that does not exist, one that policies for all tables of the bucket match. */
  readonly arn: string;
}

export interface FoundTable {
  readonly bucket: BucketRow;
  readonly table: TableRow;
  readonly arn: string;
}

interface NamedTable {
  readonly tableBucketARN: string;
  readonly namespace: string;
  readonly name: string;
}

export function findBucket(desk: Desk, context: RequestContext, arn: string): BucketTarget {
  return withRow(desk, context, parseBucketArn(arn));
}

export function withRow(desk: Desk, context: RequestContext, arn: BucketArn): BucketTarget {
  const row = arn.region === context.region ? desk.rows.bucket(arn.accountId, arn.region, arn.name) : undefined;
  return { ...arn, row };
}

/** Decides a set of actions on a bucket, in order. Throws the operation's refusal at the first that is not allowed. */
export function authorizeBucket(
  desk: Desk,
  context: RequestContext,
  target: BucketTarget,
  actions: readonly string[],
  conditions?: Conditions,
): void {
  note(context, 'AWS::S3Tables::TableBucket', target.arn, target);
  for (const action of actions) {
    ask(desk, context, action, target.arn, target, {
      policy: resourcePolicy(target.row?.policy, undefined),
      conditions: merge(bucketConditions(target.row), conditions),
      tags: target.row?.tags,
    });
    refuseInManaged(context, target, action);
  }
}

/** As above, and answers the bucket. Throws NotFoundException when there is none, after the decision. */
export function openBucket(
  desk: Desk,
  context: RequestContext,
  arn: string,
  actions: readonly string[],
  conditions?: Conditions,
): BucketRow {
  const target = findBucket(desk, context, arn);
  authorizeBucket(desk, context, target, actions, conditions);
  if (!target.row) throw noSuchBucket();
  return target.row;
}

export function findTable(desk: Desk, context: RequestContext, named: NamedTable): TableTarget {
  const bucket = findBucket(desk, context, named.tableBucketARN);
  const table = bucket.row && desk.rows.table(bucket.row.id, named.namespace, named.name);
  return {
    bucket,
    namespace: named.namespace,
    name: named.name,
    table,
    arn: tableArn(bucket, table?.id ?? named.name),
  };
}

export function findTableByArn(desk: Desk, context: RequestContext, arn: string): TableTarget {
  const parsed = parseTableArn(arn);
  const bucket = withRow(desk, context, parsed.bucket);
  const row = bucket.row && desk.rows.tableById(parsed.tableId);
  const table = row && row.bucketId === bucket.row?.id ? row : undefined;
  return { bucket, namespace: table?.namespace ?? '', name: table?.name ?? '', table, arn };
}

/** Decides a set of actions on a table, in order. Throws the operation's refusal at the first that is not allowed. */
export function authorizeTable(
  desk: Desk,
  context: RequestContext,
  target: TableTarget,
  actions: readonly string[],
  conditions?: Conditions,
): void {
  note(context, 'AWS::S3Tables::Table', target.arn, target.bucket);
  for (const action of actions) {
    ask(desk, context, action, target.arn, target.bucket, {
      policy: resourcePolicy(target.bucket.row?.policy, target.table?.policy),
      conditions: merge(tableConditions(target.bucket.row, target.namespace, target.name), conditions),
      tags: target.table?.tags,
    });
    refuseInManaged(context, target.bucket, action);
  }
}

/** The table that a request names, if the caller may. Throws NotFoundException after the decision. */
export function openTable(
  desk: Desk,
  context: RequestContext,
  named: NamedTable | { readonly tableArn: string },
  actions: readonly string[],
  conditions?: Conditions,
): FoundTable {
  const target = 'tableArn' in named ? findTableByArn(desk, context, named.tableArn) : findTable(desk, context, named);
  authorizeTable(desk, context, target, actions, conditions);
  const { bucket, table, arn } = target;
  if (!bucket.row) throw noSuchBucket();
  if (!table) {
    if ('tableArn' in named || desk.rows.namespace(bucket.row.id, target.namespace)) throw noSuchTable();
    throw noSuchNamespace();
  }
  return { bucket: bucket.row, table, arn };
}

/** Throws the operation's refusal where the bucket is AWS's own and the action is for its services alone (TB-22). */
function refuseInManaged(context: RequestContext, target: BucketTarget, action: string): void {
  if (target.row === undefined || !isManaged(target.row) || !SERVICES_ONLY.has(action)) return;
  throw denied(context.operation, 'Tables in AWS managed table buckets are created and written by AWS services only.');
}

/** Asks about an action on something that is not of S3 Tables (`iam:PassRole`) or on no resource (`*`). */
export function authorizeOther(
  desk: Desk,
  context: RequestContext,
  action: string,
  resource: string,
  conditions?: Conditions,
): void {
  ask(desk, context, action, resource, { accountId: context.accountId }, { conditions: merge(new Map(), conditions) });
}

/** Condition keys of an encryption setting (TB-63). */
export function encryptionConditions(encryption: Encryption | undefined): Map<string, readonly string[]> {
  const conditions = new Map<string, readonly string[]>();
  if (encryption) conditions.set('s3tables:ssealgorithm', [encryption.algorithm]);
  if (encryption?.algorithm === 'aws:kms') conditions.set('s3tables:kmskeyarn', [encryption.keyArn]);
  return conditions;
}

/** Condition keys of tags in a request. */
export function requestTagConditions(tags: Tags | undefined): Map<string, readonly string[]> {
  const conditions = new Map<string, readonly string[]>();
  const keys = Object.keys(tags ?? {});
  if (keys.length > 0) conditions.set('aws:tagkeys', keys);
  for (const key of keys) conditions.set(`aws:requesttag/${key.toLowerCase()}`, [tags?.[key] ?? '']);
  return conditions;
}

export function merge(into: Map<string, readonly string[]>, more: Conditions | undefined): ConditionContext {
  if (more) for (const [key, values] of more) into.set(key, values);
  return into;
}

function ask(
  desk: Desk,
  context: RequestContext,
  action: string,
  resource: string,
  owner: { readonly accountId: string },
  about: { policy?: SourcedPolicy | undefined; conditions: ConditionContext; tags?: Tags | undefined },
): void {
  const closed = WITHIN_ACCOUNT_ONLY.has(action) && owner.accountId !== context.accountId;
  const question = { action, resource, resourceAccountId: owner.accountId, conditions: about.conditions };
  const decision = desk.around.authorizer.decide(context, {
    ...question,
    ...(about.policy && !closed && { resourcePolicy: about.policy }),
    ...(about.tags && { resourceTags: about.tags }),
  });
  if (decision.outcome !== 'allow') {
    const request = { ...question, principal: context.caller.principal, context: about.conditions };
    throw denied(context.operation, denialMessage(decision, request));
  }
}

/** Says in the audit trail what the request is about (CT-02, CT-07). */
function note(context: RequestContext, type: string, arn: string, bucket: BucketArn): void {
  const { trail } = context;
  trail.resource = arn;
  trail.parent = bucket.arn;
  trail.event = {
    ...trail.event,
    resources: [
      ...(arn === bucket.arn
        ? []
        : [{ accountId: bucket.accountId, type: 'AWS::S3Tables::TableBucket', ARN: bucket.arn }]),
      { accountId: bucket.accountId, type, ARN: arn },
    ],
  };
}
