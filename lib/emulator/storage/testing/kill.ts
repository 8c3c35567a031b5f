/** What the process that is killed and the test that kills it have in common. */

export const KILL_KEY = new Uint8Array(32).fill(7);
export const WRITERS = 8;
export const KILL_TABLES = [
  'CREATE TABLE object (id INTEGER PRIMARY KEY, hash TEXT NOT NULL, size INTEGER NOT NULL, file TEXT, body BLOB) STRICT',
];

/** Chunks as a socket gives them, with other work in between. */
export async function* chunksOf(body: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < body.length; start += 65_536) {
    yield body.subarray(start, start + 65_536);
    await new Promise((resolve) => void setImmediate(resolve));
  }
}
