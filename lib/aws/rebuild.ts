import 'server-only';
import { randomInt, randomUUID } from 'node:crypto';
import * as iam from '@aws-sdk/client-iam';
import * as kms from '@aws-sdk/client-kms';
import * as s3 from '@aws-sdk/client-s3';
import * as sts from '@aws-sdk/client-sts';
import type { Rebuild } from '../access/errors/index.ts';
import { emulatorUrl } from './env.ts';

/** Rebuilds the situation behind an error in an account of the emulator that is used for nothing else, and repairs it. */

export interface Attempt {
  readonly allowed: boolean;
  /** What was called, in one line. */
  readonly call: string;
  readonly code?: string;
  readonly message?: string;
  readonly requestId?: string;
}

export interface Rebuilt {
  /** The account of the emulator in which it stands. */
  readonly account: string;
  /** What was made, in order. */
  readonly made: readonly string[];
  readonly before: Attempt;
  readonly fix: string;
  readonly after: Attempt;
}

const REGION = 'us-east-1';

interface Clients {
  readonly kms: kms.KMSClient;
  readonly s3: s3.S3Client;
  readonly iam: iam.IAMClient;
  readonly sts: sts.STSClient;
}

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

function clientsOf(credentials: Credentials): Clients {
  const settings = { endpoint: emulatorUrl(), region: REGION, credentials, maxAttempts: 1 };
  return {
    kms: new kms.KMSClient(settings),
    s3: new s3.S3Client({ ...settings, forcePathStyle: true }),
    iam: new iam.IAMClient(settings),
    sts: new sts.STSClient(settings),
  };
}

/** Twelve digits are the root user of that account; these begin with a nine and are drawn anew each time. */
function freshAccount(): string {
  return `9${String(randomInt(0, 99_999_999_999)).padStart(11, '0')}`;
}

const document = (...statements: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const allow = (actions: readonly string[]) => ({ Effect: 'Allow', Action: actions, Resource: '*' });

/** Everything that a situation needs. */
interface Stage {
  readonly plan: Rebuild;
  readonly account: string;
  readonly root: Clients;
  readonly roleArn: string;
  readonly keyArn: string;
  readonly bucket: string;
  readonly made: string[];
  /** What the root user encrypted with the key beforehand. */
  readonly ciphertext: Uint8Array;
}

/**
 * Makes role, key, bucket and policies, runs the call, repairs, and runs it again. Throws what the emulator throws where
 * even the root user is refused, or where it does not answer.
 */
export async function rebuild(plan: Rebuild): Promise<Rebuilt> {
  const account = freshAccount();
  const root = clientsOf({ accessKeyId: account, secretAccessKey: 'test' });
  const open: Clients[] = [root];
  try {
    const stage = await prepare(plan, account, root);
    const {
      spoil,
      repair,
      fix,
      sessionPolicies = [],
      key = stage.keyArn,
      keyAfter = stage.keyArn,
    } = await situationOf(stage, open);
    await spoil();
    const before = await attempt(stage, await sessionOf(stage, open, sessionPolicies[0]), key);
    await repair();
    const after = await attempt(stage, await sessionOf(stage, open, sessionPolicies[1]), keyAfter);
    return { account, made: stage.made, before, fix, after };
  } finally {
    for (const clients of open) for (const client of Object.values(clients) as { destroy(): void }[]) client.destroy();
  }
}

async function prepare(plan: Rebuild, account: string, root: Clients): Promise<Stage> {
  const trust = document({
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: 'sts:AssumeRole',
  });
  const { Role } = await root.iam.send(
    new iam.CreateRoleCommand({ RoleName: plan.role, AssumeRolePolicyDocument: trust }),
  );
  await putRolePolicy(root, plan.role, 'Storage', document(allow(['s3:*'])));
  const { KeyMetadata } = await root.kms.send(new kms.CreateKeyCommand({ Description: 'Rebuilt situation' }));
  const keyArn = KeyMetadata?.Arn ?? '';
  const bucket = `rebuilt-${randomUUID().slice(0, 8)}`;
  await root.s3.send(new s3.CreateBucketCommand({ Bucket: bucket }));
  await encryptWith(root, bucket, keyArn);
  await root.s3.send(new s3.PutObjectCommand({ Bucket: bucket, Key: 'there', Body: 'there already' }));
  const { CiphertextBlob = new Uint8Array() } = await root.kms.send(
    new kms.EncryptCommand({ KeyId: keyArn, Plaintext: new TextEncoder().encode('there already') }),
  );
  return {
    plan,
    account,
    root,
    roleArn: Role?.Arn ?? '',
    keyArn,
    bucket,
    ciphertext: CiphertextBlob,
    made: [`role ${plan.role} with all of S3`, `key ${keyArn}`, `bucket ${bucket}, encrypted with it`],
  };
}

function encryptWith(root: Clients, bucket: string, keyArn: string) {
  return root.s3.send(
    new s3.PutBucketEncryptionCommand({
      Bucket: bucket,
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: keyArn } }],
      },
    }),
  );
}

function putRolePolicy(root: Clients, role: string, name: string, text: string) {
  return root.iam.send(new iam.PutRolePolicyCommand({ RoleName: role, PolicyName: name, PolicyDocument: text }));
}

interface Steps {
  readonly spoil: () => Promise<unknown>;
  readonly repair: () => Promise<unknown>;
  /** What the repair is, in one sentence. */
  readonly fix: string;
  /** Session policies of the first and the second call. */
  readonly sessionPolicies?: readonly string[];
  /** Key that the calls name, where it is not the bucket's. */
  readonly key?: string;
  readonly keyAfter?: string;
}

const NOTHING = () => Promise.resolve();

async function situationOf(stage: Stage, open: Clients[]): Promise<Steps> {
  const { plan, root, account, roleArn, keyArn } = stage;
  const { role } = plan;
  const use = ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:DescribeKey'];
  const ownAccount = {
    Sid: 'EnableIAMPolicies',
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: 'kms:*',
    Resource: '*',
  };
  const forRole = { Sid: 'AllowCaller', Effect: 'Allow', Principal: { AWS: roleArn }, Action: use, Resource: '*' };
  const putKeyPolicy = (...statements: readonly object[]) =>
    root.kms.send(
      new kms.PutKeyPolicyCommand({
        KeyId: keyArn,
        Policy: document(...statements),
        BypassPolicyLockoutSafetyCheck: true,
      }),
    );
  const letIam = () => putRolePolicy(root, role, 'Keys', document(allow(['kms:*'])));
  switch (plan.situation) {
    case 'no-iam-policy':
      return {
        spoil: NOTHING,
        repair: () => putRolePolicy(root, role, 'Keys', document(allow(use))),
        fix: `Allow ${role} the kms actions in an IAM policy.`,
      };
    case 'no-key-statement': {
      const administer = {
        ...ownAccount,
        Action: ['kms:Put*', 'kms:Get*', 'kms:List*', 'kms:Describe*', 'kms:Enable*', 'kms:Disable*'],
      };
      return {
        spoil: () => Promise.all([letIam(), putKeyPolicy(administer)]),
        repair: () => putKeyPolicy(administer, forRole),
        fix: `Add a statement for ${role} to the key policy.`,
      };
    }
    case 'key-policy-denies': {
      const deny = { Sid: 'DenyCaller', Effect: 'Deny', Principal: { AWS: roleArn }, Action: use, Resource: '*' };
      return {
        spoil: () => Promise.all([letIam(), putKeyPolicy(ownAccount, deny)]),
        repair: () => putKeyPolicy(ownAccount),
        fix: 'Remove the Deny from the key policy.',
      };
    }
    case 'iam-policy-denies':
      return {
        spoil: () =>
          Promise.all([
            letIam(),
            putRolePolicy(root, role, 'NoKeys', document({ Effect: 'Deny', Action: use, Resource: '*' })),
          ]),
        repair: () => root.iam.send(new iam.DeleteRolePolicyCommand({ RoleName: role, PolicyName: 'NoKeys' })),
        fix: 'Remove the Deny from the IAM policy.',
      };
    case 'boundary': {
      const made = await root.iam.send(
        new iam.CreatePolicyCommand({ PolicyName: 'Boundary', PolicyDocument: document(allow(['s3:*'])) }),
      );
      const PolicyArn = made.Policy?.Arn ?? '';
      return {
        spoil: () =>
          Promise.all([
            letIam(),
            root.iam.send(
              new iam.PutRolePermissionsBoundaryCommand({ RoleName: role, PermissionsBoundary: PolicyArn }),
            ),
          ]),
        repair: () =>
          root.iam.send(
            new iam.CreatePolicyVersionCommand({
              PolicyArn,
              PolicyDocument: document(allow(['s3:*', ...use])),
              SetAsDefault: true,
            }),
          ),
        fix: 'Add the kms actions to the permissions boundary.',
      };
    }
    case 'session-policy':
      return {
        spoil: letIam,
        repair: NOTHING,
        fix: 'Give the session policy the kms actions.',
        sessionPolicies: [document(allow(['s3:*'])), document(allow(['s3:*', ...use]))],
      };
    case 'disabled':
      return {
        spoil: () => Promise.all([letIam(), root.kms.send(new kms.DisableKeyCommand({ KeyId: keyArn }))]),
        repair: () => root.kms.send(new kms.EnableKeyCommand({ KeyId: keyArn })),
        fix: 'Enable the key.',
      };
    case 'pending-deletion':
      return {
        spoil: () =>
          Promise.all([
            letIam(),
            root.kms.send(new kms.ScheduleKeyDeletionCommand({ KeyId: keyArn, PendingWindowInDays: 7 })),
          ]),
        repair: async () => {
          await root.kms.send(new kms.CancelKeyDeletionCommand({ KeyId: keyArn }));
          await root.kms.send(new kms.EnableKeyCommand({ KeyId: keyArn }));
        },
        fix: 'Cancel the deletion and enable the key.',
      };
    case 'unknown-key': {
      const unknown = `arn:aws:kms:${REGION}:${account}:key/${randomUUID()}`;
      return { spoil: letIam, repair: NOTHING, fix: 'Name a key that exists.', key: unknown };
    }
    case 'key-usage': {
      const signing = await root.kms.send(
        new kms.CreateKeyCommand({ KeyUsage: 'SIGN_VERIFY', KeySpec: 'ECC_NIST_P256' }),
      );
      return {
        spoil: letIam,
        repair: NOTHING,
        fix: 'Use a symmetric key for encryption.',
        key: signing.KeyMetadata?.Arn ?? '',
      };
    }
    case 'other-account':
      return otherAccount(stage, open, letIam);
  }
}

/** The key belongs to a second account, whose key policy does not let the caller in. */
async function otherAccount({ roleArn, made }: Stage, open: Clients[], letIam: () => Promise<unknown>): Promise<Steps> {
  const owner = freshAccount();
  const theirs = clientsOf({ accessKeyId: owner, secretAccessKey: 'test' });
  open.push(theirs);
  const { KeyMetadata } = await theirs.kms.send(new kms.CreateKeyCommand({}));
  const key = KeyMetadata?.Arn ?? '';
  made.push(`key ${key} in account ${owner}`);
  const own = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${owner}:root` }, Action: 'kms:*', Resource: '*' };
  const forRole = {
    Sid: 'AllowCaller',
    Effect: 'Allow',
    Principal: { AWS: roleArn },
    Action: ['kms:GenerateDataKey', 'kms:Encrypt', 'kms:Decrypt'],
    Resource: '*',
  };
  return {
    spoil: letIam,
    repair: () => theirs.kms.send(new kms.PutKeyPolicyCommand({ KeyId: key, Policy: document(own, forRole) })),
    fix: 'Name the caller in the key policy of the other account; its IAM policy allows it already.',
    key,
    keyAfter: key,
  };
}

async function sessionOf({ root, roleArn }: Stage, open: Clients[], policy: string | undefined): Promise<Clients> {
  const { Credentials: found } = await root.sts.send(
    new sts.AssumeRoleCommand({
      RoleArn: roleArn,
      RoleSessionName: 'rebuilt',
      ...(policy === undefined ? {} : { Policy: policy }),
    }),
  );
  const session = clientsOf({
    accessKeyId: found?.AccessKeyId ?? '',
    secretAccessKey: found?.SecretAccessKey ?? '',
    sessionToken: found?.SessionToken ?? '',
  });
  open.push(session);
  return session;
}

/** Runs the call. A key other than the bucket's is named in it, so that a read with such a key becomes a call of KMS. */
async function attempt({ plan, bucket, keyArn, ciphertext }: Stage, as: Clients, key: string): Promise<Attempt> {
  const named = key !== keyArn;
  const encrypt = plan.operation === 'Encrypt';
  const direct = plan.through === 'kms';
  const [call, run] = ((): readonly [string, () => Promise<unknown>] => {
    if (!direct && plan.operation === 'Decrypt' && !named) {
      return [
        `s3:GetObject ${bucket}/there`,
        () => as.s3.send(new s3.GetObjectCommand({ Bucket: bucket, Key: 'there' })),
      ];
    }
    if (!direct) {
      const override = named ? { ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: key } : {};
      return [
        `s3:PutObject ${bucket}/new`,
        () => as.s3.send(new s3.PutObjectCommand({ Bucket: bucket, Key: 'new', Body: 'new', ...override })),
      ];
    }
    if (plan.operation === 'Decrypt' && !named) {
      return ['kms:Decrypt', () => as.kms.send(new kms.DecryptCommand({ KeyId: key, CiphertextBlob: ciphertext }))];
    }
    if (encrypt)
      return ['kms:Encrypt', () => as.kms.send(new kms.EncryptCommand({ KeyId: key, Plaintext: new Uint8Array([1]) }))];
    return [
      'kms:GenerateDataKey',
      () => as.kms.send(new kms.GenerateDataKeyCommand({ KeyId: key, KeySpec: 'AES_256' })),
    ];
  })();
  try {
    const answer = (await run()) as { $metadata?: { requestId?: string } };
    const requestId = answer.$metadata?.requestId;
    return { allowed: true, call, ...(requestId === undefined ? {} : { requestId }) };
  } catch (thrown) {
    const error = thrown as Error & { $metadata?: { requestId?: string; httpStatusCode?: number } };
    // Only an answer of the service is a result; a broken connection is not.
    if (error.$metadata?.httpStatusCode === undefined) throw error;
    const requestId = error.$metadata.requestId;
    return {
      allowed: false,
      call,
      code: error.name,
      message: error.message,
      ...(requestId === undefined ? {} : { requestId }),
    };
  }
}
