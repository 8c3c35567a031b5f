/** The log files of a trail: complete, data events too, in the form that other tools read (rules CT). */

import { gunzipSync } from 'node:zlib';
import { CreateKeyCommand, ListKeysCommand } from '@aws-sdk/client-kms';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EventRecord } from './actors.ts';
import { ACCOUNT, rootOf, startTestEmulator, type TestEmulator } from './harness.ts';

let emulator: TestEmulator;
beforeAll(async () => {
  emulator = await startTestEmulator();
});
afterAll(() => emulator.close());

interface Listed {
  readonly key: string;
  readonly region: string;
  readonly day: string;
}

const list = async (account = ACCOUNT) => (await emulator.admin<{ files: Listed[] }>(`trail?account=${account}`)).files;

async function download(
  query: string,
): Promise<{ name: string; records: (EventRecord & { eventCategory: string })[] }> {
  const response = await fetch(`${emulator.url}/_emulator/trail?${query}`, {
    headers: { authorization: `Bearer ${emulator.adminToken}` },
  });
  expect(response.headers.get('content-type')).toBe('application/gzip');
  const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? '';
  const { Records } = JSON.parse(gunzipSync(Buffer.from(await response.arrayBuffer())).toString('utf8'));
  return { name, records: Records };
}

test('CT-01 CT-05 CT-06 CT-07 the file of a day has management and data events of its account and Region', async () => {
  const s3 = emulator.s3();
  await s3.send(new CreateBucketCommand({ Bucket: 'trail-files' }));
  await s3.send(new PutObjectCommand({ Bucket: 'trail-files', Key: 'a', Body: 'a', ServerSideEncryption: 'aws:kms' }));
  await (await s3.send(new GetObjectCommand({ Bucket: 'trail-files', Key: 'a' }))).Body?.transformToByteArray();
  await emulator.kms({ region: 'eu-west-1' }).send(new CreateKeyCommand({}));
  await emulator.kms({ credentials: rootOf('444455556666') }).send(new ListKeysCommand({}));
  const files = await list();
  const day = files[0]?.day ?? '';
  expect(files.map((file) => file.region)).toEqual(['us-east-1', 'eu-west-1']);
  const folder = `AWSLogs/${ACCOUNT}/CloudTrail/us-east-1/${day.replaceAll('-', '/')}/`;
  expect(files[0]?.key.startsWith(folder)).toBe(true);
  const { name, records } = await download(`account=${ACCOUNT}&region=us-east-1&day=${day}`);
  expect(name).toMatch(new RegExp(`^${ACCOUNT}_CloudTrail_us-east-1_\\d{8}T0000Z_[A-Za-z0-9]{16}\\.json\\.gz$`));
  expect(`${folder}${name}`).toBe(files[0]?.key);
  const told = records.map((record) => `${record.eventCategory} ${record.eventName}`);
  expect(told).toEqual(
    expect.arrayContaining([
      'Management CreateBucket',
      'Management GenerateDataKey',
      'Management Decrypt',
      'Data PutObject',
      'Data GetObject',
    ]),
  );
  expect(new Set(records.map((record) => record.eventID)).size).toBe(records.length);
  expect(records.every((record) => record.recipientAccountId === ACCOUNT && record.awsRegion === 'us-east-1')).toBe(
    true,
  );
  const elsewhere = await download(`account=${ACCOUNT}&region=eu-west-1&day=${day}`);
  expect(elsewhere.records.map((record) => record.eventName)).toEqual(['CreateKey']);
  expect(await list('444455556666')).toHaveLength(1);
});

test('CT-06 more events than one slice are all there, and days are kept apart', async () => {
  const account = '555566667777';
  const s3 = emulator.s3({ credentials: rootOf(account) });
  await s3.send(new CreateBucketCommand({ Bucket: 'many-trail-files' }));
  for (let number = 0; number < 230; number += 1) {
    await s3.send(new PutObjectCommand({ Bucket: 'many-trail-files', Key: `k${number}`, Body: 'x' }));
  }
  await emulator.admin('clock', { method: 'POST', body: { account, advanceSeconds: 86_400 } });
  await s3.send(new PutObjectCommand({ Bucket: 'many-trail-files', Key: 'next day', Body: 'x' }));
  const [first, second, ...more] = await list(account);
  expect(more).toEqual([]);
  const counted = async (day = '') => {
    const { records } = await download(`account=${account}&region=us-east-1&day=${day}`);
    return records.filter((record) => record.eventName === 'PutObject').length;
  };
  expect([await counted(first?.day), await counted(second?.day), await counted('2001-01-01')]).toEqual([230, 1, 0]);
});

test.each(['region=us-east-1', 'day=2026-11-21', 'region=us-east-1&day=2026-02-30', 'region=..&day=2026-11-21'])(
  'the question %s is refused with a sentence',
  async (query) => {
    await expect(emulator.admin(`trail?${query}`)).rejects.toThrow(/^400 (?:region|day) takes/);
  },
);
