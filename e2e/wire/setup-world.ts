/** A world for set-ups: makes planned calls with the SDK, and tells everything that a set-up may have left behind. */

import * as iam from '@aws-sdk/client-iam';
import * as kms from '@aws-sdk/client-kms';
import * as s3 from '@aws-sdk/client-s3';
import * as s3tables from '@aws-sdk/client-s3tables';
import type { Answer, Caller } from '../../lib/setup/apply.ts';
import type { Choices } from '../../lib/setup/choices.ts';
import type { Facts } from '../../lib/setup/facts.ts';
import type { PlannedOperation } from '../../lib/setup/plan.ts';
import { ACCOUNT, rootOf, type TestEmulator } from './harness.ts';

export type SetupWorld = ReturnType<typeof setupWorld>;

export function setupWorld(emulator: TestEmulator, account = ACCOUNT) {
  const choice = account === ACCOUNT ? {} : { credentials: rootOf(account) };
  const clients = {
    kms: emulator.kms(choice),
    s3: emulator.s3(choice),
    s3tables: emulator.s3tables(choice),
    iam: emulator.iam(choice),
  };
  const commands = { kms, s3, s3tables, iam } as const;

  /** Makes any operation by its name, as the SDK does. */
  async function make({ service, operation, input }: PlannedOperation): Promise<object> {
    const sdk = commands[service] as unknown as Record<string, new (input: object) => never>;
    const Command = sdk[`${operation}Command`];
    if (Command === undefined) throw new Error(`The SDK has no ${service} ${operation}.`);
    const client = clients[service] as unknown as { send(command: never): Promise<object> };
    return client.send(new Command(structuredClone(input)));
  }

  const call: Caller = async (operation): Promise<Answer> => {
    try {
      return { ok: true, output: await make(operation) };
    } catch (error) {
      const { name, message } = error as Error;
      return { ok: false, error: { code: name, message } };
    }
  };

  /** Everything that stands in the account, without what differs between two equal worlds: ids, times. Keys that wait
   * for their deletion are left out: AWS has no way to be rid of one at once (KMS-06). */
  async function state(): Promise<object> {
    const names = new Map<string, string>();
    const plain = (text: string | undefined) => {
      let written = text ?? '';
      for (const [id, name] of names) written = written.replaceAll(id, name);
      return written === '' ? undefined : (JSON.parse(written) as unknown);
    };
    const orNone = <T>(promise: Promise<T>) => promise.catch(() => undefined);
    const { Aliases = [] } = await clients.kms.send(new kms.ListAliasesCommand({}));
    for (const { AliasName = '', TargetKeyId = '' } of Aliases) names.set(TargetKeyId, AliasName);
    const { Keys = [] } = await clients.kms.send(new kms.ListKeysCommand({}));
    const keys = [];
    for (const { KeyId = '' } of Keys) {
      const { KeyMetadata } = await clients.kms.send(new kms.DescribeKeyCommand({ KeyId }));
      if (KeyMetadata?.KeyState === 'PendingDeletion' || KeyMetadata?.KeyManager === 'AWS') continue;
      const { Policy } = await clients.kms.send(new kms.GetKeyPolicyCommand({ KeyId, PolicyName: 'default' }));
      const rotation = await clients.kms.send(new kms.GetKeyRotationStatusCommand({ KeyId }));
      keys.push({
        name: names.get(KeyId) ?? 'without alias',
        state: KeyMetadata?.KeyState,
        description: KeyMetadata?.Description,
        policy: plain(Policy),
        rotation: rotation.KeyRotationEnabled,
      });
    }
    const { Roles = [] } = await clients.iam.send(new iam.ListRolesCommand({}));
    const roles = [];
    for (const { RoleName = '', Path, AssumeRolePolicyDocument = '' } of Roles) {
      const { PolicyNames = [] } = await clients.iam.send(new iam.ListRolePoliciesCommand({ RoleName }));
      const inline = [];
      for (const PolicyName of PolicyNames) {
        const { PolicyDocument = '' } = await clients.iam.send(new iam.GetRolePolicyCommand({ RoleName, PolicyName }));
        inline.push({ PolicyName, document: plain(decodeURIComponent(PolicyDocument)) });
      }
      roles.push({ RoleName, Path, trust: plain(decodeURIComponent(AssumeRolePolicyDocument)), inline });
    }
    const { Buckets = [] } = await clients.s3.send(new s3.ListBucketsCommand({}));
    const { Buckets: Directories = [] } = await clients.s3.send(new s3.ListDirectoryBucketsCommand({}));
    const buckets = [];
    for (const { Name: Bucket = '' } of [...Buckets, ...Directories]) {
      const encryption = await clients.s3.send(new s3.GetBucketEncryptionCommand({ Bucket }));
      const policy = await orNone(clients.s3.send(new s3.GetBucketPolicyCommand({ Bucket })));
      buckets.push({
        Bucket,
        rules: plain(JSON.stringify(encryption.ServerSideEncryptionConfiguration?.Rules)),
        policy: plain(policy?.Policy),
      });
    }
    const { tableBuckets = [] } = await clients.s3tables.send(new s3tables.ListTableBucketsCommand({}));
    const tables = [];
    for (const { arn: tableBucketARN = '', name } of tableBuckets) {
      const at = { tableBucketARN };
      const encryption = await clients.s3tables.send(new s3tables.GetTableBucketEncryptionCommand(at));
      const policy = await orNone(clients.s3tables.send(new s3tables.GetTableBucketPolicyCommand(at)));
      const { namespaces = [] } = await clients.s3tables.send(new s3tables.ListNamespacesCommand(at));
      const { tables: inside = [] } = await clients.s3tables.send(new s3tables.ListTablesCommand(at));
      const own = [];
      for (const { namespace: [namespace = ''] = [], name: table = '' } of inside) {
        const found = await clients.s3tables.send(
          new s3tables.GetTableEncryptionCommand({ tableBucketARN, namespace, name: table }),
        );
        own.push({ namespace, table, encryption: plain(JSON.stringify(found.encryptionConfiguration)) });
      }
      tables.push({
        name,
        encryption: plain(JSON.stringify(encryption.encryptionConfiguration)),
        policy: plain(policy?.resourcePolicy),
        namespaces: namespaces.map(({ namespace }) => namespace),
        tables: own,
      });
    }
    return { keys, roles, buckets, tables };
  }

  return { ...clients, make, call, state };
}

/** Facts of an account in which nothing exists that the choices mention. */
export function emptyFacts(more: Partial<Facts> = {}): Facts {
  return {
    account: ACCOUNT,
    region: 'us-east-1',
    targets: [],
    principals: new Set(),
    inline: new Map(),
    callerSide: () => ({ identity: [] }),
    ...more,
  };
}

/** Choices of a new table bucket with a new key and a new role, changed where a test wants it. */
export function choices(more: Partial<Choices> = {}): Choices {
  return {
    goal: [{ kind: 'table', name: 'sales-lake', existing: false, table: { namespace: 'sales', name: 'orders' } }],
    key: { mode: 'new', alias: 'sales-lake', description: '', rotation: true },
    principals: { clients: [], newRole: 'SalesWriter', lakeFormation: false, metadata: false },
    policies: { grantIn: 'key', bucketAccess: true, bucketKey: true },
    enforcement: { algorithm: true, pin: true },
    ...more,
  };
}
