import 'server-only';
import { createHash } from 'node:crypto';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { S3TablesClient } from '@aws-sdk/client-s3tables';
import { STSClient } from '@aws-sdk/client-sts';
import { emulatorUrl } from './env.ts';
import { processWide } from './process-wide.ts';

/** Where the SDK clients point. */
export type Connection =
  | { readonly kind: 'emulator'; readonly accountId: string; readonly region: string }
  | {
      readonly kind: 'endpoint';
      readonly url: string;
      readonly region: string;
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
    }
  | { readonly kind: 'aws'; readonly region: string; readonly profile?: string; readonly roleArn?: string };

/** Account that `test`/`test` signs for. */
export const DEFAULT_ACCOUNT = '111122223333';

export const DEFAULT_CONNECTION: Connection = { kind: 'emulator', accountId: DEFAULT_ACCOUNT, region: 'us-east-1' };

/** The SDK clients of one connection. Everything in `lib/aws` takes this first. */
export interface Aws {
  readonly connection: Connection;
  /** Undefined on AWS itself, where the SDK knows the addresses. */
  readonly endpoint: string | undefined;
  readonly region: string;
  readonly kms: KMSClient;
  readonly s3: S3Client;
  readonly s3tables: S3TablesClient;
  readonly iam: IAMClient;
  readonly sts: STSClient;
  readonly cloudtrail: CloudTrailClient;
}

/** Connections whose clients stay open; the oldest is closed when another one comes. */
const OPEN_CONNECTIONS = 16;
const open = processWide('connections', () => new Map<string, Promise<Aws>>());

/** The clients of a connection, made once and kept with their sockets. */
export function connect(connection: Connection): Promise<Aws> {
  const key = createHash('sha256').update(JSON.stringify(connection)).update(emulatorUrl()).digest('base64url');
  const known = open.get(key);
  if (known) {
    open.delete(key);
    open.set(key, known);
    return known;
  }
  const made = makeClients(connection);
  open.set(key, made);
  made.catch(() => open.delete(key));
  const oldest = open.size > OPEN_CONNECTIONS ? open.keys().next().value : undefined;
  if (oldest !== undefined) {
    void open.get(oldest)?.then(close, () => undefined);
    open.delete(oldest);
  }
  return made;
}

/** What the clients of a connection share. */
function settingsOf(region: string, endpoint: string | undefined, maxSockets: number) {
  return {
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    // A local endpoint does not throttle without being told to; AWS may.
    maxAttempts: endpoint === undefined ? 3 : 2,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 60_000, httpAgent: { maxSockets } },
  };
}

/** S3 and S3 Tables clients that sign as somebody else: for simulated uploads. The caller destroys them. */
export function clientsWith(
  aws: Aws,
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string } | undefined,
): { readonly s3: S3Client; readonly s3tables: S3TablesClient } {
  const settings = {
    ...settingsOf(aws.region, aws.endpoint, 96),
    credentials: credentials ?? aws.s3.config.credentials,
    // A run shows each refusal as it came: nothing is tried again behind its back.
    maxAttempts: 1,
  };
  return {
    s3: new S3Client({ ...settings, ...(aws.endpoint === undefined ? {} : { forcePathStyle: true }) }),
    s3tables: new S3TablesClient(settings),
  };
}

async function makeClients(connection: Connection): Promise<Aws> {
  const { region } = connection;
  const endpoint =
    connection.kind === 'emulator' ? emulatorUrl() : connection.kind === 'endpoint' ? connection.url : undefined;
  const settings = { ...settingsOf(region, endpoint, 24), credentials: await credentialsOf(connection) };
  return {
    connection,
    endpoint,
    region,
    kms: new KMSClient(settings),
    // Directory buckets on one address need path style: their virtual-host names do not resolve.
    s3: new S3Client({ ...settings, ...(endpoint === undefined ? {} : { forcePathStyle: true }) }),
    s3tables: new S3TablesClient(settings),
    iam: new IAMClient(settings),
    sts: new STSClient(settings),
    cloudtrail: new CloudTrailClient(settings),
  };
}

async function credentialsOf(connection: Connection) {
  if (connection.kind === 'emulator') {
    // Twelve digits as access key are the root user of that account; `test` is the default account's.
    const accessKeyId = connection.accountId === DEFAULT_ACCOUNT ? 'test' : connection.accountId;
    return { accessKeyId, secretAccessKey: 'test' };
  }
  if (connection.kind === 'endpoint') {
    return { accessKeyId: connection.accessKeyId, secretAccessKey: connection.secretAccessKey };
  }
  const providers = await import('@aws-sdk/credential-providers');
  const own = connection.profile
    ? providers.fromIni({ profile: connection.profile })
    : providers.fromNodeProviderChain();
  if (!connection.roleArn) return own;
  return providers.fromTemporaryCredentials({
    masterCredentials: own,
    params: { RoleArn: connection.roleArn, RoleSessionName: 'sse-kms-console' },
    clientConfig: { region: connection.region },
  });
}

function close(aws: Aws): void {
  for (const client of [aws.kms, aws.s3, aws.s3tables, aws.iam, aws.sts, aws.cloudtrail]) client.destroy();
}

/** Stands for the world behind a connection: runs and findings belong to the one in which they were made. */
export function scopeOf(connection: Connection): string {
  switch (connection.kind) {
    case 'emulator':
      return `emulator:${connection.accountId}`;
    case 'endpoint':
      return `endpoint:${connection.url}:${connection.accessKeyId}`;
    case 'aws':
      return `aws:${connection.profile ?? ''}:${connection.roleArn ?? ''}`;
  }
}
