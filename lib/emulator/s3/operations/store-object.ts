/** How a new object or a deletion comes into a bucket: with its versions, and on the list of what is to be replicated. */

import type { PutObjectRequest } from '@aws-sdk/client-s3';
import type { BodySource, Checked } from '../../wire/operation.ts';
import type { Bucket } from '../buckets/store.ts';
import { errors } from '../errors.ts';
import type { ObjectColumns } from '../objects/rows.ts';
import type { Deleted } from '../objects/versions.ts';
import type { S3Parts } from '../parts.ts';
import { rulesFor, rulesForMarker } from '../replication/rules.ts';

export type PutInput = Omit<Checked<PutObjectRequest>, 'Body'> & { readonly Body?: BodySource };

/**
 * While a body arrived its bucket may have been deleted: nothing is written into what is gone. Gives the bucket as it is
 * now: its versioning may have changed too.
 */
export function requireSameBucket(s3: S3Parts, name: string, id: number): Bucket {
  const bucket = s3.buckets.find(name);
  if (bucket?.id !== id) throw errors.noSuchBucket(name);
  return bucket;
}

/** Puts an object where the bucket wants it. Call within `state.write`. Gives the id of the version that it made. */
export function storeObject(s3: S3Parts, bucket: Bucket, key: string, row: ObjectColumns): string | undefined {
  if (bucket.config.replication === undefined || rulesFor(bucket, key, row).length === 0) {
    return s3.versions.put(bucket, key, row);
  }
  const version = s3.versions.put(bucket, key, { ...row, replication: 'PENDING' });
  if (version !== undefined) s3.replication.add(bucket.name, key, version);
  return version;
}

/** Deletes the current object or hides it behind a marker. Call within `state.write`. */
export function storeDeletion(s3: S3Parts, bucket: Bucket, key: string, now: number): Deleted {
  const deleted = s3.versions.delete(bucket, key, now);
  const { version } = deleted;
  if (version !== undefined && bucket.config.replication !== undefined && rulesForMarker(bucket, key).length > 0) {
    s3.replication.add(bucket.name, key, version);
  }
  return deleted;
}
