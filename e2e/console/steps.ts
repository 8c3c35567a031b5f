/** What a person does in the console, by role and name. Several tests begin with these. */

import { expect, type Locator, type Page } from '@playwright/test';

/** The message that tells what came of the last action. */
export function message(page: Page, title: string | RegExp): Locator {
  return page.getByRole('region', { name: 'Messages' }).getByRole('status').filter({ hasText: title });
}

/** Points the console of this browser at an account, as a person does: on the settings page. */
export async function connectTo(page: Page, id: string): Promise<void> {
  await page.goto('/settings');
  await page.getByRole('textbox', { name: 'Account' }).fill(id);
  await page.getByRole('button', { name: 'Use this connection' }).click();
  await expect(page.getByRole('status', { name: 'Simulated environment' })).toContainText(id);
  // The message stays across pages until it is dismissed; tests look for messages of their own.
  await page.getByRole('region', { name: 'Messages' }).getByRole('button', { name: 'Dismiss' }).click();
}

/** Loads the demonstration world with the overview's button. */
export async function loadWorld(page: Page): Promise<void> {
  await page.goto('/');
  await page.getByRole('button', { name: 'Load the demonstration world' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'The demonstration world is there' })).toBeVisible();
}

/** Applies the plan that is being reviewed; types the word where the plan wants one. */
export async function applyPlan(page: Page, title: string | RegExp, word?: string): Promise<void> {
  const plan = page.getByRole('dialog', { name: title });
  await expect(plan.getByRole('tablist', { name: 'The plan' })).toBeVisible();
  if (word !== undefined) await plan.getByRole('textbox', { name: `Type ${word} to confirm` }).fill(word);
  await plan.getByRole('button', { name: /^Apply / }).click();
}

/** Goes to a section by the side navigation. */
export async function open(page: Page, section: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: section }).click();
  await expect(page.getByRole('heading', { level: 1, name: section })).toBeVisible();
}

/** Types into the key picker and takes the option. */
export async function pickKey(page: Page, alias: string): Promise<void> {
  await page.getByRole('combobox', { name: 'KMS key' }).fill(alias);
  await page.getByRole('option', { name: `alias/${alias}` }).click();
  await expect(page.getByRole('listbox', { name: 'KMS key' })).toBeHidden();
}

export async function createKey(page: Page, alias: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Alias' }).fill(alias);
  await page.getByRole('textbox', { name: 'Description' }).fill('Made by the main job');
  await page.getByRole('button', { name: /^Create key/ }).click();
  await expect(message(page, `The key alias/${alias} was created`)).toBeVisible();
  await expect(page.getByRole('heading', { level: 1, name: `alias/${alias}` })).toBeVisible();
}

export interface Upload {
  /** Text of the option of "Upload to". */
  readonly to: string;
  /** Text of the option of "As"; the connection's own identity where it is absent. */
  readonly as?: string;
  readonly objects: number;
  readonly atOnce?: number;
}

/** Describes and starts an upload, and waits until it has ended. */
export async function upload(page: Page, { to, as, objects, atOnce = 1 }: Upload): Promise<void> {
  await page.goto('/uploads/new');
  await page.getByRole('combobox', { name: 'Upload to' }).selectOption({ label: to });
  if (as !== undefined) await page.getByRole('combobox', { name: 'As' }).selectOption({ label: as });
  await page.getByRole('spinbutton', { name: /^(Objects|Appends)$/ }).fill(String(objects));
  await page.getByRole('spinbutton', { name: /^(Size of each|Rows of each)$/ }).fill('1');
  await page.getByRole('spinbutton', { name: 'At once' }).fill(String(atOnce));
  await page.getByRole('button', { name: /^Start the upload/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: /^Upload to / })).toBeVisible();
  await expect(
    page.getByRole('button', { name: 'Repeat' }).or(page.getByRole('link', { name: 'Repeat' })),
  ).toBeVisible();
}

/** One figure of an upload or of the overview: `figure(page, 'Spared')`. */
export function figure(page: Page, label: string): Locator {
  return page
    .getByRole('main')
    .locator('dl > div')
    .filter({ has: page.getByText(label, { exact: true }) });
}

/** Opens a section of a page. */
export async function tab(page: Page, name: string): Promise<void> {
  const link = page.getByRole('navigation', { name: /sections$/ }).getByRole('link', { name });
  await link.click();
  await expect(link).toHaveAttribute('aria-current', 'page');
}

/** Rows of an upload's table of requests that made one operation. */
export function requestRows(page: Page, operation: string): Locator {
  return page
    .getByRole('table', { name: 'Requests of the upload' })
    .getByRole('row')
    .filter({ has: page.getByText(operation, { exact: true }) });
}

/** Waits until the page's own script listens: a key that is pressed before goes nowhere. */
export async function ready(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const button = document.querySelector('button[aria-keyshortcuts]');
    return button !== null && Object.keys(button).some((key) => key.startsWith('__reactProps'));
  });
  // The effects of what was hydrated, which listen for keys, have run when the page is idle.
  await page.evaluate(() => new Promise((resolve) => void requestIdleCallback(resolve)));
}
