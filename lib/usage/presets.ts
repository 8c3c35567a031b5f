/** Workloads that people know, at the size they have in practice. */

import { DEFAULTS, type Description } from './description.ts';

export interface Preset {
  readonly id: string;
  readonly name: string;
  /** One sentence. */
  readonly about: string;
  readonly description: Description;
}

const none = { puts: 0, gets: 0 };

function preset(id: string, name: string, about: string, changes: Partial<Description>): Preset {
  return { id, name, about, description: { ...DEFAULTS, ...changes } };
}

export const PRESETS: readonly Preset[] = [
  preset('log-delivery', 'Log delivery', 'One service writes many small objects all day; a tool reads some of them.', {
    puts: 8_640_000,
    gets: 800_000,
    requesters: 1,
    size: 64,
    age: 7,
    order: 'spread',
  }),
  preset('streaming', 'Streaming ingestion to a table', 'An append every ten seconds, and dashboards that query.', {
    ...none,
    target: 'table',
    appends: 8640,
    scans: 2000,
    files: 50,
    size: 4096,
    requesters: 2,
  }),
  preset('spark', 'Spark job with 1,000 executors', 'Four hours a day. Executors of one role are one requester.', {
    puts: 4_000_000,
    gets: 20_000_000,
    requesters: 1,
    hours: 4,
    peak: 4,
    size: 8192,
    age: 30,
  }),
  preset(
    'nightly-copy',
    'Nightly copy between buckets',
    'Five million objects from one bucket into another, at night.',
    {
      ...none,
      copies: 5_000_000,
      lists: 5000,
      requesters: 1,
      hours: 3,
      peak: 1.5,
    },
  ),
  preset('distcp', 'Hadoop distcp', 'Large files in parts and small ones at once, six hours a day.', {
    ...none,
    puts: 2_000_000,
    multiparts: 200_000,
    parts: 8,
    lists: 40_000,
    requesters: 1,
    hours: 6,
    size: 65_536,
  }),
  preset('analytics', 'Analytics reads', 'A hundred million reads a day all over a year of data.', {
    puts: 100_000,
    gets: 100_000_000,
    requesters: 12,
    hours: 12,
    peak: 3,
    size: 1024,
    age: 365,
    order: 'spread',
  }),
  preset(
    'training',
    'Training from a directory bucket',
    'Sixty-four workers of their own roles read half a billion objects.',
    {
      puts: 0,
      gets: 500_000_000,
      target: 'directory-bucket',
      requesters: 64,
      hours: 12,
      size: 128,
      age: 2,
    },
  ),
];
