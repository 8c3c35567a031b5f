/** The calls that would make an existing resource again: what an export of it is made of. */

import { outputOf, type SetupCall } from '../setup/plan.ts';
import { isDirectoryBucket, zoneOf } from './resources.ts';

export interface ExistingKey {
  readonly description: string;
  readonly policy?: string;
  readonly aliases: readonly string[];
  readonly rotation: boolean;
}

export interface ExistingBucket {
  readonly name: string;
  readonly region: string;
  readonly algorithm: string;
  readonly keyArn?: string;
  readonly bucketKey?: boolean;
  readonly policy?: string;
}

export interface ExistingTableBucket {
  readonly name: string;
  readonly arn: string;
  readonly algorithm: string;
  readonly keyArn?: string;
  readonly policy?: string;
  readonly namespaces: readonly string[];
}

type Call = Omit<SetupCall, 'undo'>;
const calls = (...all: readonly (Call | readonly Call[])[]): readonly SetupCall[] =>
  all.flat().map((call) => ({ ...call, undo: [] }));

/** A key of the same kind with the same policy. Its material can't be copied, so it is another key. */
export function recreateKey({ description, policy, aliases, rotation }: ExistingKey): readonly SetupCall[] {
  const keyId = outputOf('key', 'KeyMetadata.Arn');
  return calls(
    {
      id: 'key',
      service: 'kms',
      operation: 'CreateKey',
      input: {
        ...(description ? { Description: description } : {}),
        ...(policy === undefined ? {} : { Policy: policy }),
      },
      says: 'Makes a key with the same policy. Its material is new: it reads nothing that the other one wrote.',
    },
    aliases.map((AliasName, index) => ({
      id: index === 0 ? 'alias' : `alias-${index + 1}`,
      service: 'kms' as const,
      operation: 'CreateAlias',
      input: { AliasName, TargetKeyId: keyId },
      says: `Names it ${AliasName}.`,
    })),
    rotation
      ? {
          id: 'rotation',
          service: 'kms',
          operation: 'EnableKeyRotation',
          input: { KeyId: keyId },
          says: 'Gives it new material every year.',
        }
      : [],
  );
}

/** A general purpose or directory bucket with the same default encryption and policy. Objects are not copied. */
export function recreateBucket({
  name,
  region,
  algorithm,
  keyArn,
  bucketKey,
  policy,
}: ExistingBucket): readonly SetupCall[] {
  const directory = isDirectoryBucket(name);
  const configuration = directory
    ? {
        Location: { Type: 'AvailabilityZone', Name: zoneOf(name) },
        Bucket: { Type: 'Directory', DataRedundancy: 'SingleAvailabilityZone' },
      }
    : region === 'us-east-1'
      ? undefined
      : { LocationConstraint: region };
  return calls(
    {
      id: directory ? 'directory-bucket' : 'bucket',
      service: 's3',
      operation: 'CreateBucket',
      input: { Bucket: name, ...(configuration ? { CreateBucketConfiguration: configuration } : {}) },
      says: `Makes the ${directory ? 'directory bucket' : 'bucket'} ${name}.`,
    },
    {
      id: 'encryption',
      service: 's3',
      operation: 'PutBucketEncryption',
      input: {
        Bucket: name,
        ServerSideEncryptionConfiguration: {
          Rules: [
            {
              ApplyServerSideEncryptionByDefault: {
                SSEAlgorithm: algorithm,
                ...(keyArn === undefined ? {} : { KMSMasterKeyID: keyArn }),
              },
              // DB-25: a directory bucket has them always on and takes no false.
              ...(directory ? {} : { BucketKeyEnabled: bucketKey ?? false }),
            },
          ],
        },
      },
      says: 'Sets its default encryption.',
    },
    policy === undefined
      ? []
      : {
          id: 'bucket-policy',
          service: 's3',
          operation: 'PutBucketPolicy',
          input: { Bucket: name, Policy: policy },
          says: 'Sets its policy.',
        },
  );
}

/** A table bucket with the same default, policy and namespaces. Tables are not copied. */
export function recreateTableBucket(it: ExistingTableBucket): readonly SetupCall[] {
  const tableBucketARN = outputOf('table-bucket', 'arn');
  return calls(
    {
      id: 'table-bucket',
      service: 's3tables',
      operation: 'CreateTableBucket',
      input: {
        name: it.name,
        encryptionConfiguration: {
          sseAlgorithm: it.algorithm,
          ...(it.keyArn === undefined ? {} : { kmsKeyArn: it.keyArn }),
        },
      },
      says: `Makes the table bucket ${it.name} with its default encryption.`,
    },
    it.policy === undefined
      ? []
      : {
          id: 'table-bucket-policy',
          service: 's3tables',
          operation: 'PutTableBucketPolicy',
          input: { tableBucketARN, resourcePolicy: it.policy },
          says: 'Sets its policy.',
        },
    it.namespaces.map((namespace, index) => ({
      id: `namespace-${index + 1}`,
      service: 's3tables' as const,
      operation: 'CreateNamespace',
      input: { tableBucketARN, namespace: [namespace] },
      says: `Makes the namespace ${namespace}.`,
    })),
  );
}
