import type { Finding, LintKind } from '../access/index.ts';
import { lintPolicy, namedPrincipal } from '../access/index.ts';
import { listAliases } from '../aws/aliases.ts';
import type { Aws } from '../aws/connection.ts';
import type { KeyGrant } from '../aws/grants.ts';
import type { IdentityPolicies } from '../aws/identity-policies.ts';
import type { Dependant } from '../aws/key-dependants.ts';
import { describeKey, type Key } from '../aws/keys.ts';
import type { Change, ChangeOf } from './change.ts';
import { encryptionEffect } from './encryption-effect.ts';
import {
  compareKey,
  compareKeys,
  dataOf,
  type KeyDifference,
  type KeySide,
  keyPolicy,
  readKeySide,
} from './key-side.ts';
import { compareResource, type ResourceKind } from './resource-side.ts';
import type { State } from './state.ts';
import { surroundings } from './surroundings.ts';
import type { Plan, Touched } from './types.ts';

/** The part of a plan that differs from change to change. */
export type Effect = Pick<
  Plan,
  'title' | 'access' | 'documents' | 'contexts' | 'touched' | 'untouched' | 'risks' | 'unseen'
> & {
  /** Of the document as it will be. */
  readonly findings: readonly Finding[];
  /** What is typed to confirm. */
  readonly word: string;
};

export interface Around {
  readonly account: string;
  readonly identities: IdentityPolicies | undefined;
  /** ARN of who will apply the plan. */
  readonly editor: string;
}

const NOTHING = {
  documents: [],
  contexts: [],
  touched: [],
  untouched: [],
  risks: [],
  unseen: [],
  findings: [],
} as const;

/** What a change does to whom. */
export async function effectOf(aws: Aws, change: Change, state: State, around: Around): Promise<Effect> {
  switch (change.kind) {
    case 'key-policy':
      return keyPolicyEffect(aws, change, state, around);
    case 'bucket-policy': {
      const directory = change.bucket.endsWith('--x-s3');
      const arn = directory
        ? `arn:aws:s3express:${aws.region}:${around.account}:bucket/${change.bucket}`
        : `arn:aws:s3:::${change.bucket}`;
      return policyEffect(
        aws,
        directory ? 'directory-bucket' : 'bucket',
        arn,
        change.bucket,
        [state.policy, change.policy],
        around,
      );
    }
    case 'table-bucket-policy': {
      const name = change.bucketArn.split('/').at(-1) ?? '';
      return policyEffect(aws, 'table-bucket', change.bucketArn, name, [state.policy, change.policy], around);
    }
    case 'table-policy':
      return policyEffect(
        aws,
        'table',
        `${change.bucketArn}/table/${change.name}`,
        change.name,
        [state.policy, change.policy],
        around,
      );
    case 'create-grant':
    case 'end-grant':
      return grantEffect(aws, change, state, around);
    case 'bucket-encryption':
    case 'table-bucket-encryption':
      return encryptionEffect(aws, change, state, around);
    case 'key-state':
    case 'delete-key':
      return stateEffect(aws, change, state, around);
    case 'rotation':
    case 'rotate-now': {
      const name = state.key ? await nameOf(aws, state.key) : change.keyId;
      const title =
        change.kind === 'rotate-now'
          ? `Rotate ${name} now`
          : change.on
            ? `Rotate ${name} every ${change.days ?? 365} days`
            : `Stop rotating ${name}`;
      return { ...NOTHING, title, word: wordOf(name) };
    }
    case 'alias':
      return aliasEffect(aws, change, state, around);
  }
}

/** `alias/lakehouse`, or the end of the id. */
export async function nameOf(aws: Aws, key: Pick<Key, 'id'>): Promise<string> {
  const found = await listAliases(aws, key.id);
  return (found.ok ? found.data.items[0]?.name : undefined) ?? `key …${key.id.slice(-12)}`;
}

function wordOf(name: string): string {
  return name.replace(/^alias\//, '').replace(/^key …/, '');
}

async function keyPolicyEffect(
  aws: Aws,
  change: ChangeOf<'key-policy'>,
  state: State,
  around: Around,
): Promise<Effect> {
  const { key } = state;
  const [side, name] = await Promise.all([key && readKeySide(aws, key), key ? nameOf(aws, key) : change.keyId]);
  const next = keyPolicy(change.policy);
  return {
    ...NOTHING,
    title: `Change the key policy of ${name}`,
    word: wordOf(name),
    documents: [{ label: `Key policy of ${name}`, before: state.policy ?? '', after: change.policy }],
    ...(side && next && side.policy ? { access: compareKey(side, around.identities, { policy: next }) } : {}),
    touched: touchedBy(side),
    unseen: side?.unseen ?? [],
    findings: lintPolicy(change.policy, 'key', surroundings(aws, around, side)),
  };
}

function policyEffect(
  aws: Aws,
  kind: ResourceKind,
  arn: string,
  name: string,
  texts: readonly [before: string | undefined, after: string | undefined],
  around: Around,
): Effect {
  const noun = `${kind.replace('-', ' ')} policy`.replace('directory bucket', 'bucket');
  const [before, after] = texts;
  const access = compareResource(kind, arn, around.account, texts, around.identities);
  const lintKind: LintKind = kind;
  return {
    ...NOTHING,
    title: `${after === undefined ? 'Delete' : before === undefined ? 'Add' : 'Change'} the ${noun} of ${name}`,
    word: name,
    documents: [
      { label: `${noun.charAt(0).toUpperCase()}${noun.slice(1)} of ${name}`, before: before ?? '', after: after ?? '' },
    ],
    ...(access ? { access } : {}),
    findings: after === undefined ? [] : lintPolicy(after, lintKind, surroundings(aws, around)),
  };
}

async function grantEffect(
  aws: Aws,
  change: ChangeOf<'create-grant' | 'end-grant'>,
  { key, grant: ended }: State,
  { identities }: Around,
): Promise<Effect> {
  const grantee = change.kind === 'create-grant' ? change.grant.grantee : (ended?.grantee ?? '');
  const [side, name] = await Promise.all([
    key && readKeySide(aws, key, { grantee }),
    key ? nameOf(aws, key) : 'the key',
  ]);
  const grants: readonly KeyGrant[] =
    change.kind === 'create-grant'
      ? [...(side?.grants ?? []), { id: 'new grant', keyArn: key?.arn ?? '', ...definedOnly(change.grant) }]
      : (side?.grants ?? []).filter(({ id }) => id !== change.grantId);
  const principal = namedPrincipal(grantee);
  const access = side && principal && compareKey(side, identities, { grants }, { principals: [principal] });
  const verb =
    change.kind === 'create-grant'
      ? 'Create a grant on'
      : change.how === 'revoke'
        ? 'Revoke a grant on'
        : 'Retire a grant on';
  return {
    ...NOTHING,
    title: `${verb} ${name}`,
    word: change.kind === 'end-grant' ? (ended?.name ?? change.grantId.slice(0, 8)) : wordOf(name),
    ...(access ? { access } : {}),
    touched: touchedBy(side),
    unseen: side?.unseen ?? [],
  };
}

function definedOnly(grant: ChangeOf<'create-grant'>['grant']): Omit<KeyGrant, 'id' | 'keyArn'> {
  const { grantee, operations, name, contextEquals, contextSubset } = grant;
  return {
    grantee,
    operations,
    ...(name ? { name } : {}),
    ...(contextEquals ? { contextEquals } : {}),
    ...(contextSubset ? { contextSubset } : {}),
  };
}

async function stateEffect(
  aws: Aws,
  change: ChangeOf<'key-state' | 'delete-key'>,
  { key }: State,
  { identities }: Around,
): Promise<Effect> {
  const [side, name] = await Promise.all([key && readKeySide(aws, key), key ? nameOf(aws, key) : change.keyId]);
  const to = change.kind === 'delete-key' ? 'PendingDeletion' : change.to === 'enable' ? 'Enabled' : 'Disabled';
  const titles = { enable: 'Enable', disable: 'Disable', 'cancel-deletion': 'Cancel the deletion of' } as const;
  const title = change.kind === 'delete-key' ? `Schedule the deletion of ${name}` : `${titles[change.to]} ${name}`;
  const touched = touchedBy(side);
  const stops = to !== 'Enabled' && key?.state === 'Enabled';
  return {
    ...NOTHING,
    title,
    word: wordOf(name),
    ...(side?.policy ? { access: compareKey(side, identities, { state: to }) } : {}),
    touched,
    unseen: side?.unseen ?? [],
    risks:
      stops && touched.length > 0
        ? [
            {
              grave: true,
              title: `${touched.length === 1 ? 'One bucket or table becomes' : `${touched.length} buckets and tables become`} unreadable`,
              detail:
                'Reads and writes that need the key fail as soon as S3 holds no bucket key or table key of it any more. They are under "What it touches".',
            },
          ]
        : [],
  };
}

async function aliasEffect(
  aws: Aws,
  change: ChangeOf<'alias'>,
  { aliasOf, key }: State,
  { identities }: Around,
): Promise<Effect> {
  const old = aliasOf ? await describeKey(aws, aliasOf) : undefined;
  const [before, after] = await Promise.all([
    old?.ok ? readKeySide(aws, old.data) : undefined,
    key && aliasOf ? readKeySide(aws, key) : undefined,
  ]);
  const name = wordOf(change.alias);
  if (change.keyId === undefined || !aliasOf || !before || !after) {
    return { ...NOTHING, title: `${change.keyId === undefined ? 'Delete' : 'Create'} ${change.alias}`, word: name };
  }
  const none: KeyDifference = {};
  const data = ['arn:aws:s3:::example/example'];
  return {
    ...NOTHING,
    title: `Move ${change.alias} to another key`,
    word: name,
    access: compareKeys(
      { side: before, difference: none },
      { side: after, difference: none },
      identities,
      dataOf(before).length > 0 ? dataOf(before) : data,
    ),
    untouched: touchedBy(before).map((it) => ({
      ...it,
      what: `${it.what}; stores the key ARN, so it keeps the key of before`,
    })),
    unseen: [...before.unseen, ...after.unseen],
  };
}

const WHAT: Readonly<Record<Dependant['kind'], string>> = {
  bucket: 'General purpose bucket, its default key',
  'directory-bucket': 'Directory bucket, its locked key',
  'table-bucket': 'Table bucket, its default key for new tables',
  table: 'Table, encrypted with the key',
};

/** What a key protects, for the plan. */
export function touchedBy(side: KeySide | undefined): readonly Touched[] {
  return (side?.dependants.found ?? []).map(({ kind, name, bucket, namespace }) => ({
    name: kind === 'table' ? `${bucket}, ${namespace}.${name}` : name,
    what: WHAT[kind],
    place: { kind, name, ...(bucket ? { bucket } : {}), ...(namespace ? { namespace } : {}) },
  }));
}
