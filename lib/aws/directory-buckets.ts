import 'server-only';
import * as sdk from '@aws-sdk/client-s3';
import type { Bucket } from './buckets.ts';
import type { Aws } from './connection.ts';
import { type Listing, readAll } from './paginate.ts';
import type { Result } from './result.ts';
import { send } from './send.ts';

/** Directory buckets (S3 Express One Zone). Encryption, policy and deletion are those of `buckets.ts`. */

export function listDirectoryBuckets(aws: Aws): Promise<Result<Listing<Bucket>>> {
  return readAll(
    (token) => send(aws, 's3', new sdk.ListDirectoryBucketsCommand(token ? { ContinuationToken: token } : {})),
    (page) => ({
      items: page.Buckets?.map((bucket) => ({
        name: bucket.Name ?? '',
        arn: bucket.BucketArn ?? '',
        region: bucket.BucketRegion ?? aws.region,
        ...(bucket.CreationDate ? { createdAt: bucket.CreationDate.toISOString() } : {}),
      })),
      next: page.ContinuationToken,
    }),
  );
}

/** The zone in a directory bucket's name: `features--use1-az4--x-s3` lies in `use1-az4`. */
export function zoneOf(bucket: string): string {
  return /--([^-][\w-]*?)--x-s3$/.exec(bucket)?.[1] ?? '';
}

export function createDirectoryBucket(aws: Aws, bucket: string): Promise<Result<unknown>> {
  const command = new sdk.CreateBucketCommand({
    Bucket: bucket,
    CreateBucketConfiguration: {
      Location: { Type: 'AvailabilityZone', Name: zoneOf(bucket) },
      Bucket: { Type: 'Directory', DataRedundancy: 'SingleAvailabilityZone' },
    },
  });
  return send(aws, 's3', command);
}
