import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root, run } from './bootstrap.mjs';

const SOURCES = [
  'app',
  'components',
  'lib',
  'public',
  'next.config.ts',
  'postcss.config.mjs',
  'proxy.ts',
  'instrumentation.ts',
  'package-lock.json',
  'tsconfig.json',
];
const stamp = path.join(root, '.next', 'built-from');

/** Builds the console unless the last build was made from the same sources. Ends the process when the build fails. */
export async function ensureBuilt() {
  const sources = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  console.error('Building the console (once).');
  const code = await run('next', ['build'], { stdio: ['ignore', 2, 2] });
  if (code !== 0) process.exit(code);
  // The standalone server serves these itself, but the build leaves them where a CDN would look.
  const standalone = path.join(root, '.next', 'standalone');
  cpSync(path.join(root, '.next', 'static'), path.join(standalone, '.next', 'static'), { recursive: true });
  if (existsSync(path.join(root, 'public')))
    cpSync(path.join(root, 'public'), path.join(standalone, 'public'), { recursive: true });
  writeFileSync(stamp, sources);
}

// Contents rather than times: a clone, a checkout and a touch change times only.
function fingerprint() {
  const hash = createHash('sha256');
  for (const source of SOURCES) addTo(hash, source);
  return hash.digest('hex');
}

function addTo(hash, relative) {
  const absolute = path.join(root, relative);
  if (!existsSync(absolute)) return;
  if (statSync(absolute).isDirectory()) {
    for (const name of readdirSync(absolute).sort()) addTo(hash, path.join(relative, name));
  } else if (!/\.test\.tsx?$/.test(relative)) {
    hash.update(relative).update('\0').update(readFileSync(absolute)).update('\0');
  }
}
