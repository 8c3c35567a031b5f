import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect } from './fixtures.ts';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Everything in the light theme; in the dark one what depends on colour. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  for (const name of ['light', 'dark'] as const) {
    await page.evaluate((value) => void (document.documentElement.dataset['theme'] = value), name);
    const axe = new AxeBuilder({ page }).setLegacyMode(true);
    const { violations } = await (name === 'light' ? axe.withTags(TAGS) : axe.withRules(['color-contrast'])).analyze();
    const found = violations.flatMap(({ id, nodes }) => nodes.map((it) => `${id}: ${it.html} ${it.failureSummary}`));
    expect.soft(found, `${where}, ${name}`).toEqual([]);
  }
}
