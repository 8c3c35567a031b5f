/** The forecast: what is typed is counted at once, the address holds it, and what can't be is refused at its field. */

import { AxeBuilder } from '@axe-core/playwright';
import { PRESETS } from '../../lib/usage/presets.ts';
import { expect, test } from './fixtures.ts';
import { figure, open } from './steps.ts';

test('COST-06 LIM-01 every known workload is forecast, and its address shows the same to somebody else', async ({
  page,
  account: _account,
  context,
}) => {
  await page.goto('/');
  await open(page, 'KMS requests and cost');
  const presets = page.getByRole('navigation', { name: 'Workloads that people know' });
  for (const { name } of PRESETS) {
    await presets.getByRole('button', { name }).click();
    await expect(presets.getByRole('button', { name })).toHaveAttribute('aria-pressed', 'true');
    await expect(figure(page, 'KMS requests')).not.toContainText('NaN');
  }
  await presets.getByRole('button', { name: 'Spark job with 1,000 executors' }).click();
  await page.getByRole('textbox', { name: 'Requesters' }).fill('1000');
  await page.getByRole('combobox', { name: 'Bucket key' }).selectOption('Off');
  await page.getByRole('checkbox', { name: 'eu-north-1' }).check();
  await expect(figure(page, 'KMS requests')).toContainText('1.44 billion');
  const quota = page.getByRole('table', { name: 'Requests a second against the quota' });
  await expect(quota.getByRole('row')).toHaveCount(3);
  await expect(figure(page, 'Spared')).toContainText('no key is kept');
  await page.getByText('The same as a table').click();
  await expect(page.getByRole('table', { name: 'KMS requests by minute' }).getByRole('row')).toHaveCount(61);

  const other = await context.newPage();
  await other.goto(page.url());
  await expect(figure(other, 'KMS requests')).toContainText('1.44 billion');
  await expect(other.getByRole('checkbox', { name: 'eu-north-1' })).toBeChecked();
});

test('COST-09 numbers that can not be are refused at their field, and prices are one’s own', async ({ page }) => {
  await page.goto('/usage?puts=-5&hours=never&days=99999');
  await expect(page.getByText('Objects written: at least 0.')).toBeVisible();
  await expect(page.getByText('Hours a day takes a number.')).toBeVisible();
  await expect(page.getByText('Days: at most 3,660.')).toBeVisible();
  const written = page.getByRole('textbox', { name: 'Objects written', exact: true });
  await expect(written).toHaveValue('-5');
  await expect(written).toHaveAccessibleDescription(/at least 0/);
  await page.getByRole('combobox', { name: 'Into' }).selectOption('Directory bucket');
  await page.getByRole('combobox', { name: 'KMS key' }).selectOption('AWS managed (aws/s3)');
  await expect(page.getByText('Directory buckets and table buckets need a customer managed key.')).toBeVisible();

  await page.goto('/usage?puts=10020000&gets=0&days=1&bucketKey=off&peak=1');
  await page.getByText('Change prices').click();
  const cost = page.getByRole('table', { name: 'Cost by component' }).getByRole('row', { name: /^KMS requests/ });
  await expect(cost).toContainText('$30.06');
  await page.getByRole('textbox', { name: /^KMS requests, 10,000 requests/ }).fill('0.06');
  await expect(cost).toContainText('$60.12');
  await expect(page).toHaveURL(/price\.kmsRequests=0\.06/);
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
});
