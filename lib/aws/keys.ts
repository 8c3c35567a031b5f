import 'server-only';
import * as sdk from '@aws-sdk/client-kms';
import type { Aws } from './connection.ts';
import { type Listing, readAll } from './paginate.ts';
import { mapLimited, mapResult, type Result } from './result.ts';
import { send } from './send.ts';

/** KMS keys and their policies. Aliases and grants have modules of their own. */
export interface Key {
  readonly id: string;
  readonly arn: string;
  readonly accountId: string;
  readonly description: string;
  /** As in KMS: Enabled, Disabled, PendingDeletion, PendingImport, Unavailable, … */
  readonly state: string;
  readonly manager: 'CUSTOMER' | 'AWS';
  readonly spec: string;
  readonly usage: string;
  readonly origin: string;
  readonly multiRegion: boolean;
  readonly createdAt?: string;
  readonly deletionAt?: string;
}

function toKey(found: sdk.KeyMetadata | undefined, asked: string): Key {
  return {
    id: found?.KeyId ?? asked,
    arn: found?.Arn ?? '',
    accountId: found?.AWSAccountId ?? '',
    description: found?.Description ?? '',
    state: found?.KeyState ?? 'Unknown',
    manager: found?.KeyManager ?? 'CUSTOMER',
    spec: found?.KeySpec ?? 'SYMMETRIC_DEFAULT',
    usage: found?.KeyUsage ?? 'ENCRYPT_DECRYPT',
    origin: found?.Origin ?? 'AWS_KMS',
    multiRegion: found?.MultiRegion ?? false,
    ...(found?.CreationDate ? { createdAt: found.CreationDate.toISOString() } : {}),
    ...(found?.DeletionDate ? { deletionAt: found.DeletionDate.toISOString() } : {}),
  };
}

/** Ids and ARNs of all keys of the Region. */
export function listKeyIds(aws: Aws): Promise<Result<Listing<{ id: string; arn: string }>>> {
  return readAll(
    (token) => send(aws, 'kms', new sdk.ListKeysCommand({ Limit: 1000, ...(token ? { Marker: token } : {}) })),
    (page) => ({
      items: page.Keys?.map((key) => ({ id: key.KeyId ?? '', arn: key.KeyArn ?? '' })),
      next: page.Truncated ? page.NextMarker : undefined,
    }),
  );
}

/** A key, by id, ARN or alias. */
export async function describeKey(aws: Aws, keyId: string): Promise<Result<Key>> {
  const answer = await send(aws, 'kms', new sdk.DescribeKeyCommand({ KeyId: keyId }));
  return mapResult(answer, (output) => toKey(output.KeyMetadata, keyId));
}

/** A key that could be listed, and what DescribeKey said about it. */
export interface ListedKey {
  readonly id: string;
  readonly arn: string;
  readonly detail: Result<Key>;
}

/** All keys with their details; a key whose details are refused stays in the list. Eight reads at a time. */
export async function listKeys(aws: Aws): Promise<Result<Listing<ListedKey>>> {
  const ids = await listKeyIds(aws);
  if (!ids.ok) return ids;
  const items = await mapLimited(ids.data.items, 8, async (key) => ({
    ...key,
    detail: await describeKey(aws, key.arn || key.id),
  }));
  return { ...ids, data: { items, cutOff: ids.data.cutOff } };
}

export async function createKey(
  aws: Aws,
  input: { description: string; policy?: string; tags?: readonly { key: string; value: string }[] },
): Promise<Result<Key>> {
  const command = new sdk.CreateKeyCommand({
    ...(input.description ? { Description: input.description } : {}),
    ...(input.policy ? { Policy: input.policy } : {}),
    ...(input.tags?.length ? { Tags: input.tags.map((tag) => ({ TagKey: tag.key, TagValue: tag.value })) } : {}),
  });
  return mapResult(await send(aws, 'kms', command), (output) => toKey(output.KeyMetadata, ''));
}

export function enableKey(aws: Aws, keyId: string): Promise<Result<unknown>> {
  return send(aws, 'kms', new sdk.EnableKeyCommand({ KeyId: keyId }));
}

/** Stops a scheduled deletion. The key is disabled afterwards. */
export function cancelKeyDeletion(aws: Aws, keyId: string): Promise<Result<unknown>> {
  return send(aws, 'kms', new sdk.CancelKeyDeletionCommand({ KeyId: keyId }));
}

export function changeDescription(aws: Aws, keyId: string, description: string): Promise<Result<unknown>> {
  return send(aws, 'kms', new sdk.UpdateKeyDescriptionCommand({ KeyId: keyId, Description: description }));
}

export async function getKeyPolicy(aws: Aws, keyId: string): Promise<Result<string>> {
  const answer = await send(aws, 'kms', new sdk.GetKeyPolicyCommand({ KeyId: keyId, PolicyName: 'default' }));
  return mapResult(answer, (output) => output.Policy ?? '');
}

export interface Rotation {
  readonly on: boolean;
  readonly days?: number;
  /** When the next one comes by itself. */
  readonly nextAt?: string;
}

/** Rotation, where KMS tells it; a failure for keys that can't rotate. */
export async function getRotation(aws: Aws, keyId: string): Promise<Result<Rotation>> {
  const answer = await send(aws, 'kms', new sdk.GetKeyRotationStatusCommand({ KeyId: keyId }));
  return mapResult(answer, (output) => ({
    on: output.KeyRotationEnabled ?? false,
    ...(output.RotationPeriodInDays ? { days: output.RotationPeriodInDays } : {}),
    ...(output.NextRotationDate ? { nextAt: output.NextRotationDate.toISOString() } : {}),
  }));
}

export interface PastRotation {
  readonly at: string;
  /** As in KMS: AUTOMATIC or ON_DEMAND. */
  readonly type: string;
}

/** Rotations so far, newest first. */
export async function listRotations(aws: Aws, keyId: string): Promise<Result<readonly PastRotation[]>> {
  const answer = await readAll(
    (token) => send(aws, 'kms', new sdk.ListKeyRotationsCommand({ KeyId: keyId, ...(token ? { Marker: token } : {}) })),
    (page) => ({
      items: page.Rotations?.flatMap(({ RotationDate: date, RotationType: type = '' }) =>
        date ? [{ at: date.toISOString(), type }] : [],
      ),
      next: page.Truncated ? page.NextMarker : undefined,
    }),
  );
  return mapResult(answer, ({ items }) => items.toReversed());
}
