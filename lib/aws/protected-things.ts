import 'server-only';
import type { SourcedPolicy } from '../access/index.ts';
import type { Thing } from '../access/reach/index.ts';
import { compilePolicy } from './authorization-details.ts';
import { getBucketEncryption, getBucketPolicy, listBuckets } from './buckets.ts';
import type { Aws } from './connection.ts';
import { listDirectoryBuckets } from './directory-buckets.ts';
import type { Encryption } from './encryption.ts';
import type { Listing } from './paginate.ts';
import { type AwsFailure, mapLimited, type Result } from './result.ts';
import { getTableBucketEncryption, getTableBucketPolicy, listTableBuckets } from './table-buckets.ts';
import { getTableEncryption, getTablePolicy, listTables } from './tables.ts';

/** Buckets, table buckets and tables with the keys that encrypt them. */

/** What could not be read, or was left out because there is more than a page can ask for. */
export interface NotRead {
  /** `the encryption of raw-events`, `table buckets beyond the first 300`. */
  readonly what: string;
  /** The permission that is missing, `s3:GetEncryptionConfiguration`; absent where nothing was refused. */
  readonly action?: string;
  readonly error?: AwsFailure;
}

/** A thing and the key as its setting names it: ARN, id or alias. */
export type FoundThing = Omit<Thing, 'keyArn'> & { readonly keyId: string };

export interface Found {
  readonly things: readonly FoundThing[];
  readonly notRead: readonly NotRead[];
}

/** Of each kind so many are asked for their encryption, sixteen at a time. */
const MOST = 300;
const AT_ONCE = 16;

/** Things encrypted with a key of their own choice. SSE-S3 needs no key of KMS, so those are not in it. */
export async function readProtectedThings(aws: Aws): Promise<Found> {
  const [general, directory, tables] = await Promise.all([
    readBuckets(aws, 'bucket', listBuckets(aws)),
    readBuckets(aws, 'directory-bucket', listDirectoryBuckets(aws)),
    readTableBuckets(aws),
  ]);
  return merge([general, directory, tables]);
}

function merge(parts: readonly Found[]): Found {
  return { things: parts.flatMap(({ things }) => things), notRead: parts.flatMap(({ notRead }) => notRead) };
}

function refused(what: string, error: AwsFailure): Found {
  return { things: [], notRead: [{ what, action: error.action, error }] };
}

/** The first of a list, and what is said of the rest. */
function first<T>(list: Listing<T>, noun: string): { items: readonly T[]; notRead: readonly NotRead[] } {
  const more = list.cutOff || list.items.length > MOST;
  return { items: list.items.slice(0, MOST), notRead: more ? [{ what: `${noun} beyond the first ${MOST}` }] : [] };
}

function keyOf(encryption: Encryption): string | undefined {
  return encryption.kind === 'SSE-KMS' || encryption.kind === 'DSSE-KMS' ? encryption.keyId : undefined;
}

async function readBuckets(
  aws: Aws,
  kind: 'bucket' | 'directory-bucket',
  listing: Promise<Result<Listing<{ readonly name: string; readonly arn: string }>>>,
): Promise<Found> {
  const noun = kind === 'bucket' ? 'general purpose buckets' : 'directory buckets';
  const list = await listing;
  if (!list.ok) return refused(noun, list.error);
  const { items, notRead } = first(list.data, noun);
  const found = await mapLimited(items, AT_ONCE, async ({ name, arn }): Promise<Found> => {
    const encryption = await getBucketEncryption(aws, name);
    if (!encryption.ok) return refused(`the encryption of ${name}`, encryption.error);
    const keyId = keyOf(encryption.data);
    if (keyId === undefined) return { things: [], notRead: [] };
    const { policies, notRead: missing } = policiesOf(`the policy of ${name}`, [await getBucketPolicy(aws, name)]);
    const bucketKey = kind === 'bucket' ? { bucketKey: encryption.data.bucketKey ?? false } : {};
    return { things: [{ arn, kind, name, keyId, policies, ...bucketKey }], notRead: missing };
  });
  return merge([{ things: [], notRead }, ...found]);
}

function policiesOf(
  what: string,
  answers: readonly Result<string | undefined>[],
): { policies: readonly SourcedPolicy[]; notRead: readonly NotRead[] } {
  const policies: SourcedPolicy[] = [];
  const notRead: NotRead[] = [];
  for (const answer of answers) {
    if (!answer.ok) notRead.push({ what, action: answer.error.action, error: answer.error });
    else if (answer.data !== undefined) {
      const policy = compilePolicy(answer.data, 'resource');
      if (policy === undefined) notRead.push({ what: `${what}, which this console can’t parse` });
      else policies.push({ source: 'resource policy', policy });
    }
  }
  return { policies, notRead };
}

async function readTableBuckets(aws: Aws): Promise<Found> {
  const list = await listTableBuckets(aws);
  if (!list.ok) return refused('table buckets', list.error);
  const { items, notRead } = first(list.data, 'table buckets');
  const found = await mapLimited(items, AT_ONCE, async ({ name, arn }): Promise<Found> => {
    const [encryption, tables, policy] = await Promise.all([
      getTableBucketEncryption(aws, arn),
      listTables(aws, arn),
      getTableBucketPolicy(aws, arn),
    ]);
    const own = policiesOf(`the policy of ${name}`, [policy]);
    const keyId = encryption.ok ? keyOf(encryption.data) : undefined;
    const bucket: Found = encryption.ok
      ? {
          things: keyId === undefined ? [] : [{ arn, kind: 'table-bucket', name, keyId, policies: own.policies }],
          notRead: own.notRead,
        }
      : refused(`the encryption of ${name}`, encryption.error);
    if (!tables.ok) return merge([bucket, refused(`the tables of ${name}`, tables.error)]);
    const some = first(tables.data, `tables of ${name}`);
    // A table keeps the encryption that it was created with, whatever its bucket's default is now (TB-07).
    const inside = await mapLimited(some.items, 4, async (table): Promise<Found> => {
      const label = `${table.namespace}.${table.name}`;
      const id = { bucketArn: arn, namespace: table.namespace, name: table.name };
      const [ofTable, tablePolicy] = await Promise.all([getTableEncryption(aws, id), getTablePolicy(aws, id)]);
      if (!ofTable.ok) return refused(`the encryption of ${label}`, ofTable.error);
      const key = keyOf(ofTable.data);
      const both = policiesOf(`the policy of ${label}`, [policy, tablePolicy]);
      if (key === undefined) return { things: [], notRead: [] };
      return {
        things: [{ arn: table.arn, kind: 'table', name: label, keyId: key, parent: arn, policies: both.policies }],
        notRead: both.notRead,
      };
    });
    return merge([bucket, { things: [], notRead: some.notRead }, ...inside]);
  });
  return merge([{ things: [], notRead }, ...found]);
}
