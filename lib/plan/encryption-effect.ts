import type { Aws } from '../aws/connection.ts';
import type { Encryption } from '../aws/encryption.ts';
import { describeKey } from '../aws/keys.ts';
import { mapLimited } from '../aws/result.ts';
import { getTableEncryption, listTables } from '../aws/tables.ts';
import type { ChangeOf } from './change.ts';
import { contextChanges } from './context-changes.ts';
import type { Around, Effect } from './effect.ts';
import { compareKeys, type KeySide, readKeySide } from './key-side.ts';
import type { State } from './state.ts';
import type { Touched } from './types.ts';

/** What another default encryption does: who can read what is written from then on, and what stays as it is. */
export async function encryptionEffect(
  aws: Aws,
  change: ChangeOf<'bucket-encryption' | 'table-bucket-encryption'>,
  state: State,
  { identities }: Around,
): Promise<Effect> {
  const was: Encryption = state.encryption ?? { kind: 'SSE-S3' };
  const [before, after] = await Promise.all([sideOf(aws, was.keyId), sideOf(aws, change.encryption.keyId)]);
  const name = change.kind === 'bucket-encryption' ? change.bucket : (change.bucketArn.split('/').at(-1) ?? '');
  const data =
    change.kind === 'table-bucket-encryption'
      ? change.bucketArn
      : change.bucket.endsWith('--x-s3')
        ? `arn:aws:s3express:${aws.region}:000000000000:bucket/${change.bucket}`
        : `arn:aws:s3:::${change.bucket}/example`;
  const bucketKeys = (encryption: { readonly bucketKey?: boolean | undefined }) =>
    new Set(encryption.bucketKey === true ? [name] : []);
  // An AWS managed key, or one that can't be read, has no policy to compare.
  const comparable =
    (was.keyId === undefined ? was.kind === 'SSE-S3' : before !== undefined) &&
    (change.encryption.keyId === undefined ? change.encryption.kind === 'SSE-S3' : after !== undefined);
  const contexts =
    change.kind === 'bucket-encryption' && was.kind === 'SSE-KMS' && change.encryption.kind === 'SSE-KMS' && after
      ? flips(change.bucket, was.bucketKey === true, change.encryption.bucketKey === true, after)
      : [];
  return {
    title: `Change the default encryption of ${name}`,
    word: name,
    documents: [],
    contexts,
    ...(comparable
      ? {
          access: compareKeys(
            { side: before, difference: { bucketKeys: bucketKeys(was) } },
            { side: after, difference: { bucketKeys: bucketKeys(change.encryption) } },
            identities,
            [data],
          ),
        }
      : {}),
    touched: [
      { name, what: change.kind === 'bucket-encryption' ? 'New objects from now on' : 'New tables from now on' },
    ],
    untouched:
      change.kind === 'table-bucket-encryption'
        ? await tablesOf(aws, change.bucketArn, name)
        : [
            {
              name: 'Objects that exist',
              what: 'Keep what they were written with, until they are copied over themselves',
            },
          ],
    risks: [
      ...(change.kind === 'table-bucket-encryption' && change.encryption.keyId && after && !mayMaintain(after)
        ? [
            {
              grave: false,
              title: "S3 Tables maintenance can't use the new key",
              detail:
                "Tables can't be created in this bucket until the key policy names maintenance.s3tables.amazonaws.com (TB-17).",
            },
          ]
        : []),
      ...(after && after.key.state !== 'Enabled'
        ? [{ grave: false, title: `The new key is ${after.key.state}`, detail: 'Writes fail until it is enabled.' }]
        : []),
    ],
    unseen: [
      ...(before?.unseen ?? []),
      ...(after?.unseen ?? []),
      ...(comparable ? [] : ["Who may use a key of AWS or of another account: its policy can't be read here."]),
    ],
    findings: [],
  };
}

/** Undefined where there is no key of one's own, or it can't be described. */
async function sideOf(aws: Aws, keyId: string | undefined): Promise<KeySide | undefined> {
  if (keyId === undefined) return undefined;
  const key = await describeKey(aws, keyId);
  if (!key.ok || key.data.manager === 'AWS') return undefined;
  const side = await readKeySide(aws, key.data);
  return side.policy ? side : undefined;
}

/** Statements and grants that match one of the two contexts only (GP-17, BK-05). */
function flips(bucket: string, wasOn: boolean, isOn: boolean, { policy, grants }: KeySide) {
  if (wasOn === isOn) return [];
  const ofBucket = `arn:aws:s3:::${bucket}`;
  const context = (on: boolean) => (on ? ofBucket : `${ofBucket}/KEY`);
  return contextChanges(policy ? [{ ...policy, source: 'Key policy' }] : [], grants, context(wasOn), context(isOn));
}

/** A plain look for the service's name: the panel of the table bucket asks the evaluator. */
function mayMaintain({ policy }: KeySide): boolean {
  return (
    policy?.policy.statements.some(
      ({ effect, principal }) =>
        effect === 'Allow' && principal?.raw.some((name) => name.includes('maintenance.s3tables')),
    ) ?? false
  );
}

/** Tables beyond these are told as a number. */
const MOST_TABLES = 50;

async function tablesOf(aws: Aws, bucketArn: string, bucket: string): Promise<readonly Touched[]> {
  const listed = await listTables(aws, bucketArn);
  if (!listed.ok)
    return [
      { name: 'Tables that exist', what: `Keep their encryption. They could not be listed: ${listed.error.code}` },
    ];
  const { items } = listed.data;
  const rows = await mapLimited(items.slice(0, MOST_TABLES), 8, async ({ namespace, name }): Promise<Touched> => {
    const encryption = await getTableEncryption(aws, { bucketArn, namespace, name });
    const key = encryption.ok ? encryption.data.keyId : undefined;
    return {
      name: `${namespace}.${name}`,
      what: encryption.ok
        ? `Keeps ${encryption.data.kind}${key ? ` with key …${key.slice(-12)}` : ''}`
        : `Keeps what it has (${encryption.error.code})`,
      place: { kind: 'table', name, bucket, namespace },
    };
  });
  const more = items.length - rows.length;
  return more > 0 ? [...rows, { name: `${more} more tables`, what: 'Keep what they have' }] : rows;
}
