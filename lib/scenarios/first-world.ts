import {
  AttachUserPolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  GetRoleCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateAliasCommand, CreateGrantCommand, CreateKeyCommand, ListAliasesCommand } from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketEncryptionCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { CreateNamespaceCommand, CreateTableBucketCommand, CreateTableCommand } from '@aws-sdk/client-s3tables';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import type { WorldClients } from './clients.ts';
import {
  accountStatement,
  identity,
  maintenanceStatement,
  policy,
  type Statement,
  trustAccount,
  useThroughS3,
} from './policies.ts';

const KEY_USE = ['kms:GenerateDataKey', 'kms:Decrypt'];

/** What the first world made, for the page that links to it. */
export interface FirstWorld {
  readonly tableBucketArn: string;
  readonly directoryBucket: string;
  readonly buckets: readonly string[];
  readonly keys: readonly string[];
}

/**
 * Fills an empty account with one of everything, so that no page is blank: keys, roles, a user, grants, buckets of each
 * kind, tables, and a little traffic with spared requests and two refusals. Rejects with the SDK's error; what was made
 * by then stays.
 */
export async function loadFirstWorld(clients: WorldClients): Promise<FirstWorld> {
  const { accountId, region } = clients;
  const roles = await makeRoles(clients);
  const tableBucketArn = `arn:aws:s3tables:${region}:${accountId}:bucket/analytics-lakehouse`;
  const lakehouse = await makeKey(clients, 'lakehouse', 'Tables of the analytics lakehouse', [
    accountStatement(accountId),
    maintenanceStatement(tableBucketArn),
  ]);
  const rawEvents = await makeKey(clients, 'raw-events', 'Events as they arrive', [
    accountStatement(accountId),
    useThroughS3('AllowIngest', roles.ingestWriter, region),
  ]);
  const features = await makeKey(clients, 'feature-store', 'Features for training and serving', [
    accountStatement(accountId),
  ]);
  const partner = await makeKey(clients, 'partner-tables', 'Tables shared with a partner', [
    accountStatement(accountId),
  ]);

  await makeTables(clients, tableBucketArn, lakehouse);
  // Its key lacks the maintenance principal: tables can't be created here (TB-17, TB-19).
  await clients.s3tables.send(
    new CreateTableBucketCommand({
      name: 'partner-tables',
      encryptionConfiguration: { sseAlgorithm: 'aws:kms', kmsKeyArn: partner },
    }),
  );
  const bucket = `raw-events-${accountId}`;
  const reports = `finance-reports-${accountId}`;
  // Names of directory buckets are unique in the zone among all accounts (DB-01), each of which may load this world.
  const directoryBucket = `features-${accountId}--use1-az4--x-s3`;
  await makeBuckets(clients, { bucket, reports, directoryBucket, rawEvents, features });
  await makeGrants(clients, { rawEvents, lakehouse, roles });
  await makeTraffic(clients, { bucket, directoryBucket, roles });
  return {
    tableBucketArn,
    directoryBucket,
    buckets: [bucket, reports],
    keys: [lakehouse, rawEvents, features, partner],
  };
}

interface Roles {
  readonly ingestWriter: string;
  readonly analyticsReader: string;
  readonly backfillJob: string;
  readonly icebergClient: string;
}

async function makeRoles({ iam, accountId, region }: WorldClients): Promise<Roles> {
  const raw = [`arn:aws:s3:::raw-events-${accountId}`, `arn:aws:s3:::raw-events-${accountId}/*`];
  const make = async (name: string, description: string, document: string): Promise<string> => {
    await iam.send(
      new CreateRoleCommand({
        RoleName: name,
        Description: description,
        AssumeRolePolicyDocument: trustAccount(accountId),
      }),
    );
    await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: `${name}Access`, PolicyDocument: document }));
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: name }));
    return Role?.Arn ?? '';
  };
  const roles = {
    ingestWriter: await make(
      'IngestWriter',
      'Writes events as they arrive',
      identity('WriteRaw', ['s3:PutObject', 's3:GetObject', 's3:ListBucket'], raw),
    ),
    analyticsReader: await make(
      'AnalyticsReader',
      'Reads events; its grant lets it decrypt',
      identity('ReadRaw', ['s3:GetObject', 's3:ListBucket'], raw),
    ),
    // May write objects but not use the key: the refusal that everybody meets once.
    backfillJob: await make('BackfillJob', 'Writes old events again', identity('WriteRaw', ['s3:PutObject'], raw)),
    icebergClient: await make(
      'IcebergClient',
      'Reads and writes tables',
      policy(
        {
          Sid: 'Tables',
          Effect: 'Allow',
          Action: ['s3tables:*'],
          Resource: [`arn:aws:s3tables:${region}:${accountId}:bucket/*`],
        },
        { Sid: 'Keys', Effect: 'Allow', Action: KEY_USE, Resource: [`arn:aws:kms:${region}:${accountId}:key/*`] },
        {
          Sid: 'Features',
          Effect: 'Allow',
          Action: ['s3express:CreateSession'],
          Resource: [`arn:aws:s3express:${region}:${accountId}:bucket/*`],
        },
      ),
    ),
  };
  await iam.send(new CreateUserCommand({ UserName: 'mia' }));
  const { Policy } = await iam.send(
    new CreatePolicyCommand({
      PolicyName: 'KeyAdministration',
      PolicyDocument: identity(
        'ManageKeys',
        ['kms:Describe*', 'kms:List*', 'kms:Get*', 'kms:PutKeyPolicy', 'kms:CreateGrant', 'kms:RevokeGrant'],
        ['*'],
      ),
    }),
  );
  await iam.send(new AttachUserPolicyCommand({ UserName: 'mia', PolicyArn: Policy?.Arn ?? '' }));
  return roles;
}

async function makeKey(
  { kms }: WorldClients,
  alias: string,
  description: string,
  statements: readonly Statement[],
): Promise<string> {
  const { KeyMetadata } = await kms.send(
    new CreateKeyCommand({
      Description: description,
      Policy: policy(...statements),
      Tags: [{ TagKey: 'world', TagValue: 'first' }],
    }),
  );
  await kms.send(new CreateAliasCommand({ AliasName: `alias/${alias}`, TargetKeyId: KeyMetadata?.KeyId ?? '' }));
  return KeyMetadata?.Arn ?? '';
}

async function makeTables({ s3tables }: WorldClients, tableBucketARN: string, kmsKeyArn: string): Promise<void> {
  await s3tables.send(
    new CreateTableBucketCommand({
      name: 'analytics-lakehouse',
      encryptionConfiguration: { sseAlgorithm: 'aws:kms', kmsKeyArn },
    }),
  );
  const fields = [
    { name: 'id', type: 'long', required: true },
    { name: 'at', type: 'timestamptz', required: false },
    { name: 'customer', type: 'string', required: false },
    { name: 'amount', type: 'double', required: false },
  ];
  for (const [namespace, names] of [
    ['sales', ['orders', 'returns']],
    ['finance', ['ledger']],
  ] as const) {
    await s3tables.send(new CreateNamespaceCommand({ tableBucketARN, namespace: [namespace] }));
    for (const name of names) {
      await s3tables.send(
        new CreateTableCommand({
          tableBucketARN,
          namespace,
          name,
          format: 'ICEBERG',
          metadata: { iceberg: { schema: { fields } } },
        }),
      );
    }
  }
  await s3tables.send(new CreateNamespaceCommand({ tableBucketARN, namespace: ['scratch'] }));
  // An own setting takes precedence over the bucket's default (TB-09).
  await s3tables.send(
    new CreateTableCommand({
      tableBucketARN,
      namespace: 'scratch',
      name: 'load_test',
      format: 'ICEBERG',
      encryptionConfiguration: { sseAlgorithm: 'AES256' },
    }),
  );
}

async function makeBuckets(
  { s3 }: WorldClients,
  it: { bucket: string; reports: string; directoryBucket: string; rawEvents: string; features: string },
): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket: it.bucket }));
  await s3.send(defaultEncryption(it.bucket, it.rawEvents, true));
  await s3.send(new CreateBucketCommand({ Bucket: it.reports }));
  await s3.send(
    new CreateBucketCommand({
      Bucket: it.directoryBucket,
      CreateBucketConfiguration: {
        Location: { Type: 'AvailabilityZone', Name: 'use1-az4' },
        Bucket: { Type: 'Directory', DataRedundancy: 'SingleAvailabilityZone' },
      },
    }),
  );
  await s3.send(defaultEncryption(it.directoryBucket, it.features, true));
}

function defaultEncryption(
  Bucket: string,
  KMSMasterKeyID: string,
  BucketKeyEnabled: boolean,
): PutBucketEncryptionCommand {
  return new PutBucketEncryptionCommand({
    Bucket,
    ServerSideEncryptionConfiguration: {
      Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID }, BucketKeyEnabled }],
    },
  });
}

async function makeGrants(
  { kms, accountId }: WorldClients,
  it: { rawEvents: string; lakehouse: string; roles: Roles },
): Promise<void> {
  const bucketArn = `arn:aws:s3:::raw-events-${accountId}`;
  await kms.send(
    new CreateGrantCommand({
      KeyId: it.rawEvents,
      Name: 'analytics-reader',
      GranteePrincipal: it.roles.analyticsReader,
      RetiringPrincipal: `arn:aws:iam::${accountId}:user/mia`,
      Operations: ['Decrypt', 'DescribeKey'],
      Constraints: { EncryptionContextSubset: { 'aws:s3:arn': bucketArn } },
    }),
  );
  await kms.send(
    new CreateGrantCommand({
      KeyId: it.lakehouse,
      Name: 'iceberg-client',
      GranteePrincipal: it.roles.icebergClient,
      Operations: ['GenerateDataKey', 'Decrypt', 'DescribeKey'],
    }),
  );
}

/** A little of what a day brings: spared requests, a grant that decides, and refusals with their sentences. */
async function makeTraffic(
  clients: WorldClients,
  it: { bucket: string; directoryBucket: string; roles: Roles },
): Promise<void> {
  const session = async (RoleArn: string) => {
    const { Credentials } = await clients.sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'first-world' }));
    return clients.s3As({
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    });
  };
  const [writer, reader, backfill] = await Promise.all([
    session(it.roles.ingestWriter),
    session(it.roles.analyticsReader),
    session(it.roles.backfillJob),
  ]);
  const key = (hour: number) => `events/2026-11-21/${String(hour).padStart(2, '0')}.json`;
  try {
    for (let hour = 0; hour < 24; hour += 1) {
      await writer.send(
        new PutObjectCommand({ Bucket: it.bucket, Key: key(hour), Body: JSON.stringify({ hour, events: hour * 17 }) }),
      );
    }
    for (let hour = 0; hour < 6; hour += 1) {
      const { Body } = await reader.send(new GetObjectCommand({ Bucket: it.bucket, Key: key(hour) }));
      await Body?.transformToByteArray();
    }
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await backfill
        .send(new PutObjectCommand({ Bucket: it.bucket, Key: `backfill/${attempt}.json`, Body: '{}' }))
        .catch(refusalExpected);
    }
    for (let part = 0; part < 4; part += 1) {
      await clients.s3.send(
        new PutObjectCommand({
          Bucket: it.directoryBucket,
          Key: `vectors/part-${part}.bin`,
          Body: new Uint8Array(2048),
        }),
      );
    }
  } finally {
    for (const client of [writer, reader, backfill]) client.destroy();
  }
}

function refusalExpected(error: unknown): void {
  if ((error as { name?: string }).name !== 'AccessDenied') throw error;
}

/** Whether an account has nothing yet: the first world is offered then. */
export async function isEmptyWorld({ kms }: Pick<WorldClients, 'kms'>): Promise<boolean> {
  const { Aliases = [] } = await kms.send(new ListAliasesCommand({ Limit: 10 }));
  return Aliases.every(({ AliasName = '' }) => AliasName.startsWith('alias/aws/'));
}
