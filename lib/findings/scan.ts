import type { Grant, LintKind } from '../access/index.ts';
import { type BucketEncryption, getBucketEncryption, getBucketPolicy, listBuckets } from '../aws/buckets.ts';
import type { Aws } from '../aws/connection.ts';
import { listDirectoryBuckets } from '../aws/directory-buckets.ts';
import type { Encryption } from '../aws/encryption.ts';
import { listGrants } from '../aws/grants.ts';
import { readIdentityPolicies } from '../aws/identity-policies.ts';
import { type Dependant, type Dependants, isKey } from '../aws/key-dependants.ts';
import { getKeyPolicy, getRotation, type Key, listKeys } from '../aws/keys.ts';
import type { Listing } from '../aws/paginate.ts';
import { type AwsFailure, mapLimited, type Result } from '../aws/result.ts';
import { getTableBucketEncryption, getTableBucketPolicy, listTableBuckets } from '../aws/table-buckets.ts';
import { getTableEncryption, getTablePolicy, listTables } from '../aws/tables.ts';
import { toAccessGrant } from '../plan/key-side.ts';
import { surroundings } from '../plan/surroundings.ts';
import type { Place } from '../plan/types.ts';
import { encryptionFindings, keyFindings } from './best-practices.ts';
import { documentFindings, grantFindings } from './documents.ts';
import type { Found, Scan } from './types.ts';

/** At most so many of each kind are looked at, and so many calls are on their way at once. */
const MOST = 2000;
const AT_ONCE = 6;
const MOST_GRANTS = 1000;

interface Setting {
  readonly account: string;
  /** World time in milliseconds. */
  readonly now: number;
  /** ARN of the connection's own identity. */
  readonly editor: string;
}

/** One thing to look at. */
interface Item {
  readonly place: Place;
  readonly arn: string;
  readonly bucketArn?: string;
}

/**
 * Looks at every key, bucket, table and IAM policy of the connection. Tells how it stands through `report`; what is
 * refused is told in `unseen`, and the rest goes on. Never rejects.
 */
export async function scanEverything(
  aws: Aws,
  { account, now, editor }: Setting,
  report: (progress: Omit<Scan, 'startedAt'>) => void,
): Promise<void> {
  const findings: Found[] = [];
  const unseen: string[] = [];
  let done = 0;
  let total = 0;
  const tell = (status: Scan['status']) =>
    report({ status, done, total, findings: [...findings], unseen: [...new Set(unseen)].slice(0, 50) });
  const refused = (error: AwsFailure) => unseen.push(`${error.action} answered ${error.code}.`);
  const take = <T>(listing: Result<Listing<T>>, what: string): readonly T[] => {
    if (!listing.ok) {
      refused(listing.error);
      return [];
    }
    if (listing.data.items.length > MOST)
      unseen.push(`${what}: ${MOST} of ${listing.data.items.length} were looked at.`);
    return listing.data.items.slice(0, MOST);
  };
  const finished = () => {
    done += 1;
    if (done % 10 === 0) tell('running');
  };
  try {
    const [listedKeys, general, directory, tableBuckets, identities] = await Promise.all([
      listKeys(aws),
      listBuckets(aws),
      listDirectoryBuckets(aws),
      listTableBuckets(aws),
      readIdentityPolicies(aws),
    ]);
    if (!identities.ok) refused(identities.error);
    const around = { account, identities: identities.ok ? identities.data : undefined, editor };
    const keys = take(listedKeys, 'Keys').flatMap(({ detail }) => (detail.ok ? [detail.data] : []));
    const items: Item[] = [
      ...take(general, 'General purpose buckets').map(({ name, arn }) => ({
        place: { kind: 'bucket' as const, name },
        arn,
      })),
      ...take(directory, 'Directory buckets').map(({ name, arn }) => ({
        place: { kind: 'directory-bucket' as const, name },
        arn,
      })),
      ...take(tableBuckets, 'Table buckets').map(({ name, arn }) => ({
        place: { kind: 'table-bucket' as const, name },
        arn,
      })),
    ];
    total = keys.length + items.length;
    tell('running');
    await mapLimited(take(tableBuckets, 'Table buckets'), AT_ONCE, async ({ name: bucket, arn: bucketArn }) => {
      for (const { namespace, name, arn } of take(await listTables(aws, bucketArn), `Tables of ${bucket}`))
        items.push({ place: { kind: 'table', name, bucket, namespace }, arn, bucketArn });
    });
    total = keys.length + items.length;
    const encrypted: {
      readonly place: Place;
      readonly arn: string;
      readonly encryption: Encryption | BucketEncryption;
    }[] = [];
    await mapLimited(items, AT_ONCE, async (item) => {
      const { place } = item;
      const [encryption, policy] = await Promise.all([encryptionOf(aws, item), policyOf(aws, item)]);
      if (!encryption.ok) refused(encryption.error);
      else {
        encrypted.push({ place, arn: item.arn, encryption: encryption.data });
        const key = keys.find((one) => isKey(encryption.data.keyId, one));
        findings.push(...encryptionFindings({ place, encryption: encryption.data }, key, account));
      }
      if (!policy.ok) refused(policy.error);
      else if (policy.data !== undefined) {
        const kind: LintKind = place.kind === 'key' ? 'key' : place.kind;
        findings.push(
          ...documentFindings(
            {
              kind,
              text: policy.data,
              label: `${place.kind.replace('-', ' ')} policy`,
              resource: place.kind === 'table' ? `${place.bucket}, ${place.namespace}.${place.name}` : place.name,
              place,
              tab: place.kind === 'table-bucket' ? 'policies' : 'policy',
            },
            surroundings(aws, around),
          ),
        );
      }
      finished();
    });
    await mapLimited(keys, AT_ONCE, async (key) => {
      findings.push(...(await lookAtKey(key)));
      finished();
    });
    findings.push(...identityFindings());
    tell('done');

    async function lookAtKey(key: Key): Promise<readonly Found[]> {
      if (key.manager === 'AWS') return [];
      const [policy, rotation, grants] = await Promise.all([
        getKeyPolicy(aws, key.arn),
        getRotation(aws, key.arn),
        listGrants(aws, key.arn, { most: MOST_GRANTS }),
      ]);
      const own = encrypted.filter(({ encryption }) => isKey(encryption.keyId, key));
      const known = surroundings(aws, around, { key, dependants: dependantsOf(own) });
      const name = key.id;
      if (!policy.ok) refused(policy.error);
      if (!grants.ok) refused(grants.error);
      const applications = own.filter(({ place }) => place.kind !== 'table').map(({ place }) => place.name);
      const accessGrants: readonly Grant[] = grants.ok ? grants.data.items.map(toAccessGrant) : [];
      return [
        ...keyFindings(key, rotation.ok ? rotation.data : undefined, applications),
        ...(policy.ok
          ? documentFindings(
              {
                kind: 'key',
                text: policy.data,
                label: 'Key policy',
                resource: name,
                place: { kind: 'key', name },
                tab: 'policy',
              },
              known,
            )
          : []),
        ...grantFindings(key.id, name, accessGrants, {
          account,
          now,
          ...(known.principals ? { principals: known.principals } : {}),
          ...(known.buckets ? { buckets: known.buckets } : {}),
        }),
      ];
    }

    function identityFindings(): readonly Found[] {
      const seen = new Map<string, Found>();
      for (const { arn } of around.identities?.principals ?? []) {
        for (const { source, policy } of around.identities?.policiesOf(arn) ?? []) {
          if (source.startsWith('arn:aws:iam::aws:')) continue;
          const resource = source.startsWith('arn:') ? source : arn;
          for (const one of documentFindings(
            { kind: 'identity', text: policy.text, label: source, resource },
            surroundings(aws, around),
          ))
            seen.set(one.id, one);
        }
      }
      return [...seen.values()];
    }
  } catch (error) {
    unseen.push(error instanceof Error ? error.message : String(error));
    tell('failed');
  }
}

function encryptionOf(aws: Aws, { place, arn, bucketArn = '' }: Item): Promise<Result<Encryption | BucketEncryption>> {
  if (place.kind === 'table-bucket') return getTableBucketEncryption(aws, arn);
  if (place.kind === 'table')
    return getTableEncryption(aws, { bucketArn, namespace: place.namespace ?? '', name: place.name });
  return getBucketEncryption(aws, place.name);
}

function policyOf(aws: Aws, { place, arn, bucketArn = '' }: Item): Promise<Result<string | undefined>> {
  if (place.kind === 'table-bucket') return getTableBucketPolicy(aws, arn);
  if (place.kind === 'table')
    return getTablePolicy(aws, { bucketArn, namespace: place.namespace ?? '', name: place.name });
  return getBucketPolicy(aws, place.name);
}

function dependantsOf(
  own: readonly { readonly place: Place; readonly arn: string; readonly encryption: Encryption }[],
): Dependants {
  const found = own.flatMap(({ place, arn, encryption }): Dependant[] =>
    place.kind === 'key'
      ? []
      : [
          {
            kind: place.kind,
            name: place.name,
            arn,
            ...(place.bucket ? { bucket: place.bucket } : {}),
            ...(place.namespace ? { namespace: place.namespace } : {}),
            ...(place.kind === 'bucket' ? { bucketKey: encryption.bucketKey ?? false } : {}),
          },
        ],
  );
  return { found, scanned: { bucket: 0, 'directory-bucket': 0, 'table-bucket': 0, table: 0 }, unseen: [] };
}
