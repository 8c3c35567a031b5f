import 'server-only';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { type Aws, scopeOf } from '../aws/connection.ts';
import { dataDirectory } from '../aws/env.ts';
import type { Ignored } from './types.ts';

/** What people chose not to see, in `console/ignored-findings.json` of the data directory. */
const fileSchema = z.record(
  z.string(),
  z.array(z.object({ id: z.string(), reason: z.string(), until: z.string(), at: z.string() })),
);

function file(): string {
  return path.join(dataDirectory(), 'console', 'ignored-findings.json');
}

function readFile(): Record<string, Ignored[]> {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(file(), 'utf8')));
  } catch {
    // Not there yet, or written by somebody else: nothing is ignored.
    return {};
  }
}

/** What is ignored on this connection at a time (machine time, milliseconds); what has run out is not. */
export function readIgnored(aws: Aws, now: number): ReadonlyMap<string, Ignored> {
  const own = readFile()[scopeOf(aws.connection)] ?? [];
  return new Map(own.filter(({ until }) => Date.parse(until) > now).map((one) => [one.id, one]));
}

/** Ignores a finding, or shows it again where `entry` is absent. */
export function setIgnored(aws: Aws, id: string, entry?: Omit<Ignored, 'id'>): void {
  const all = readFile();
  const scope = scopeOf(aws.connection);
  const others = (all[scope] ?? []).filter((one) => one.id !== id);
  const next = { ...all, [scope]: entry ? [...others, { id, ...entry }] : others };
  mkdirSync(path.dirname(file()), { recursive: true, mode: 0o700 });
  const temporary = `${file()}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify(next, null, 2), { mode: 0o600 });
  renameSync(temporary, file());
}
