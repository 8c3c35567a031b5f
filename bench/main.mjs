// The benchmarks: one run, ratios against what can be installed here. See bin/bench.mjs.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../bin/bootstrap.mjs';
import { access } from './access.mjs';
import { largeWorld } from './console.mjs';
import { growth } from './growth.mjs';
import { memory } from './memory.mjs';
import { start } from './start.mjs';
import { throughput } from './throughput.mjs';
import { uploads } from './uploads.mjs';

const PARTS = { throughput, memory, growth, start, access, console: largeWorld, uploads };
const wanted = process.argv.slice(2);
const unknown = wanted.filter((it) => !Object.hasOwn(PARTS, it));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}. Parts: ${Object.keys(PARTS).join(', ')}.`);
  process.exit(2);
}

const results = [];
for (const [name, part] of Object.entries(PARTS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n${name}`);
  // Each row: what was measured, the figure, the bar it has to reach (if the project has set one), and whether it did.
  await part((row) => {
    results.push({ part: name, ...row });
    const verdict = row.bar === undefined ? '' : row.ok ? `  ok (bar ${row.bar})` : `  BELOW the bar ${row.bar}`;
    console.log(`  ${row.what.padEnd(58)} ${row.figure}${verdict}`);
  });
}
mkdirSync(path.join(root, 'bench', 'results'), { recursive: true });
writeFileSync(path.join(root, 'bench', 'results', 'last.json'), JSON.stringify(results, null, 2));
const below = results.filter((it) => it.ok === false);
console.log(below.length === 0 ? '\nEvery bar is reached.' : `\n${below.length} bars are not reached.`);
process.exit(below.length === 0 ? 0 : 1);
