import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { CreateBucketCommand, PutBucketEncryptionCommand } from '@aws-sdk/client-s3';
import type { Page } from '@playwright/test';
import { type Account, expect, REGION, test } from './fixtures.ts';
import { applyPlan, createKey, figure, message, open, pickKey, requestRows, tab, upload } from './steps.ts';

test('the main job by browser alone, from an empty account to each use of the key', async ({ page, account }) => {
  const bucket = `raw-${account.id}`;
  const directory = `features-${account.id}--use1-az4--x-s3`;
  const tableBucketArn = `arn:aws:s3tables:${REGION}:${account.id}:bucket/sales`;

  await test.step('the overview of an empty account offers the first steps', async () => {
    await page.goto('/');
    await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
    await expect(page.getByText('There is nothing in this account and Region yet.')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Load the demonstration world' })).toBeVisible();
    await page.getByRole('link', { name: 'Create a KMS key' }).click();
  });

  await test.step('a customer managed key', async () => {
    await createKey(page, 'lakehouse');
  });

  await test.step('a table bucket with that key', async () => {
    await open(page, 'Table buckets');
    await page.getByRole('main').getByRole('link', { name: 'Create table bucket' }).first().click();
    await page.getByRole('textbox', { name: 'Name' }).fill('sales');
    await page.getByRole('radio', { name: 'SSE-KMS' }).check();
    await pickKey(page, 'lakehouse');
    await page.getByRole('button', { name: /^Create table bucket/ }).click();
    await expect(message(page, 'The table bucket sales was created')).toBeVisible();
    await expect(page.getByRole('heading', { level: 1, name: 'sales' })).toBeVisible();
  });

  await test.step('its key policy lacks the maintenance principal; one click adds the statement', async () => {
    await expect(page.getByText('Missing', { exact: true })).toBeVisible();
    await page.getByRole('button', { name: 'Review and apply' }).click();
    await applyPlan(page, 'Change the key policy of alias/lakehouse');
    await expect(message(page, 'The maintenance principal may use the key')).toBeVisible();
    await expect(page.getByText('Allowed', { exact: true })).toBeVisible();
  });

  await test.step('a namespace and a table', async () => {
    await tab(page, 'Tables');
    await page.getByRole('button', { name: 'Create namespace' }).click();
    const dialog = page.getByRole('dialog', { name: 'Create a namespace' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill('web');
    await dialog.getByRole('button', { name: /^Create namespace/ }).click();
    await expect(message(page, 'The namespace web was created')).toBeVisible();
    await page.getByRole('main').getByRole('link', { name: 'Create table' }).first().click();
    await page.getByRole('textbox', { name: 'Name' }).fill('clicks');
    await page.getByRole('button', { name: /^Create table/ }).click();
    await expect(message(page, 'clicks was created')).toBeVisible();
  });

  await test.step('a directory bucket with the key', async () => {
    await open(page, 'Directory buckets');
    await page.getByRole('main').getByRole('link', { name: 'Create directory bucket' }).first().click();
    await page.getByRole('textbox', { name: 'Name' }).fill(`features-${account.id}`);
    await pickKey(page, 'lakehouse');
    await page.getByRole('button', { name: /^Create directory bucket/ }).click();
    await expect(message(page, `The directory bucket ${directory} was created`)).toBeVisible();
  });

  await test.step('a general purpose bucket with a bucket key', async () => {
    await open(page, 'General purpose buckets');
    await page.getByRole('main').getByRole('link', { name: 'Create bucket' }).first().click();
    await page.getByRole('textbox', { name: 'Name' }).fill(bucket);
    await pickKey(page, 'lakehouse');
    await expect(page.getByRole('checkbox', { name: /^Bucket key/ })).toBeChecked();
    await page.getByRole('button', { name: /^Create bucket/ }).click();
    await expect(message(page, `The bucket ${bucket} was created`)).toBeVisible();
  });

  await test.step('objects: the first asks KMS, the bucket key spares the others', async () => {
    await upload(page, { to: bucket, objects: 3 });
    await expect(figure(page, 'KMS requests made')).toContainText('1');
    await expect(figure(page, 'Spared')).toContainText('2');
    await expect(figure(page, 'Refused')).toContainText('0');
    const rows = requestRows(page, 'PutObject');
    await expect(rows).toHaveCount(3);
    await expect(rows.filter({ hasText: 'reached KMS' })).toHaveCount(1);
    await expect(rows.filter({ hasText: 'bucket key' })).toHaveCount(2);
    // With a bucket key the context is the bucket's ARN (BK-05).
    await expect(rows.filter({ hasText: `aws:s3:arn` })).toHaveCount(3);
    await expect(rows.first()).toContainText(`arn:aws:s3:::${bucket}`);
    await eventNamed(page, 'GenerateDataKey');
    await explain(page, rows, 'allowed');
  });

  await test.step('a directory bucket: the session asks KMS once', async () => {
    await upload(page, { to: directory, objects: 3 });
    await expect(figure(page, 'KMS requests made')).toContainText('1');
    await expect(figure(page, 'Spared')).toContainText('3');
    const rows = requestRows(page, 'PutObject');
    await expect(rows.filter({ hasText: 'session' })).toHaveCount(3);
    await expect(rows.first()).toContainText('aws:s3express:arn');
    await expect(rows.first()).toContainText(directory);
    const session = requestRows(page, 'CreateSession');
    await expect(session.filter({ hasText: 'reached KMS' })).toHaveCount(1);
    await explain(page, session, 'allowed');
  });

  await test.step('a table: data files, metadata and commits, spared by the table key', async () => {
    await upload(page, { to: 'sales, web.clicks', objects: 2 });
    await expect(requestRows(page, 'UpdateTableMetadataLocation')).toHaveCount(2);
    const rows = requestRows(page, 'PutObject');
    await expect(rows.filter({ hasText: 'table key' }).first()).toContainText(`${tableBucketArn}/table/`);
    await explain(page, rows, 'allowed');
  });

  await test.step('the numbers are the emulator’s own', async () => {
    const puts = await account.requests('PutObject');
    expect(puts.filter((it) => it.parent === `arn:aws:s3:::${bucket}`)).toHaveLength(3);
    expect(puts.flatMap((it) => it.keyOperations).every((it) => it.keyArn.includes(account.id))).toBe(true);
  });

  await test.step('every upload is kept and linked', async () => {
    await open(page, 'Simulated uploads');
    const uploads = page.getByRole('table', { name: 'Simulated uploads' });
    for (const name of [bucket, directory, 'web.clicks'])
      await expect(uploads.getByRole('link', { name })).toBeVisible();
  });
});

test('a role that may use the key uploads, a role that may not is told which layer refused', async ({
  page,
  account,
}) => {
  const bucket = `archive-${account.id}`;
  const keyArn = await makeBucket(account, bucket);
  const put = { Effect: 'Allow', Action: 's3:PutObject', Resource: `arn:aws:s3:::${bucket}/*` };
  const use = { Effect: 'Allow', Action: ['kms:GenerateDataKey', 'kms:Decrypt'], Resource: keyArn };
  await makeRole(account, 'Writer', [put, use]);
  await makeRole(account, 'Stranger', [put]);

  await test.step('with the permission', async () => {
    await upload(page, { to: bucket, as: 'Role Writer', objects: 2 });
    await expect(figure(page, 'Refused')).toContainText('0');
    await expect(requestRows(page, 'PutObject').filter({ hasText: '200' })).toHaveCount(2);
    await eventNamed(page, 'GenerateDataKey');
    const [first] = await account.requests('PutObject');
    expect(first?.principalArn).toContain(`:assumed-role/Writer/`);
    expect(first?.keyOperations[0]?.viaService).toBe(`s3.${REGION}.amazonaws.com`);
  });

  await test.step('without it', async () => {
    await upload(page, { to: bucket, as: 'Role Stranger', objects: 2 });
    await expect(figure(page, 'Refused')).toContainText('2');
    const refused = requestRows(page, 'PutObject').filter({ hasText: 'AccessDenied' });
    await expect(refused).toHaveCount(2);
    await expect(refused.first()).toContainText('Decided by');
    await explain(page, refused, 'denied');
    const main = page.getByRole('main');
    await expect(main).toContainText('kms:GenerateDataKey');
    await expect(main).toContainText('Stranger');
    await expect(main).toContainText('no identity-based policy allows the kms:GenerateDataKey action');
  });
});

test('roles upload into a table and a directory bucket of the demonstration world', async ({
  page,
  account,
  messages,
}) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Load the demonstration world' }).click();
  await expect(messages).toContainText('The demonstration world is there');
  for (const { to, operation } of [
    { to: 'analytics-lakehouse, sales.orders', operation: 'UpdateTableMetadataLocation' },
    { to: `features-${account.id}--use1-az4--x-s3`, operation: 'CreateSession' },
  ]) {
    await test.step(to, async () => {
      await upload(page, { to, as: 'Role IcebergClient', objects: 2 });
      await expect(figure(page, 'Refused')).toContainText('0');
      await expect(requestRows(page, operation).first()).toContainText('200');
    });
  }
  const sessions = await account.requests('CreateSession');
  expect(sessions.some((it) => it.principalArn.includes(':assumed-role/IcebergClient/'))).toBe(true);
});

test('a running upload can be stopped and keeps what it did', async ({ page, account }) => {
  const bucket = `long-${account.id}`;
  await makeBucket(account, bucket);
  await page.goto('/uploads/new');
  await page.getByRole('spinbutton', { name: 'Objects' }).fill('100000');
  await page.getByRole('spinbutton', { name: 'Size of each' }).fill('1');
  await page.getByRole('button', { name: /^Start the upload/ }).click();
  await expect(page.getByRole('progressbar', { name: 'Progress' })).toBeVisible();
  await page.getByRole('button', { name: 'Stop the upload' }).click();
  await expect(page.getByRole('main').getByText('Stopped', { exact: true })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Repeat' })).toBeVisible();
  const done = await account.requests('PutObject');
  expect(done.length).toBeLessThan(100_000);
});

/** Follows the first row's Explain link, looks at the decision, and comes back. */
async function explain(page: Page, rows: ReturnType<typeof requestRows>, outcome: 'allowed' | 'denied'): Promise<void> {
  await rows
    .first()
    .getByRole('link', { name: /^Explain request/ })
    .click();
  await expect(page.getByRole('heading', { level: 1, name: `Why was this ${outcome}?` })).toBeVisible();
  await expect(page.getByRole('heading', { level: 2, name: /^How / }).first()).toBeVisible();
}

/** Looks for an event in the upload's CloudTrail section and returns to its requests. */
async function eventNamed(page: Page, name: string): Promise<void> {
  await tab(page, 'CloudTrail events');
  await expect(page.getByRole('row').filter({ hasText: name }).first()).toBeVisible();
  await tab(page, 'Requests');
  await expect(requestRows(page, 'PutObject').first()).toBeVisible();
}

/** A bucket with SSE-KMS, a key of the account and a bucket key; gives the key's ARN. */
async function makeBucket(account: Account, name: string): Promise<string> {
  const { KeyMetadata } = await account.kms.send(new CreateKeyCommand({}));
  const keyArn = KeyMetadata?.Arn ?? '';
  await account.s3.send(new CreateBucketCommand({ Bucket: name }));
  await account.s3.send(
    new PutBucketEncryptionCommand({
      Bucket: name,
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: keyArn },
            BucketKeyEnabled: true,
          },
        ],
      },
    }),
  );
  return keyArn;
}

async function makeRole(account: Account, name: string, statements: readonly object[]): Promise<void> {
  const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: account.id } };
  const document = (Statement: unknown) => JSON.stringify({ Version: '2012-10-17', Statement });
  await account.iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: document(trust) }));
  await account.iam.send(
    new PutRolePolicyCommand({ RoleName: name, PolicyName: 'Access', PolicyDocument: document(statements) }),
  );
}
