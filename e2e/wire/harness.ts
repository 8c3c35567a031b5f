/** An emulator of the test's own, on a free port with an empty data directory, and the official clients for it. */

import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { S3TablesClient } from '@aws-sdk/client-s3tables';
import { STSClient } from '@aws-sdk/client-sts';
import { startEmulator } from '../../lib/emulator/start.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface ClientChoice {
  readonly credentials?: Credentials;
  readonly region?: string;
}

/** Root of account 111122223333. */
export const ROOT: Credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
export const ACCOUNT = '111122223333';

/** Root of another account: any twelve digits. */
export const rootOf = (accountId: string): Credentials => ({ accessKeyId: accountId, secretAccessKey: 'test' });

export type TestEmulator = Awaited<ReturnType<typeof startTestEmulator>>;

/** Starts an emulator; `close` stops it and removes its data. `restart` keeps the data and gives new clients. */
export async function startTestEmulator(options: { readonly dataDir?: string } = {}) {
  const dataDir = options.dataDir ?? (await mkdtemp(path.join(os.tmpdir(), 'sse-kms-emulator-')));
  const emulator = await startEmulator({ dataDir, host: '127.0.0.1', port: 0 });
  const open: { destroy(): void }[] = [];

  function settings(choice: ClientChoice) {
    return {
      endpoint: emulator.url,
      region: choice.region ?? 'us-east-1',
      credentials: choice.credentials ?? ROOT,
      maxAttempts: 1,
    };
  }
  function keep<Client extends { destroy(): void }>(client: Client): Client {
    open.push(client);
    return client;
  }

  return {
    url: emulator.url,
    dataDir,
    adminToken: emulator.adminToken,
    kms: (choice: ClientChoice = {}) => keep(new KMSClient(settings(choice))),
    s3: (choice: ClientChoice = {}) => keep(new S3Client({ ...settings(choice), forcePathStyle: true })),
    s3tables: (choice: ClientChoice = {}) => keep(new S3TablesClient(settings(choice))),
    iam: (choice: ClientChoice = {}) => keep(new IAMClient(settings(choice))),
    sts: (choice: ClientChoice = {}) => keep(new STSClient(settings(choice))),
    cloudtrail: (choice: ClientChoice = {}) => keep(new CloudTrailClient(settings(choice))),
    /** Calls `/_emulator/PATH`; gives the parsed answer, throws with the emulator's sentence when it is not 200. */
    async admin<Answer = unknown>(adminPath: string, init: { method?: string; body?: unknown } = {}): Promise<Answer> {
      const response = await fetch(`${emulator.url}/_emulator/${adminPath}`, {
        method: init.method ?? (init.body === undefined ? 'GET' : 'POST'),
        headers: { authorization: `Bearer ${emulator.adminToken}`, 'content-type': 'application/json' },
        ...(init.body !== undefined && { body: JSON.stringify(init.body) }),
      });
      const answer = (await response.json()) as Answer & { error?: string };
      if (!response.ok) throw new Error(`${response.status} ${answer.error ?? ''}`);
      return answer;
    },
    async close(keepData = false) {
      for (const client of open) client.destroy();
      await emulator.close();
      if (!keepData) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Code, HTTP status and sentence of the error that a call ends with; fails when it succeeds. */
export async function refusal(
  call: Promise<unknown>,
): Promise<{ code: string; status: number | undefined; message: string }> {
  try {
    await call;
  } catch (error) {
    const it = error as { name: string; message: string; $metadata?: { httpStatusCode?: number } };
    return { code: it.name, status: it.$metadata?.httpStatusCode, message: it.message };
  }
  throw new Error('The call was not refused.');
}
