/** Finds every page of the console by its own links. */

import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, type Page } from '@playwright/test';

const APP = path.resolve(import.meta.dirname, '../../app');

/** `/keys/[id]` for each page of the application that a signed-in person can reach. */
export const ROUTES: readonly string[] = readdirSync(APP, { recursive: true, encoding: 'utf8' })
  .filter((file) => path.basename(file) === 'page.tsx')
  .map((file) => `/${path.dirname(file)}`.replaceAll(/\/\(\w+\)|\/\.$/g, '') || '/')
  // Presentations have no navigation and play in accounts of their own: `demos.spec.ts` walks through them.
  .filter((route) => route !== '/login' && !route.includes('...') && !route.startsWith('/demos/'))
  .toSorted();

/** The route that an address belongs to: a page of its own (`/keys/new`) before the pattern that it fits too. */
export function routeOf(address: string): string {
  const pathname = address.split('?')[0] ?? '';
  const fits = (route: string) => new RegExp(`^${route.replaceAll(/\[\w+\]/g, '[^/]+')}$`).test(pathname);
  const parameters = (route: string) => route.split('[').length;
  return ROUTES.filter(fits).toSorted((a, b) => parameters(a) - parameters(b))[0] ?? pathname;
}

/** Visits one page for each route and each of its sections, and calls `look` on it. Gives the addresses. */
export async function crawl(
  page: Page,
  look: (address: string) => Promise<void>,
  from = '/',
): Promise<readonly string[]> {
  const queue = [from];
  const seen = new Map<string, string>();
  for (let link = queue.shift(); link !== undefined; link = queue.shift()) {
    const { pathname, searchParams } = new URL(link, 'http://console');
    const tab = searchParams.get('tab') ?? '';
    const kind = `${routeOf(pathname)} ${tab}`;
    if (seen.has(kind) || pathname.startsWith('/demos/')) continue;
    const address = `${pathname}${tab && `?tab=${tab}`}`;
    seen.set(kind, address);
    await page.goto(address);
    await settled(page);
    const links = page.locator('a[href^="/"]:not([download])');
    queue.push(...(await links.evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? '/'))));
    await look(address);
  }
  return [...seen.values()];
}

/** What the server streams after the first paint has arrived. */
export async function settled(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
  await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0);
}
