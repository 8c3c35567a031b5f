import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { message, ready } from './steps.ts';

/** Walks on with Tab until an element has the focus, and sees that the focus can be seen. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  for (let steps = 0; steps < 60; steps += 1) {
    await page.keyboard.press('Tab');
    if (await wanted.evaluate((element) => element === document.activeElement)) {
      await expectFocusSeen(wanted);
      return;
    }
  }
  throw new Error(`Tab never reached ${String(wanted)}.`);
}

/** The focus ring is the element's own, or that of the box around it. */
async function expectFocusSeen(element: Locator): Promise<void> {
  const seen = await element.evaluate((it) => {
    for (let box: Element | null = it, level = 0; box && level < 3; box = box.parentElement, level += 1) {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(box);
      if ((outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0) || boxShadow !== 'none') return true;
    }
    return false;
  });
  expect(seen, 'a visible focus').toBe(true);
  await expect(element).toBeInViewport();
}

test('a key is created, found in the list and opened without a pointer', async ({ page, account: _account }) => {
  await page.goto('/');
  await ready(page);
  await page.keyboard.press('g');
  await page.keyboard.press('k');
  await expect(page.getByRole('heading', { level: 1, name: 'KMS keys' })).toBeVisible();
  await tabTo(page, page.getByRole('main').getByRole('link', { name: 'Create key' }).first());
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Create key' })).toBeVisible();
  await tabTo(page, page.getByRole('textbox', { name: 'Alias' }));
  await page.keyboard.type('by-hand');
  await tabTo(page, page.getByRole('button', { name: /^Create key/ }));
  await page.keyboard.press('Enter');
  await expect(message(page, 'The key alias/by-hand was created')).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('k');
  await expect(page.getByRole('heading', { level: 1, name: 'KMS keys' })).toBeVisible();
  await tabTo(page, page.getByRole('main').getByRole('link', { name: 'alias/by-hand' }));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'alias/by-hand' })).toBeVisible();
});

test('the palette finds pages, resources and actions; Escape gives the focus back', async ({
  browser,
  world,
  watch,
}) => {
  const context = await browser.newContext({ storageState: world.state });
  const page = await context.newPage();
  watch.follow(page);
  await page.goto('/keys');
  await ready(page);
  const search = page.getByRole('searchbox').first();
  await search.focus();
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('combobox', { name: 'Search or run a command' });
  await expect(palette).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(palette).toBeHidden();
  await expect(search).toBeFocused();

  await page.keyboard.press('Control+k');
  await page.keyboard.type('analytics-lakehouse');
  await expect(page.getByRole('option', { name: 'analytics-lakehouse' })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'analytics-lakehouse' })).toBeVisible();

  await page.keyboard.press('Control+k');
  await page.keyboard.type('theme: dark');
  await page.keyboard.press('Enter');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await context.close();
});

test('single keys act outside of fields only, and not at all once they are switched off', async ({
  page,
  account: _account,
}) => {
  await page.goto('/keys/new');
  await ready(page);
  const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  const alias = page.getByRole('textbox', { name: 'Alias' });
  await alias.focus();
  await page.keyboard.type('?gk');
  await expect(alias).toHaveValue('?gk');
  await expect(help).toBeHidden();
  await page.goto('/settings');
  await ready(page);
  await page.keyboard.press('?');
  await expect(help).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(help).toBeHidden();
  await page.getByRole('checkbox', { name: /^Single-key shortcuts/ }).uncheck();
  await page.reload();
  await ready(page);
  await expect(page.getByRole('checkbox', { name: /^Single-key shortcuts/ })).not.toBeChecked();
  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('?');
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox', { name: 'Search or run a command' })).toBeFocused();
  await expect(help).toBeHidden();
});

test('a list is filtered, sorted and shared by its address', async ({ browser, world, watch }) => {
  const context = await browser.newContext({ storageState: world.state });
  const page = await context.newPage();
  watch.follow(page);
  await page.goto('/keys');
  await ready(page);
  await page.getByRole('searchbox').fill('raw');
  await expect(page.getByText('(1/4)')).toBeVisible();
  await expect(page).toHaveURL(/q=raw/);
  await page.getByRole('searchbox').fill('nothing like this');
  await page.getByRole('button', { name: 'Clear filters' }).first().click();
  await expect(page.getByText('(4)')).toBeVisible();
  const name = page.getByRole('columnheader', { name: 'Name' });
  await name.getByRole('button').press('Enter');
  await expect(name).toHaveAttribute('aria-sort', 'ascending');
  await name.getByRole('button').press('Enter');
  await expect(name).toHaveAttribute('aria-sort', 'descending');
  const shared = await context.newPage();
  watch.follow(shared);
  await shared.goto(page.url());
  await expect(shared.getByRole('columnheader', { name: 'Name' })).toHaveAttribute('aria-sort', 'descending');
  await expect(shared.getByRole('row').nth(1)).toContainText('alias/raw-events');
  await context.close();
});
