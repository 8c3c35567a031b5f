/** The log files of a trail: everything that an account did in a Region on a day, data events too (CT-06, CT-07, CT-08). */

import { createHash } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { AuditStore, StoredEvent } from '../storage/audit.ts';
import { recordOf } from './record.ts';

const DAY = 86_400_000;
/** Events that are read and printed between two breaths. */
const SLICE = 200;

/** Regions that are looked at for events; a Region of a client's own making has no folder in the listing. */
const REGIONS: readonly string[] = (
  'us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 ca-west-1 mx-central-1 sa-east-1 eu-west-1 ' +
  'eu-west-2 eu-west-3 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 ap-east-1 ap-east-2 ' +
  'ap-south-1 ap-south-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-southeast-1 ap-southeast-2 ' +
  'ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-7 il-central-1 me-central-1 me-south-1 ' +
  'af-south-1 us-gov-east-1 us-gov-west-1 cn-north-1 cn-northwest-1'
).split(' ');

/** One account, Region and day (UTC, `2026-11-21`, of world time). */
export interface TrailFolder {
  readonly accountId: string;
  readonly region: string;
  readonly day: string;
}

export interface TrailFile extends TrailFolder {
  /** As in a trail's bucket: `AWSLogs/ACCT/CloudTrail/REGION/2026/11/21/ACCT_CloudTrail_REGION_20261121T0000Z_….json.gz`. */
  readonly key: string;
}

/**
 * Days of an account with events, oldest first, in every Region that has had one. A day in one Region may turn out empty
 * when only another Region had events on it.
 */
export function trailFiles(audit: AuditStore, accountId: string): readonly TrailFile[] {
  const regions = REGIONS.filter((region) => audit.hasEvents(accountId, region));
  const files: TrailFile[] = [];
  for (let at = audit.nextTime(accountId, 0); at !== undefined; ) {
    const day = new Date(at).toISOString().slice(0, 10);
    for (const region of regions) files.push({ accountId, region, day, key: keyOf({ accountId, region, day }) });
    at = audit.nextTime(accountId, Date.parse(day) + DAY);
  }
  return files;
}

/** The key of a folder's file. The same every time: a file here is made anew for whoever reads it. */
export function keyOf({ accountId, region, day }: TrailFolder): string {
  const unique = createHash('sha256').update(`${accountId}/${region}/${day}`).digest('base64url');
  const letters = unique.replaceAll(/[-_]/g, '0').slice(0, 16);
  const name = `${accountId}_CloudTrail_${region}_${day.replaceAll('-', '')}T0000Z_${letters}.json.gz`;
  return `AWSLogs/${accountId}/CloudTrail/${region}/${day.replaceAll('-', '/')}/${name}`;
}

/** The file itself, `{"Records":[…]}` in gzip, as a stream: a day may hold any number of events. */
export function trailFile(audit: AuditStore, folder: TrailFolder): Readable {
  const file = new PassThrough();
  Readable.from(printed(audit, folder))
    .on('error', (error) => file.destroy(error))
    .pipe(createGzip())
    .pipe(file);
  return file;
}

async function* printed(audit: AuditStore, folder: TrailFolder): AsyncGenerator<string> {
  let separator = '';
  yield '{"Records":[';
  for (const slice of slices(audit, folder)) {
    let text = '';
    for (const stored of slice) {
      text += separator + JSON.stringify(recordOf(stored));
      separator = ',';
    }
    if (text !== '') yield text;
    await new Promise((resolve) => setImmediate(resolve));
  }
  yield ']}';
}

/** Management events, newest first, then data events, oldest first: as in a trail, order means nothing. */
function* slices(audit: AuditStore, { accountId, region, day }: TrailFolder): Generator<readonly StoredEvent[]> {
  const from = Date.parse(day);
  const to = from + DAY - 1;
  let before: { time: number; sequence: number } | undefined;
  for (;;) {
    const events = audit.lookup({ accountId, region, from, to, limit: SLICE, ...(before && { before }) });
    yield events;
    before = events.at(-1);
    if (before === undefined || events.length < SLICE) break;
  }
  let after: { time: number; sequence: number } | undefined = { time: from, sequence: 0 };
  while (after !== undefined) {
    const page = audit.dataEvents({ accountId, region, to, after, limit: SLICE });
    yield page.events;
    after = page.next;
  }
}
