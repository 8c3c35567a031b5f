import 'server-only';
import type { Aws } from './connection.ts';
import { isKey } from './key-dependants.ts';
import { headObject, listObjects } from './objects.ts';
import { mapLimited } from './result.ts';

/** Objects of a bucket that are encrypted with a key: S3 tells it object by object only. */

export interface ObjectsByKey {
  readonly bucket: string;
  /** Objects that were asked one by one, and those of them that need the key. */
  readonly looked: number;
  readonly withKey: number;
  /** Whether that were all objects of the bucket. */
  readonly complete: boolean;
  /** Why nothing, or not all, could be asked. */
  readonly problem?: string;
}

/** Looks at the first `most` objects of a bucket with HeadObject, eight at a time. */
export async function countObjects(
  aws: Aws,
  bucket: string,
  key: { readonly id: string; readonly arn: string },
  most: number,
): Promise<ObjectsByKey> {
  const listed = await listObjects(aws, bucket, { limit: most });
  if (!listed.ok) {
    return {
      bucket,
      looked: 0,
      withKey: 0,
      complete: false,
      problem: `${listed.error.action} answered ${listed.error.code}`,
    };
  }
  const heads = await mapLimited(listed.data.objects, 8, (object) => headObject(aws, bucket, object.key));
  const read = heads.flatMap((head) => (head.ok ? [head.data] : []));
  const refused = heads.find((head) => !head.ok);
  return {
    bucket,
    looked: read.length,
    withKey: read.filter(({ encryption }) => isKey(encryption.keyId, key)).length,
    complete: listed.data.next === undefined && read.length === heads.length,
    ...(refused && !refused.ok ? { problem: `${refused.error.action} answered ${refused.error.code}` } : {}),
  };
}
