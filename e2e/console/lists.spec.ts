/** What every list can do: expectations 8 to 13 and 15 to 17. */
import { CreateAliasCommand, CreateKeyCommand, DescribeKeyCommand, DisableKeyCommand } from '@aws-sdk/client-kms';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import type { Page } from '@playwright/test';
import { type Account, expect, test } from './fixtures.ts';
import { message } from './steps.ts';

async function keys(account: Account, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const { KeyMetadata } = await account.kms.send(new CreateKeyCommand({ Description: `Key of ${name}` }));
    await account.kms.send(new CreateAliasCommand({ AliasName: `alias/${name}`, TargetKeyId: KeyMetadata?.KeyId }));
  }
}

async function keyOf(account: Account, name: string): Promise<string | undefined> {
  const { KeyMetadata } = await account.kms.send(new DescribeKeyCommand({ KeyId: `alias/${name}` }));
  return KeyMetadata?.KeyId;
}

async function addFilter(page: Page, property: string, operator: string, value: string): Promise<void> {
  await page.getByRole('button', { name: 'Add a property filter' }).click();
  const menu = page.getByRole('group', { name: 'Add a property filter' });
  await menu.getByRole('combobox', { name: 'Property' }).selectOption(property);
  await menu.getByRole('combobox', { name: 'Operator' }).selectOption(operator);
  await menu.getByRole('combobox', { name: 'Value' }).fill(value);
  await menu.getByRole('button', { name: 'Add filter' }).click();
  await expect(menu).toBeHidden();
}

test('tokens, several rows at once, and a panel beside the list', async ({ page, account, browser }) => {
  await keys(account, ['alpha', 'beta', 'gamma']);
  await account.kms.send(new DisableKeyCommand({ KeyId: await keyOf(account, 'beta') }));
  await page.goto('/keys');
  const table = page.getByRole('table', { name: 'KMS keys' });
  const status = page.getByRole('status', { name: 'Selection' });
  await expect(page.getByText('(3)')).toBeVisible();
  await expect(page.getByText(/^Read \d\d:\d\d:\d\d$/)).toBeVisible();

  await test.step('several rows: the head is ticked in part, actions say why they are not there', async () => {
    const enable = page.getByRole('button', { name: /^Enable/ });
    await expect(enable).toHaveAccessibleName(/Select keys first/);
    const all = page.getByRole('checkbox', { name: 'Select all keys shown' });
    await table.getByRole('row').filter({ hasText: 'alias/beta' }).getByRole('checkbox').check();
    await expect(status).toHaveText('1 key selected');
    expect(await all.evaluate((box) => (box as HTMLInputElement).indeterminate)).toBe(true);
    await enable.click();
    await expect(message(page, '1 key enabled')).toBeVisible();
    await expect(status).toHaveText('No keys selected');
    await all.check();
    await expect(status).toHaveText('3 keys selected');
    await expect(enable).toHaveAccessibleName(/alias\/\w+ is Enabled/);
    await enable.focus();
    await expect(enable).toHaveAttribute('data-why', /alias\/\w+ is Enabled/);
    await page.getByRole('button', { name: 'Clear selection' }).click();
  });

  await test.step('tokens are added, removed and cleared, and stand in the address', async () => {
    await addFilter(page, 'State', 'is', 'Enabled');
    await expect(page.getByText('(3/3)')).toBeVisible();
    await page.getByRole('searchbox').fill('managed by is not AWS');
    await page.getByRole('searchbox').press('Enter');
    await expect(page.getByRole('button', { name: 'Remove filter Managed by is not AWS' })).toBeVisible();
    await page.getByRole('searchbox').fill('gamma');
    await expect(page.getByText('(1/3)')).toBeVisible();
    await expect(page).toHaveURL(/q=gamma/);
    const state = await page.context().storageState();
    const other = await browser.newContext({ storageState: state });
    const copy = await other.newPage();
    await copy.goto(page.url());
    await expect(copy.getByText('(1/3)')).toBeVisible();
    await other.close();
    await page.getByRole('button', { name: 'Remove filter State is Enabled' }).click();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await expect(page.getByText('(3)')).toBeVisible();
  });

  await test.step('a row opens beside the list by Enter, is resized by keyboard, closes on Escape', async () => {
    const first = table.getByRole('row').nth(1);
    await first.focus();
    await page.keyboard.press('ArrowDown');
    await expect(table.getByRole('row').nth(2)).toBeFocused();
    await page.keyboard.press('Enter');
    const panel = page.getByRole('complementary');
    await expect(panel).toBeFocused();
    await expect(page).toHaveURL(/item=/);
    const edge = page.getByRole('separator', { name: 'Width of the panel' });
    const before = Number(await edge.getAttribute('aria-valuenow'));
    await edge.press('ArrowLeft');
    await expect(edge).toHaveAttribute('aria-valuenow', String(before + 24));
    const box = await edge.boundingBox();
    if (!box) throw new Error('The edge is not drawn.');
    await page.mouse.move(box.x + box.width / 2, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x - 100, box.y + 40);
    await page.mouse.up();
    const wide = async () => Number(await edge.getAttribute('aria-valuenow'));
    await expect.poll(wide).toBeGreaterThan(before + 60);
    const width = String(await wide());
    await page.reload();
    await expect(edge).toHaveAttribute('aria-valuenow', width);
    await page.keyboard.press('Escape');
    await expect(panel).toBeHidden();
    await expect(page).not.toHaveURL(/item=/);
  });

  await test.step('columns and page size are kept for the person', async () => {
    await page.getByRole('button', { name: 'Columns and display' }).click();
    const menu = page.getByRole('group', { name: 'Columns and display' });
    await menu.getByRole('checkbox', { name: 'Spec' }).uncheck();
    await menu.getByRole('combobox', { name: 'Rows' }).selectOption('25 on a page');
    await menu.getByRole('combobox', { name: 'Density' }).selectOption('Compact');
    await page.reload();
    await expect(table.getByRole('columnheader', { name: 'State' })).toBeVisible();
    await expect(table.getByRole('columnheader', { name: 'Spec' })).toBeHidden();
    await expect(page.locator('html')).toHaveAttribute('data-density', 'compact');
  });
});

test('a long list draws few rows, fills in its details, and pages where a person prefers that', async ({
  page,
  account,
}) => {
  const names = Array.from({ length: 400 }, (_, index) => `${account.id}-${String(index).padStart(4, '0')}`);
  for (let at = 0; at < names.length; at += 50) {
    await Promise.all(names.slice(at, at + 50).map((Bucket) => account.s3.send(new CreateBucketCommand({ Bucket }))));
  }
  await page.goto('/buckets');
  await expect(page.getByText('(400)')).toBeVisible();
  expect(await page.locator('tbody tr').count()).toBeLessThan(200);
  // Every row is read in the end, without being in sight.
  await expect(page.getByRole('progressbar', { name: 'Details read' })).toHaveCount(0);
  await page.getByRole('searchbox').fill('-0399');
  await expect(page.getByText('(1/400)')).toBeVisible();
  await expect(page.getByRole('row').filter({ hasText: '-0399' })).toContainText('SSE-S3');
  await page.goto('/buckets?size=50&page=3&sort=-name');
  await expect(page.getByRole('row').nth(1)).toContainText('-0299');
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page).toHaveURL(/page=4/);
  await expect(page.getByRole('row').nth(1)).toContainText('-0249');
});
