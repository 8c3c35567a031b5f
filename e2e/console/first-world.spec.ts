import type { LedgerTotals } from '../../lib/contract/ledger.ts';
import { expect, test } from './fixtures.ts';
import { figure, loadWorld, open } from './steps.ts';

test('the demonstration world fills an empty account, and the overview shows the emulator’s own numbers', async ({
  page,
  account,
}) => {
  await loadWorld(page);
  await expect(page.getByText('There is nothing in this account and Region yet.')).toBeHidden();

  const { now } = await account.admin<{ now: string }>('clock');
  const span = (hours: number) => {
    const to = encodeURIComponent(now);
    const from = encodeURIComponent(new Date(Date.parse(now) - hours * 3_600_000).toISOString());
    return account.admin<LedgerTotals>(`ledger/totals?from=${from}&to=${to}&intervals=24`);
  };
  await page.goto('/');
  // The overview reads the account itself and is counted too, but it neither uses keys nor is it refused.
  const day = await span(24);
  expect(day).toMatchObject({ made: expect.any(Number), spared: expect.any(Number), refused: 2 });
  expect(day.made).toBeGreaterThan(0);
  expect(day.spared).toBeGreaterThan(0);
  await expect(figure(page, 'KMS requests made').getByRole('definition').first()).toHaveText(String(day.made));
  await expect(figure(page, 'Spared by bucket and table keys').getByRole('definition').first()).toHaveText(
    String(day.spared),
  );
  await expect(figure(page, 'Refused requests').getByRole('definition').first()).toHaveText(String(day.refused));

  await test.step('each kind of bucket and the keys are there', async () => {
    for (const [section, name] of [
      ['Table buckets', 'analytics-lakehouse'],
      ['Directory buckets', `features-${account.id}--use1-az4--x-s3`],
      ['General purpose buckets', `raw-events-${account.id}`],
      ['KMS keys', 'alias/lakehouse'],
    ] as const) {
      await open(page, section);
      await expect(page.getByRole('link', { name }).first()).toBeVisible();
    }
  });

  await test.step('its refusals are explained', async () => {
    await page.goto('/');
    const refusals = page.getByRole('row').filter({ hasText: 'BackfillJob' });
    await expect(refusals).toHaveCount(2);
    await refusals.first().getByRole('link', { name: 'Explain' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Why was this denied?' })).toBeVisible();
  });
});

test('two accounts can hold the world at once, and resetting one leaves the other', async ({
  page,
  account,
  world,
}) => {
  await loadWorld(page);
  await page.getByRole('button', { name: 'Reset' }).click();
  const dialog = page.getByRole('dialog', { name: 'Reset this world' });
  await dialog.getByRole('textbox', { name: 'Type reset to confirm' }).fill('reset');
  await dialog.getByRole('button', { name: /^Reset the world/ }).click();
  await expect(page.getByText('There is nothing in this account and Region yet.')).toBeVisible();
  const keys = async (of: typeof account) => (await of.requests('CreateKey')).length;
  expect(await keys(account)).toBe(0);
  expect(await keys(world.account)).toBe(4);
});
