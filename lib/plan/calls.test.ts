import { expect, test } from 'vitest';
import { callsOf, undoOf } from './calls.ts';
import type { Change } from './change.ts';
import { changeSchema } from './change.ts';
import { fingerprintOf, type State } from './state.ts';

const KEY = '1234abcd-12ab-34cd-56ef-1234567890ab';
const TABLES = 'arn:aws:s3tables:us-east-1:111122223333:bucket/lake';
const GRANT = {
  id: 'g1',
  keyArn: `arn:aws:kms:us-east-1:111122223333:key/${KEY}`,
  grantee: 'arn:aws:iam::111122223333:role/R',
  operations: ['Decrypt'],
  name: 'nightly',
  contextSubset: { a: 'b' },
};

const CASES: readonly (readonly [string, Change, State, operation: string, undo: Partial<Change> | undefined])[] = [
  [
    'key policy',
    { kind: 'key-policy', keyId: KEY, policy: '{"new":1}' },
    { policy: '{"old":1}' },
    'PutKeyPolicy',
    { policy: '{"old":1}' },
  ],
  [
    'new bucket policy',
    { kind: 'bucket-policy', bucket: 'logs', policy: '{}' },
    {},
    'PutBucketPolicy',
    { kind: 'bucket-policy', policy: undefined },
  ],
  [
    'deleted bucket policy',
    { kind: 'bucket-policy', bucket: 'logs' },
    { policy: '{}' },
    'DeleteBucketPolicy',
    { policy: '{}' },
  ],
  [
    'deleted table policy',
    { kind: 'table-policy', bucketArn: TABLES, namespace: 'web', name: 'clicks' },
    { policy: '{}' },
    'DeleteTablePolicy',
    { policy: '{}' },
  ],
  [
    'revoked grant',
    { kind: 'end-grant', keyId: KEY, grantId: 'g1', how: 'revoke' },
    { grant: GRANT },
    'RevokeGrant',
    { kind: 'create-grant' },
  ],
  [
    'bucket default',
    { kind: 'bucket-encryption', bucket: 'logs', encryption: { kind: 'SSE-S3' } },
    { encryption: { kind: 'SSE-KMS', keyId: KEY, bucketKey: true } },
    'PutBucketEncryption',
    { kind: 'bucket-encryption' },
  ],
  [
    'table bucket default',
    { kind: 'table-bucket-encryption', bucketArn: TABLES, encryption: { kind: 'SSE-S3' } },
    { encryption: { kind: 'SSE-KMS', keyId: KEY } },
    'PutTableBucketEncryption',
    { kind: 'table-bucket-encryption' },
  ],
  ['disabled key', { kind: 'key-state', keyId: KEY, to: 'disable' }, {}, 'DisableKey', { to: 'enable' }],
  [
    'deletion',
    { kind: 'delete-key', keyId: KEY, days: 7 },
    {},
    'ScheduleKeyDeletion',
    { kind: 'key-state', to: 'cancel-deletion' },
  ],
  [
    'rotation',
    { kind: 'rotation', keyId: KEY, on: true, days: 90 },
    { rotation: { on: false } },
    'EnableKeyRotation',
    { on: false },
  ],
  ['rotation now', { kind: 'rotate-now', keyId: KEY }, {}, 'RotateKeyOnDemand', undefined],
  [
    'moved alias',
    { kind: 'alias', alias: 'alias/a', keyId: KEY },
    { aliasOf: 'other' },
    'UpdateAlias',
    { keyId: 'other' },
  ],
  [
    'new alias',
    { kind: 'alias', alias: 'alias/a', keyId: KEY },
    { aliasOf: null },
    'CreateAlias',
    { keyId: undefined },
  ],
];

test.each(CASES)('%s: its call, and the way back as a change of its own', (_name, change, state, operation, undo) => {
  expect(callsOf(change, state).map((call) => call.operation)).toEqual([operation]);
  const back = undoOf(change, state, {});
  expect(back === undefined).toBe(undo === undefined);
  expect(back ?? {}).toMatchObject(undo ?? {});
  // It goes to the browser and comes back as text.
  const sent: unknown = JSON.parse(JSON.stringify(back ?? change));
  expect(changeSchema.parse(sent)).toEqual(sent);
});

test('DB-11 the key of a directory bucket can’t be taken back, and says so', () => {
  const change: Change = {
    kind: 'bucket-encryption',
    bucket: 'f--use1-az4--x-s3',
    encryption: { kind: 'SSE-KMS', keyId: KEY },
  };
  expect(callsOf(change, {})[0]?.irreversible).toContain('locked for the life of the bucket');
  expect(undoOf(change, {}, {})).toBeUndefined();
});

test('a grant that was made is taken back by its new id, one that ended is made again as it was', () => {
  const { keyArn: _keyArn, id: _id, ...same } = GRANT;
  const made = undoOf(
    { kind: 'create-grant', grant: { ...same, keyId: KEY, operations: ['Decrypt'] } },
    {},
    { GrantId: 'g9' },
  );
  expect(made).toEqual({ kind: 'end-grant', keyId: KEY, grantId: 'g9', how: 'revoke' });
  const again = undoOf({ kind: 'end-grant', keyId: KEY, grantId: 'g1', how: 'retire' }, { grant: GRANT }, {});
  expect(again).toEqual({ kind: 'create-grant', grant: { ...same, keyId: KEY } });
});

test('a fingerprint follows the state and the change, and nothing else', () => {
  const change: Change = { kind: 'key-policy', keyId: KEY, policy: '{}' };
  const print = fingerprintOf(change, { policy: 'a' });
  expect(fingerprintOf({ policy: '{}', keyId: KEY, kind: 'key-policy' }, { policy: 'a' })).toBe(print);
  expect(fingerprintOf(change, { policy: 'b' })).not.toBe(print);
  expect(fingerprintOf({ ...change, policy: '[]' }, { policy: 'a' })).not.toBe(print);
});
