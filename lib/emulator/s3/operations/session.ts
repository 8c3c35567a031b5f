/** CreateSession (DB-30 … DB-40). */

import type { CreateSessionOutput, CreateSessionRequest } from '@aws-sdk/client-s3';
import type { RequestContext } from '../../context.ts';
import type { Checked } from '../../wire/operation.ts';
import { errors } from '../errors.ts';
import { directoryBucketArn, kindOfName, zoneOfDirectoryBucket } from '../names.ts';
import type { S3Parts } from '../parts.ts';
import type { Session } from '../sessions/store.ts';

export function createSession(
  s3: S3Parts,
  input: Checked<CreateSessionRequest>,
  context: RequestContext,
): CreateSessionOutput {
  const { Bucket: name, SessionMode: wanted } = input;
  if (kindOfName(name) !== 'directory') {
    // Only directory buckets have sessions; for others the answer is that of an unknown sub-resource.
    const bucket = s3.access.bucket(context, name);
    throw errors.methodNotAllowed('GET', bucket.kind === 'table' ? 'TABLE' : 'BUCKET');
  }
  if (wanted !== undefined && wanted !== 'ReadOnly' && wanted !== 'ReadWrite') {
    throw errors.invalidArgument('Invalid session mode.', 'x-amz-create-session-mode', wanted);
  }
  s3.zonal.refuseScoped(context);
  const zone = zoneOfDirectoryBucket(name);
  if (zone === undefined) throw errors.invalidBucketName(name);
  const bound = s3.buckets.find(name) === undefined ? undefined : grant(s3, input, context);
  const expiresAt = context.now + s3.surroundings.world.values(context.accountId).sessionLifetime * 1000;
  const { bucketSession: _, ...creator } = context.caller;
  const session = s3.sessions.create({ creator, bucket: name, wanted, bound, expiresAt }, context.now);
  describe(context, name, zone, session);
  const kms = bound?.encryption.algorithm === 'aws:kms' ? bound.encryption : undefined;
  return {
    Credentials: {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      SessionToken: session.sessionToken,
      Expiration: new Date(expiresAt),
    },
    ServerSideEncryption: kms === undefined ? 'AES256' : 'aws:kms',
    ...(kms !== undefined && { SSEKMSKeyId: kms.keyArn, BucketKeyEnabled: true }),
    ...(kms !== undefined &&
      input.SSEKMSEncryptionContext !== undefined && { SSEKMSEncryptionContext: input.SSEKMSEncryptionContext }),
  };
}

function grant(
  s3: S3Parts,
  input: Checked<CreateSessionRequest>,
  context: RequestContext,
): NonNullable<Session['bound']> {
  const bucket = s3.access.bucket(context, input.Bucket);
  s3.zonal.requireTls(context, bucket);
  return s3.zonal.grant(context, bucket, input.SessionMode, input);
}

/** CT-08. */
function describe(context: RequestContext, name: string, zone: string, session: Session): void {
  const arn = directoryBucketArn(name, context.region, context.accountId);
  context.trail.resource ??= arn;
  context.trail.parent ??= arn;
  context.trail.event = {
    responseElements: { credentials: { accessKeyId: session.accessKeyId } },
    additionalEventData: { availabilityZone: zone, sessionModeApplied: session.bound?.mode ?? 'ReadWrite' },
  };
}
