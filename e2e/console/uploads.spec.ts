/** Workloads: described, saved, shared, run apart from the console, held, taken up again, and looked at afterwards. */

import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import type { LedgerTotals } from '../../lib/contract/ledger.ts';
import { WORKLOAD_PRESETS } from '../../lib/uploads/presets.ts';
import { type Account, expect, test } from './fixtures.ts';
import { figure, loadWorld, message, tab } from './steps.ts';

test.use({ contextOptions: { reducedMotion: 'reduce' } });

async function start(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Start the upload/ }).click();
  await expect(page.getByRole('progressbar', { name: 'Progress' })).toBeVisible();
}

const ended = (page: Page) => expect(page.getByRole('link', { name: 'Repeat' })).toBeVisible({ timeout: 30_000 });

async function expectClean(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  expect(violations.flatMap(({ id, nodes }) => nodes.map((it) => `${id}: ${it.html}`))).toEqual([]);
}

/** Follows how long the page takes to answer: the longest interaction so far, in milliseconds. */
async function watchInteractions(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    const longest = { interaction: 0 };
    Object.assign(window, { longest });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as PerformanceEventTiming[]) {
        if (entry.interactionId > 0) longest.interaction = Math.max(longest.interaction, entry.duration);
      }
    }).observe({ type: 'event', durationThreshold: 16, buffered: true } as PerformanceObserverInit);
  });
  return () => page.evaluate(() => (window as unknown as { longest: { interaction: number } }).longest.interaction);
}

/** A role of the account that may do everything. */
async function makeRole(account: Account, RoleName: string): Promise<void> {
  const document = (Statement: object) => JSON.stringify({ Version: '2012-10-17', Statement });
  const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: account.id } };
  await account.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: document(trust) }));
  const PolicyDocument = document({ Effect: 'Allow', Action: '*', Resource: '*' });
  await account.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'All', PolicyDocument }));
}

test('every known workload is a filled form, and runs to its end in a smaller size', async ({
  page,
  account: _account,
}) => {
  test.setTimeout(120_000);
  await loadWorld(page);
  for (const { name, requesters } of WORKLOAD_PRESETS) {
    await test.step(name, async () => {
      await page.goto('/uploads');
      await page.getByRole('navigation', { name: 'Workloads that people know' }).getByRole('link', { name }).click();
      await expect(page.getByRole('textbox', { name: /^Name of the workload/ })).toHaveValue(name);
      const counts = page.getByRole('spinbutton', { name: /^(Objects|Appends)$/ });
      await expect(counts).toHaveCount(requesters.length);
      for (const count of await counts.all()) await count.fill('12');
      for (const sessions of await page.getByRole('spinbutton', { name: 'Sessions' }).all())
        await sessions.fill(name.startsWith('Spark') ? '6' : '1');
      const span = page.getByRole('spinbutton', { name: 'Span' });
      if (await span.isVisible()) await span.fill('120');
      if (name.startsWith('Streaming')) await expectClean(page);
      await start(page);
      await ended(page);
      await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
      await expect(figure(page, 'KMS requests made')).not.toContainText('NaN');
    });
  }
});

test('a workload is saved, opened, duplicated and deleted, and its link holds it whole', async ({ page, account }) => {
  const bucket = `kept-${account.id}`;
  await account.s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await page.goto('/uploads/new?objects=33&size=2&name=Weekly');
  await page.getByRole('button', { name: 'Add a requester' }).click();
  await page.getByRole('group', { name: 'Requester 2' }).getByRole('spinbutton', { name: 'Objects' }).fill('7');
  await page.getByRole('button', { name: 'Save the workload' }).click();
  await expect(message(page, 'The workload Weekly was saved')).toBeVisible();
  const saved = page.getByRole('table', { name: 'Saved workloads' });
  await saved.getByRole('button', { name: 'Duplicate' }).click();
  await expect(saved.getByRole('row')).toHaveCount(3);
  await saved
    .getByRole('row', { name: /Weekly copy/ })
    .getByRole('button', { name: 'Delete' })
    .click();
  await expect(saved.getByRole('row')).toHaveCount(2);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await saved.getByRole('button', { name: 'Copy a link to Weekly' }).click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  await page.goto(link);
  await expect(
    page.getByRole('group', { name: 'Requester 2' }).getByRole('spinbutton', { name: 'Objects' }),
  ).toHaveValue('7');
  await page.goto('/uploads');
  await saved.getByRole('link', { name: 'Open Weekly' }).click();
  await page.getByRole('group', { name: 'Requester 2' }).getByRole('spinbutton', { name: 'Objects' }).fill('0');
  await page.getByRole('button', { name: /^Start the upload/ }).click();
  await expect(page.getByText('Objects: at least 1.').first()).toBeVisible();
});

test('BK-08 a revocation in the middle: the time machine shows when it bites, hop by hop, and compares', async ({
  page,
  account,
}) => {
  test.setTimeout(120_000);
  await loadWorld(page);
  for (const name of ['Ingest', 'Backfill']) await makeRole(account, name);
  const target = encodeURIComponent(`bucket raw-events-${account.id}`);
  const who = (name: string) => encodeURIComponent(`arn:aws:iam::${account.id}:role/${name}`);
  const fields = `target=${target}&principal=${who('Ingest')}&objects=60&size=1&requesters=2&1.target=${target}&1.principal=${who('Backfill')}&1.objects=60&1.size=1&pace=world&seconds=900&concurrency=4`;
  await page.goto(`/uploads/new?${fields}`);
  await start(page);
  await ended(page);
  const plain = page.url().split('/').at(-1)?.split('?')[0] ?? '';
  const before: LedgerTotals = await account.admin('ledger/totals?from=2020-01-01T00:00:00Z');
  await page.goto(`/uploads/new?${fields}&revoke=1&revokeAfter=400`);
  await start(page);
  await ended(page);
  await expect(page.getByText(/Use of KMS was taken from/)).toBeVisible();
  await tab(page, 'Time machine');
  const longest = await watchInteractions(page);
  await page.reload();
  const after: LedgerTotals = await account.admin('ledger/totals?from=2020-01-01T00:00:00Z');
  // E44: the figures are the emulator's own.
  await expect(figure(page, 'KMS requests made')).toContainText(String(after.made - before.made));
  await expect(figure(page, 'Spared')).toContainText(String(after.spared - before.spared));

  const playhead = page.getByRole('slider', { name: 'Playhead' }).and(page.locator(':visible'));
  await playhead.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await expect(playhead).toHaveAttribute('aria-valuetext', /event 1 of/);
  // E43: every hop, in order.
  const hops = page.getByRole('list', { name: 'Hops of the request' });
  await expect(hops.getByRole('listitem').filter({ hasText: 'kms:GenerateDataKey' })).toBeVisible();
  const titles = await hops.getByRole('listitem').allInnerTexts();
  const order = [
    'PutObject',
    'Session',
    's3:PutObject',
    'kms:GenerateDataKey',
    'Allowed by KMS',
    'Encrypted',
    'S3 answers 200',
    'CloudTrail',
  ];
  const positions = order.map((word) => titles.findIndex((title) => title.startsWith(word)));
  expect(positions, titles.join('\n')).toEqual(positions.toSorted((one, other) => one - other));
  expect(positions).not.toContain(-1);
  await hops.getByText('Event 1').click();
  await expect(hops.getByText('"eventName"').first()).toBeVisible();
  await page.keyboard.press('Escape');
  await playhead.focus();
  await page.keyboard.press('End');
  await expect(hops.getByText('Refused by KMS')).toBeVisible();
  await expect(page.getByRole('row', { name: /AccessDenied/ }).first()).toBeVisible();
  await page.getByRole('button', { name: 'To the start' }).click();
  await page.getByRole('button', { name: 'Play' }).click();
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
  await page.getByRole('button', { name: 'Pause' }).click();
  await expectClean(page);
  // E50: stepping, playing and picking answer at once.
  expect(await longest()).toBeLessThan(200);
  const address = new URL(page.url());
  expect(address.searchParams.has('t')).toBe(true);

  await page.getByRole('combobox', { name: 'Run to compare with' }).selectOption(plain);
  await page.getByRole('button', { name: 'Compare' }).click();
  await expect(page.getByRole('region', { name: 'The other run' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Time machine' })).toHaveCount(2);
  await page.setViewportSize({ width: 320, height: 800 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
});
