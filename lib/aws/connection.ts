import 'server-only';
import { createHash } from 'node:crypto';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { S3TablesClient } from '@aws-sdk/client-s3tables';
import { STSClient } from '@aws-sdk/client-sts';
import { emulatorUrl } from './env.ts';
import { isReadOperation } from './permissions.ts';
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
      readonly sessionToken?: string;
      /** PEM certificates of the authorities that the endpoint's TLS certificate may come from, besides the known ones. */
      readonly ca?: string;
      /** What is behind it is no play: locked like AWS itself. */
      readonly real?: boolean;
    }
  | { readonly kind: 'aws'; readonly region: string; readonly profile?: string; readonly roleArn?: string };

/** Host names that belong to AWS: nobody can declare them a simulation. */
const AWS_HOST = /(^|\.)(amazonaws\.com(\.cn)?|api\.aws|amazonwebservices\.com\.cn)$/i;

/**
 * Whether changes behind a connection are real: AWS, an endpoint of AWS under whatever name it was given, and an
 * endpoint that a person declared real. Everything real is locked until writing is unlocked.
 */
export function isReal(connection: Connection): boolean {
  if (connection.kind !== 'endpoint') return connection.kind === 'aws';
  return connection.real === true || AWS_HOST.test(URL.parse(connection.url)?.hostname ?? '');
}

/** Account that `test`/`test` signs for. */
export const DEFAULT_ACCOUNT = '111122223333';

export const DEFAULT_CONNECTION: Connection = { kind: 'emulator', accountId: DEFAULT_ACCOUNT, region: 'us-east-1' };

/** The SDK clients of one connection. Everything in `lib/aws` takes this first. */
export interface Aws {
  readonly connection: Connection;
  /** Undefined on AWS itself, where the SDK knows the addresses. */
  readonly endpoint: string | undefined;
  readonly region: string;
  /** Whether these clients refuse to write. */
  readonly locked: boolean;
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

/**
 * The clients of a connection, made once and kept with their sockets.
 * @param locked they refuse every operation that is not a read before anything is sent, whoever uses them
 */
export function connect(connection: Connection, locked = false): Promise<Aws> {
  const key = createHash('sha256')
    .update(JSON.stringify([connection, locked]))
    .update(emulatorUrl())
    .digest('base64url');
  const known = open.get(key);
  if (known) {
    open.delete(key);
    open.set(key, known);
    return known;
  }
  const made = makeClients(connection, locked);
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
function settingsOf(connection: Connection, maxSockets: number) {
  const endpoint = endpointOf(connection);
  const ca = connection.kind === 'endpoint' && connection.ca ? { ca: connection.ca } : {};
  return {
    region: connection.region,
    ...(endpoint === undefined ? {} : { endpoint }),
    // What is real may throttle: the SDK then slows all of a client's calls down and tries again, more patiently each time.
    ...(isReal(connection) ? { maxAttempts: 6, retryMode: 'adaptive' } : { maxAttempts: 2 }),
    requestHandler: {
      connectionTimeout: 3_000,
      requestTimeout: 60_000,
      httpAgent: { maxSockets },
      httpsAgent: { maxSockets, ...ca },
    },
  };
}

function endpointOf(connection: Connection): string | undefined {
  return connection.kind === 'emulator' ? emulatorUrl() : connection.kind === 'endpoint' ? connection.url : undefined;
}

/** As much of an SDK client as a lock needs. */
interface Lockable {
  readonly middlewareStack: {
    add(
      middleware: (
        next: (args: never) => Promise<never>,
        context: { commandName?: string },
      ) => (args: never) => Promise<never>,
      options: { step: 'initialize'; priority: 'high'; name: string },
    ): void;
  };
}

/** The clients of a locked connection refuse writes themselves, so that no way around the console's own checks exists. */
function lock<Client extends object>(client: Client): Client {
  (client as Client & Lockable).middlewareStack.add(
    (next, context) => (args) => {
      const operation = (context.commandName ?? '').replace(/Command$/, '');
      if (isReadOperation(operation)) return next(args);
      const refusal = new Error(
        'This connection is real and read-only. Unlock writing in the band at the top, then try again.',
      );
      return Promise.reject(Object.assign(refusal, { name: 'ReadOnly' }));
    },
    { step: 'initialize', priority: 'high', name: 'consoleReadOnly' },
  );
  return client;
}

/** S3 and S3 Tables clients that sign as somebody else: for simulated uploads. The caller destroys them. */
export function clientsWith(
  aws: Aws,
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string } | undefined,
): { readonly s3: S3Client; readonly s3tables: S3TablesClient } {
  const settings = {
    ...settingsOf(aws.connection, isReal(aws.connection) ? 16 : 96),
    credentials: credentials ?? aws.s3.config.credentials,
    // A run shows each refusal as it came: nothing is tried again behind its back.
    maxAttempts: 1,
  };
  const guard = aws.locked ? lock : <Client extends object>(client: Client) => client;
  return {
    s3: guard(new S3Client({ ...settings, ...(aws.endpoint === undefined ? {} : { forcePathStyle: true }) })),
    s3tables: guard(new S3TablesClient(settings)),
  };
}

async function makeClients(connection: Connection, locked: boolean): Promise<Aws> {
  const { region } = connection;
  const endpoint = endpointOf(connection);
  const settings = {
    ...settingsOf(connection, isReal(connection) ? 8 : 24),
    credentials: await credentialsOf(connection),
  };
  const guard = locked ? lock : <Client extends object>(client: Client) => client;
  return {
    connection,
    endpoint,
    region,
    locked,
    kms: guard(new KMSClient(settings)),
    // Directory buckets on one address need path style: their virtual-host names do not resolve.
    s3: guard(new S3Client({ ...settings, ...(endpoint === undefined ? {} : { forcePathStyle: true }) })),
    s3tables: guard(new S3TablesClient(settings)),
    iam: guard(new IAMClient(settings)),
    sts: guard(new STSClient(settings)),
    cloudtrail: guard(new CloudTrailClient(settings)),
  };
}

async function credentialsOf(connection: Connection) {
  if (connection.kind === 'emulator') {
    // Twelve digits as access key are the root user of that account; `test` is the default account's.
    const accessKeyId = connection.accountId === DEFAULT_ACCOUNT ? 'test' : connection.accountId;
    return { accessKeyId, secretAccessKey: 'test' };
  }
  if (connection.kind === 'endpoint') {
    const { accessKeyId, secretAccessKey, sessionToken } = connection;
    return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
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
