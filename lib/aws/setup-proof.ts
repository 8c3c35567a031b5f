import 'server-only';
import { randomBytes } from 'node:crypto';
import * as iam from '@aws-sdk/client-iam';
import * as s3 from '@aws-sdk/client-s3';
import * as s3tables from '@aws-sdk/client-s3tables';
import type { Choices, Target } from '../setup/choices.ts';
import { arnOf } from '../setup/facts.ts';
import { fillIn } from '../setup/plan.ts';
import type { Attempt, Proof } from '../setup/proof.ts';
import { bucketStatements, document, keyArnOf, trustAccount } from '../setup/statements.ts';
import { openTable } from '../uploads/iceberg/append.ts';
import { type BorrowedCredentials, becomePrincipal } from '../uploads/principal.ts';
import { DEFAULT_COLUMNS, makeRows } from '../uploads/table-rows.ts';
import { type Aws, clientsWith } from './connection.ts';
import { readClock, runMaintenance } from './emulator.ts';
import { getMaintenanceStatus } from './tables.ts';

/** Tries what was set up: as each client, as somebody who must not, against the rules, and maintenance itself. */

export interface ProofRequest {
  readonly choices: Choices;
  readonly account: string;
  /** What the calls of the plan answered. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

interface Setting {
  readonly aws: Aws;
  readonly choices: Choices;
  readonly account: string;
  readonly keyArn: string;
  /** Ends the names of what is made for the proof. */
  readonly mark: string;
}

/** One thing to try; resolves with what was found, throws what AWS threw. */
interface Trial extends Pick<Attempt, 'id' | 'who' | 'says' | 'expects'> {
  /** What a refusal must speak of to be the right one. */
  readonly by?: RegExp;
  readonly run: () => Promise<{ readonly found: string; readonly requestId?: string | undefined }>;
}

interface TableRef {
  readonly tableBucketARN: string;
  readonly namespace: string;
  readonly name: string;
}

const BODY = 'Written by the proof of the guided set-up.';

/** Runs every trial in order and tells of each. What was made for it is taken away again. */
export async function proveSetup(
  aws: Aws,
  { choices, account, outputs }: ProofRequest,
  tell: (proof: Proof) => void,
): Promise<void> {
  const keyArn = fillIn(keyArnOf(choices), new Map(Object.entries(outputs)));
  const setting: Setting = { aws, choices, account, keyArn, mark: randomBytes(3).toString('hex') };
  const cleanUp: (() => Promise<unknown>)[] = [];
  const at = await worldTime(aws);
  let attempts: Attempt[] = [];
  const change = (state: Proof['state'], more: readonly Attempt[]) => {
    attempts = [...more];
    tell({ state, at, attempts });
  };
  try {
    const trials = await trialsOf(setting, cleanUp);
    change(
      'running',
      trials.map(({ id, who, says, expects }) => ({ id, who, says, expects, state: 'waiting' })),
    );
    for (const trial of trials) {
      const set = (attempt: Partial<Attempt>) =>
        change(
          'running',
          attempts.map((it) => (it.id === trial.id ? { ...it, ...attempt } : it)),
        );
      set({ state: 'running' });
      set(await tried(trial));
    }
  } catch (error) {
    const { name, message } = error as Error;
    const failed: Attempt = {
      id: 'prepare',
      who: 'The console',
      says: 'Makes what the proof needs.',
      expects: 'allowed',
      state: 'wrong',
      found: message,
      code: name,
    };
    change('running', [...attempts, failed]);
  } finally {
    for (const step of cleanUp.toReversed()) await step().catch(() => undefined);
    change('done', attempts);
  }
}

async function worldTime(aws: Aws): Promise<string> {
  if (aws.connection.kind !== 'emulator') return new Date().toISOString();
  const clock = await readClock(aws);
  return clock.ok ? clock.data.now : new Date().toISOString();
}

async function tried({ expects, by, run }: Trial): Promise<Partial<Attempt>> {
  try {
    const { found, requestId } = await run();
    return {
      state: expects === 'allowed' ? 'right' : 'wrong',
      found: expects === 'allowed' ? found : `It was allowed: ${found}`,
      ...(requestId === undefined ? {} : { requestId }),
    };
  } catch (error) {
    const it = error as Error & { $metadata?: { requestId?: string; httpStatusCode?: number } };
    const refused = it.$metadata?.httpStatusCode === 403 || /AccessDenied|Forbidden/.test(it.name);
    const rightly = expects === 'refused' && refused && (by === undefined || by.test(it.message));
    return {
      state: rightly ? 'right' : 'wrong',
      found: it.message,
      code: it.name,
      ...(it.$metadata?.requestId === undefined ? {} : { requestId: it.$metadata.requestId }),
    };
  }
}

async function trialsOf(setting: Setting, cleanUp: (() => Promise<unknown>)[]): Promise<readonly Trial[]> {
  const { choices, account } = setting;
  const { clients, newRole } = choices.principals;
  const everyone = [...clients, ...(newRole === undefined ? [] : [`arn:aws:iam::${account}:role/${newRole}`])];
  const outsider = await makeOutsider(setting, cleanUp);
  const trials: Trial[] = [];
  for (const [index, target] of choices.goal.entries()) {
    const table = target.kind === 'table' ? await tableFor(setting, target, cleanUp) : undefined;
    const data: Data = { target, table, key: `setup-proof/${setting.mark}.txt` };
    for (const arn of everyone) {
      const as = () => become(setting, arn, cleanUp);
      const who = nameOf(arn);
      trials.push(
        {
          id: `${index}-write-${arn}`,
          who,
          says: `Writes to ${target.name}.`,
          expects: 'allowed',
          run: async () => write(setting, data, await as(), cleanUp),
        },
        {
          id: `${index}-read-${arn}`,
          who,
          says: `Reads it back from ${target.name}.`,
          expects: 'allowed',
          run: async () => read(setting, data, await as()),
        },
      );
    }
    trials.push({
      id: `${index}-outsider`,
      who: nameOf(outsider),
      says: `Writes to ${target.name} with access to the bucket, but not to the key.`,
      expects: 'refused',
      by: /kms:/,
      run: async () =>
        write(
          setting,
          { ...data, key: `setup-proof/${setting.mark}-outsider.txt` },
          await become(setting, outsider, cleanUp),
          cleanUp,
        ),
    });
    trials.push(...ruleTrials(setting, target, index, cleanUp));
    if (table) trials.push(maintenanceTrial(setting, table, index));
  }
  return trials;
}

interface Data {
  readonly target: Target;
  readonly table: TableRef | undefined;
  readonly key: string;
}

type Clients = ReturnType<typeof clientsWith>;

async function write(
  { aws, keyArn }: Setting,
  { target, table, key }: Data,
  clients: Clients,
  cleanUp: (() => Promise<unknown>)[],
) {
  if (table) {
    const writer = await openTable({ ...clients, table, columns: DEFAULT_COLUMNS });
    const rows = makeRows(writer.columns() ?? DEFAULT_COLUMNS, 1, Date.now() % 100_000);
    await writer.commit([await writer.writeDataFile(rows)]);
    return { found: `A row was appended to ${table.namespace}.${table.name}.` };
  }
  const put = await clients.s3.send(new s3.PutObjectCommand({ Bucket: target.name, Key: key, Body: BODY }));
  cleanUp.push(() => aws.s3.send(new s3.DeleteObjectCommand({ Bucket: target.name, Key: key })));
  const { requestId } = put.$metadata;
  // A session's answers need not repeat the key; reading tells it.
  const head =
    put.SSEKMSKeyId === undefined
      ? await clients.s3.send(new s3.HeadObjectCommand({ Bucket: target.name, Key: key }))
      : put;
  if (head.ServerSideEncryption !== 'aws:kms' || head.SSEKMSKeyId !== keyArn) {
    throw new Error(
      `The object is encrypted with ${head.ServerSideEncryption ?? 'nothing'} and the key ${head.SSEKMSKeyId ?? 'of S3'}.`,
    );
  }
  return { found: `Written, and encrypted with SSE-KMS and the key.`, requestId };
}

async function read(_setting: Setting, { target, table, key }: Data, clients: Clients) {
  if (table) {
    const reader = await openTable({ ...clients, table });
    const columns = reader.columns();
    if (columns === undefined) throw new Error('The table has no metadata that can be read.');
    return { found: `Its metadata was decrypted: ${columns.length} columns.` };
  }
  const got = await clients.s3.send(new s3.GetObjectCommand({ Bucket: target.name, Key: key }));
  const text = await got.Body?.transformToString();
  if (text !== BODY) throw new Error('What came back is not what was written.');
  return { found: 'Decrypted, and the same as written.', requestId: got.$metadata.requestId };
}

/** What the Deny statements must refuse, tried with the connection's own identity: a Deny spares nobody. */
function ruleTrials(
  { aws, account, choices, mark }: Setting,
  target: Target,
  index: number,
  cleanUp: (() => Promise<unknown>)[],
): readonly Trial[] {
  if (!choices.enforcement.algorithm) return [];
  const Bucket = target.name;
  const trial = (says: string, run: Trial['run']): Trial => ({
    id: `${index}-rule`,
    who: 'You',
    says,
    expects: 'refused',
    by: /explicit deny/i,
    run,
  });
  switch (target.kind) {
    case 'general':
      return [
        trial(`Uploads to ${Bucket} with SSE-S3.`, async () => {
          const Key = `setup-proof/${mark}-plain.txt`;
          cleanUp.push(() => aws.s3.send(new s3.DeleteObjectCommand({ Bucket, Key })));
          const put = await aws.s3.send(
            new s3.PutObjectCommand({ Bucket, Key, Body: BODY, ServerSideEncryption: 'AES256' }),
          );
          return { found: 'an object was written with SSE-S3.', requestId: put.$metadata.requestId };
        }),
      ];
    case 'directory':
      return [
        trial(`Opens a session on ${Bucket} with SSE-S3.`, async () => {
          const made = await aws.s3.send(new s3.CreateSessionCommand({ Bucket, ServerSideEncryption: 'AES256' }));
          return { found: 'a session was opened with SSE-S3.', requestId: made.$metadata.requestId };
        }),
      ];
    case 'table': {
      const tableBucketARN = arnOf(target, { account, region: aws.region });
      const namespace = target.table?.namespace ?? namespaceOf(mark);
      return [
        trial(`Makes a table in ${Bucket} with SSE-S3.`, async () => {
          const name = `plain_${mark}`;
          cleanUp.push(() => aws.s3tables.send(new s3tables.DeleteTableCommand({ tableBucketARN, namespace, name })));
          const made = await aws.s3tables.send(
            new s3tables.CreateTableCommand({
              tableBucketARN,
              namespace,
              name,
              format: 'ICEBERG',
              encryptionConfiguration: { sseAlgorithm: 'AES256' },
            }),
          );
          return { found: 'a table was made with SSE-S3.', requestId: made.$metadata.requestId };
        }),
      ];
    }
  }
}

function maintenanceTrial({ aws }: Setting, table: TableRef, index: number): Trial {
  const name = { bucketArn: table.tableBucketARN, namespace: table.namespace, name: table.name };
  return {
    id: `${index}-maintenance`,
    who: 'maintenance.s3tables.amazonaws.com',
    says: `Compacts and cleans ${table.namespace}.${table.name}.`,
    expects: 'allowed',
    async run() {
      if (aws.connection.kind === 'emulator') {
        const ran = await runMaintenance(aws, table);
        if (!ran.ok) throw Object.assign(new Error(ran.error.message), { name: ran.error.code });
      }
      const status = await getMaintenanceStatus(aws, name);
      if (!status.ok) throw Object.assign(new Error(status.error.message), { name: status.error.code });
      const failed = status.data.find((job) => job.status === 'Failed');
      if (failed) throw new Error(failed.failure ?? `The job ${failed.job} failed.`);
      const ran = status.data.filter((job) => job.status === 'Successful').length;
      return { found: ran === 0 ? 'AWS runs it by itself; no job has failed.' : `${ran} jobs ran, none failed.` };
    },
  };
}

const namespaceOf = (mark: string) => `setup_proof_${mark}`;

/** The table of the set-up; in a bucket that was there before, one that is made for the proof and deleted afterwards. */
async function tableFor(
  { aws, account, keyArn, mark }: Setting,
  target: Target,
  cleanUp: (() => Promise<unknown>)[],
): Promise<TableRef> {
  const tableBucketARN = arnOf(target, { account, region: aws.region });
  if (target.table) return { tableBucketARN, ...target.table };
  const namespace = namespaceOf(mark);
  const table = { tableBucketARN, namespace, name: 'rows' };
  await aws.s3tables.send(new s3tables.CreateNamespaceCommand({ tableBucketARN, namespace: [namespace] }));
  cleanUp.push(() => aws.s3tables.send(new s3tables.DeleteNamespaceCommand({ tableBucketARN, namespace })));
  await aws.s3tables.send(
    new s3tables.CreateTableCommand({
      ...table,
      format: 'ICEBERG',
      encryptionConfiguration: { sseAlgorithm: 'aws:kms', kmsKeyArn: keyArn },
    }),
  );
  cleanUp.push(() => aws.s3tables.send(new s3tables.DeleteTableCommand(table)));
  return table;
}

/** A role that may use the buckets but not the key. It is deleted afterwards. */
async function makeOutsider(
  { aws, choices, account, mark }: Setting,
  cleanUp: (() => Promise<unknown>)[],
): Promise<string> {
  const RoleName = `setup-proof-outsider-${mark}`;
  const PolicyName = 'buckets';
  const facts = { account, region: aws.region };
  const made = await aws.iam.send(
    new iam.CreateRoleCommand({
      RoleName,
      Description: 'Made by a proof of the guided set-up, which deletes it again',
      AssumeRolePolicyDocument: trustAccount(facts),
    }),
  );
  cleanUp.push(() => aws.iam.send(new iam.DeleteRoleCommand({ RoleName })));
  await aws.iam.send(
    new iam.PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: document(bucketStatements(choices, facts)) }),
  );
  cleanUp.push(() => aws.iam.send(new iam.DeleteRolePolicyCommand({ RoleName, PolicyName })));
  return made.Role?.Arn ?? '';
}

/** Clients that sign as a role or user. Each use is a session of its own. */
async function become(setting: Setting, arn: string, cleanUp: (() => Promise<unknown>)[]): Promise<Clients> {
  const borrowed = await borrow(setting, arn);
  cleanUp.push(() => borrowed.giveBack());
  const clients = clientsWith(setting.aws, borrowed.credentials);
  cleanUp.push(() => {
    clients.s3.destroy();
    clients.s3tables.destroy();
    return Promise.resolve();
  });
  return clients;
}

/** AWS needs some seconds until a role that was just made can be assumed. */
const TRIES = 10;
const PAUSE_MS = 1500;

async function borrow({ aws, mark }: Setting, arn: string): Promise<BorrowedCredentials> {
  const principal = arn.includes(':user/')
    ? ({ kind: 'user', userName: nameOf(arn) } as const)
    : ({ kind: 'role', roleArn: arn } as const);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await becomePrincipal({ principal, sessions: 1, scoped: false }, 0, `proof-${mark}`, aws);
    } catch (error) {
      if (aws.connection.kind === 'emulator' || attempt === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

const nameOf = (arn: string): string => arn.split('/').at(-1) ?? arn;
