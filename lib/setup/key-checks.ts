/** Whether a key can serve the chosen buckets, rule by rule, before anything is made. */

import type { BucketKind, Target } from './choices.ts';
import type { Facts, KeyFacts, TargetFacts } from './facts.ts';

export interface KeyCheck {
  readonly id: 'type' | 'state' | 'region' | 'owner' | 'managed' | 'name' | 'material' | 'replicas' | 'life';
  readonly result: 'good' | 'warn' | 'bad';
  readonly says: string;
  readonly rule: string;
}

const WITHOUT_ANY_OTHER: ReadonlySet<BucketKind> = new Set(['table', 'directory']);

/** All checks of an existing key; `bad` ones make it unusable here. */
export function checkKey(
  key: KeyFacts,
  targets: readonly Target[],
  facts: Pick<Facts, 'account' | 'region' | 'targets'>,
): readonly KeyCheck[] {
  return [
    type(key),
    state(key),
    key.region === facts.region
      ? { id: 'region', result: 'good', says: `It lies in ${key.region}, as the buckets do.`, rule: 'GP-05' }
      : {
          id: 'region',
          result: 'bad',
          says: `It lies in ${key.region}. A key serves buckets of its own Region only, here ${facts.region}.`,
          rule: 'GP-05',
        },
    owner(key, facts.account),
    managed(key, targets),
    {
      id: 'name',
      result: 'good',
      says: 'It is set by its ARN. An alias would be looked up in the account of whoever asks.',
      rule: 'TB-15',
    },
    ...material(key),
    ...(key.multiRegion && targets.some(({ kind }) => kind === 'directory')
      ? [
          {
            id: 'replicas' as const,
            result: 'warn' as const,
            says: 'It is a multi-Region key. Directory buckets treat it as a key of this Region only.',
            rule: 'DB-22',
          },
        ]
      : []),
    ...targets.flatMap((target) => life(key, target, facts.targets)),
  ];
}

function type({ spec, usage }: KeyFacts): KeyCheck {
  return spec === 'SYMMETRIC_DEFAULT' && usage === 'ENCRYPT_DECRYPT'
    ? { id: 'type', result: 'good', says: 'It is a symmetric encryption key.', rule: 'GP-06' }
    : {
        id: 'type',
        result: 'bad',
        says: `It is a ${spec} key for ${usage}. S3 encrypts with symmetric encryption keys only.`,
        rule: 'GP-06',
      };
}

function state({ state: it }: KeyFacts): KeyCheck {
  if (it === 'Enabled') return { id: 'state', result: 'good', says: 'It is enabled.', rule: 'KMS-04' };
  const why =
    it === 'PendingDeletion'
      ? 'It is pending deletion: what it encrypts is lost when it goes. Cancel the deletion and enable it first.'
      : it === 'PendingImport'
        ? 'It has no key material yet. Import it first.'
        : it === 'Disabled'
          ? 'It is disabled: every write and read fails. Enable it first.'
          : `It is ${it}: it can't be used now.`;
  return { id: 'state', result: 'bad', says: why, rule: 'KMS-04' };
}

function owner({ account }: KeyFacts, own: string): KeyCheck {
  return account === own
    ? { id: 'owner', result: 'good', says: 'It belongs to this account.', rule: 'PERM-08' }
    : {
        id: 'owner',
        result: 'warn',
        says: `It belongs to account ${account}. Its key policy must name your principals, and only that account can change it: this set-up can't.`,
        rule: 'PERM-08',
      };
}

function managed({ manager }: KeyFacts, targets: readonly Target[]): KeyCheck {
  if (manager === 'CUSTOMER')
    return {
      id: 'managed',
      result: 'good',
      says: 'It is a customer managed key: you control its policy.',
      rule: 'TB-04',
    };
  const never = targets.find(({ kind }) => WITHOUT_ANY_OTHER.has(kind));
  return never
    ? {
        id: 'managed',
        result: 'bad',
        says: `It is an AWS managed key. ${never.kind === 'table' ? 'Table' : 'Directory'} buckets need a customer managed key.`,
        rule: never.kind === 'table' ? 'TB-04' : 'DB-13',
      }
    : {
        id: 'managed',
        result: 'bad',
        says: "It is an AWS managed key: nobody can change its policy, so this set-up can't say who uses it. Other accounts never can.",
        rule: 'GP-07',
      };
}

function material({ origin }: KeyFacts): readonly KeyCheck[] {
  if (origin === 'AWS_KMS') return [];
  const says =
    origin === 'EXTERNAL'
      ? 'Its material was imported. If it expires or is deleted, the data is unreadable until you import it again.'
      : 'Its material lies in another key store. While that is away, the data is unreadable.';
  return [{ id: 'material', result: 'warn', says, rule: 'KMS-09' }];
}

function life(key: KeyFacts, target: Target, existing: readonly TargetFacts[]): readonly KeyCheck[] {
  if (target.kind !== 'directory') return [];
  const now = existing.find(({ kind, name }) => kind === 'directory' && name === target.name);
  if (now?.algorithm === 'aws:kms' && now.keyArn !== undefined && !sameKey(now.keyArn, key)) {
    return [
      {
        id: 'life',
        result: 'bad',
        says: `${target.name} has another key, and a directory bucket keeps its key for life. Make a new bucket and copy.`,
        rule: 'DB-11',
      },
    ];
  }
  return [
    {
      id: 'life',
      result: 'warn',
      says: `${target.name} keeps this key for life. Another key means a new bucket and a copy.`,
      rule: 'DB-11',
    },
  ];
}

/** Whether a reference, as S3 gives it back, names the key. */
export function sameKey(reference: string, { arn, id }: Pick<KeyFacts, 'arn' | 'id'>): boolean {
  return reference === arn || reference === id;
}
