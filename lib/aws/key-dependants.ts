import 'server-only';
import { getBucketEncryption, listBuckets } from './buckets.ts';
import type { Aws } from './connection.ts';
import { listDirectoryBuckets } from './directory-buckets.ts';
import type { Encryption } from './encryption.ts';
import type { Listing } from './paginate.ts';
import { type AwsFailure, mapLimited, type Result } from './result.ts';
import { getTableBucketEncryption, listTableBuckets } from './table-buckets.ts';
import { getTableEncryption, listTables } from './tables.ts';

/** What is encrypted with a key by default, as far as the connection may look. */

export interface Dependant {
  readonly kind: 'bucket' | 'directory-bucket' | 'table-bucket' | 'table';
  readonly name: string;
  readonly arn: string;
  /** Of a table: its bucket and namespace. */
  readonly bucket?: string;
  readonly namespace?: string;
  /** General purpose buckets only. */
  readonly bucketKey?: boolean;
}

export interface Dependants {
  readonly found: readonly Dependant[];
  /** How many were looked at. */
  readonly scanned: Readonly<Record<Dependant['kind'], number>>;
  /** What could not be read, or was left out: sentences. */
  readonly unseen: readonly string[];
}

/** At most this many buckets of each kind, and tables of all buckets, are asked one by one. */
const MOST = 300;
const AT_ONCE = 8;

/** Whether a reference, as S3 stores it, is the key. */
export function isKey(reference: string | undefined, key: { readonly id: string; readonly arn: string }): boolean {
  return reference !== undefined && (reference === key.arn || reference === key.id || reference.endsWith(`/${key.id}`));
}

/** Buckets and tables whose default or own key this is. `tables: false` leaves the tables out. */
export async function readDependants(
  aws: Aws,
  key: { readonly id: string; readonly arn: string },
  { most = MOST }: { most?: number } = {},
): Promise<Dependants> {
  const found: Dependant[] = [];
  const unseen: string[] = [];
  const refused = (error: AwsFailure, what: string) => unseen.push(`${what}: ${error.action} answered ${error.code}.`);
  const take = <T>(listing: Result<Listing<T>>, what: string): readonly T[] => {
    if (!listing.ok) {
      refused(listing.error, what);
      return [];
    }
    const { items, cutOff } = listing.data;
    if (items.length > most || cutOff)
      unseen.push(`${what}: ${most} of ${items.length}${cutOff ? '+' : ''} were looked at.`);
    return items.slice(0, most);
  };
  const [general, directory, tableBuckets] = await Promise.all([
    listBuckets(aws),
    listDirectoryBuckets(aws),
    listTableBuckets(aws),
  ]);
  const plain = [
    ...take(general, 'General purpose buckets').map((bucket) => ({ kind: 'bucket' as const, ...bucket })),
    ...take(directory, 'Directory buckets').map((bucket) => ({ kind: 'directory-bucket' as const, ...bucket })),
  ];
  const scanned = { bucket: 0, 'directory-bucket': 0, 'table-bucket': 0, table: 0 };
  const keep = (encryption: Result<Encryption>, dependant: Dependant) => {
    scanned[dependant.kind] += 1;
    if (!encryption.ok) refused(encryption.error, dependant.name);
    else if (isKey(encryption.data.keyId, key))
      found.push({
        ...dependant,
        ...(dependant.kind === 'bucket' ? { bucketKey: encryption.data.bucketKey ?? false } : {}),
      });
  };
  const tables: {
    readonly bucket: string;
    readonly bucketArn: string;
    readonly namespace: string;
    readonly name: string;
    readonly arn: string;
  }[] = [];
  await Promise.all([
    mapLimited(plain, AT_ONCE, async ({ kind, name, arn }) =>
      keep(await getBucketEncryption(aws, name), { kind, name, arn }),
    ),
    mapLimited(take(tableBuckets, 'Table buckets'), AT_ONCE, async ({ name, arn }) => {
      const [encryption, listed] = await Promise.all([getTableBucketEncryption(aws, arn), listTables(aws, arn)]);
      keep(encryption, { kind: 'table-bucket', name, arn });
      if (!listed.ok) refused(listed.error, `Tables of ${name}`);
      else tables.push(...listed.data.items.map((table) => ({ bucket: name, bucketArn: arn, ...table })));
    }),
  ]);
  if (tables.length > most) unseen.push(`Tables: ${most} of ${tables.length} were looked at.`);
  await mapLimited(tables.slice(0, most), AT_ONCE, async ({ bucket, bucketArn, namespace, name, arn }) =>
    keep(await getTableEncryption(aws, { bucketArn, namespace, name }), {
      kind: 'table',
      name,
      arn,
      bucket,
      namespace,
    }),
  );
  found.sort((a, b) => a.kind.localeCompare(b.kind) || a.arn.localeCompare(b.arn));
  return { found, scanned, unseen };
}
