import { createHash } from 'node:crypto';
import { type Alias, listAliases } from '../aws/aliases.ts';
import { type BucketEncryption, getBucketEncryption, getBucketPolicy } from '../aws/buckets.ts';
import type { Aws } from '../aws/connection.ts';
import type { Encryption } from '../aws/encryption.ts';
import { type KeyGrant, listGrants } from '../aws/grants.ts';
import { describeKey, getKeyPolicy, getRotation, type Key } from '../aws/keys.ts';
import { mapResult, type Result } from '../aws/result.ts';
import { getTableBucketEncryption, getTableBucketPolicy } from '../aws/table-buckets.ts';
import { getTablePolicy } from '../aws/tables.ts';
import type { Change } from './change.ts';

/** What a change replaces, as it is now: the plan is made against it, and applying refuses when it has changed. */
export interface State {
  readonly policy?: string | undefined;
  readonly encryption?: Encryption | BucketEncryption;
  readonly key?: Key;
  readonly grant?: KeyGrant;
  readonly rotation?: { readonly on: boolean; readonly days?: number };
  /** Where an alias points to; null where there is none. */
  readonly aliasOf?: string | null;
}

/** Reads what the change is about. */
export async function readState(aws: Aws, change: Change): Promise<Result<State>> {
  switch (change.kind) {
    case 'key-policy':
      return withKey(aws, change.keyId, async () => asPolicy(await getKeyPolicy(aws, change.keyId)));
    case 'bucket-policy':
      return asPolicy(await getBucketPolicy(aws, change.bucket));
    case 'table-bucket-policy':
      return asPolicy(await getTableBucketPolicy(aws, change.bucketArn));
    case 'table-policy':
      return asPolicy(await getTablePolicy(aws, change));
    case 'bucket-encryption':
      return mapResult(await getBucketEncryption(aws, change.bucket), (encryption) => ({ encryption }));
    case 'table-bucket-encryption':
      return mapResult(await getTableBucketEncryption(aws, change.bucketArn), (encryption) => ({ encryption }));
    case 'create-grant':
      return withKey(aws, change.grant.keyId);
    case 'end-grant':
      return withKey(aws, change.keyId, async () => {
        const grants = await listGrants(aws, change.keyId, { grantId: change.grantId });
        if (!grants.ok) return grants;
        const [grant] = grants.data.items;
        return grant ? { ok: true, data: { grant } } : gone('kms:ListGrants', 'This grant is not there any more.');
      });
    case 'rotation':
    case 'rotate-now':
      return withKey(aws, change.keyId, async () =>
        mapResult(await getRotation(aws, change.keyId), ({ nextAt: _nextAt, ...rotation }) => ({ rotation })),
      );
    case 'key-state':
    case 'delete-key':
      return withKey(aws, change.keyId);
    case 'alias':
      return aliasState(aws, change.alias, change.keyId);
  }
}

function asPolicy(result: Result<string | undefined>): Result<State> {
  return mapResult(result, (policy) => ({ policy }));
}

async function withKey(aws: Aws, keyId: string, more?: () => Promise<Result<State>>): Promise<Result<State>> {
  const [key, rest] = await Promise.all([describeKey(aws, keyId), more?.()]);
  if (!key.ok) return key;
  if (rest && !rest.ok) return rest;
  return mapResult(key, (found) => ({ ...rest?.data, key: found }));
}

async function aliasState(aws: Aws, alias: string, keyId: string | undefined): Promise<Result<State>> {
  const all = await listAliases(aws);
  if (!all.ok) return all;
  const now: Alias | undefined = all.data.items.find(({ name }) => name === alias);
  const state: State = { aliasOf: now?.keyId ?? null };
  if (keyId === undefined)
    return now ? { ok: true, data: state } : gone('kms:ListAliases', `${alias} is not there any more.`);
  const key = await describeKey(aws, keyId);
  return mapResult(key, (found) => ({ ...state, key: found }));
}

function gone(action: string, message: string): Result<never> {
  return { ok: false, error: { code: 'NotFound', message, action } };
}

/** Stands for the state and the change: any difference gives another one. */
export function fingerprintOf(change: Change, { key, ...state }: State): string {
  // Of the key only what a change could undo; its creation date never differs.
  const facts = { change, ...state, key: key && { arn: key.arn, state: key.state, deletionAt: key.deletionAt } };
  return createHash('sha256').update(stable(facts)).digest('base64url').slice(0, 22);
}

/** JSON with the members of every object in one order. */
function stable(value: unknown): string {
  return JSON.stringify(value, (_name, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}
