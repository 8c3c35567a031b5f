import { describe, expect, test } from 'vitest';
import { newMetadata, type TableMetadata } from './metadata.ts';
import { brokenRequirement, type TableRequirement } from './requirements.ts';
import { applyUpdates, type TableUpdate } from './updates.ts';

const UUID = '63a8e430-6e0b-46f5-8000-000000000000';
const NOW = Date.UTC(2026, 10, 1);
const EMPTY: TableMetadata = {
  ...newMetadata('s3://w--table-s3', [{ name: 'id', type: 'long', required: true }], NOW),
  'table-uuid': UUID,
};

const after = (updates: readonly TableUpdate[], base = EMPTY) => applyUpdates(base, updates, 's3://w/0.json', NOW + 1);
const snapshot = (id: number | bigint, sequence: number, parent?: number | bigint) => ({
  'snapshot-id': id,
  ...(parent !== undefined && { 'parent-snapshot-id': parent }),
  'sequence-number': sequence,
  'timestamp-ms': NOW + sequence,
  'manifest-list': `s3://w--table-s3/metadata/snap-${id}.avro`,
  summary: { operation: 'append' },
});
const append = (id: number | bigint, sequence: number, parent?: number | bigint): TableUpdate[] => [
  { action: 'add-snapshot', snapshot: snapshot(id, sequence, parent) },
  { action: 'set-snapshot-ref', 'ref-name': 'main', type: 'branch', 'snapshot-id': id },
];
const TWO = after(append(2, 2, 1), after(append(1, 1)));
const CITY = { id: 2, name: 'city', required: false, type: 'string' };
const WITH_CITY = { type: 'struct', 'schema-id': 9, fields: [...(EMPTY.schemas[0]?.fields ?? []), CITY] } as const;

describe('updates', () => {
  test('a schema takes the next id whatever the writer proposed, and -1 stands for it', () => {
    const changed = after([
      { action: 'add-schema', schema: WITH_CITY },
      { action: 'set-current-schema', 'schema-id': -1 },
    ]);
    expect(changed).toMatchObject({ 'current-schema-id': 1, 'last-column-id': 2 });
    expect(changed.schemas.map((it) => it['schema-id'])).toEqual([0, 1]);
    // The same schema again is the same one.
    const again = after(
      [
        { action: 'add-schema', schema: { ...WITH_CITY, 'schema-id': 5 } },
        { action: 'set-current-schema', 'schema-id': -1 },
      ],
      changed,
    );
    expect(again.schemas).toEqual(changed.schemas);
  });

  test('partition fields get ids from 1000 on, and keep them in a later spec', () => {
    const by = (name: string, transform: string) => ({ 'source-id': 1, name, transform });
    const one = after([
      { action: 'add-spec', spec: { 'spec-id': 0, fields: [by('id', 'identity')] } },
      { action: 'set-default-spec', 'spec-id': -1 },
    ]);
    expect(one).toMatchObject({ 'default-spec-id': 1, 'last-partition-id': 1000 });
    const two = after(
      [{ action: 'add-spec', spec: { 'spec-id': 0, fields: [by('id', 'identity'), by('part', 'bucket[8]')] } }],
      one,
    );
    expect(two['partition-specs'].at(-1)?.fields.map((it) => it['field-id'])).toEqual([1000, 1001]);
  });

  test('the current snapshot follows main, and the log says when', () => {
    expect(TWO).toMatchObject({ 'current-snapshot-id': 2, 'last-sequence-number': 2, 'last-updated-ms': NOW + 2 });
    expect(TWO['snapshot-log']).toEqual([
      { 'snapshot-id': 1, 'timestamp-ms': NOW + 1 },
      { 'snapshot-id': 2, 'timestamp-ms': NOW + 2 },
    ]);
  });

  test('a removed snapshot takes its tags and its part of the log with it', () => {
    const tagged = after([{ action: 'set-snapshot-ref', 'ref-name': 'audit', type: 'tag', 'snapshot-id': 1 }], TWO);
    const removed = after([{ action: 'remove-snapshots', 'snapshot-ids': [1] }], tagged);
    expect(removed.snapshots?.map((it) => it['snapshot-id'])).toEqual([2]);
    expect(Object.keys(removed.refs ?? {})).toEqual(['main']);
    expect(removed['snapshot-log']).toEqual([{ 'snapshot-id': 2, 'timestamp-ms': NOW + 2 }]);
  });

  test('properties come and go, and the log of metadata files is cut where the table says', () => {
    let table = after([{ action: 'set-properties', updates: { a: '1', 'write.metadata.previous-versions-max': '2' } }]);
    for (let index = 0; index < 5; index += 1) table = after([{ action: 'remove-properties', removals: ['a'] }], table);
    expect(table.properties).toEqual({ 'write.metadata.previous-versions-max': '2' });
    expect(table['metadata-log']).toHaveLength(2);
  });

  test('row ids of version 3 are handed out once', () => {
    const three = after([{ action: 'upgrade-format-version', 'format-version': 3 }]);
    const rows = { ...snapshot(1, 1), 'first-row-id': 0, 'added-rows': 10 };
    const added = after([{ action: 'add-snapshot', snapshot: rows }], three);
    expect(added['next-row-id']).toBe(10);
    const behind = { ...snapshot(2, 2, 1), 'first-row-id': 5, 'added-rows': 1 };
    expect(() => after([{ action: 'add-snapshot', snapshot: behind }], added)).toThrow('first-row-id is behind');
  });

  test.each<[string, TableUpdate]>([
    ['Cannot reassign uuid', { action: 'assign-uuid', uuid: 'other' }],
    ['Cannot downgrade v2 table to v1', { action: 'upgrade-format-version', 'format-version': 1 }],
    ['unsupported format version', { action: 'upgrade-format-version', 'format-version': 4 }],
    ['no schema has been added', { action: 'set-current-schema', 'schema-id': -1 }],
    ['Cannot set spec to unknown id: 7', { action: 'set-default-spec', 'spec-id': 7 }],
    ['Snapshot already exists for id: 2', { action: 'add-snapshot', snapshot: snapshot(2, 3, 2) }],
    ['sequence number 2 older than', { action: 'add-snapshot', snapshot: snapshot(3, 2, 2) }],
    ['to unknown snapshot: 9', { action: 'set-snapshot-ref', 'ref-name': 'x', type: 'tag', 'snapshot-id': 9 }],
    ['must be a branch', { action: 'set-snapshot-ref', 'ref-name': 'main', type: 'tag', 'snapshot-id': 1 }],
    ['Cannot remove the current snapshot', { action: 'remove-snapshots', 'snapshot-ids': [2] }],
    ['Cannot remove the current schema', { action: 'remove-schemas', 'schema-ids': [0] }],
    ['location of a table cannot be changed', { action: 'set-location', location: 's3://x' }],
    [
      'column 4 does not exist',
      { action: 'add-spec', spec: { 'spec-id': 0, fields: [{ 'source-id': 4, name: 'x', transform: 'identity' }] } },
    ],
    [
      "'cube' is not a transform",
      { action: 'add-sort-order', 'sort-order': { 'order-id': 1, fields: [{ 'source-id': 1, transform: 'cube' }] } },
    ],
  ])('refused: %s', (sentence, update) => {
    expect(() => after([update], TWO)).toThrow(sentence);
  });
});

test.each<[string | undefined, TableRequirement]>([
  [undefined, { type: 'assert-table-uuid', uuid: UUID.toUpperCase() }],
  ['UUID does not match', { type: 'assert-table-uuid', uuid: 'other' }],
  ['table already exists', { type: 'assert-create' }],
  [undefined, { type: 'assert-ref-snapshot-id', ref: 'main', 'snapshot-id': 2 }],
  [undefined, { type: 'assert-ref-snapshot-id', ref: 'none', 'snapshot-id': null }],
  ['branch main has changed: expected id 1 != 2', { type: 'assert-ref-snapshot-id', ref: 'main', 'snapshot-id': 1 }],
  ['branch main was created concurrently', { type: 'assert-ref-snapshot-id', ref: 'main' }],
  ['branch or tag none is missing', { type: 'assert-ref-snapshot-id', ref: 'none', 'snapshot-id': 1 }],
  ['branch or tag constructor is missing', { type: 'assert-ref-snapshot-id', ref: 'constructor', 'snapshot-id': 1 }],
  [undefined, { type: 'assert-last-assigned-field-id', 'last-assigned-field-id': 1 }],
  ['last assigned field id changed', { type: 'assert-last-assigned-field-id', 'last-assigned-field-id': 2 }],
  ['current schema changed: expected id 3 != 0', { type: 'assert-current-schema-id', 'current-schema-id': 3 }],
  ['last assigned partition id', { type: 'assert-last-assigned-partition-id', 'last-assigned-partition-id': 1 }],
  ['default partition spec changed', { type: 'assert-default-spec-id', 'default-spec-id': 1 }],
  ['default sort order changed', { type: 'assert-default-sort-order-id', 'default-sort-order-id': 1 }],
])('requirement: %s', (sentence, requirement) => {
  expect(brokenRequirement(TWO, [requirement]) ?? 'none').toContain(
    sentence === undefined ? 'none' : `Requirement failed: ${sentence}`,
  );
});
