/** Directory buckets and their sessions, for tests. */

import {
  CreateSessionCommand,
  type CreateSessionCommandInput,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import { makeDirectoryBucket } from './actors.ts';
import { ACCOUNT, type Credentials, ROOT, type TestEmulator } from './harness.ts';

/** ARN of a directory bucket, without its name. */
export const EXPRESS_ARN = `arn:aws:s3express:us-east-1:${ACCOUNT}:bucket/`;

export type DirectoryBuckets = ReturnType<typeof directoryBucketsOf>;

export function directoryBucketsOf(emulator: TestEmulator) {
  const root = emulator.s3();
  const opened: S3Client[] = [];
  let counter = 0;
  /** A name that no bucket has. */
  const name = (): string => `fast-${(counter += 1)}--use1-az4--x-s3`;
  return {
    root,
    name,
    /** A new directory bucket; with its key as default unless that is undefined. */
    async bucketWith(key?: string): Promise<string> {
      const Bucket = name();
      await makeDirectoryBucket(root, Bucket, key);
      return Bucket;
    },
    put: (s3: S3Client, Bucket: string, Key: string, more: Partial<PutObjectCommandInput> = {}) =>
      s3.send(new PutObjectCommand({ Bucket, Key, Body: 'test', ...more })),
    /** A session opened with these headers, and a client that uses it for everything. */
    async openSession(s3: S3Client, input: CreateSessionCommandInput) {
      const answer = await s3.send(new CreateSessionCommand(input));
      const made = answer.Credentials;
      const identity: Credentials & { expiration: Date } = {
        accessKeyId: made?.AccessKeyId ?? '',
        secretAccessKey: made?.SecretAccessKey ?? '',
        sessionToken: made?.SessionToken ?? '',
        expiration: made?.Expiration ?? new Date(0),
      };
      const client = new S3Client({
        endpoint: emulator.url,
        region: 'us-east-1',
        forcePathStyle: true,
        maxAttempts: 1,
        credentials: ROOT,
        s3ExpressIdentityProvider: { getS3ExpressIdentity: () => Promise.resolve(identity) },
      });
      opened.push(client);
      return { answer, identity, s3: client };
    },
    close() {
      for (const client of opened) client.destroy();
    },
  };
}
