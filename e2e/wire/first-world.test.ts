import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { ListGrantsCommand } from '@aws-sdk/client-kms';
import { CreateNamespaceCommand, CreateTableCommand, ListTablesCommand } from '@aws-sdk/client-s3tables';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LedgerPage, LedgerTotals } from '../../lib/contract/ledger.ts';
import { type FirstWorld, isEmptyWorld, loadFirstWorld } from '../../lib/scenarios/first-world.ts';
import { ACCOUNT, refusal, startTestEmulator, type TestEmulator } from './harness.ts';

let emulator: TestEmulator;
let world: FirstWorld;
let empty: boolean;

beforeAll(async () => {
  emulator = await startTestEmulator();
  const kms = emulator.kms();
  empty = await isEmptyWorld({ kms });
  world = await loadFirstWorld({
    accountId: ACCOUNT,
    region: 'us-east-1',
    iam: emulator.iam(),
    kms,
    s3: emulator.s3(),
    s3tables: emulator.s3tables(),
    sts: emulator.sts(),
    s3As: (credentials) => emulator.s3({ credentials }),
  });
});
afterAll(() => emulator.close());

test('an account is empty before, and not any more after', async () => {
  expect(empty).toBe(true);
  expect(await isEmptyWorld({ kms: emulator.kms() })).toBe(false);
});

test('BK-06 its traffic spares KMS requests: one for each requester, the rest from its bucket key', async () => {
  const { records } = await emulator.admin<LedgerPage>(`ledger?parent=arn:aws:s3:::raw-events-${ACCOUNT}&limit=200`);
  const made = (operation: string, role: string) =>
    records
      .filter((it) => it.operation === operation && it.principalArn.includes(role))
      .flatMap((it) => it.keyOperations)
      .filter(({ kind }) => kind === 'made').length;
  expect(made('PutObject', 'IngestWriter')).toBe(1);
  expect(made('GetObject', 'AnalyticsReader')).toBe(1);
  const totals = await emulator.admin<LedgerTotals>('ledger/totals?intervals=1');
  expect(totals.spared).toBeGreaterThanOrEqual(23 + 5);
  expect(totals.refused).toBe(2);
});

test('ERR-05 a grant lets the reader decrypt, and the job without one is refused in AWS’s words', async () => {
  const { Grants = [] } = await emulator.kms().send(new ListGrantsCommand({ KeyId: world.keys[1] }));
  expect(Grants.map(({ Name }) => Name)).toEqual(['analytics-reader']);
  const { records } = await emulator.admin<LedgerPage>(`ledger?parent=arn:aws:s3:::raw-events-${ACCOUNT}&limit=200`);
  const read = records.findLast((it) => it.operation === 'GetObject');
  expect(read?.decisions.find(({ action }) => action === 'kms:Decrypt')).toMatchObject({
    outcome: 'allow',
    decidedBy: 'grant',
  });
  const refused = records.find((it) => it.error !== undefined);
  expect(refused?.status).toBe(403);
  expect(refused?.error?.message).toBe(
    `User: arn:aws:sts::${ACCOUNT}:assumed-role/BackfillJob/first-world is not authorized to perform: kms:GenerateDataKey on resource: ${world.keys[1]} because no identity-based policy allows the kms:GenerateDataKey action`,
  );
  const explained = await emulator.admin<{ decisions: { trace: { summary: string } }[] }>(
    `decisions/${refused?.requestId}`,
  );
  expect(explained.decisions.length).toBe(2);
  expect(explained.decisions[1]?.trace.summary).not.toBe('');
});

test('TB-17 TB-18 TB-19 PERM-02 the table bucket whose key lacks the maintenance principal takes no table', async () => {
  const s3tables = emulator.s3tables();
  const tableBucketARN = `arn:aws:s3tables:us-east-1:${ACCOUNT}:bucket/partner-tables`;
  await s3tables.send(new CreateNamespaceCommand({ tableBucketARN, namespace: ['shared'] }));
  const answer = await refusal(
    s3tables.send(new CreateTableCommand({ tableBucketARN, namespace: 'shared', name: 'orders', format: 'ICEBERG' })),
  );
  expect(answer).toMatchObject({ code: 'BadRequestException', status: 400 });
  expect(answer.message).toMatch(/^Insufficient access to perform table maintenance/);
  const { tables = [] } = await s3tables.send(new ListTablesCommand({ tableBucketARN }));
  expect(tables).toEqual([]);
});

test('CT-01 CloudTrail tells of the data key that was made for the bucket', async () => {
  const { Events = [] } = await emulator
    .cloudtrail()
    .send(
      new LookupEventsCommand({ LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'GenerateDataKey' }] }),
    );
  const records = Events.map(
    ({ CloudTrailEvent = '{}' }) =>
      JSON.parse(CloudTrailEvent) as { requestParameters: { encryptionContext?: Record<string, string> } },
  );
  expect(records.map((it) => it.requestParameters.encryptionContext?.['aws:s3:arn'])).toContain(
    `arn:aws:s3:::raw-events-${ACCOUNT}`,
  );
});
