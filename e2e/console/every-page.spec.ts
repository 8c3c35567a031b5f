import type { Page } from '@playwright/test';
import { expectAccessible } from './accessible.ts';
import { crawl, ROUTES, routeOf, settled } from './crawl.ts';
import { expect, test } from './fixtures.ts';
import { upload } from './steps.ts';

async function expectNoSidewaysScroll(page: Page, where: string): Promise<void> {
  for (const width of [360, 320]) {
    await page.setViewportSize({ width, height: 800 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect.soft(wide, `${where} at ${width} px`).toBeLessThanOrEqual(width);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

async function expectStructure(page: Page, where: string): Promise<string> {
  expect.soft(await page.getByRole('heading', { level: 1 }).count(), where).toBe(1);
  expect.soft(await page.getByRole('banner').count(), where).toBe(1);
  expect.soft(await page.getByRole('main').count(), where).toBe(1);
  expect.soft(await page.getByRole('status', { name: 'Simulated environment' }).count(), where).toBe(1);
  expect.soft(await page.locator('time:not([datetime])').count(), where).toBe(0);
  await expect.soft(page.getByRole('navigation', { name: 'Main' }), where).toBeVisible();
  const last = page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('listitem').last();
  await expect.soft(last, where).toHaveAttribute('aria-current', 'page');
  expect.soft(await last.getByRole('link').count(), where).toBe(0);
  return page.title();
}

test.use({ contextOptions: { reducedMotion: 'reduce' } });

test('every page in both themes: accessible, within the screen, named, silent', async ({ browser, world, watch }) => {
  // Some eighty pages and sections, each audited in two themes.
  test.setTimeout(900_000);
  const context = await browser.newContext({ storageState: world.state, reducedMotion: 'reduce' });
  const page = await context.newPage();
  watch.follow(page);
  await upload(page, { to: `raw-events-${world.account.id}`, as: 'Role BackfillJob', objects: 2 });
  await upload(page, { to: `raw-events-${world.account.id}`, objects: 2 });

  await page.goto('/setup');
  await page.getByRole('button', { name: 'Set up a table bucket' }).click();
  await page.waitForURL(/\/goal$/);

  const titles = new Map<string, string>();
  const pages = await crawl(page, async (address) => {
    const title = await expectStructure(page, address);
    const pathname = address.split('?')[0] ?? '';
    expect.soft(title, address).toMatch(/ · SSE-KMS Console$/);
    expect.soft(titles.get(title) ?? pathname, `title of ${address}`).toBe(pathname);
    titles.set(title, pathname);
    await expectAccessible(page, address);
    await expectNoSidewaysScroll(page, address);
  });
  // The login page shows itself only where a password is set: see the tests of sessions.
  expect([...new Set(pages.map(routeOf))].toSorted()).toEqual(ROUTES);
  await context.close();
});

test('what floats above a page is accessible too', async ({ browser, world, watch }) => {
  const context = await browser.newContext({ storageState: world.state, reducedMotion: 'reduce' });
  const page = await context.newPage();
  watch.follow(page);
  await page.goto('/keys');
  const scenes: readonly [string, () => Promise<unknown>, () => Promise<unknown>][] = [
    [
      'palette',
      () => page.keyboard.press('Control+k'),
      () => expect(page.getByRole('combobox', { name: 'Search or run a command' })).toBeFocused(),
    ],
    [
      'shortcuts',
      () => page.keyboard.press('?'),
      () => expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible(),
    ],
    [
      'theme menu',
      () => page.getByRole('button', { name: 'Theme' }).click(),
      () => expect(page.getByRole('group', { name: 'Theme' })).toBeVisible(),
    ],
    [
      'clock',
      () => page.getByRole('button', { name: 'Move clock' }).click(),
      () => expect(page.getByRole('dialog', { name: 'Move the world clock' })).toBeVisible(),
    ],
    [
      'reset',
      () => page.getByRole('button', { name: 'Reset' }).click(),
      () => expect(page.getByRole('dialog', { name: 'Reset this world' })).toBeVisible(),
    ],
  ];
  for (const [name, show, shown] of scenes) {
    await test.step(name, async () => {
      await show();
      await shown();
      await expectAccessible(page, name);
      await page.keyboard.press('Escape');
      await expect(page.locator('dialog[open], :popover-open')).toHaveCount(0);
    });
  }
  await test.step('narrow navigation', async () => {
    await page.setViewportSize({ width: 360, height: 800 });
    await page.getByRole('button', { name: 'Open navigation' }).click();
    const drawer = page.getByRole('dialog', { name: 'Navigation' });
    await expect(drawer.getByRole('link', { name: 'Overview' })).toBeVisible();
    await expectAccessible(page, 'drawer');
    await drawer.getByRole('link', { name: 'Overview' }).click();
    await expect(drawer).toBeHidden();
    await page.setViewportSize({ width: 1440, height: 900 });
  });
  await test.step('an open combobox and a grant dialog', async () => {
    await page.goto('/table-buckets/new');
    await page.getByRole('combobox', { name: 'KMS key' }).click();
    await expect(page.getByRole('option').first()).toBeVisible();
    await expectAccessible(page, 'key picker');
    await page.goto('/keys');
    await page.getByRole('link', { name: 'alias/raw-events' }).click();
    await page.getByRole('link', { name: /^Grants/ }).click();
    await page.getByRole('button', { name: 'Create grant' }).click();
    await expect(page.getByRole('dialog', { name: 'Create a grant' })).toBeVisible();
    await expectAccessible(page, 'grant dialog');
  });
  await context.close();
});

test('an address that does not exist: one sentence, a way back, and nothing broken', async ({ page, watch }) => {
  watch.allow(/404 \(Not Found\)/);
  for (const address of ['/no-such-page', '/uploads/no-such-upload']) {
    const answer = await page.goto(address);
    await settled(page);
    expect(answer?.status(), address).toBe(404);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByRole('link', { name: 'Go to the overview' })).toBeVisible();
    await expectAccessible(page, address);
    await expectNoSidewaysScroll(page, address);
  }
});

test('the first stop of the keyboard is the way past the navigation', async ({ browser, world }) => {
  const context = await browser.newContext({ storageState: world.state });
  const page = await context.newPage();
  for (const address of ['/', '/keys', '/settings']) {
    await page.goto(address);
    await page.keyboard.press('Tab');
    const skip = page.getByRole('link', { name: 'Skip to main content' });
    await expect(skip, address).toBeFocused();
    await expect(skip, address).toBeInViewport();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('main'), address).toBeFocused();
  }
  await context.close();
});
