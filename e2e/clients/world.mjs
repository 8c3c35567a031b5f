// What a client's script finds when it starts, and what clients without KMS can't do themselves. `world.mjs disable`
// disables the key, `advance` moves the clock until every cached key is forgotten, `object BUCKET KEY` prints how an
// object is encrypted.

import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { CreateKeyCommand, DisableKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { CreateBucketCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateNamespaceCommand, CreateTableBucketCommand, S3TablesClient } from '@aws-sdk/client-s3tables';

const REGION = 'us-east-1';
const DATA_KEY_USE = ['kms:GenerateDataKey', 'kms:Decrypt'];
const document = (...Statement) => JSON.stringify({ Version: '2012-10-17', Statement });

/**
 * In an empty account: a key for S3 and S3 Tables, a bucket of each kind, and a user who may do everything in S3 but use
 * no key. Gives the environment variables that tell a script of them.
 */
export async function makeWorld(endpoint, account) {
  const options = { endpoint, region: REGION, credentials: { accessKeyId: account, secretAccessKey: 'test' } };
  const [kms, s3, iam, tables] = [KMSClient, S3Client, IAMClient, S3TablesClient].map((Client) => new Client(options));
  const Policy = document(
    { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'kms:*', Resource: '*' },
    {
      Effect: 'Allow',
      Principal: { Service: 'maintenance.s3tables.amazonaws.com' },
      Action: DATA_KEY_USE,
      Resource: '*',
    },
  );
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Policy }));
  const key = KeyMetadata.Arn;
  const bucket = `plain-${account}`;
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const fast = `fast-${account}--use1-az4--x-s3`;
  await new S3Client({ ...options, disableS3ExpressSessionAuth: true }).send(
    new CreateBucketCommand({
      Bucket: fast,
      CreateBucketConfiguration: {
        Location: { Type: 'AvailabilityZone', Name: 'use1-az4' },
        Bucket: { Type: 'Directory', DataRedundancy: 'SingleAvailabilityZone' },
      },
    }),
  );
  const { arn: lake } = await tables.send(
    new CreateTableBucketCommand({
      name: 'lake',
      encryptionConfiguration: { sseAlgorithm: 'aws:kms', kmsKeyArn: key },
    }),
  );
  await tables.send(new CreateNamespaceCommand({ tableBucketARN: lake, namespace: ['sales'] }));
  await iam.send(new CreateUserCommand({ UserName: 'keyless' }));
  const allowed = { Effect: 'Allow', Action: ['s3:*', 's3express:*', 's3tables:*'], Resource: '*' };
  await iam.send(
    new PutUserPolicyCommand({ UserName: 'keyless', PolicyName: 'own', PolicyDocument: document(allowed) }),
  );
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'keyless' }));
  for (const client of [kms, s3, iam, tables]) client.destroy();
  return {
    KEY: key,
    BUCKET: bucket,
    FAST: fast,
    LAKE: lake,
    KEYLESS_ARN: `arn:aws:iam::${account}:user/keyless`,
    KEYLESS_ID: AccessKey.AccessKeyId,
    KEYLESS_SECRET: AccessKey.SecretAccessKey,
  };
}

if (import.meta.main) {
  const [command, bucket, key] = process.argv.slice(2);
  if (command === 'object') {
    const s3 = new S3Client({ forcePathStyle: true });
    const it = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    console.log(it.ServerSideEncryption, it.SSEKMSKeyId ?? '-');
  } else if (command === 'advance') {
    const { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: account, EMULATOR_ADMIN_TOKEN: token } = process.env;
    const body = JSON.stringify({ account, advanceSeconds: 400 });
    await fetch(`${endpoint}/_emulator/clock`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body });
  } else {
    await new KMSClient({}).send(new DisableKeyCommand({ KeyId: process.env.KEY }));
  }
}
