/** Whether S3 Tables and S3 Metadata can use the key for the table buckets that depend on it (PERM-02, PERM-03, PERM-07). */

import { conditionContext } from '../../context.ts';
import { evaluate } from '../../evaluate.ts';
import { lastName } from '../../names.ts';
import type { Policy } from '../../policy.ts';
import { type Around, addStatement, type Check, list, MAINTENANCE, METADATA } from '../check.ts';
import type { KnownTableBucket } from '../types.ts';

const ACTIONS = ['kms:GenerateDataKey', 'kms:Decrypt'];
/** Stands for a table that is still to be made. */
const SOME_TABLE = 'table/00000000-0000-0000-0000-000000000000';

interface Family {
  readonly service: string;
  readonly check: string;
  readonly rules: readonly string[];
  readonly buckets: (bucket: KnownTableBucket) => boolean;
  readonly sid: string;
  readonly reason: (names: string) => string;
  readonly title: string;
}

const FAMILIES: readonly Family[] = [
  {
    service: MAINTENANCE,
    check: 'missing-maintenance',
    rules: ['PERM-02', 'PERM-03', 'TB-17'],
    buckets: () => true,
    sid: 'AllowS3TablesMaintenance',
    reason: (names) =>
      `Tables can’t be created in ${names}, and maintenance of its tables fails: the key policy does not let ${MAINTENANCE} use this key. IAM policies can’t let a service in.`,
    title: 'Let the maintenance principal in',
  },
  {
    service: METADATA,
    check: 'missing-metadata',
    rules: ['PERM-07'],
    buckets: ({ metadata }) => metadata === true,
    sid: 'AllowS3Metadata',
    reason: (names) =>
      `S3 Metadata can’t write its tables in ${names}: the key policy does not let ${METADATA} use this key.`,
    title: 'Let S3 Metadata in',
  },
];

/** PERM-02, PERM-03, PERM-07. */
export const maintenance: Check = function* (document, around) {
  const { policy } = document;
  if (around.kind !== 'key' || policy === undefined) return;
  for (const { service, check, rules, buckets, sid, reason, title } of FAMILIES) {
    const kept = (around.tableBuckets ?? []).filter(
      (bucket) => buckets(bucket) && !mayUse(policy, around, service, bucket),
    );
    if (kept.length === 0) continue;
    const context = kept.map(({ arn }) => `${arn}/*`);
    yield {
      check,
      rules,
      severity: 'error',
      reason: reason(list(kept.map(({ arn }) => lastName(arn)))),
      at: document.spot,
      fix: {
        title,
        edits: addStatement(document, {
          Sid: sid,
          Effect: 'Allow',
          Principal: { Service: service },
          Action: ACTIONS,
          Resource: '*',
          Condition: {
            StringLike: { 'kms:EncryptionContext:aws:s3:arn': context.length === 1 ? context[0]! : context },
          },
        }),
      },
    };
  }
};

/** Whether a service may both make and open data keys for every table known, or for one to come. */
function mayUse(policy: Policy, around: Around, service: string, { arn, tables = [] }: KnownTableBucket): boolean {
  const tableArns = tables.length === 0 ? [`${arn}/${SOME_TABLE}`] : tables.map((table) => table.arn);
  return tableArns.every((table) => ACTIONS.every((action) => asks(policy, around, service, table, action)));
}

function asks(policy: Policy, around: Around, service: string, table: string, action: string): boolean {
  const { account, region, partition = 'aws', keyArn } = around;
  const request = {
    principal: { kind: 'AWSService', arn: service, accountId: '', userId: service, serviceName: service } as const,
    action,
    resource: keyArn ?? `arn:${partition}:kms:${region}:${account}:key/00000000-0000-0000-0000-000000000000`,
    resourceAccountId: account,
    context: conditionContext([
      ['kms:EncryptionContext:aws:s3:arn', `${table}/data`],
      ['kms:EncryptionContextKeys', ['aws:s3:arn']],
      ['kms:ViaService', `s3.${region}.amazonaws.com`],
      ['kms:CallerAccount', account],
      ['aws:SourceAccount', account],
      ['aws:SourceArn', table],
      ['aws:PrincipalServiceName', service],
      ['aws:PrincipalIsAWSService', 'true'],
    ]),
  };
  return evaluate(request, { identity: [], resource: { source: 'key policy', policy } }).outcome === 'allow';
}
