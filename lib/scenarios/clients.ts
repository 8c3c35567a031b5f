import type { IAMClient } from '@aws-sdk/client-iam';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { S3Client } from '@aws-sdk/client-s3';
import type { S3TablesClient } from '@aws-sdk/client-s3tables';
import type { STSClient } from '@aws-sdk/client-sts';

/** What a demonstration world is made with: the official clients of an administrator, and S3 clients as others. */
export interface WorldClients {
  readonly accountId: string;
  readonly region: string;
  readonly iam: IAMClient;
  readonly kms: KMSClient;
  readonly s3: S3Client;
  readonly s3tables: S3TablesClient;
  readonly sts: STSClient;
  /** An S3 client for temporary credentials; the world destroys it. */
  s3As(credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string }): S3Client;
}
