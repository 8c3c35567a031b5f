// npm test: everything that CI runs, in the order in which a mistake is found soonest. `npm test -- unit browser` runs
// only the steps named.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ensureInstalled, findNode, projectEnvironment, root, run } from './bootstrap.mjs';
import { ensureBuilt } from './build.mjs';
import { requireChromium } from './chromium.mjs';

ensureInstalled();
const results = path.join(root, 'test-results');
mkdirSync(results, { recursive: true });
const unitReport = path.join(results, 'unit.json');
const browserReport = path.join(results, 'browser.json');

const STEPS = {
  format: () => run('biome', ['ci', '--reporter=summary', '.']),
  types: async () => (await run('next', ['typegen'])) || run('tsc', ['--noEmit']),
  lint: () => run('oxlint', ['--quiet']),
  architecture: () => run(findNode(), ['bin/architecture.mjs']),
  unused: () => run('knip', []),
  unit: () => {
    rmSync(unitReport, { force: true });
    return run('vitest', ['run', '--reporter=dot', '--reporter=json', `--outputFile.json=${unitReport}`]);
  },
  clients: () => run(findNode(), ['e2e/clients/run.mjs', '--quick']),
  docs: () => run(findNode(), ['bin/docs.mjs', '--check']),
  build: async () => {
    await ensureBuilt();
    return 0;
  },
  browser: () => {
    rmSync(browserReport, { force: true });
    return run('playwright', ['test', '--reporter=list,json'], {
      env: { ...projectEnvironment(), CHROMIUM_PATH: requireChromium(), PLAYWRIGHT_JSON_OUTPUT_NAME: browserReport },
    });
  },
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((it) => !Object.hasOwn(STEPS, it));
if (unknown.length > 0) {
  console.error(`There is no step ${unknown.join(', ')}. Steps: ${Object.keys(STEPS).join(', ')}.`);
  process.exit(2);
}

let failedSteps = 0;
for (const [name, step] of Object.entries(STEPS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const begun = performance.now();
  console.log(`\n── ${name}`);
  const code = await step();
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  console.log(`── ${name}: ${code === 0 ? 'ok' : 'FAILED'} in ${seconds} s`);
  if (code !== 0) failedSteps += 1;
}

const unit = readReport(unitReport, (it) => ({
  passed: it.numPassedTests,
  failed: it.numFailedTests,
  skipped: it.numPendingTests,
}));
const browser = readReport(browserReport, (it) => ({
  passed: it.stats.expected,
  failed: it.stats.unexpected,
  skipped: it.stats.skipped,
}));
const sum = (key) => unit[key] + browser[key];
console.log(`\nTests: ${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
if (failedSteps > 0) console.error(`${failedSteps} of the steps failed, see above.`);
process.exit(failedSteps === 0 ? 0 : 1);

function readReport(file, pick) {
  try {
    return pick(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
}
