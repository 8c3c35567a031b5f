/** What the worlds of the scenarios are built with. */

import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateAliasCommand, CreateKeyCommand, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  CreateSessionCommand,
  PutBucketEncryptionCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import type { Trace } from '../access/types.ts';
import { type Attempt, attempt } from './calls.ts';
import { accountStatement, policy, type Statement, trustAccount } from './policies.ts';
import type { Clients, Stage } from './stage.ts';
import type { Excerpt } from './story.ts';

/** A key by what calls and links need. */
export interface MadeKey {
  readonly arn: string;
  readonly id: string;
  readonly policy: string;
}

/** A key of the home account (or another) with an alias, the account statement and these. */
export async function makeKey(
  stage: Stage,
  alias: string,
  statements: readonly Statement[] = [],
  account = stage.home,
): Promise<MadeKey> {
  const { kms } = stage.root(account);
  const text = policy(accountStatement(account), ...statements);
  const { KeyMetadata } = await kms.send(
    new CreateKeyCommand({ Description: alias.replaceAll('-', ' '), Policy: text }),
  );
  const id = KeyMetadata?.KeyId ?? '';
  await kms.send(new CreateAliasCommand({ AliasName: `alias/${alias}`, TargetKeyId: id }));
  return { arn: KeyMetadata?.Arn ?? '', id, policy: text };
}

/** Puts the account statement and these into the place of the key's policy. */
export async function changeKeyPolicy(
  stage: Stage,
  key: MadeKey,
  ...statements: readonly Statement[]
): Promise<MadeKey> {
  const text = policy(accountStatement(stage.home), ...statements);
  await stage.root(stage.home).kms.send(new PutKeyPolicyCommand({ KeyId: key.id, Policy: text }));
  return { ...key, policy: text };
}

export interface Person extends Clients {
  /** The ARN that KMS and S3 see: of the session for a role. */
  readonly arn: string;
  readonly name: string;
  /** Of the user or role itself. */
  readonly ownArn: string;
}

/** A role that may do this, and a session of it. */
export async function makeRole(
  stage: Stage,
  name: string,
  statements: readonly Statement[],
  account = stage.home,
): Promise<Person> {
  const { iam } = stage.root(account);
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trustAccount(account) }),
  );
  await allowRole(stage, name, statements, account);
  return assume(stage, name, Role?.Arn ?? '', account);
}

/** Puts these statements into the place of the role's own policy. */
export async function allowRole(
  stage: Stage,
  name: string,
  statements: readonly Statement[],
  account = stage.home,
): Promise<void> {
  const { iam } = stage.root(account);
  const PolicyDocument = policy(...statements);
  await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: `${name}Access`, PolicyDocument }));
}

async function assume(stage: Stage, name: string, RoleArn: string, account: string): Promise<Person> {
  const { Credentials, AssumedRoleUser } = await stage
    .root(account)
    .sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'demo', DurationSeconds: 3600 }));
  const clients = stage.as({
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  });
  return { ...clients, name, arn: AssumedRoleUser?.Arn ?? '', ownArn: RoleArn };
}

/** A fresh session of a role, for stories in which sessions outlive their hour. */
export const again = (stage: Stage, person: Person): Promise<Person> =>
  assume(stage, person.name, person.ownArn, person.ownArn.split(':')[4] ?? stage.home);

export const allow = (Sid: string, Action: readonly string[], ...Resource: readonly string[]): Statement => ({
  Sid,
  Effect: 'Allow',
  Action,
  Resource,
});

export const bucketArn = (bucket: string): string => `arn:aws:s3:::${bucket}`;

/** Access to the objects of a bucket, without any to a key. */
export const objectsOf = (bucket: string): Statement =>
  allow('Objects', ['s3:PutObject', 's3:GetObject', 's3:ListBucket'], bucketArn(bucket), `${bucketArn(bucket)}/*`);

/** Use of a key for objects. */
export const useOf = (key: MadeKey): Statement => allow('UseKey', ['kms:GenerateDataKey', 'kms:Decrypt'], key.arn);

/** A general purpose bucket, with this key as its default where one is given. */
export async function makeBucket(
  stage: Stage,
  Bucket: string,
  encryption?: { readonly key: MadeKey; readonly bucketKey: boolean },
): Promise<string> {
  const { s3 } = stage.root(stage.home);
  await s3.send(new CreateBucketCommand({ Bucket }));
  if (encryption !== undefined) await encryptBucket(s3, Bucket, encryption.key.arn, encryption.bucketKey);
  return Bucket;
}

export async function encryptBucket(s3: S3Client, Bucket: string, key: string, bucketKey: boolean): Promise<Attempt> {
  return attempt(
    s3.send(
      new PutBucketEncryptionCommand({
        Bucket,
        ServerSideEncryptionConfiguration: {
          Rules: [
            {
              ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key },
              BucketKeyEnabled: bucketKey,
            },
          ],
        },
      }),
    ),
  );
}

/** A directory bucket; names are unique in the zone among all accounts, so the account is part of it. */
export async function makeDirectoryBucket(stage: Stage, name: string, key?: MadeKey): Promise<string> {
  const Bucket = `${name}-${stage.home}--use1-az4--x-s3`;
  const { s3 } = stage.root(stage.home);
  await s3.send(
    new CreateBucketCommand({
      Bucket,
      CreateBucketConfiguration: {
        Location: { Type: 'AvailabilityZone', Name: 'use1-az4' },
        Bucket: { Type: 'Directory', DataRedundancy: 'SingleAvailabilityZone' },
      },
    }),
  );
  if (key !== undefined) await encryptBucket(s3, Bucket, key.arn, true);
  return Bucket;
}

/** A session of a directory bucket and a client that stays in it. */
export async function openSession(stage: Stage, s3: S3Client, Bucket: string): Promise<S3Client> {
  const { Credentials } = await s3.send(new CreateSessionCommand({ Bucket }));
  return stage.inSession({
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  });
}

/** Uploads a few bytes. */
export const put = (
  s3: S3Client,
  Bucket: string,
  Key: string,
  more: Partial<PutObjectCommandInput> = {},
): Promise<Attempt> => attempt(s3.send(new PutObjectCommand({ Bucket, Key, Body: `{"object":"${Key}"}`, ...more })));

/** The decision about an action in a request: the last one, since KMS is asked after S3. */
export async function decisionOn(
  stage: Stage,
  requestId: string,
  action: string,
  account = stage.home,
): Promise<Trace | undefined> {
  const traces = await stage.decisions(requestId, account);
  return traces.findLast(({ request }) => request.action === action);
}

/** The last question that KMS answered in a request, if there was one. */
export async function lastKmsDecision(
  stage: Stage,
  requestId: string,
  account = stage.home,
): Promise<Trace | undefined> {
  const traces = await stage.decisions(requestId, account);
  return traces.findLast(({ request }) => request.action.startsWith('kms:'));
}

/** A document with the lines of one statement marked. */
export function excerptOf(title: string, text: string, sid: string, tone: 'good' | 'bad', says: string): Excerpt {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => line.includes(`"Sid": "${sid}"`));
  if (at === -1) return { title, text, says };
  let first = at;
  while (first > 0 && lines[first]?.trim() !== '{') first -= 1;
  const indent = lines[first]?.indexOf('{') ?? 0;
  const last = lines.findIndex((line, index) => index > at && /^\s*\},?$/.test(line) && line.indexOf('}') === indent);
  return { title, text, mark: { lines: [first + 1, (last === -1 ? at : last) + 1], tone }, says };
}

/** `1 request`, `99 requests` */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`;

/** `5 min`, `90 s`, `7 days`: seconds of world time for people. */
export function span(seconds: number): string {
  if (seconds % 86_400 === 0) return count(seconds / 86_400, 'day');
  const minutes = Math.floor(seconds / 60);
  const rest = Math.round(seconds % 60);
  if (minutes === 0) return `${rest} s`;
  return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
}
