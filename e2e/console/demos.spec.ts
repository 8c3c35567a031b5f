import type { Browser, Page } from '@playwright/test';
import { SCENARIOS } from '../../lib/scenarios/all.ts';
import { expectAccessible } from './accessible.ts';
import { settled } from './crawl.ts';
import { expect, test } from './fixtures.ts';

/** The step has happened and is shown. */
async function played(page: Page, step: number, of: number): Promise<void> {
  await expect(page.getByRole('img', { name: `Step ${step} of ${of}` })).toBeVisible();
  await expect(page.getByRole('main')).toHaveAttribute('aria-busy', 'false');
  await expect(page.getByRole('main').getByRole('alert')).toHaveCount(0);
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
}

const worldOf = (page: Page): string => new URL(page.url()).searchParams.get('world') ?? '';

async function presenter(browser: Browser, watch: { follow(page: Page): void }): Promise<Page> {
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const page = await context.newPage();
  watch.follow(page);
  return page;
}

test('every scenario, from its first step to its last, by the keyboard', async ({ browser, watch }) => {
  test.setTimeout(180_000);
  const page = await presenter(browser, watch);
  await page.goto('/demos');
  await settled(page);
  await expect(page.getByRole('listitem').filter({ has: page.getByRole('heading', { level: 2 }) })).toHaveCount(
    SCENARIOS.length,
  );
  const worlds = new Set<string>();
  for (const [index, { id, title, steps }] of SCENARIOS.entries()) {
    await test.step(id, async () => {
      await page.goto(`/demos/${id}/1${index === 0 ? '' : `?world=${worldOf(page)}`}`);
      for (let step = 1; step <= steps.length; step += 1) {
        await played(page, step, steps.length);
        await expect(page).toHaveTitle(`${title}, step ${step} of ${steps.length} · SSE-KMS Console`);
        if (step === 3 && index % 4 === 0) await expectAccessible(page, `${id}, step ${step}`);
        if (step < steps.length) await page.keyboard.press('ArrowRight');
      }
      worlds.add(worldOf(page));
    });
  }
  expect(worlds.size).toBe(1);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('heading', { level: 1, name: 'Demo scenarios' })).toBeVisible();
  await page.context().close();
});

test('two people present at once; a console page shows the world of its own tab, and nobody else’s', async ({
  account,
  browser,
  page: own,
  watch,
}) => {
  const [first, second] = await Promise.all([presenter(browser, watch), presenter(browser, watch)]);
  await Promise.all([first.goto('/demos/disabled-key/2'), second.goto('/demos/one-key-for-life/1')]);
  await Promise.all([played(first, 2, 5), played(second, 1, 5)]);
  expect(worldOf(first)).not.toBe(worldOf(second));

  // A page that a step leads to, and pages from there on, stay in the step's world.
  const [opened] = await Promise.all([
    first.context().waitForEvent('page'),
    first.getByRole('link', { name: 'The key', exact: true }).click(),
  ]);
  watch.follow(opened);
  await expect(opened.getByRole('heading', { level: 1, name: 'alias/invoices' })).toBeVisible();
  await opened.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'KMS keys' }).click();
  await expect(opened.getByRole('link', { name: 'alias/invoices' })).toBeVisible();
  expect(worldOf(opened)).toBe(worldOf(first));
  await expect(opened.getByRole('status', { name: 'Simulated environment' })).toContainText(worldOf(first));
  await expect(opened.getByRole('link', { name: 'Back to the demo' })).toBeVisible();

  // The connection of a tab without a world has not moved.
  await own.goto('/');
  await expect(own.getByRole('status', { name: 'Simulated environment' })).toContainText(account.id);
  await opened.getByRole('link', { name: 'Leave this world' }).click();
  await expect(opened.getByRole('status', { name: 'Simulated environment' })).not.toContainText(worldOf(first));

  // Reset begins one story anew; the other stays where it is.
  await first.getByRole('button', { name: 'Reset scenario' }).click();
  await played(first, 1, 5);
  await second.reload();
  await played(second, 1, 5);
  await first.context().close();
  await second.context().close();
});

test('E45 the same story has the same ids each time it is loaded, in under 2 s', async ({ browser, watch }) => {
  const page = await presenter(browser, watch);
  await page.goto('/demos/context-flip/1');
  await played(page, 1, 5);
  const links = page.getByRole('complementary', { name: 'Speaker notes' }).getByRole('link');
  const hrefs = () => links.evaluateAll((all) => all.map((one) => one.getAttribute('href')));
  const before = await hrefs();
  const shown = await page.getByRole('main').innerText();
  const begun = Date.now();
  await page.getByRole('button', { name: 'Reset scenario' }).click();
  await expect(page.getByRole('button', { name: 'Reset scenario' })).toHaveAttribute('aria-disabled', 'false');
  expect(Date.now() - begun).toBeLessThan(2000);
  await played(page, 1, 5);
  expect(await hrefs()).toEqual(before);
  expect(await page.getByRole('main').innerText()).toBe(shown);
  await page.context().close();
});

test('it plays by itself with captions, notes can be hidden and held by a second window', async ({
  browser,
  watch,
}) => {
  const page = await presenter(browser, watch);
  await page.goto('/demos/hadoop-wrong-property/1');
  await played(page, 1, 5);
  await page.clock.install();
  await page.getByRole('link', { name: 'Play by itself' }).click();
  await expect(page.getByText('A job is configured for SSE-KMS').nth(1)).toBeVisible();
  await page.clock.runFor(60_000);
  await played(page, 2, 5);
  await page.getByRole('link', { name: 'Pause' }).click();
  await expect(page.getByRole('link', { name: 'Play by itself' })).toBeVisible();

  await page.keyboard.press('n');
  await expect(page.getByRole('complementary', { name: 'Speaker notes' })).toHaveCount(0);
  expect(page.url()).toContain('notes=off');

  const [notes] = await Promise.all([
    page.context().waitForEvent('page'),
    page.getByRole('link', { name: 'Notes window' }).click(),
  ]);
  watch.follow(notes);
  await expect(notes.getByText('Green everywhere')).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await expect(notes.getByText('SSE-KMS without a key means aws/s3')).toBeVisible();
  await notes.getByRole('link', { name: 'Back' }).click();
  await played(page, 2, 5);
  await page.context().close();
});

test('what does not exist is not found, and an account of one’s own is never emptied', async ({
  account,
  page,
  watch,
}) => {
  watch.allow(/404 \(Not Found\)/);
  for (const address of ['/demos/no-such-story/1', '/demos/disabled-key/9', '/demos/disabled-key/first']) {
    const answer = await page.goto(address);
    expect(answer?.status(), address).toBe(404);
    await expect(page.getByRole('link', { name: 'Choose a scenario' })).toBeVisible();
  }
  await page.goto(`/demos/disabled-key/1?world=${account.id}`);
  await played(page, 1, 5);
  expect(worldOf(page)).not.toBe(account.id);
});
