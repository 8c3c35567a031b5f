import { CreateAliasCommand, CreateKeyCommand, DisableKeyCommand } from '@aws-sdk/client-kms';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { applyPlan, message, open, pickKey } from './steps.ts';

/** A page that is connected to the demonstration world, which these tests only read. */
const inWorld = test.extend<{ visit: Page }>({
  visit: async ({ browser, world, watch }, use) => {
    const context = await browser.newContext({
      storageState: world.state,
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const page = await context.newPage();
    watch.follow(page);
    await use(page);
    await context.close();
  },
});

inWorld('the navigation marks where one is, collapses, and stays so', async ({ visit: page }) => {
  await page.goto('/keys');
  const nav = page.getByRole('navigation', { name: 'Main' });
  await expect(nav.getByRole('link', { name: 'KMS keys' })).toHaveAttribute('aria-current', 'page');
  await nav.getByRole('button', { name: 'Collapse' }).click();
  await expect(nav.getByRole('button', { name: 'Expand navigation' })).toHaveAttribute('aria-expanded', 'false');
  await page.reload();
  await expect(nav.getByRole('button', { name: 'Expand navigation' })).toHaveAttribute('aria-expanded', 'false');
  await expect(nav.getByRole('link', { name: 'KMS keys' })).toBeVisible();
});

inWorld('an ARN is shown in part, copied whole and announced, by keyboard too', async ({ visit: page }) => {
  await page.goto('/table-buckets/analytics-lakehouse');
  const copy = page.getByRole('button', { name: 'Copy ARN' }).first();
  await copy.press('Enter');
  await expect(copy).toContainText('Copied');
  const arn = await page.evaluate(() => navigator.clipboard.readText());
  expect(arn).toMatch(/^arn:aws:s3tables:us-east-1:\d{12}:bucket\/analytics-lakehouse$/);
  await expect(page.getByTitle(arn).first()).toBeVisible();
});

inWorld(
  'a table bucket says that changes reach new tables only, and lists those with another key',
  async ({ visit: page }) => {
    await page.goto('/table-buckets/analytics-lakehouse');
    await expect(page.getByText('Changes apply to new tables only')).toBeVisible();
    const others = page.getByRole('table', { name: 'Tables with another key' });
    await expect(others.getByRole('row')).toHaveCount(2);
    await expect(others.getByRole('row', { name: /scratch\.load_test/ })).toContainText('SSE-S3');
  },
);

inWorld('a directory bucket shows its key as locked and the way to another one', async ({ visit: page, world }) => {
  await page.goto(`/directory-buckets/features-${world.account.id}--use1-az4--x-s3`);
  await expect(page.getByText('Key locked', { exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Change default' })).toHaveCount(0);
  await page.getByRole('link', { name: 'Create the new directory bucket' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Create directory bucket' })).toBeVisible();
});

inWorld('a theme of the system follows the system', async ({ visit: page }) => {
  const canvas = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto('/');
  const light = await canvas();
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await canvas()).not.toBe(light);
});

inWorld('pages are light: little script, early content, nothing jumps', async ({ visit: page }) => {
  await page.addInitScript(() => {
    const vitals = { shift: 0, paint: 0 };
    Object.assign(window, { vitals });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) vitals.shift += (entry as PerformanceEntry & { value: number }).value;
    }).observe({ type: 'layout-shift', buffered: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) vitals.paint = entry.startTime;
    }).observe({ type: 'largest-contentful-paint', buffered: true });
  });
  for (const path of ['/', '/keys', '/keys/new', '/table-buckets/analytics-lakehouse', '/uploads/new', '/audit']) {
    await page.goto(path, { waitUntil: 'networkidle' });
    const { shift, paint, script } = await page.evaluate(() => {
      const resources = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
      const scripts = resources.filter((it) => it.initiatorType === 'script' || it.name.endsWith('.js'));
      const { vitals } = window as unknown as { vitals: { shift: number; paint: number } };
      return { ...vitals, script: scripts.reduce((sum, it) => sum + it.encodedBodySize, 0) };
    });
    expect.soft(script / 1024, `kB of script on ${path}`).toBeLessThan(200);
    expect.soft(shift, `layout shift on ${path}`).toBeLessThan(0.1);
    expect.soft(paint, `largest paint on ${path}`).toBeLessThan(2500);
  }
});

test('the key picker finds by typing and says why a key can’t be taken', async ({ page, account }) => {
  for (const name of ['usable', 'disabled']) {
    const { KeyMetadata } = await account.kms.send(new CreateKeyCommand({}));
    await account.kms.send(new CreateAliasCommand({ AliasName: `alias/${name}`, TargetKeyId: KeyMetadata?.KeyId }));
    if (name === 'disabled') await account.kms.send(new DisableKeyCommand({ KeyId: KeyMetadata?.KeyId }));
  }
  // The first upload with SSE-KMS and no key brings the AWS managed key to life.
  await account.s3.send(new CreateBucketCommand({ Bucket: `first-${account.id}` }));
  await account.s3.send(
    new PutObjectCommand({ Bucket: `first-${account.id}`, Key: 'a', Body: 'a', ServerSideEncryption: 'aws:kms' }),
  );
  await page.goto('/table-buckets/new');
  const picker = page.getByRole('combobox', { name: 'KMS key' });
  await picker.click();
  const managed = page.getByRole('option', { name: 'alias/aws/s3' });
  await expect(managed).toHaveAttribute('aria-disabled', 'true');
  await expect(managed).toContainText('Table buckets need a customer managed key');
  const disabled = page.getByRole('option', { name: 'alias/disabled' });
  await expect(disabled).toHaveAttribute('aria-disabled', 'true');
  await expect(disabled).toContainText('while it is disabled');
  await picker.fill('usa');
  await expect(page.getByRole('option')).toHaveCount(1);
  await picker.press('Enter');
  await expect(picker).toHaveValue(/usable/);
  await expect(page.getByRole('listbox', { name: 'KMS key' })).toBeHidden();
});

test('the default encryption of a bucket is changed, and the page says for what', async ({ page, account }) => {
  const { KeyMetadata } = await account.kms.send(new CreateKeyCommand({}));
  await account.kms.send(new CreateAliasCommand({ AliasName: 'alias/later', TargetKeyId: KeyMetadata?.KeyId }));
  const bucket = `plain-${account.id}`;
  await account.s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await page.goto('/');
  await open(page, 'General purpose buckets');
  await page.getByRole('link', { name: bucket }).click();
  await page.getByRole('button', { name: 'Change default' }).click();
  const dialog = page.getByRole('dialog', { name: `Default encryption of ${bucket}` });
  await expect(dialog).toContainText('Changes apply to new objects only');
  await dialog.getByRole('radio', { name: /^SSE-KMS/ }).check();
  await pickKey(page, 'later');
  await dialog.getByRole('button', { name: /^Change default/ }).click();
  await applyPlan(page, `Change the default encryption of ${bucket}`);
  await expect(message(page, 'Default encryption changed to SSE-KMS')).toBeVisible();
  await expect(page.getByRole('main')).toContainText('alias/later');
  expect(await account.requests('PutBucketEncryption')).toHaveLength(1);
});

test('a grant is made, looked at, and revoked', async ({ page, account }) => {
  const { KeyMetadata } = await account.kms.send(new CreateKeyCommand({}));
  await page.goto(`/keys/${KeyMetadata?.KeyId}?tab=grants`);
  await page.getByRole('button', { name: 'Create grant' }).click();
  const dialog = page.getByRole('dialog', { name: 'Create a grant' });
  await dialog.getByRole('combobox', { name: 'Who may use the key' }).fill(`arn:aws:iam::${account.id}:root`);
  await dialog.getByRole('textbox', { name: 'Name' }).fill('nightly');
  await dialog.getByRole('button', { name: /^Create grant/ }).click();
  await applyPlan(page, /^Create a grant on key/);
  await expect(message(page, 'The grant was created')).toBeVisible();
  await page
    .getByRole('table', { name: 'Grants' })
    .getByRole('button', { name: /^Open grant to/ })
    .click();
  const panel = page.getByRole('complementary', { name: 'Grant' });
  await expect(panel).toContainText('nightly');
  await panel.getByRole('button', { name: 'Revoke' }).click();
  await applyPlan(page, /^Revoke a grant on key/);
  await expect(message(page, 'The grant was revoked')).toBeVisible();
  await expect(page.getByText('No grants yet')).toBeVisible();
  expect(await account.requests('RevokeGrant')).toHaveLength(1);
});
