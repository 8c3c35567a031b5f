import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openStorage } from './open.ts';
import { bytesOf, temporaryDirectory } from './testing/directory.ts';
import { KILL_KEY, KILL_TABLES } from './testing/kill.ts';
import { ACCOUNT } from './testing/records.ts';

const CHILD = fileURLToPath(new URL('testing/kill-child.ts', import.meta.url));
const KILLS = 50;

interface Acknowledged {
  readonly id: number;
  readonly hash: string;
  readonly requestId: string;
}

/** How the process dies: by the test's hand, at whatever it is doing, or by its own, as it acknowledges a body. */
type Death = 'killed' | 'by its own hand';

/** Lets a process write until it has acknowledged `count` bodies and is killed in the middle of the others. */
async function writeAndKill(dataDir: string, first: number, count: number, death: Death): Promise<Acknowledged[]> {
  const child = spawn(process.execPath, [CHILD, dataDir, String(first), death === 'killed' ? '0' : String(count)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const acknowledged: Acknowledged[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const match = /^(\d+) ([0-9a-f]{64}) (\S{36})$/.exec(line);
    // A line cut by the kill acknowledges nothing.
    if (match === null) continue;
    const [, id = '', hash = '', requestId = ''] = match;
    acknowledged.push({ id: Number(id), hash, requestId });
    if (death === 'killed' && acknowledged.length === count) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve));
  expect({ signal: child.signalCode, complaint }).toEqual({ signal: 'SIGKILL', complaint: '' });
  return acknowledged;
}

/** Opens the directory as a start would and looks at every object. Gives the highest id. */
async function inspect(dataDir: string, acknowledged: readonly Acknowledged[]): Promise<number> {
  const storage = openStorage({ dataDir });
  const { state, bodies, audit } = storage;
  try {
    state.migrate('kill', KILL_TABLES);
    const rows = state.statement('SELECT id, hash, size, file, body FROM object ORDER BY id').all();
    const hashes = new Map(rows.map((row) => [Number(row['id']), String(row['hash'])]));
    const files = new Set(rows.flatMap((row) => (row['file'] === null ? [] : [String(row['file'])])));
    await bodies.sweep((file) => files.has(file));
    for (const row of rows) {
      const body =
        row['body'] instanceof Uint8Array
          ? bodies.open(KILL_KEY, row['body'])
          : await bytesOf(bodies.read(KILL_KEY, String(row['file']), Number(row['size'])));
      expect([row['id'], createHash('sha256').update(body).digest('hex')]).toEqual([row['id'], row['hash']]);
    }
    for (const { id, hash, requestId } of acknowledged) {
      expect([id, hashes.get(id)]).toEqual([id, hash]);
      expect(audit.ledger({ accountId: ACCOUNT, requestId }).records).toMatchObject([{ requestId }]);
    }
    const left = readdirSync(join(dataDir, 'bodies'), { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile())).toHaveLength(files.size);
    expect(state.db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    // The next process need not look at the same objects again.
    state.write(() => {
      for (const file of files) bodies.drop(file);
      state.statement('DELETE FROM object').run();
    });
    return Number(rows.at(-1)?.['id'] ?? 0);
  } finally {
    await storage.close();
  }
}

test(`killed ${KILLS} times in the middle of concurrent writes, nothing acknowledged is lost and nothing is half there`, {
  timeout: 300_000,
}, async () => {
  const dataDir = temporaryDirectory();
  let first = 0;
  let whole = 0;
  for (let round = 0; round < KILLS; round++) {
    const acknowledged = await writeAndKill(
      dataDir,
      first,
      1 + ((round * 7) % 40),
      round % 2 === 0 ? 'killed' : 'by its own hand',
    );
    whole += acknowledged.length;
    first = 1 + (await inspect(dataDir, acknowledged));
  }
  expect(whole).toBeGreaterThan(KILLS);
});
