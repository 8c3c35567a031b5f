import { chromium } from '@playwright/test';
import { ensureBuilt } from '../bin/build.mjs';
import { requireChromium } from '../bin/chromium.mjs';
import { makeDataDir, removeDataDir, startConsole, startEmulator } from '../e2e/console/processes.ts';
import { fillLargeWorld } from './large-world.mjs';

/** What each page has to keep: milliseconds, shares, elements, bytes. */
const BARS = {
  'first rows': { limit: 1500, unit: 'ms' },
  filter: { limit: 200, unit: 'ms' },
  'longest task': { limit: 200, unit: 'ms' },
  'row elements': { limit: 199, unit: '' },
  'largest paint': { limit: 1500, unit: 'ms' },
  'layout shift': { limit: 0.1, unit: '' },
  'next paint': { limit: 200, unit: 'ms' },
  script: { limit: 200_000, unit: 'bytes' },
};

/**
 * The console in a world of size (`large-world.mjs`): for each page the time to its first rows, of its filter and of the
 * answer to a key, its longest task, elements of rows, Core Web Vitals and script as it comes over the wire. For each
 * measure the worst page is named.
 */
export async function largeWorld(report) {
  await ensureBuilt();
  const dataDir = makeDataDir();
  const emulator = await startEmulator({ dataDir });
  const server = await startConsole({ emulator });
  const browser = await chromium.launch({ executablePath: requireChromium(), args: ['--no-sandbox'] });
  try {
    const world = await fillLargeWorld(emulator, undefined, (what) => console.log(`  making ${what}`));
    const figures = [];
    for (const address of pagesOf(world)) {
      // Twice: what the first visitor of a started server pays (code read, connections opened) is not the page's.
      await visit(browser, server.url, address);
      figures.push({ address, ...(await visit(browser, server.url, address)) });
    }
    for (const { address, ...measured } of figures) {
      const text = Object.entries(measured).map(([name, value]) => `${name} ${round(value)}`);
      console.log(`  ${address.replace(world.keyId, 'KEY').padEnd(40)} ${text.join(', ')}`);
    }
    for (const [name, { limit, unit }] of Object.entries(BARS)) {
      const worst = figures.filter((it) => it[name] !== undefined).toSorted((a, b) => b[name] - a[name])[0];
      if (worst === undefined) continue;
      report({
        what: `${name}, worst page ${worst.address.replace(world.keyId, 'KEY')}`,
        figure: `${round(worst[name])} ${unit}`,
        value: worst[name],
        bar: `${limit} ${unit}`,
        ok: worst[name] <= limit,
      });
    }
  } finally {
    await browser.close();
    await Promise.all([server.stop(), emulator.stop()]);
    removeDataDir(dataDir);
  }
}

const pagesOf = ({ keyId, tableBucket }) => [
  '/',
  '/table-buckets',
  `/table-buckets/${tableBucket}`,
  '/keys',
  `/keys/${keyId}`,
  `/keys/${keyId}?tab=grants`,
  `/access?key=${keyId}`,
  '/identities',
  '/audit',
  '/audit?tab=ledger',
  '/decisions',
];

async function visit(browser, baseURL, address) {
  const context = await browser.newContext({ baseURL, viewport: { width: 1440, height: 900 } });
  try {
    const page = await context.newPage();
    await page.addInitScript(observe);
    const session = await context.newCDPSession(page);
    let script = 0;
    const types = new Map();
    await session.send('Network.enable');
    session.on('Network.responseReceived', ({ requestId, type }) => types.set(requestId, type));
    session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      if (types.get(requestId) === 'Script') script += encodedDataLength;
    });
    const begun = performance.now();
    await page.goto(address, { waitUntil: 'commit' });
    const rows = page.locator('main tbody tr, main [role=row], main svg [role=button], main dl').first();
    await rows.waitFor({ timeout: 60_000 });
    const first = performance.now() - begun;
    await page.waitForLoadState('networkidle');
    const initialScript = script;
    const filter = page.getByRole('searchbox').first();
    let filtered;
    if (await filter.isVisible()) {
      await filter.click();
      await page.keyboard.type('1', { delay: 20 });
      filtered = await page.evaluate(() => globalThis.timeToFrame());
    }
    const seen = await page.evaluate(() => globalThis.seen());
    return {
      'first rows': first,
      ...(filtered !== undefined && { filter: filtered }),
      ...seen,
      'row elements': await page.locator('main tbody tr').count(),
      script: initialScript,
    };
  } finally {
    await context.close();
  }
}

/** Runs in the page before its own script. */
function observe() {
  const found = { 'longest task': 0, 'largest paint': 0, 'layout shift': 0, 'next paint': 0 };
  const watch = (type, take, options = {}) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true, ...options });
  watch('longtask', (it) => {
    found['longest task'] = Math.max(found['longest task'], it.duration);
  });
  watch('largest-contentful-paint', (it) => {
    found['largest paint'] = it.startTime;
  });
  watch('layout-shift', (it) => {
    if (!it.hadRecentInput) found['layout shift'] += it.value;
  });
  watch(
    'event',
    (it) => {
      found['next paint'] = Math.max(found['next paint'], it.duration);
    },
    { durationThreshold: 16 },
  );
  globalThis.seen = () => found;
  // Deferred rendering included: the work behind a key press is done when two frames in a row came on time.
  globalThis.timeToFrame = () =>
    new Promise((resolve) => {
      const begun = performance.now();
      let last = begun;
      const frame = (now) => {
        if (now - last < 25 && now - begun > 20) resolve(now - begun);
        else {
          last = now;
          requestAnimationFrame(frame);
        }
      };
      requestAnimationFrame(frame);
    });
}

const round = (value) => (value >= 10 ? String(Math.round(value)) : value.toFixed(3).replace(/\.?0+$/, ''));
