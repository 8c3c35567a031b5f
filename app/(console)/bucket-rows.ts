import 'server-only';
import type { Route } from 'next';
import type { BucketRow } from '@/components/buckets/bucket-table';
import { keyIdOf, keyName } from '@/components/keys/key-option';
import { routes } from '@/components/routes';
import type { Encryption } from '@/lib/aws/encryption';
import type { Result } from '@/lib/aws/result';

/** One row of a bucket list. A bucket whose encryption is refused stays in the list and says so. */
export function toBucketRow(
  bucket: { name: string; createdAt?: string },
  href: Route,
  encryption: Result<Encryption>,
  names: ReadonlyMap<string, readonly string[]>,
  extra: { extra?: string; general?: boolean } = {},
): BucketRow {
  const base = {
    name: bucket.name,
    href,
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
