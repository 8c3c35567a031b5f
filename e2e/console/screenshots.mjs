// node e2e/console/screenshots.mjs: every page of the demonstration world, in both themes, wide and narrow, into
// screenshots/.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { chromium } from '@playwright/test';
import { root } from '../../bin/bootstrap.mjs';
import { ensureBuilt } from '../../bin/build.mjs';
import { requireChromium } from '../../bin/chromium.mjs';
import { crawl } from './crawl.ts';
import { makeDataDir, removeDataDir, startConsole, startEmulator } from './processes.ts';
import { loadWorld, upload } from './steps.ts';

const VIEWS = [
  { name: '', width: 1440, height: 900 },
  { name: '-360', width: 360, height: 800 },
];
const folder = path.join(root, 'screenshots');

await ensureBuilt();
mkdirSync(folder, { recursive: true });
const dataDir = makeDataDir();
const emulator = await startEmulator({ dataDir });
const server = await startConsole({ emulator });
const browser = await chromium.launch({ executablePath: requireChromium(), args: ['--no-sandbox'] });
try {
  const context = await browser.newContext({ baseURL: server.url, reducedMotion: 'reduce', viewport: VIEWS[0] });
  const page = await context.newPage();
  await page.goto('/');
  await shoot(page, 'empty-overview');
  await loadWorld(page);
  await upload(page, { to: 'raw-events-111122223333', as: 'Role BackfillJob', objects: 4 });
  await upload(page, { to: 'analytics-lakehouse, sales.orders', objects: 3 });
  const addresses = await crawl(page, (address) => shoot(page, nameOf(address)));
  console.log(`${addresses.length} pages in ${folder}`);
} finally {
  await browser.close();
  await Promise.all([server.stop(), emulator.stop()]);
  removeDataDir(dataDir);
}

async function shoot(page, name) {
  for (const { name: view, ...size } of VIEWS) {
    await page.setViewportSize(size);
    for (const theme of ['light', 'dark']) {
      await page.evaluate((value) => void (document.documentElement.dataset.theme = value), theme);
      await page.screenshot({ path: path.join(folder, `${name}${view}-${theme}.png`), fullPage: true });
    }
  }
  await page.setViewportSize(VIEWS[0]);
}

/** `/keys/[id]?tab=policy` → `keys-id-policy`: names stay the same from one run to the next. */
function nameOf(address) {
  const [pathname, query = ''] = address.split('?');
  const parts = pathname.split('/').filter(Boolean);
  const known = parts.map((it) => (/^[0-9a-f-]{8,}$|^[0-9A-Z]{10,}$/.test(it) ? 'one' : it));
  return [...(known.length === 0 ? ['overview'] : known), query.replace('tab=', '')].filter(Boolean).join('-');
}
