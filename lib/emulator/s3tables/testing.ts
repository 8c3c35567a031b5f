/** For tests of this folder: the service over a real database, with a KMS and an S3 of a few lines. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parsePolicy } from '../../access/index.ts';
import { createAuthorizer } from '../authorize.ts';
import type { Caller, RequestContext, TrailEvent } from '../context.ts';
import type { IdentityPort, KeyFacts, KeyUse, KmsPort, WarehousePort } from '../ports.ts';
import type { Surroundings } from '../service.ts';
import type { RequestRecord } from '../storage/audit.ts';
import { openStorage } from '../storage/open.ts';
import { AwsError } from '../wire/error.ts';
import { openWorld } from '../world/open.ts';
import { createS3TablesService } from './service.ts';

export const ACCOUNT = '111122223333';
export const REGION = 'us-east-1';
export const KEY_A = `arn:aws:kms:${REGION}:${ACCOUNT}:key/aaaaaaaa-0000-4000-8000-000000000000`;
export const KEY_B = `arn:aws:kms:${REGION}:${ACCOUNT}:key/bbbbbbbb-0000-4000-8000-000000000000`;

const ALLOW_ALL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';

/** A key of the little KMS: its facts, and who may use it. */
export interface TestKey {
  readonly facts: KeyFacts;
  readonly refuses?: readonly string[];
}

export function keyFacts(keyArn: string, more: Partial<KeyFacts> = {}): KeyFacts {
  const [, , , region = '', accountId = '', path = ''] = keyArn.split(':');
  return {
    keyArn,
    keyId: path.slice('key/'.length),
    accountId,
    region,
    manager: 'CUSTOMER',
    state: 'Enabled',
    spec: 'SYMMETRIC_DEFAULT',
    usage: 'ENCRYPT_DECRYPT',
    origin: 'AWS_KMS',
    ...more,
  };
}

export function caller(name: string, accountId = ACCOUNT): Caller {
  return {
    principal: {
      kind: 'IAMUser',
      arn: `arn:aws:iam::${accountId}:user/${name}`,
      accountId,
      userId: `AIDA${name.toUpperCase()}`,
    },
    accessKeyId: `AKIA${name.toUpperCase()}`,
    requester: `arn:aws:iam::${accountId}:user/${name}`,
  };
}

// The table of operations has forgotten their types: a test names the input and the output.
/* oxlint-disable typescript/no-unsafe-type-assertion, typescript/no-unnecessary-type-parameters */

/** The service with all it needs. Users have the identity policies given to `allow`, else everything is allowed. */
export function startTables() {
  const directory = mkdtempSync(join(tmpdir(), 's3tables-'));
  const storage = openStorage({ dataDir: directory });
  const world = openWorld(storage.state);
  const keys = new Map<string, TestKey>([
    [KEY_A, { facts: keyFacts(KEY_A) }],
    [KEY_B, { facts: keyFacts(KEY_B) }],
  ]);
  const uses: { readonly operation: string; readonly use: KeyUse }[] = [];
  const objects = new Map<string, { readonly body: Uint8Array; readonly by: string }>();
  const events: TrailEvent[] = [];
  const records: RequestRecord[] = [];
  const identityPolicies = new Map<string, string>();

  const ask = (operation: string, use: KeyUse): KeyFacts => {
    uses.push({ operation, use });
    const key = keys.get(use.keyId);
    if (!key) throw new AwsError('NotFoundException', 400, `Key '${use.keyId}' does not exist`);
    if (key.facts.state !== 'Enabled') throw new AwsError('DisabledException', 400, `${use.keyId} is disabled.`);
    if (key.refuses?.includes(use.caller.principal.arn) || key.refuses?.includes(operation)) {
      throw new AwsError('AccessDeniedException', 400, `${use.caller.principal.arn} may not ${operation}`);
    }
    return key.facts;
  };
  const kms: KmsPort = {
    generateDataKey: (use) => ({
      keyArn: ask('GenerateDataKey', use).keyArn,
      plaintext: new Uint8Array(32),
      ciphertextBlob: new Uint8Array(1),
    }),
    encrypt: (use) => ({ keyArn: ask('Encrypt', use).keyArn, ciphertextBlob: new Uint8Array(1) }),
    decrypt: (use) => ({ keyArn: ask('Decrypt', use).keyArn, plaintext: new Uint8Array(32) }),
    check: (use, operation) => ({ keyArn: ask(operation, use).keyArn }),
    describeKey: (use) => ask('DescribeKey', use),
    facts: (keyId) => keys.get(keyId)?.facts,
    managedKey: () => keyFacts(KEY_A, { manager: 'AWS' }),
  };
  const useOf = (
    { context, caller: by, warehouse }: Pick<Parameters<WarehousePort['get']>[0], 'context' | 'caller' | 'warehouse'>,
    operation: string,
  ): void => {
    if (warehouse.encryption.algorithm !== 'aws:kms') return;
    ask(operation, {
      context,
      caller: by,
      keyId: warehouse.encryption.keyArn,
      accountId: warehouse.accountId,
      region: warehouse.region,
      encryptionContext: { 'aws:s3:arn': `${warehouse.tableArn}/data` },
      viaService: `s3.${warehouse.region}.amazonaws.com`,
      sourceArn: warehouse.tableArn,
      sourceAccount: warehouse.accountId,
    });
  };
  const warehouses: WarehousePort = {
    put(input) {
      useOf(input, 'GenerateDataKey');
      objects.set(`${input.warehouse.bucketAlias}/${input.key}`, { body: input.body, by: input.caller.principal.arn });
    },
    get(input) {
      useOf(input, 'Decrypt');
      return objects.get(`${input.warehouse.bucketAlias}/${input.key}`)?.body;
    },
    read: (input) => Promise.resolve(warehouses.get(input)),
    write: (input) => Promise.resolve(warehouses.put(input)),
    list: (warehouse) =>
      [...objects]
        .filter(([name]) => name.startsWith(`${warehouse.bucketAlias}/`))
        .map(([name, { body }]) => ({
          key: name.slice(warehouse.bucketAlias.length + 1),
          size: body.length,
          lastModified: 0,
        })),
    delete(warehouse, names) {
      for (const name of names) objects.delete(`${warehouse.bucketAlias}/${name}`);
    },
    drop: () => {},
  };
  const identity: IdentityPort = {
    credential: () => undefined,
    policiesOf: ({ principal }) => ({
      identity: [{ source: 'test', policy: parsePolicy(identityPolicies.get(principal.arn) ?? ALLOW_ALL) }],
    }),
    resourceControlOf: () => undefined,
    tagsOf: () => ({}),
    principalExists: () => true,
    uniqueIdOf: () => undefined,
    onPrincipalDeleted() {},
  };
  const unused = (): never => {
    throw new Error('not used by S3 Tables');
  };
  const around: Surroundings = {
    state: storage.state,
    bodies: storage.bodies,
    vault: { wrap: unused, unwrap: unused },
    world,
    authorizer: createAuthorizer(() => identity),
    trail: {
      append: (_account, _region, _now, event) => void events.push(event),
      request: (record) => {
        events.push(...record.events);
        records.push(record);
      },
    },
    ports: {
      identity,
      kms,
      warehouses,
      get tables() {
        return tables.port;
      },
      get catalog() {
        return tables.catalog;
      },
      get metadataTables() {
        return tables.metadata;
      },
    },
  };
  const tables = createS3TablesService(around, (error) => {
    throw error;
  });

  /** Runs an operation as a request would, and answers its output and what it left on the trail. */
  async function request(
    operation: string,
    input: object,
    by: Caller = caller('ana'),
  ): Promise<{ output: Record<string, never>; context: RequestContext }> {
    const run = tables.service.operations[operation];
    if (!run) throw new Error(`no operation ${operation}`);
    const context: RequestContext = {
      requestId: 'r',
      service: 's3tables',
      operation,
      caller: by,
      accountId: by.principal.accountId,
      region: REGION,
      now: world.now(by.principal.accountId),
      sourceIp: '127.0.0.1',
      userAgent: 'test',
      secureTransport: true,
      authType: 'header',
      signatureAge: 0,
      host: 'localhost',
      headers: {},
      trail: { decisions: [], keyOperations: [], events: [] },
    };
    const output = await run(input as never, context);
    await storage.state.settled();
    return { output: output as Record<string, never>, context };
  }

  return {
    ...tables,
    world,
    keys,
    uses,
    objects,
    events,
    records,
    state: storage.state,
    request,
    /** The output of an operation, as whatever the test says it is. */
    async call<Output = Record<string, unknown>>(operation: string, input: object, by?: Caller): Promise<Output> {
      return (await request(operation, input, by)).output as Output;
    },
    /** Gives a user this identity policy instead of everything. */
    allow(user: Caller, ...statements: readonly object[]) {
      identityPolicies.set(user.principal.arn, JSON.stringify({ Version: '2012-10-17', Statement: statements }));
    },
    async close() {
      await tables.schedule.stop();
      await storage.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export type TestTables = ReturnType<typeof startTables>;

/** Code, status and sentence of the error that a call ends with. */
export async function refusal(call: Promise<unknown>): Promise<{ code: string; status: number; message: string }> {
  try {
    await call;
  } catch (error) {
    if (error instanceof AwsError) return { code: error.code, status: error.status, message: error.message };
    throw error;
  }
  throw new Error('The call succeeded.');
}
