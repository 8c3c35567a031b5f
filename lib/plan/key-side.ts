import {
  compareAccess,
  evaluate,
  type Grant,
  grantList,
  type KeySetup,
  keyVersion,
  namedPrincipal,
  type PolicySet,
  type Principal,
  parseArn,
  parsePolicy,
  type Question,
  questionsRaised,
  type SourcedPolicy,
  type Version,
} from '../access/index.ts';
import type { Aws } from '../aws/connection.ts';
import { type KeyGrant, listGrants } from '../aws/grants.ts';
import type { IdentityPolicies } from '../aws/identity-policies.ts';
import { type Dependants, readDependants } from '../aws/key-dependants.ts';
import { readKeyUsers } from '../aws/key-use.ts';
import { getKeyPolicy, type Key } from '../aws/keys.ts';
import { accessRows } from './access-rows.ts';
import type { AccessChanges } from './types.ts';

/** A key with everything that decides on its use, read from the connection. */
export interface KeySide {
  readonly key: Key;
  /** Undefined where it could not be read or is no policy. */
  readonly policy: SourcedPolicy | undefined;
  readonly grants: readonly KeyGrant[];
  readonly dependants: Dependants;
  /** World time of the last use, by ARN. */
  readonly lastUsed: ReadonlyMap<string, string>;
  readonly unseen: readonly string[];
}

/** Grants beyond these are not compared. */
const MOST_GRANTS = 2000;
/** Buckets and tables for whose data it is asked. */
const MOST_DATA = 16;

/** Reads a key's side. @param only of grants: those of one grantee */
export async function readKeySide(aws: Aws, key: Key, only: { readonly grantee?: string } = {}): Promise<KeySide> {
  const [policy, grants, dependants, users] = await Promise.all([
    getKeyPolicy(aws, key.arn),
    listGrants(aws, key.arn, { ...only, most: MOST_GRANTS }),
    readDependants(aws, key),
    readKeyUsers(aws, key.arn),
  ]);
  const parsed = policy.ok ? keyPolicy(policy.data) : undefined;
  const unseen = [
    ...(policy.ok ? [] : [`The key policy: ${policy.error.action} answered ${policy.error.code}.`]),
    ...(grants.ok
      ? grants.data.cutOff
        ? [`Grants: the first ${grants.data.items.length} were looked at.`]
        : []
      : [`Grants: ${grants.error.action} answered ${grants.error.code}.`]),
    ...(users.ok
      ? users.data.complete
        ? []
        : ['Earlier uses of the key: CloudTrail holds more events than were read.']
      : [`Last use: ${users.error.action} answered ${users.error.code}.`]),
    ...dependants.unseen,
  ];
  return {
    key,
    policy: parsed,
    grants: grants.ok ? grants.data.items : [],
    dependants,
    lastUsed: users.ok ? users.data.lastUsed : new Map(),
    unseen,
  };
}

/** A key policy for the evaluator; undefined where KMS would refuse it. */
export function keyPolicy(text: string): SourcedPolicy | undefined {
  try {
    return { source: 'key policy', policy: parsePolicy(text, 'key') };
  } catch {
    return undefined;
  }
}

/** What differs of a key after a change; the rest stays as it was read. */
export interface KeyDifference {
  readonly policy?: SourcedPolicy;
  readonly grants?: readonly KeyGrant[];
  readonly state?: string;
  readonly bucketKeys?: ReadonlySet<string>;
}

const DENIES_ALL = keyPolicy('{"Version":"2012-10-17","Statement":[]}');

/** A key as a version to compare. */
export function versionOf(
  side: KeySide,
  identities: IdentityPolicies | undefined,
  difference: KeyDifference = {},
): Version {
  const policy = difference.policy ?? side.policy ?? DENIES_ALL;
  const bucketKeys = new Set(side.dependants.found.filter((it) => it.bucketKey === true).map(({ name }) => name));
  const setup: Omit<KeySetup, 'policy'> = {
    keyArn: side.key.arn,
    grants: grantList((difference.grants ?? side.grants).map(toAccessGrant)),
    state: difference.state ?? side.key.state,
    bucketKeys: difference.bucketKeys ?? bucketKeys,
    callerSide: callerSideOf(identities),
  };
  return policy === undefined
    ? () => ({ unavailable: 'The key policy was not read.' })
    : keyVersion({ ...setup, policy });
}

const NOBODY: Omit<PolicySet, 'resource' | 'grants'> = { identity: [] };

export function callerSideOf(identities: IdentityPolicies | undefined): (principal: Principal) => typeof NOBODY {
  return (principal) => identities?.of(principal) ?? NOBODY;
}

/** A grant as the evaluator and lint want it. */
export function toAccessGrant(grant: KeyGrant): Grant {
  const service = grant.grantee.endsWith('.amazonaws.com');
  return {
    grantId: grant.id,
    ...(grant.name ? { name: grant.name } : {}),
    ...(service ? { granteeServicePrincipal: grant.grantee } : { granteePrincipal: grant.grantee }),
    ...(grant.retiring ? { retiringPrincipal: grant.retiring } : {}),
    operations: grant.operations,
    ...((grant.contextEquals ?? grant.contextSubset)
      ? {
          constraints: {
            ...(grant.contextEquals ? { encryptionContextEquals: grant.contextEquals } : {}),
            ...(grant.contextSubset ? { encryptionContextSubset: grant.contextSubset } : {}),
          },
        }
      : {}),
    effectiveAt: 0,
  };
}

/** Everybody who may be asked about: users and roles of the account, and who used the key. */
export function everybody(
  identities: IdentityPolicies | undefined,
  ...sides: readonly KeySide[]
): readonly Principal[] {
  const names = [
    ...(identities?.principals.map(({ arn }) => arn) ?? []),
    ...sides.flatMap(({ lastUsed }) => [...lastUsed.keys()]),
  ];
  return names.flatMap((name) => namedPrincipal(name) ?? []);
}

/** Example data of what a key protects: an object, a bucket, a table. */
export function dataOf(side: KeySide): readonly string[] {
  return side.dependants.found.slice(0, MOST_DATA).map(({ kind, arn }) => (kind === 'bucket' ? `${arn}/example` : arn));
}

const USE = ['kms:GenerateDataKey', 'kms:Decrypt'];

/** Compares a key before and after. */
export function compareKey(
  side: KeySide,
  identities: IdentityPolicies | undefined,
  after: KeyDifference,
  only?: { readonly principals: readonly Principal[] },
): AccessChanges {
  const versions = [versionOf(side, identities), versionOf(side, identities, after)] as const;
  const policies = [side.policy, after.policy].flatMap((one) => (one ? [one.policy] : []));
  const grants = [...side.grants, ...(after.grants ?? [])].map(toAccessGrant);
  const raised = only
    ? {
        policies: [],
        principals: only.principals,
        actions: grants.flatMap(({ operations }) => operations.map((one) => `kms:${one}`)),
      }
    : { policies, grants, principals: everybody(identities, side) };
  const questions = [...limited(questionsRaised({ ...raised, resources: [side.key.arn], data: dataOf(side) }))];
  return compared(questions, versions, side.lastUsed);
}

/** Two keys as the key of the same data: who could use the one and can use the other. */
export function compareKeys(
  before: { readonly side: KeySide | undefined; readonly difference?: KeyDifference },
  after: { readonly side: KeySide | undefined; readonly difference?: KeyDifference },
  identities: IdentityPolicies | undefined,
  data: readonly string[],
): AccessChanges {
  const version = ({ side, difference }: typeof before): Version => {
    // Without a key of one's own nothing but S3 decides: KMS is not asked.
    if (side === undefined) return (question) => openTo(question);
    const of = versionOf(side, identities, difference);
    return (question) => of({ ...question, resource: side.key.arn });
  };
  const sides = [before.side, after.side].flatMap((side) => (side ? [side] : []));
  const raised = questionsRaised({
    policies: sides.flatMap(({ policy }) => (policy ? [policy.policy] : [])),
    grants: sides.flatMap(({ grants }) => grants.map(toAccessGrant)),
    resources: ['the data'],
    principals: everybody(identities, ...sides),
    actions: USE,
  });
  const questions = [...limited(raised)].flatMap((question) =>
    USE.includes(question.action) && question.data === undefined ? data.map((one) => ({ ...question, data: one })) : [],
  );
  const lastUsed = new Map(sides.flatMap((side) => [...side.lastUsed]));
  return compared(questions, [version(before), version(after)], lastUsed);
}

const OPEN: SourcedPolicy = {
  source: 'SSE-S3',
  policy: parsePolicy(
    '{"Version":"2012-10-17","Statement":[{"Sid":"needs no key","Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}',
    'resource',
  ),
};

function openTo({ principal, action, resource }: Question): ReturnType<Version> {
  const accountId = parseArn(resource)?.accountId ?? principal.accountId;
  return {
    request: { principal, action, resource, resourceAccountId: accountId, context: new Map() },
    policies: { identity: [], resource: OPEN },
  };
}

/** Questions that are asked at most; a third of a second. */
const MOST_QUESTIONS = 20_000;

export function* limited(questions: Iterable<Question>): Generator<Question> {
  let left = MOST_QUESTIONS + 1;
  for (const question of questions) {
    if (left-- === 0) return;
    yield question;
  }
}

/** Compares, and counts who can the same as before. */
export function compared(
  questions: readonly Question[],
  [before, after]: readonly [Version, Version],
  lastUsed: ReadonlyMap<string, string> = new Map(),
): AccessChanges {
  const comparison = compareAccess(questions, before, after, { maxQuestions: MOST_QUESTIONS });
  const differ = new Set(comparison.changes.flatMap(({ principals }) => principals.map(({ arn }) => arn)));
  const keep = new Set<string>();
  for (const question of questions.slice(0, MOST_QUESTIONS)) {
    const { arn } = question.principal;
    if (differ.has(arn) || keep.has(arn)) continue;
    const situation = after(question);
    if (!('unavailable' in situation) && evaluate(situation.request, situation.policies).outcome === 'allow')
      keep.add(arn);
  }
  return accessRows(comparison, { lastUsed, keep: keep.size });
}
