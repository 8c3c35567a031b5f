/** PutBucketReplication, GetBucketReplication, DeleteBucketReplication (REP-01, REP-06). */

import type {
  DeleteBucketReplicationRequest,
  GetBucketReplicationOutput,
  GetBucketReplicationRequest,
  PutBucketReplicationRequest,
} from '@aws-sdk/client-s3';
import { denialMessage } from '../../../access/index.ts';
import type { RequestContext } from '../../context.ts';
import type { Checked } from '../../wire/operation.ts';
import { errors } from '../errors.ts';
import type { S3Parts } from '../parts.ts';
import { destinationOf, readConfiguration, rulesOf } from '../replication/rules.ts';
import { enterSettings } from './bucket-settings.ts';

export function putBucketReplication(
  s3: S3Parts,
  input: Checked<PutBucketReplicationRequest>,
  context: RequestContext,
): object {
  const bucket = enterSettings(s3, input, context, 's3:PutReplicationConfiguration');
  const replication = readConfiguration(input.ReplicationConfiguration);
  passRole(s3, context, replication.role);
  if (bucket.config.versioning !== 'Enabled') {
    throw errors.invalidRequest("Versioning must be 'Enabled' on the bucket to apply a replication configuration");
  }
  // The replica's key is not looked at: a wrong one shows when the first object is copied (REP-06).
  for (const rule of rulesOf(replication)) {
    const name = destinationOf(rule) ?? '';
    if (name === bucket.name) throw errors.invalidRequest('Source and destination buckets must be different.');
    if (s3.buckets.find(name)?.config.versioning !== 'Enabled') {
      throw errors.invalidRequest('Destination bucket must have versioning enabled.');
    }
  }
  s3.buckets.update(bucket, { replication });
  return {};
}

/** S3 will act in the role's name, so the caller must be allowed to hand it over. */
function passRole(s3: S3Parts, context: RequestContext, role: string): void {
  const question = { action: 'iam:PassRole', resource: role, resourceAccountId: role.split(':')[4] ?? '' };
  const decision = s3.surroundings.authorizer.decide(context, {
    ...question,
    conditions: new Map([['iam:passedtoservice', ['s3.amazonaws.com']]]),
  });
  if (decision.outcome === 'allow') return;
  const { principal } = context.caller;
  throw errors.accessDenied(denialMessage(decision, { ...question, principal, context: new Map() }));
}

export function getBucketReplication(
  s3: S3Parts,
  input: Checked<GetBucketReplicationRequest>,
  context: RequestContext,
): GetBucketReplicationOutput {
  const bucket = enterSettings(s3, input, context, 's3:GetReplicationConfiguration');
  const { replication } = bucket.config;
  if (replication === undefined) throw errors.noSuchReplication(bucket.name);
  return { ReplicationConfiguration: { Role: replication.role, Rules: rulesOf(replication) } };
}

export function deleteBucketReplication(
  s3: S3Parts,
  input: Checked<DeleteBucketReplicationRequest>,
  context: RequestContext,
): object {
  const bucket = enterSettings(s3, input, context, 's3:PutReplicationConfiguration');
  s3.buckets.update(bucket, { replication: undefined });
  return {};
}
