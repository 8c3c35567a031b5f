/**
 * Copies one version to the destinations of its rules, as the role of the configuration: the same decisions and the same
 * KMS calls that a request of that role would make, each in the ledger (REP-01 … REP-07).
 */

import type { ReplicationRule } from '@aws-sdk/client-s3';
import type { Caller, RequestContext } from '../../context.ts';
import type { SessionPort } from '../../ports.ts';
import { orderedId } from '../../storage/ordered-id.ts';
import { AwsError } from '../../wire/error.ts';
import { withIds } from '../../world/id-source.ts';
import type { Bucket } from '../buckets/store.ts';
import { chooseScheme, SCHEME, type Scheme } from '../encryption/scheme.ts';
import { errors } from '../errors.ts';
import { receive } from '../objects/body.ts';
import type { ObjectColumns, ObjectRow } from '../objects/rows.ts';
import type { Marker } from '../objects/versions.ts';
import { etagIsMd5 } from '../operations/answers.ts';
import { asSource } from '../operations/copy-object.ts';
import type { S3Parts } from '../parts.ts';
import type { ReplicationJob } from './queue.ts';
import { destinationOf, rulesFor, rulesForMarker } from './rules.ts';

const SESSION = 's3-replication';
const SERVICE = 's3.amazonaws.com';

/** Copies the version of a job and notes COMPLETED or FAILED on it. */
export async function replicate(s3: S3Parts, sessions: SessionPort, job: ReplicationJob): Promise<void> {
  const bucket = s3.buckets.find(job.bucket);
  if (bucket === undefined) return;
  // Nobody's request: the ids are those of the account's world.
  const ids = s3.surroundings.world.ids(bucket.account);
  await withIds(ids, () => replicateFrom(s3, sessions, bucket, job));
  ids?.keep();
}

async function replicateFrom(s3: S3Parts, sessions: SessionPort, bucket: Bucket, job: ReplicationJob): Promise<void> {
  const found = s3.versions.find(bucket.id, job.key, job.version, true);
  // Deleted while it waited: there is nothing to copy any more.
  if (found === undefined) return;
  if (found.kind === 'marker') {
    for (const rule of rulesForMarker(bucket, job.key)) {
      await attempt(s3, sessions, bucket, rule, job.key, (role) => copyMarker(s3, role, job.key, found.marker));
    }
    return;
  }
  const { row } = found;
  const rules = rulesFor(bucket, job.key, row);
  let failed = rules.length === 0;
  for (const rule of rules) {
    const done = await attempt(s3, sessions, bucket, rule, job.key, (role) => copyVersion(s3, role, rule, row));
    if (!done) failed = true;
  }
  s3.surroundings.state.write(() =>
    s3.versions.change(bucket.id, job.key, row.version, { replication: failed ? 'FAILED' : 'COMPLETED' }),
  );
}

/** The role at work between two buckets. */
interface Role {
  readonly source: Bucket;
  readonly destination: Bucket;
  readonly reading: RequestContext;
  readonly writing: RequestContext;
}

/** Runs one copy and keeps its two requests in the ledger, whatever comes of it. Says whether it succeeded. */
async function attempt(
  s3: S3Parts,
  sessions: SessionPort,
  source: Bucket,
  rule: ReplicationRule,
  key: string,
  copy: (role: Role) => Promise<void>,
): Promise<boolean> {
  const begun = performance.now();
  const destination = s3.buckets.find(destinationOf(rule) ?? '');
  const caller = callerOf(sessions, source);
  if (caller === undefined) return false;
  const reading = contextOf(s3, source, key, caller, 'GetObjectVersionForReplication');
  const writing = contextOf(s3, destination ?? source, key, caller, 'ReplicateObject');
  let error: AwsError | undefined;
  try {
    requireTrust(s3, sessions, source, reading);
    if (destination?.config.versioning !== 'Enabled') {
      throw errors.invalidRequest('Destination bucket must have versioning enabled.');
    }
    await copy({ source, destination, reading, writing });
  } catch (caught) {
    // A body that cannot be read or a disk that is full fails this copy, not those behind it.
    error = caught instanceof AwsError ? caught : new AwsError('InternalError', 500, String(caught));
  }
  for (const context of [reading, writing]) report(s3, context, error, performance.now() - begun);
  return error === undefined;
}

function callerOf(sessions: SessionPort, source: Bucket): Caller | undefined {
  const role = sessions.role(source.config.replication?.role ?? '');
  if (role === undefined) return undefined;
  return {
    principal: {
      kind: 'AssumedRole',
      arn: `arn:aws:sts::${role.accountId}:assumed-role/${role.name}/${SESSION}`,
      accountId: role.accountId,
      userId: `${role.roleId}:${SESSION}`,
      roleArn: role.arn,
    },
    accessKeyId: '',
    requester: role.arn,
  };
}

function contextOf(s3: S3Parts, bucket: Bucket, key: string, caller: Caller, operation: string): RequestContext {
  const { accountId } = caller.principal;
  return {
    requestId: orderedId(),
    service: 's3',
    operation,
    caller,
    accountId,
    region: bucket.region,
    now: s3.surroundings.world.now(accountId),
    sourceIp: SERVICE,
    userAgent: SERVICE,
    secureTransport: true,
    authType: 'header',
    signatureAge: 0,
    host: `s3.${bucket.region}.amazonaws.com`,
    headers: {},
    trail: {
      decisions: [],
      keyOperations: [],
      events: [],
      resource: `${bucket.arn}/${key}`,
      parent: bucket.arn,
    },
  };
}

/** S3 must be allowed to assume the role. */
function requireTrust(s3: S3Parts, sessions: SessionPort, source: Bucket, context: RequestContext): void {
  const role = sessions.role(source.config.replication?.role ?? '');
  if (role === undefined) throw errors.accessDenied();
  const decision = s3.surroundings.authorizer.decide(context, {
    action: 'sts:AssumeRole',
    resource: role.arn,
    resourceAccountId: role.accountId,
    resourcePolicy: role.trust,
    caller: {
      principal: { kind: 'AWSService', arn: SERVICE, accountId: '', userId: SERVICE, serviceName: SERVICE },
      accessKeyId: '',
      requester: SERVICE,
    },
  });
  if (decision.outcome !== 'allow') throw errors.accessDenied(`${SERVICE} can't assume the role ${role.arn}.`);
}

async function copyVersion(s3: S3Parts, role: Role, rule: ReplicationRule, row: ObjectRow): Promise<void> {
  const { source, destination, reading, writing } = role;
  const { key } = row;
  const of = (bucket: Bucket) => `${bucket.arn}/${key}`;
  s3.access.require(reading, source, 's3:GetObjectVersionForReplication', of(source));
  if (row.tags !== null) s3.access.require(reading, source, 's3:GetObjectVersionTagging', of(source));
  s3.access.require(writing, destination, 's3:ReplicateObject', of(destination));
  if (row.tags !== null) s3.access.require(writing, destination, 's3:ReplicateTags', of(destination));
  const sourceKey = s3.keys.open({ context: reading, bucket: source, key }, row);
  const scheme = schemeOfReplica(destination, rule, row);
  const { dataKey, columns } = s3.keys.create({ context: writing, bucket: destination, key, replica: true }, scheme);
  const body = await s3.reader.read(row, sourceKey);
  reading.trail.bytes = row.size;
  writing.trail.bytes = row.size;
  const md5 = etagIsMd5(destination, columns) && etagIsMd5(source, row);
  const { bodies, state } = s3.surroundings;
  const received = await receive(bodies, dataKey, asSource(body), { md5: false, crc: false });
  const replica: ObjectColumns = {
    ...columns,
    size: received.size,
    // REP-04: the ETag of a KMS object is made anew, that of a plain one goes with the bytes.
    etag: md5 ? row.etag : received.etag,
    modified: row.modified,
    storage_class: rule.Destination?.StorageClass ?? row.storage_class,
    content_type: row.content_type,
    head: row.head,
    tags: row.tags,
    checksum: row.checksum,
    lock: destination.config.objectLock === undefined ? null : row.lock,
    replication: 'REPLICA',
    sealed: received.sealed,
    file: received.file,
    upload: null,
  };
  const kept = state.write(() => s3.versions.putReplica(destination.id, key, replica, row.version));
  if (!kept && received.file !== null) bodies.drop(received.file);
}

/**
 * REP-02 … REP-05: a KMS object stays one, under the rule's key and with a bucket key if it had one; anything else takes
 * the destination's default encryption. Objects that S3 itself encrypted (SSE-S3) are what the rule calls unencrypted.
 */
function schemeOfReplica(destination: Bucket, rule: ReplicationRule, row: ObjectRow): Scheme {
  if (row.scheme !== SCHEME.KMS && row.scheme !== SCHEME.DSSE) return chooseScheme(destination, {});
  return {
    algorithm: row.scheme === SCHEME.KMS ? 'aws:kms' : 'aws:kms:dsse',
    keyId: rule.Destination?.EncryptionConfiguration?.ReplicaKmsKeyID,
    bucketKey: row.cached_key !== null,
    extraContext: {},
  };
}

async function copyMarker(s3: S3Parts, role: Role, key: string, marker: Marker): Promise<void> {
  const { destination, writing } = role;
  s3.access.require(writing, destination, 's3:ReplicateDelete', `${destination.arn}/${key}`);
  s3.surroundings.state.write(() => s3.versions.putReplicaMarker(destination.id, key, marker));
  await s3.surroundings.state.settled();
}

function report(s3: S3Parts, context: RequestContext, error: AwsError | undefined, durationMs: number): void {
  const { requestId, accountId, region, service, operation, caller, trail } = context;
  s3.surroundings.trail.request({
    ledger: {
      requestId,
      accountId,
      region,
      service,
      operation,
      principalArn: caller.principal.arn,
      accessKeyId: caller.accessKeyId,
      ...(trail.resource !== undefined && { resource: trail.resource }),
      ...(trail.parent !== undefined && { parent: trail.parent }),
      ...(trail.bytes !== undefined && { bytes: trail.bytes }),
      status: error?.status ?? 200,
      ...(error !== undefined && { error: { code: error.code, message: error.message } }),
      durationMs,
      keyOperations: trail.keyOperations,
    },
    time: context.now,
    origin: context,
    events: trail.events,
    decisions: trail.decisions,
  });
}
