/** How S3 calls KMS for a bucket: in whose name, with which context, and for how long it may keep what it got. */

import type { Caller, RequestContext } from '../../context.ts';
import type { KeyUse } from '../../ports.ts';
import type { WorldValues } from '../../world/world.ts';
import type { Bucket } from '../buckets/store.ts';
import { errors } from '../errors.ts';

type Pairs = Readonly<Record<string, string>>;

/** The key of the encryption context that names what is encrypted (GP-17, TB-62). */
const ARN_PAIR = 'aws:s3:arn';
/** DB-50: what CloudTrail shows for directory buckets. */
const EXPRESS_ARN_PAIR = 'aws:s3express:arn';

/** TB-62, KMS-25. AWS publishes no other value for directory buckets: an assumption there. */
export function viaService(region: string): string {
  return `s3.${region}.amazonaws.com`;
}

/**
 * The encryption context of a KMS call. With a bucket key or table key the context names the bucket or table, so that
 * it holds for every object in it (GP-17, BK-17, DB-48, TB-62).
 */
export function encryptionContextOf(bucket: Bucket, key: string, bucketKey: boolean, extra: Pairs): Pairs {
  if (bucket.warehouse !== undefined) return { [ARN_PAIR]: `${bucket.warehouse.tableArn}/data` };
  if (bucket.kind === 'directory') return { [EXPRESS_ARN_PAIR]: bucket.arn };
  const arn = bucketKey ? bucket.arn : `${bucket.arn}/${key}`;
  const sent = extra[ARN_PAIR];
  if (sent !== undefined && sent !== arn) {
    throw errors.invalidArgument(
      'The value of aws:s3:arn in the encryption context is not the ARN that Amazon S3 uses.',
      'x-amz-server-side-encryption-context',
    );
  }
  return { ...extra, [ARN_PAIR]: arn };
}

/** Refuses an explicit context of a directory bucket that is not the default one (DB-48, DB-49). */
export function requireDefaultContext(bucket: Bucket, pairs: Pairs): void {
  for (const [name, value] of Object.entries(pairs)) {
    if ((name === EXPRESS_ARN_PAIR || name === ARN_PAIR) && value === bucket.arn) continue;
    throw errors.invalidRequest('The encryption context of a directory bucket must be the ARN of the bucket.');
  }
}

/** Scope of a cached key: bucket or table, and what else its encryption context holds. */
export function cacheScope(bucket: Bucket, context: Pairs): string {
  const arn = bucket.warehouse?.tableArn ?? bucket.arn;
  const plain = Object.keys(context).length === 1;
  return plain ? `${bucket.id} ${arn}` : `${bucket.id} ${arn} ${canonical(context)}`;
}

export function cacheLifetime(bucket: Bucket, values: Readonly<WorldValues>): number {
  return bucket.warehouse === undefined ? values.bucketKeyLifetime : values.tableKeyLifetime;
}

export function answeredBy(bucket: Bucket, caller: Caller): 'bucket-key' | 'table-key' | 'session' {
  if (bucket.warehouse !== undefined) return 'table-key';
  return caller.bucketSession === undefined ? 'bucket-key' : 'session';
}

/** A key id or alias name without an account belongs to the requester (GP-16, ERR-03). */
export function keyUse(
  context: RequestContext,
  caller: Caller,
  bucket: Bucket,
  keyId: string,
  encryptionContext: Pairs,
): KeyUse {
  const service = caller.principal.kind === 'AWSService';
  return {
    context,
    caller,
    keyId,
    accountId: service ? bucket.account : caller.principal.accountId,
    region: bucket.region,
    encryptionContext,
    viaService: viaService(bucket.region),
    ...(service ? { sourceArn: bucket.warehouse?.tableArn ?? bucket.arn, sourceAccount: bucket.account } : {}),
  };
}

/** Writes the context of a directory bucket into its KMS events as CloudTrail prints it, doubled prefix and all (DB-50). */
export function printExpressContext(context: RequestContext, bucket: Bucket, from: number): void {
  if (bucket.kind !== 'directory') return;
  const { events } = context.trail;
  for (let index = from; index < events.length; index++) {
    const event = events[index];
    if (event === undefined || typeof event.requestParameters !== 'object') continue;
    events[index] = {
      ...event,
      requestParameters: {
        ...event.requestParameters,
        encryptionContext: { [EXPRESS_ARN_PAIR]: `arn:aws:s3:::${bucket.arn}` },
      },
    };
  }
}

function canonical(pairs: Pairs): string {
  return JSON.stringify(Object.entries(pairs).sort(([left], [right]) => (left < right ? -1 : 1)));
}
