import 'server-only';
import type { Route } from 'next';
import type { BucketRow } from '@/components/buckets/bucket-table';
import { keyIdOf, keyName } from '@/components/keys/key-option';
import { routes } from '@/components/routes';
import { getBucketEncryption } from '@/lib/aws/buckets';
import type { Aws } from '@/lib/aws/connection';
import { zoneOf } from '@/lib/aws/directory-buckets';
import type { Encryption } from '@/lib/aws/encryption';
import { mapLimited, type Result } from '@/lib/aws/result';
import { getTableBucketEncryption } from '@/lib/aws/table-buckets';
import { listTables } from '@/lib/aws/tables';
import { aliasesByKey } from './key-options';

/** One row of a bucket list. A bucket whose encryption is refused stays in the list and says so. */
export function toBucketRow(
  bucket: ListedBucket,
  href: Route,
  encryption: Result<Encryption>,
  names: ReadonlyMap<string, readonly string[]>,
  extra: { extra?: string; general?: boolean } = {},
): BucketRow {
  const base = {
    name: bucket.name,
    href,
    ...(bucket.arn ? { arn: bucket.arn } : {}),
    ...(bucket.createdAt ? { createdAt: bucket.createdAt } : {}),
    ...(extra.extra ? { extra: extra.extra } : {}),
  };
  if (!encryption.ok) return { ...base, refused: encryption.error };
  const { kind, keyId, bucketKey } = encryption.data;
  const id = keyId ? keyIdOf(keyId) : undefined;
  const key =
    id === undefined
      ? kind === 'SSE-S3'
        ? undefined
        : 'AWS managed, aws/s3'
      : id.startsWith('alias/')
        ? id
        : keyName({ id, alias: names.get(id)?.[0] });
  return {
    ...base,
    encryption: kind,
    ...(key ? { key } : {}),
    ...(id ? { keyHref: routes.key(id) } : {}),
    ...(extra.general && kind === 'SSE-KMS' ? { bucketKey: bucketKey ? 'On' : 'Off' } : {}),
  };
}

/** What is known of a listed bucket before its details are read. */
export interface ListedBucket {
  readonly name: string;
  /** Table buckets are asked by ARN. */
  readonly arn?: string | undefined;
  readonly createdAt?: string | undefined;
}

export type BucketKind = 'table-buckets' | 'directory-buckets' | 'buckets';

/** Reads the details of listed buckets: six at a time, in their order. */
export async function readBucketRows(
  aws: Aws,
  kind: BucketKind,
  listed: readonly ListedBucket[],
): Promise<readonly BucketRow[]> {
  const names = await aliasesByKey();
  return mapLimited(listed, 6, async (bucket) => {
    if (kind === 'table-buckets') {
      const arn = bucket.arn ?? '';
      const [encryption, tables] = await Promise.all([getTableBucketEncryption(aws, arn), listTables(aws, arn)]);
      const extra = tables.ok ? String(tables.data.items.length) : 'not read';
      return toBucketRow(bucket, routes.tableBucket(bucket.name), encryption, names, { extra });
    }
    const encryption = await getBucketEncryption(aws, bucket.name);
    return kind === 'directory-buckets'
      ? toBucketRow(bucket, routes.directoryBucket(bucket.name), encryption, names, { extra: zoneOf(bucket.name) })
      : toBucketRow(bucket, routes.bucket(bucket.name), encryption, names, { general: true });
  });
}

/** How many rows the server reads in full before the page is sent; the browser asks for the others. */
const READ_FIRST = 60;

/** Rows for all listed buckets: the first ones complete, the others with their name so far. */
export async function bucketRows(
  aws: Aws,
  kind: BucketKind,
  listed: readonly ListedBucket[],
): Promise<readonly BucketRow[]> {
  const page = {
    'table-buckets': routes.tableBucket,
    'directory-buckets': routes.directoryBucket,
    buckets: routes.bucket,
  };
  const pending = listed.slice(READ_FIRST).map(({ name, arn, createdAt }): BucketRow => {
    const extra = kind === 'directory-buckets' ? { extra: zoneOf(name) } : {};
    return {
      name,
      href: page[kind](name),
      pending: true,
      ...(arn ? { arn } : {}),
      ...(createdAt ? { createdAt } : {}),
      ...extra,
    };
  });
  return [...(await readBucketRows(aws, kind, listed.slice(0, READ_FIRST))), ...pending];
}
