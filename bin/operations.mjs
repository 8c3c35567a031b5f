// Finds every operation that the console sends, by the commands its code makes: `kms:ListKeys`, in order.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './bootstrap.mjs';

const FOLDERS = ['lib/aws', 'lib/uploads', 'lib/setup', 'lib/scenarios', 'app'];
const IMPORT = /import\s+(?:type\s+)?(\*\s+as\s+(\w+)|\{[^}]*\})\s+from\s+'@aws-sdk\/client-(\w+)'/g;

/** Text of `lib/aws/sent-operations.json`. */
export function sentOperations() {
  const found = new Set();
  for (const folder of FOLDERS) {
    for (const file of sources(path.join(root, folder))) {
      const text = readFileSync(file, 'utf8');
      for (const [, what, namespace, service] of text.matchAll(IMPORT)) {
        const made = namespace
          ? [...text.matchAll(new RegExp(`new ${namespace}\\.(\\w+)Command\\(`, 'g'))].map((match) => match[1])
          : [...what.matchAll(/(\w+)Command\b/g)]
              .map((match) => match[1])
              .filter((name) => text.includes(`new ${name}Command(`));
        for (const operation of made) found.add(`${service}:${operation}`);
      }
    }
  }
  return `${JSON.stringify(
    [...found].sort((left, right) => (left < right ? -1 : 1)),
    null,
    2,
  )}\n`;
}

function sources(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.test.ts'))
      .map((entry) => path.join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}
