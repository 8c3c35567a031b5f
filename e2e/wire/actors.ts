/** What the tests of whole stories share: people, roles and keys, and what the emulator knows of a request. */

import { type LookupAttributeKey, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateKeyCommand } from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketEncryptionCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import type { KeyOperation, LedgerPage, LedgerRecord } from '../../lib/contract/ledger.ts';
import { accountStatement, policy, type Statement, trustAccount } from '../../lib/scenarios/policies.ts';
import { ACCOUNT, type Credentials, type TestEmulator } from './harness.ts';

/** The members of a CloudTrail record that tests look at. */
export interface EventRecord {
  readonly eventID: string;
  readonly eventName: string;
  readonly eventSource: string;
  readonly eventVersion: string;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly requestParameters: { readonly encryptionContext?: Record<string, string> } & Record<string, unknown>;
  readonly [member: string]: unknown;
}

export type Actors = ReturnType<typeof actorsOf>;

export function actorsOf(emulator: TestEmulator, account = ACCOUNT) {
  const root = account === ACCOUNT ? {} : { credentials: { accessKeyId: account, secretAccessKey: 'test' } };
  const iam = emulator.iam(root);
  const sts = emulator.sts(root);
  let counter = 0;

  const clientsOf = (credentials: Credentials) => ({
    credentials,
    kms: emulator.kms({ credentials }),
    s3: emulator.s3({ credentials }),
    s3tables: emulator.s3tables({ credentials }),
  });

  return {
    /** A user with these statements in an inline policy, and its clients. */
    async user(...statements: readonly Statement[]) {
      counter += 1;
      const UserName = `user-${counter}`;
      const { User } = await iam.send(new CreateUserCommand({ UserName }));
      const PolicyDocument = policy(...statements);
      await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'own', PolicyDocument }));
      const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
      return {
        name: UserName,
        arn: User?.Arn ?? '',
        ...clientsOf({ accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }),
      };
    },
    /** A role with these statements in an inline policy. */
    async role(RoleName: string, ...statements: readonly Statement[]): Promise<string> {
      const { Role } = await iam.send(
        new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trustAccount(account) }),
      );
      const PolicyDocument = policy(...statements);
      await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument }));
      return Role?.Arn ?? '';
    },
    /** Clients of a session of the role. */
    async assume(RoleArn: string, RoleSessionName = 'story', Policy?: string) {
      const { Credentials: made, AssumedRoleUser } = await sts.send(
        new AssumeRoleCommand({ RoleArn, RoleSessionName, ...(Policy !== undefined && { Policy }) }),
      );
      const credentials = {
        accessKeyId: made?.AccessKeyId ?? '',
        secretAccessKey: made?.SecretAccessKey ?? '',
        sessionToken: made?.SessionToken ?? '',
      };
      return { arn: AssumedRoleUser?.Arn ?? '', ...clientsOf(credentials) };
    },
    /** ARN of a new key with the account statement and these. */
    async key(...statements: readonly Statement[]): Promise<string> {
      const { KeyMetadata } = await emulator
        .kms(root)
        .send(new CreateKeyCommand({ Policy: policy(accountStatement(account), ...statements) }));
      return KeyMetadata?.Arn ?? '';
    },
    /** What the ledger has of one request. */
    async recordOf(answer: { readonly $metadata: { readonly requestId?: string } }): Promise<LedgerRecord> {
      const id = answer.$metadata.requestId ?? '';
      const { records } = await emulator.admin<LedgerPage>(`ledger?requestId=${id}&account=${account}`);
      if (records[0] === undefined) throw new Error(`The ledger has no request ${JSON.stringify(id)}.`);
      return records[0];
    },
    /** The records of CloudTrail with this attribute, newest first. */
    async events(AttributeKey: LookupAttributeKey, AttributeValue: string): Promise<EventRecord[]> {
      const { Events = [] } = await emulator
        .cloudtrail(root)
        .send(new LookupEventsCommand({ LookupAttributes: [{ AttributeKey, AttributeValue }] }));
      return Events.map(({ CloudTrailEvent = '{}' }) => {
        const record: EventRecord = JSON.parse(CloudTrailEvent);
        return record;
      });
    },
    /** Lets time pass in the world of the account. */
    advance: (advanceSeconds: number) => emulator.admin('clock', { body: { advanceSeconds, account } }),
  };
}

/** `made GenerateDataKey, spared Decrypt`: a record's key operations in short. */
export const inShort = ({ keyOperations }: { readonly keyOperations: readonly KeyOperation[] }): string =>
  keyOperations.map(({ kind, operation }) => `${kind} ${operation}`).join(', ');

/** One statement that allows actions on resources. */
export const allow = (
  actions: readonly string[],
  resources: readonly string[] = ['*'],
  Sid = 'Allowed',
): Statement => ({
  Sid,
  Effect: 'Allow',
  Action: actions,
  Resource: resources,
});

export interface DefaultEncryption {
  readonly key?: string;
  readonly bucketKey?: boolean;
  readonly algorithm?: 'AES256' | 'aws:kms' | 'aws:kms:dsse';
}

/** Sets the default encryption of a bucket. */
export const encryptBucket = (s3: S3Client, Bucket: string, choice: DefaultEncryption) =>
  s3.send(
    new PutBucketEncryptionCommand({
      Bucket,
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: {
              SSEAlgorithm: choice.algorithm ?? 'aws:kms',
              ...(choice.key !== undefined && { KMSMasterKeyID: choice.key }),
            },
            ...(choice.bucketKey !== undefined && { BucketKeyEnabled: choice.bucketKey }),
          },
        ],
      },
    }),
  );

/** A general purpose bucket with this default encryption. */
export async function makeBucket(s3: S3Client, Bucket: string, choice?: DefaultEncryption): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket }));
  if (choice !== undefined) await encryptBucket(s3, Bucket, choice);
}

/** A directory bucket with this default encryption. */
export async function makeDirectoryBucket(s3: S3Client, Bucket: string, key?: string): Promise<void> {
  await s3.send(
    new CreateBucketCommand({
      Bucket,
      CreateBucketConfiguration: {
        Location: { Type: 'AvailabilityZone', Name: 'use1-az4' },
        Bucket: { Type: 'Directory', DataRedundancy: 'SingleAvailabilityZone' },
      },
    }),
  );
  if (key !== undefined) await encryptBucket(s3, Bucket, { key, bucketKey: true });
}

export type ObjectClients = ReturnType<typeof objectsOf>;

/** Shortcuts for tests that write and read small objects. */
export function objectsOf(emulator: TestEmulator, actors: Actors) {
  const root = emulator.s3();
  let counter = 0;
  const name = (): string => `bucket-${(counter += 1)}`;
  return {
    root,
    /** A bucket name that nobody has. */
    name,
    /** A new bucket under this key. */
    async bucketWith(key: string, bucketKey: boolean): Promise<string> {
      const Bucket = name();
      await makeBucket(root, Bucket, { key, bucketKey });
      return Bucket;
    },
    put: (s3: S3Client, Bucket: string, Key: string, more: Partial<PutObjectCommandInput> = {}) =>
      s3.send(new PutObjectCommand({ Bucket, Key, Body: 'test', ...more })),
    async get(s3: S3Client, Bucket: string, Key: string) {
      const answer = await s3.send(new GetObjectCommand({ Bucket, Key }));
      return { ...answer, text: await answer.Body?.transformToString() };
    },
    /** Key operations of a request in short. */
    usesOf: async (answer: Parameters<Actors['recordOf']>[0]): Promise<string> =>
      inShort(await actors.recordOf(answer)),
  };
}
