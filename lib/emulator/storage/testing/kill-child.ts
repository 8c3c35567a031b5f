/**
 * A process to be killed: stores small and large bodies as fast as it can and prints a line for each that is durable.
 * Arguments: data directory, first number, and after how many lines it kills itself (0 for never): in the very moment in
 * which a body is acknowledged, before the event loop turns again.
 */

import { createHash, randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { openStorage } from '../open.ts';
import { chunksOf, KILL_KEY, KILL_TABLES, WRITERS } from './kill.ts';
import { putRecord } from './records.ts';

const [dataDir = '', first = '0', deathAfter = '0'] = process.argv.slice(2);
const { state, bodies, audit } = openStorage({ dataDir });
state.migrate('kill', KILL_TABLES);
let next = Number(first);
let lines = 0;

async function store(): Promise<void> {
  const id = next++;
  // Every third body is a large one: 150 kB to 1 MB.
  const body = randomBytes(id % 3 === 0 ? 150_000 + (id % 7) * 120_000 : 1 + (id % 5000));
  const hash = createHash('sha256').update(body).digest('hex');
  const large = body.length > 65_536;
  const file = large ? (await bodies.ingest(KILL_KEY, chunksOf(body), () => {})).file : null;
  state.write(() =>
    state
      .statement('INSERT INTO object (id, hash, size, file, body) VALUES (?, ?, ?, ?, ?)')
      .run(id, hash, body.length, file, large ? null : bodies.seal(KILL_KEY, body)),
  );
  const record = putRecord({ key: String(id) });
  audit.append(record);
  await state.settled();
  // Synchronously: a line that was written here has left the process.
  writeSync(1, `${id} ${hash} ${record.ledger.requestId}\n`);
  if (++lines === Number(deathAfter)) process.kill(process.pid, 'SIGKILL');
}

async function writer(): Promise<void> {
  for (;;) await store();
}

await Promise.all(Array.from({ length: WRITERS }, writer));
