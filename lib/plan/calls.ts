/** The API calls that make a change. Pure: the same change and state give the same calls. */
import { type Encryption, toAlgorithm } from '../aws/encryption.ts';
import type { Change, ChangeOf } from './change.ts';
import type { State } from './state.ts';
import type { PlannedCall } from './types.ts';

/** In the order in which they are made. */
export function callsOf(change: Change, state: State): readonly PlannedCall[] {
  switch (change.kind) {
    case 'key-policy':
      return [
        {
          service: 'kms',
          operation: 'PutKeyPolicy',
          input: { KeyId: change.keyId, PolicyName: 'default', Policy: change.policy },
          says: 'Replaces the whole key policy.',
        },
      ];
    case 'bucket-policy':
      return [
        change.policy === undefined
          ? {
              service: 's3',
              operation: 'DeleteBucketPolicy',
              input: { Bucket: change.bucket },
              says: 'Deletes the bucket policy.',
            }
          : {
              service: 's3',
              operation: 'PutBucketPolicy',
              input: { Bucket: change.bucket, Policy: change.policy },
              says: 'Replaces the whole bucket policy.',
            },
      ];
    case 'table-bucket-policy':
      return [
        tablesPolicy(change.policy, 'TableBucketPolicy', { tableBucketARN: change.bucketArn }, 'table bucket policy'),
      ];
    case 'table-policy':
      return [
        tablesPolicy(
          change.policy,
          'TablePolicy',
          { tableBucketARN: change.bucketArn, namespace: change.namespace, name: change.name },
          'table policy',
        ),
      ];
    case 'create-grant':
      return [createGrant(change.grant)];
    case 'end-grant':
      return [
        {
          service: 'kms',
          operation: change.how === 'revoke' ? 'RevokeGrant' : 'RetireGrant',
          input: { KeyId: state.grant?.keyArn ?? state.key?.arn ?? change.keyId, GrantId: change.grantId },
          says: 'Ends the grant. The same grant can be made again, with another id and token.',
        },
      ];
    case 'bucket-encryption':
      return [bucketEncryption(change)];
    case 'table-bucket-encryption':
      return [
        {
          service: 's3tables',
          operation: 'PutTableBucketEncryption',
          input: {
            tableBucketARN: change.bucketArn,
            encryptionConfiguration: {
              sseAlgorithm: toAlgorithm(change.encryption.kind),
              ...(change.encryption.keyId ? { kmsKeyArn: change.encryption.keyId } : {}),
            },
          },
          says: 'Sets the default for new tables. Tables that exist keep what they have.',
        },
      ];
    case 'key-state':
      return keyState(change);
    case 'delete-key':
      return [
        {
          service: 'kms',
          operation: 'ScheduleKeyDeletion',
          input: { KeyId: change.keyId, PendingWindowInDays: change.days },
          says: `Stops every use of the key now and deletes it in ${change.days} days.`,
          irreversible: `After ${change.days} days nothing that it encrypted can be read again. Until then it can be cancelled.`,
        },
      ];
    case 'rotation':
      return [
        change.on
          ? {
              service: 'kms',
              operation: 'EnableKeyRotation',
              input: { KeyId: change.keyId, ...(change.days ? { RotationPeriodInDays: change.days } : {}) },
              says: `Makes new key material every ${change.days ?? 365} days. The ARN stays, and what is encrypted stays readable.`,
            }
          : {
              service: 'kms',
              operation: 'DisableKeyRotation',
              input: { KeyId: change.keyId },
              says: 'Stops automatic rotation. The key material of now stays in use.',
            },
      ];
    case 'rotate-now':
      return [
        {
          service: 'kms',
          operation: 'RotateKeyOnDemand',
          input: { KeyId: change.keyId },
          says: 'Makes new key material now, for one of the 25 times that a key allows (KMS-07). What is encrypted stays readable.',
        },
      ];
    case 'alias':
      return [aliasCall(change, state)];
  }
}

function tablesPolicy(
  policy: string | undefined,
  noun: 'TableBucketPolicy' | 'TablePolicy',
  which: Readonly<Record<string, string>>,
  name: string,
): PlannedCall {
  return policy === undefined
    ? { service: 's3tables', operation: `Delete${noun}`, input: which, says: `Deletes the ${name}.` }
    : {
        service: 's3tables',
        operation: `Put${noun}`,
        input: { ...which, resourcePolicy: policy },
        says: `Replaces the whole ${name}.`,
      };
}

function createGrant(grant: ChangeOf<'create-grant'>['grant']): PlannedCall {
  const { contextEquals, contextSubset } = grant;
  return {
    service: 'kms',
    operation: 'CreateGrant',
    input: {
      KeyId: grant.keyId,
      GranteePrincipal: grant.grantee,
      Operations: grant.operations,
      ...(grant.name ? { Name: grant.name } : {}),
      ...(grant.retiring ? { RetiringPrincipal: grant.retiring } : {}),
      ...((contextEquals ?? contextSubset)
        ? {
            Constraints: {
              ...(contextEquals ? { EncryptionContextEquals: contextEquals } : {}),
              ...(contextSubset ? { EncryptionContextSubset: contextSubset } : {}),
            },
          }
        : {}),
    },
    says: 'Lets one principal use the key, beside the key policy.',
  };
}

function bucketEncryption({ bucket, encryption }: ChangeOf<'bucket-encryption'>): PlannedCall {
  const directory = bucket.endsWith('--x-s3');
  const locks = directory && encryption.kind === 'SSE-KMS';
  return {
    service: 's3',
    operation: 'PutBucketEncryption',
    input: {
      Bucket: bucket,
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: {
              SSEAlgorithm: toAlgorithm(encryption.kind),
              ...(encryption.keyId ? { KMSMasterKeyID: encryption.keyId } : {}),
            },
            // Directory buckets refuse `false` (DB-12), so it is sent only where it was chosen.
            ...(encryption.bucketKey === undefined ? {} : { BucketKeyEnabled: encryption.bucketKey }),
            ...(encryption.blocksCustomerKeys === undefined
              ? {}
              : { BlockedEncryptionTypes: { EncryptionType: [encryption.blocksCustomerKeys ? 'SSE-C' : 'NONE'] } }),
          },
        ],
      },
    },
    says: 'Sets the default for new objects. Objects that exist keep what they have.',
    ...(locks ? { irreversible: "The key is locked for the life of the bucket. It can't be replaced (DB-11)." } : {}),
  };
}

function keyState({ keyId, to }: ChangeOf<'key-state'>): readonly PlannedCall[] {
  const input = { KeyId: keyId };
  if (to === 'enable')
    return [
      {
        service: 'kms',
        operation: 'EnableKey',
        input,
        says: 'Lets everybody whom policy and grants allow use the key again.',
      },
    ];
  if (to === 'disable')
    return [
      {
        service: 'kms',
        operation: 'DisableKey',
        input,
        says: 'Stops every use of the key, for everyone, until it is enabled.',
      },
    ];
  return [
    {
      service: 'kms',
      operation: 'CancelKeyDeletion',
      input,
      says: 'Stops the deletion. The key is disabled afterwards.',
    },
  ];
}

function aliasCall({ alias, keyId }: ChangeOf<'alias'>, { aliasOf }: State): PlannedCall {
  if (keyId === undefined)
    return {
      service: 'kms',
      operation: 'DeleteAlias',
      input: { AliasName: alias },
      says: 'Deletes the name. The key stays.',
    };
  const input = { AliasName: alias, TargetKeyId: keyId };
  return aliasOf
    ? {
        service: 'kms',
        operation: 'UpdateAlias',
        input,
        says: 'Moves the name to another key. Nothing is encrypted anew.',
      }
    : { service: 'kms', operation: 'CreateAlias', input, says: 'Gives the key a name.' };
}

/**
 * The change that takes a change back; undefined where AWS has none.
 * @param answer output of the last call, for ids that came to be with it
 */
export function undoOf(change: Change, state: State, answer: unknown): Change | undefined {
  switch (change.kind) {
    case 'key-policy':
      return state.policy === undefined ? undefined : { ...change, policy: state.policy };
    case 'bucket-policy':
    case 'table-bucket-policy':
    case 'table-policy':
      return { ...change, policy: state.policy };
    case 'create-grant': {
      const { GrantId: grantId } = (answer ?? {}) as { GrantId?: string };
      return grantId ? { kind: 'end-grant', keyId: change.grant.keyId, grantId, how: 'revoke' } : undefined;
    }
    case 'end-grant':
      return state.grant && { kind: 'create-grant', grant: grantAgain(change.keyId, state.grant) };
    case 'bucket-encryption':
      return change.bucket.endsWith('--x-s3') ? undefined : { ...change, encryption: before(state.encryption) };
    case 'table-bucket-encryption':
      return { ...change, encryption: before(state.encryption) };
    case 'key-state':
      if (change.to === 'enable') return { ...change, to: 'disable' };
      return change.to === 'disable' ? { ...change, to: 'enable' } : undefined;
    case 'delete-key':
      return { kind: 'key-state', keyId: change.keyId, to: 'cancel-deletion' };
    case 'rotation':
      return { ...change, on: !change.on, ...(state.rotation?.days ? { days: state.rotation.days } : {}) };
    case 'rotate-now':
      return undefined;
    case 'alias':
      return { ...change, keyId: state.aliasOf ?? undefined };
  }
}

function grantAgain(keyId: string, grant: NonNullable<State['grant']>): ChangeOf<'create-grant'>['grant'] {
  return {
    keyId,
    grantee: grant.grantee,
    operations: [...grant.operations],
    ...(grant.name ? { name: grant.name } : {}),
    ...(grant.retiring ? { retiring: grant.retiring } : {}),
    ...(grant.contextEquals ? { contextEquals: { ...grant.contextEquals } } : {}),
    ...(grant.contextSubset ? { contextSubset: { ...grant.contextSubset } } : {}),
  };
}

function before(encryption: Encryption | undefined): ChangeOf<'bucket-encryption'>['encryption'] {
  const { kind = 'SSE-S3', keyId, bucketKey, ...rest } = encryption ?? {};
  const blocks = 'blocksCustomerKeys' in rest ? rest.blocksCustomerKeys : undefined;
  return {
    kind: kind === 'SSE-C' ? 'SSE-S3' : kind,
    ...(keyId ? { keyId } : {}),
    // Only where a bucket key means something: SSE-S3 has none.
    ...(bucketKey === undefined || kind !== 'SSE-KMS' ? {} : { bucketKey }),
    ...(typeof blocks === 'boolean' ? { blocksCustomerKeys: blocks } : {}),
  };
}
