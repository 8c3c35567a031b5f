import avro from 'avsc';
import { describe, expect, test } from 'vitest';
import { readContainer } from '../../iceberg/avro.ts';
import { stringifyExact } from '../../iceberg/exact-json.ts';
import { IcebergError } from '../../iceberg/metadata.ts';
import { appendToTable, openTable } from './append.ts';
import type { ObjectEvent } from './storage.ts';
import { ALIAS, type Entry, LOCATION, metadataOf, NAMES, scan, startFakeTable, TABLE_ARN } from './testing.ts';

// What a test reads has the shape that it expects, or the test fails.
/* oxlint-disable typescript/no-unsafe-type-assertion */

const ROWS = [
  { id: 1, note: 'first', at: new Date('2026-11-20T00:00:00Z') },
  { id: 2, note: null, at: new Date('2026-11-21T00:00:00Z') },
];
const COLUMNS = [
  { name: 'id', type: 'long', required: true },
  { name: 'note', type: 'string' },
  { name: 'at', type: 'timestamptz' },
] as const;

describe('an append', () => {
  test('TB-46 TB-61 writes data, manifest, list and metadata under the warehouse and commits them', async () => {
    const table = startFakeTable();
    const events: ObjectEvent[] = [];
    const commit = await appendToTable({
      ...table,
      table: NAMES,
      columns: COLUMNS,
      rows: ROWS,
      fileName: 'one.parquet',
      onObject: (event) => events.push(event),
    });
    expect(table.table.metadataLocation).toBe(commit.metadataLocation);
    expect(commit.metadataLocation).toMatch(new RegExp(`^${LOCATION}/metadata/00000-[0-9a-f-]+\\.metadata\\.json$`));
    expect(commit.attempts).toBe(1);
    expect((await scan(table)).rows).toEqual([
      { id: 1n, note: 'first', at: new Date('2026-11-20T00:00:00Z') },
      { id: 2n, note: null, at: new Date('2026-11-21T00:00:00Z') },
    ]);
    expect(events.map(({ operation, kind }) => `${operation} ${kind}`).sort()).toEqual([
      'PutObject data',
      'PutObject manifest',
      'PutObject manifest-list',
      'PutObject metadata',
      'UpdateTableMetadataLocation metadata',
    ]);
    expect(
      events.every(({ requestId, latencyMs, bucket }) => requestId === 'id' && latencyMs >= 0 && bucket === ALIAS),
    ).toBe(true);
    expect(events[0]).toMatchObject({ key: 'data/one.parquet', bytes: table.objects.get('data/one.parquet')?.length });
  });

  test('keeps what was there: snapshots, sequence numbers, totals, log', async () => {
    const table = startFakeTable();
    for (const id of [1, 2, 3]) {
      await appendToTable({ ...table, table: { tableArn: TABLE_ARN }, columns: COLUMNS, rows: [{ id }] });
    }
    const metadata = metadataOf(table);
    expect(metadata['last-sequence-number']).toBe(3);
    expect(metadata.snapshots?.map((snapshot) => snapshot['sequence-number'])).toEqual([1, 2, 3]);
    expect(metadata.snapshots?.[2]).toMatchObject({
      'parent-snapshot-id': metadata.snapshots?.[1]?.['snapshot-id'],
      summary: { operation: 'append', 'added-records': '1', 'total-records': '3', 'total-data-files': '3' },
    });
    expect(metadata.refs?.['main']?.['snapshot-id']).toBe(metadata['current-snapshot-id']);
    expect(metadata['snapshot-log']).toHaveLength(3);
    expect(metadata['metadata-log']).toHaveLength(2);
    const { rows, entries } = await scan(table);
    expect(new Set(rows.map(({ id }) => id))).toEqual(new Set([1n, 2n, 3n]));
    expect(new Set(entries.map((entry) => entry.snapshot_id)).size).toBe(3);
  });

  test('needs no read between two appends of one writer', async () => {
    const table = startFakeTable();
    const events: ObjectEvent[] = [];
    const writer = await openTable({
      ...table,
      table: NAMES,
      columns: COLUMNS,
      onObject: (event) => events.push(event),
    });
    await Promise.all([1, 2, 3, 4].map(async (id) => writer.commit([await writer.writeDataFile([{ id }])])));
    expect(events.filter(({ operation }) => operation === 'GetObject')).toEqual([]);
    expect(events).toHaveLength(4 * 5);
    expect((await scan(table)).rows).toHaveLength(4);
  });

  test('takes the schema of the table, its columns of other types and all else it does not know', async () => {
    const table = startFakeTable();
    const foreign = 8_765_432_109_876_543_210n;
    table.table.metadataLocation = `${LOCATION}/metadata/00041-x.metadata.json`;
    table.objects.set(
      'metadata/00041-x.metadata.json',
      Buffer.from(
        stringifyExact({
          'format-version': 2,
          'table-uuid': 'u',
          location: LOCATION,
          'last-sequence-number': 7,
          'last-updated-ms': 4_000_000_000_000,
          'current-schema-id': 1,
          schemas: [
            { type: 'struct', 'schema-id': 0, fields: [] },
            {
              type: 'struct',
              'schema-id': 1,
              fields: [
                { id: 4, name: 'id', required: true, type: 'int' },
                { id: 9, name: 'price', required: false, type: 'decimal(9, 2)' },
              ],
            },
          ],
          'default-spec-id': 0,
          'partition-specs': [{ 'spec-id': 0, fields: [] }],
          statistics: [{ 'snapshot-id': foreign, note: 'kept' }],
        }),
      ),
    );
    await appendToTable({ ...table, table: NAMES, rows: [{ id: 5 }] });
    const metadata = metadataOf(table);
    expect(metadata).toMatchObject({
      'last-sequence-number': 8,
      'last-updated-ms': 4_000_000_000_000,
      statistics: [{ 'snapshot-id': foreign, note: 'kept' }],
    });
    expect(table.table.metadataLocation).toMatch(/\/00042-/);
    const { rows, entries } = await scan(table);
    expect(rows).toEqual([{ id: 5 }]);
    expect(entries[0]?.data_file.lower_bounds).toEqual([{ key: 4, value: Buffer.from([5, 0, 0, 0]) }]);
    await expect(appendToTable({ ...table, table: NAMES, rows: [{ id: 5, price: 1 }] })).rejects.toThrow(
      /price.*decimal/,
    );
  });

  test.each([
    ['no JSON', '{', /not JSON/],
    ['no object', '[]', /not one of Iceberg/],
    ['another format version', '{"format-version":3}', /format version 3/],
    ['members missing', '{"format-version":2}', /not one of Iceberg/],
    [
      'partitions',
      '{"format-version":2,"last-sequence-number":1,"last-updated-ms":1,"current-schema-id":0,"default-spec-id":0,"schemas":[{"schema-id":0,"fields":[]}],"partition-specs":[{"spec-id":0,"fields":[{}]}]}',
      /partitioned/,
    ],
  ])('metadata that cannot be appended to is refused: %s', async (_name, text, message) => {
    const table = startFakeTable();
    table.table.metadataLocation = `${LOCATION}/metadata/00001-x.metadata.json`;
    table.objects.set('metadata/00001-x.metadata.json', Buffer.from(text));
    const append = appendToTable({ ...table, table: NAMES, rows: [{ id: 1 }] });
    await expect(append).rejects.toThrow(message);
    await expect(append).rejects.toBeInstanceOf(IcebergError);
  });

  test('what avsc alone reads of a manifest is what the spec names', async () => {
    const table = startFakeTable();
    await appendToTable({ ...table, table: NAMES, columns: COLUMNS, rows: ROWS });
    const [name, file] = [...table.objects].find(([key]) => key.endsWith('-m0.avro')) ?? ['', Buffer.alloc(0)];
    expect(name).not.toBe('');
    const { header } = readContainer(file);
    expect(header).toMatchObject({
      'format-version': '2',
      content: 'data',
      'partition-spec': '[]',
      'partition-spec-id': '0',
      'schema-id': '0',
    });
    expect(JSON.parse(header['schema'] ?? '')).toMatchObject({
      type: 'struct',
      fields: [{ id: 1 }, { id: 2 }, { id: 3 }],
    });
    expect(header['avro.schema']).toContain('"field-id":134');
    const records = await new Promise<Entry[]>((resolve, reject) => {
      const found: Entry[] = [];
      const decoder = new avro.streams.BlockDecoder();
      decoder.on('data', (entry: Entry) => found.push(entry));
      decoder.on('end', () => resolve(found)).on('error', reject);
      decoder.end(file);
    });
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({ status: 1, sequence_number: null, data_file: { record_count: 2 } });
  });
});

describe('when others commit at the same time', () => {
  test('TB-46 a conflict is answered by a commit on top of the other one, and no row is lost', async () => {
    const table = startFakeTable();
    const open = () => openTable({ ...table, table: NAMES, columns: COLUMNS });
    const first = await open();
    await first.commit([await first.writeDataFile([{ id: 0 }])]);
    const writers = await Promise.all([open(), open(), open()]);
    const commits = await Promise.all(
      writers.map(async (writer, index) => writer.commit([await writer.writeDataFile([{ id: index + 1 }])])),
    );
    expect(Math.max(...commits.map(({ attempts }) => attempts))).toBeGreaterThan(1);
    expect(new Set((await scan(table)).rows.map(({ id }) => id))).toEqual(new Set([0n, 1n, 2n, 3n]));
    expect(metadataOf(table)['last-sequence-number']).toBe(4);
  });

  test('TB-46 it gives up after as many attempts as it was told', async () => {
    let commits = 0;
    const table = startFakeTable(({ method, path }) => {
      if (method !== 'PUT' || !path.endsWith('/metadata-location')) return undefined;
      commits += 1;
      return { status: 409, error: 'ConflictException', body: '{"message":"stale"}' };
    });
    const append = appendToTable({ ...table, table: NAMES, columns: COLUMNS, rows: ROWS, commitAttempts: 2 });
    await expect(append).rejects.toMatchObject({ name: 'ConflictException' });
    expect(commits).toBe(2);
  });

  test('two writers that both give a new table its schema agree, or the second is told', async () => {
    const race = async (second: readonly { name: string; type: 'long' | 'string' }[], rows: object) => {
      const table = startFakeTable();
      const writers = [
        await openTable({ ...table, table: NAMES, columns: [{ name: 'id', type: 'long' }] }),
        await openTable({ ...table, table: NAMES, columns: second }),
      ] as const;
      const files = [
        await writers[0].writeDataFile([{ id: 1 }]),
        await writers[1].writeDataFile([rows as never]),
      ] as const;
      await writers[0].commit([files[0]]);
      await writers[1].commit([files[1]]);
      return (await scan(table)).rows;
    };
    expect(await race([{ name: 'id', type: 'long' }], { id: 2 })).toHaveLength(2);
    await expect(race([{ name: 'id', type: 'string' }], { id: 'x' })).rejects.toThrow(/schema was changed.*column id/);
  });

  test('a commit whose answer was lost is not made twice', async () => {
    let lost = false;
    const table = startFakeTable(({ method, path, body }) => {
      if (lost || method !== 'PUT' || !path.endsWith('/metadata-location')) return undefined;
      lost = true;
      const { metadataLocation } = JSON.parse(Buffer.from(body ?? '').toString()) as { metadataLocation: string };
      Object.assign(table.table, { metadataLocation, versionToken: 'v1' });
      return { status: 409, error: 'ConflictException', body: '{"message":"stale"}' };
    });
    const commit = await appendToTable({ ...table, table: NAMES, columns: COLUMNS, rows: ROWS });
    expect(table.table.metadataLocation).toBe(commit.metadataLocation);
    expect((await scan(table)).rows).toHaveLength(2);
  });
});

describe('what cannot be done says why, before anything is written', () => {
  const table = startFakeTable();
  const append = (rows: object[], columns: readonly object[] = COLUMNS) =>
    appendToTable({ ...table, table: NAMES, columns: columns as never, rows: rows as never });

  test.each([
    ['no rows', [], /at least one row/],
    ['an unknown column', [{ id: 1, colour: 'red' }], /no column colour/],
    ['a missing required value', [{ note: 'x' }], /Row 1 has no value for the required column id/],
    ['a value of another type', [{ id: 1 }, { id: 'two' }], /Row 2 has a value for column id that is no long/],
    ['a number that is too large', [{ id: 2n ** 63n }], /no long/],
  ])('%s', async (_name, rows, message) => {
    await expect(append(rows)).rejects.toThrow(message);
    await expect(append(rows)).rejects.toBeInstanceOf(IcebergError);
    expect(table.objects.size).toBe(0);
  });

  test('a refused data file: the error of S3 is told and passed on, and nothing is committed', async () => {
    const refusing = startFakeTable(({ method, path }) =>
      method === 'PUT' && path.startsWith(`/${ALIAS}/data/`)
        ? { status: 403, body: '<Error><Code>AccessDenied</Code><Message>no</Message></Error>' }
        : undefined,
    );
    const events: ObjectEvent[] = [];
    await expect(
      appendToTable({
        ...refusing,
        table: NAMES,
        columns: COLUMNS,
        rows: ROWS,
        onObject: (event) => events.push(event),
      }),
    ).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(events).toMatchObject([{ kind: 'data', error: { code: 'AccessDenied', message: 'no' } }]);
    expect(refusing.table.metadataLocation).toBeUndefined();
  });

  test('an aborted append stops before the next call', async () => {
    const stop = new AbortController();
    const slow = startFakeTable();
    const writer = await openTable({
      ...slow,
      table: NAMES,
      columns: COLUMNS,
      signal: stop.signal,
      onObject: () => stop.abort(),
    });
    const file = await writer.writeDataFile(ROWS);
    await expect(writer.commit([file])).rejects.toMatchObject({ name: 'AbortError' });
    expect([...slow.objects.keys()]).toHaveLength(1);
  });
});

test('three hundred appends of one writer stay quick', async () => {
  const table = startFakeTable();
  const writer = await openTable({ ...table, table: NAMES, columns: COLUMNS });
  const start = performance.now();
  for (let id = 0; id < 300; id += 1) await writer.commit([await writer.writeDataFile([{ id }])]);
  // Metadata grows with every snapshot: this is about 20 times the machine's need.
  expect(performance.now() - start).toBeLessThan(30_000);
  expect((await scan(table)).rows).toHaveLength(300);
}, 60_000);
