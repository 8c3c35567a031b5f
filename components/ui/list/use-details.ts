'use client';

import { useEffect, useRef, useState } from 'react';

/** How many rows are asked for at once, and how many such requests run at a time. */
const CHUNK = 100;
const AT_ONCE = 2;

/** A row of which so far only the name is known. */
export interface Pending {
  readonly pending?: boolean;
}

export interface Details<Row> {
  readonly rows: readonly Row[];
  readonly read: number;
  readonly total: number;
  readonly running: boolean;
  /** The console did not answer; what was read stands. */
  readonly failed: boolean;
  readonly stop: () => void;
  readonly resume: () => void;
}

/**
 * Reads the details of pending rows in the background, a chunk at a time, and gives the rows as they are so far.
 * @param url answers a POST of `{ items }` with `{ rows }` in the same order
 * @param item what the server needs to know of a row to read it
 */
export function useDetails<Row extends Pending>(
  url: string,
  first: readonly Row[],
  item: (row: Row) => unknown,
): Details<Row> {
  const [state, setState] = useState<{ first: readonly Row[]; rows: readonly Row[] }>({ first, rows: first });
  const [running, setRunning] = useState(true);
  const [failed, setFailed] = useState(false);
  const itemOf = useRef(item);
  // The rows were read again: what was filled in belongs to the reading before.
  const rows = state.first === first ? state.rows : first;
  const latest = useRef(rows);
  useEffect(() => {
    latest.current = rows;
  }, [rows]);
  useEffect(() => {
    if (!running) return;
    const stop = new AbortController();
    const chunks: number[][] = [];
    for (const [index, row] of latest.current.entries()) {
      if (!row.pending) continue;
      const last = chunks.at(-1);
      if (last && last.length < CHUNK) last.push(index);
      else chunks.push([index]);
    }
    const work = async () => {
      for (let chunk = chunks.shift(); chunk; chunk = chunks.shift()) {
        const places = chunk;
        const items = places.map((place) => itemOf.current(first[place] as Row));
        const response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ items }),
          signal: stop.signal,
        });
        if (!response.ok) throw new Error(String(response.status));
        const answer = (await response.json()) as { rows: readonly Row[] };
        setState((before) => {
          const next = [...(before.first === first ? before.rows : first)];
          places.forEach((place, at) => {
            const row = answer.rows[at];
            if (row) next[place] = row;
          });
          return { first, rows: next };
        });
      }
    };
    Promise.all(Array.from({ length: AT_ONCE }, work)).catch(() => {
      if (stop.signal.aborted) return;
      stop.abort();
      setFailed(true);
      setRunning(false);
    });
    return () => stop.abort();
  }, [url, first, running]);
  const read = rows.reduce((count, row) => count + (row.pending ? 0 : 1), 0);
  return {
    rows,
    read,
    total: rows.length,
    running: running && read < rows.length,
    failed,
    stop: () => setRunning(false),
    resume: () => {
      setFailed(false);
      setRunning(true);
    },
  };
}
