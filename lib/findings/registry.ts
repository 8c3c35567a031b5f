import 'server-only';
import { type Aws, scopeOf } from '../aws/connection.ts';
import { processWide } from '../aws/process-wide.ts';
import { scanEverything } from './scan.ts';
import type { Scan } from './types.ts';

/** The last scan of each connection and Region, kept while the console runs. */
const scans = processWide('findings', () => new Map<string, Scan>());

/** Scans that are remembered; the oldest is forgotten. */
const MOST_KEPT = 16;

function scanId(aws: Aws): string {
  return `${scopeOf(aws.connection)} ${aws.region}`;
}

/** How the last scan of this connection stands; undefined where there was none. */
export function lastScan(aws: Aws): Scan | undefined {
  return scans.get(scanId(aws));
}

/** Begins a scan unless one is going. Gives how it stands. */
export function beginScan(aws: Aws, setting: Parameters<typeof scanEverything>[1]): Scan {
  const id = scanId(aws);
  const going = scans.get(id);
  if (going?.status === 'running') return going;
  const startedAt = new Date().toISOString();
  // What was found before stays in sight until there is something new.
  const begun: Scan = { status: 'running', startedAt, done: 0, total: 0, findings: going?.findings ?? [], unseen: [] };
  scans.delete(id);
  scans.set(id, begun);
  for (const old of [...scans.keys()].slice(0, -MOST_KEPT)) scans.delete(old);
  void scanEverything(aws, setting, (progress) => {
    const ended = progress.status === 'running' ? {} : { endedAt: new Date().toISOString() };
    const findings = progress.status === 'running' && going ? going.findings : progress.findings;
    scans.set(id, { ...progress, findings, startedAt, ...ended });
  });
  return begun;
}
