import { readFile } from 'node:fs/promises';
import { CreateAliasCommand, CreateKeyCommand, GetKeyRotationStatusCommand } from '@aws-sdk/client-kms';
import { CreateBucketCommand, PutBucketEncryptionCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateNamespaceCommand, CreateTableBucketCommand, CreateTableCommand } from '@aws-sdk/client-s3tables';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { type Account, expect, test } from './fixtures.ts';
import { applyPlan, message, pickKey } from './steps.ts';

async function key({ kms }: Account, alias: string): Promise<string> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  await kms.send(new CreateAliasCommand({ AliasName: `alias/${alias}`, TargetKeyId: KeyMetadata?.KeyId }));
  return KeyMetadata?.Arn ?? '';
}

async function axe(page: Page, what: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
    what,
  ).toEqual([]);
}

test('GP-27 findings: scanned over everything, repaired through a plan, ignored with a reason, exported', async ({
  page,
  account,
}) => {
  const arn = await key(account, 'lake');
  await account.s3tables.send(
    new CreateTableBucketCommand({
      name: 'lake',
      encryptionConfiguration: { sseAlgorithm: 'aws:kms', kmsKeyArn: arn },
    }),
  );
  await page.goto('/findings');
  const table = page.getByRole('table', { name: 'Findings' });
  const maintenance = table.getByRole('row').filter({ hasText: 'missing-maintenance' });
  await expect(maintenance).toContainText('alias/lake');
  await axe(page, 'findings');

  const rotation = table.getByRole('row').filter({ hasText: 'rotation-off' });
  await rotation.getByRole('button', { name: 'Ignore' }).click();
  const dialog = page.getByRole('dialog', { name: 'Ignore this finding' });
  await dialog.getByRole('button', { name: 'Ignore' }).click();
  await expect(dialog.getByRole('textbox', { name: 'Reason' })).toHaveAccessibleDescription(/Say why/);
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('Rotated by hand each spring');
  await dialog.getByRole('button', { name: 'Ignore' }).click();
  await expect(rotation).toHaveCount(0);
  await expect(page.getByRole('table', { name: 'Ignored findings' })).toContainText('Rotated by hand each spring');

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'JSON' }).click(),
  ]);
  const saved: unknown = JSON.parse(await readFile(await download.path(), 'utf8'));
  expect(saved).toContainEqual(expect.objectContaining({ check: 'missing-maintenance', severity: 'error' }));
  expect(saved).not.toContainEqual(expect.objectContaining({ check: 'rotation-off' }));

  await maintenance.getByRole('button', { name: 'Let the maintenance principal in' }).click();
  await applyPlan(page, 'Change the key policy of alias/lake');
  await expect(message(page, 'Repaired')).toBeVisible();
  await expect(maintenance).toHaveCount(0);
});

test('PERM-02 PERM-07 required principals: each family is judged, a missing one repaired in place, a drill tells the outcome', async ({
  page,
  account,
}) => {
  await key(account, 'tables');
  const bucket = await account.s3tables.send(new CreateTableBucketCommand({ name: 'lake' }));
  await account.s3tables.send(new CreateNamespaceCommand({ tableBucketARN: bucket.arn, namespace: ['web'] }));
  await account.s3tables.send(
    new CreateTableCommand({
      tableBucketARN: bucket.arn,
      namespace: 'web',
      name: 'clicks',
      format: 'ICEBERG',
      metadata: { iceberg: { schema: { fields: [{ name: 'id', type: 'long' }] } } },
    }),
  );
  await page.goto('/table-buckets/lake');
  await page.getByRole('button', { name: 'Change default' }).click();
  const dialog = page.getByRole('dialog', { name: 'Default encryption of lake' });
  await dialog.getByRole('radio', { name: /^SSE-KMS/ }).check();
  await pickKey(page, 'tables');
  await dialog.getByRole('button', { name: /^Change default/ }).click();
  const plan = page.getByRole('dialog', { name: 'Change the default encryption of lake' });
  await expect(plan).toContainText("S3 Tables maintenance can't use the new key");
  await plan.getByRole('tab', { name: /^What it touches/ }).click();
  await expect(plan.getByRole('region', { name: 'Not touched' })).toContainText(/web\.clicks.*Keeps SSE-S3/s);
  await applyPlan(page, 'Change the default encryption of lake');
  const rows = page.locator('.principals > li');
  await expect(rows.filter({ hasText: 'maintenance.s3tables.amazonaws.com' }).first()).toContainText('Missing');
  await expect(rows.filter({ hasText: 'metadata.s3.amazonaws.com' })).toContainText('Not needed');
  await axe(page, 'required principals');
  await page.getByRole('button', { name: 'Review and apply' }).first().click();
  await applyPlan(page, 'Change the key policy of alias/tables');
  await expect(rows.filter({ hasText: 'maintenance.s3tables.amazonaws.com' }).first()).toContainText('Allowed');
  await page.getByRole('button', { name: 'Run a maintenance drill' }).click();
  await expect(message(page, 'Maintenance ran for 1 table')).toBeVisible();
});

test('KMS-07 COST-02 a key’s life: rotation, its cost, and a retirement report that counts and claims no more', async ({
  page,
  account,
}) => {
  const arn = await key(account, 'old');
  const id = arn.split('/').at(-1) ?? '';
  const bucket = `kept-${account.id}`;
  await account.s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const byDefault = { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID: arn };
  await account.s3.send(
    new PutBucketEncryptionCommand({
      Bucket: bucket,
      ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: byDefault }] },
    }),
  );
  await account.s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'one', Body: '1' }));
  await page.goto(`/keys/${id}`);
  await page.getByRole('button', { name: 'Turn on' }).click();
  const dialog = page.getByRole('dialog', { name: 'Rotate by itself' });
  await dialog.getByRole('spinbutton', { name: 'Period' }).fill('180');
  await dialog.getByRole('button', { name: /^Review/ }).click();
  await applyPlan(page, 'Rotate alias/old every 180 days');
  await expect(message(page, 'The key rotates every 180 days')).toBeVisible();
  const status = await account.kms.send(new GetKeyRotationStatusCommand({ KeyId: id }));
  expect(status).toMatchObject({ KeyRotationEnabled: true, RotationPeriodInDays: 180 });
  await expect(page.getByText('$1.00').first()).toBeVisible();

  await page.getByRole('link', { name: 'Retirement report' }).first().click();
  await expect(page.getByRole('heading', { level: 1, name: 'Retirement report of alias/old' })).toBeVisible();
  await expect(page.getByRole('main')).toContainText('1 bucket or table and at least 1 object would become unreadable');
  await expect(page.getByRole('list', { name: 'Objects by bucket' })).toContainText(`${bucket}1 of 1 object looked at`);
  await expect(page.getByRole('list', { name: 'What could not be seen' })).toContainText('Other accounts');
  await expect(page.getByRole('main')).not.toContainText(/\bunused\b/i);
  await axe(page, 'the retirement report');
});
