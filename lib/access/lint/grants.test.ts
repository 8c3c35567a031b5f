import { expect, test } from 'vitest';
import { cpuSeconds } from '../testing.ts';
import type { Grant } from '../types.ts';
import { type GrantSurroundings, lintGrants } from './grants.ts';

const ROLE = 'arn:aws:iam::111122223333:role/IngestWriter';
const DAY = 86_400_000;
const around: GrantSurroundings = { account: '111122223333', now: 200 * DAY };
const grant = (more: Partial<Grant> = {}): Grant => ({
  grantId: 'g1',
  granteePrincipal: ROLE,
  operations: ['Decrypt'],
  effectiveAt: 100 * DAY,
  ...more,
});
const checks = (grants: readonly Grant[], more: Partial<GrantSurroundings> = {}) =>
  lintGrants(grants, { ...around, ...more }).map(({ grantId, severity, check }) => `${grantId} ${severity} ${check}`);
const subset = (value: string) => ({ constraints: { encryptionContextSubset: { 'aws:s3:arn': value } } });

test('KMS-40 a plain grant is fine', () => {
  expect(checks([grant()])).toEqual([]);
});

test('KMS-46 a grant that nothing used for 90 days is found, with the days', () => {
  const lastUsed = new Map([['g1', 110 * DAY]]);
  const [finding] = lintGrants([grant()], { ...around, lastUsed });
  expect(finding).toMatchObject({
    check: 'unused-grant',
    severity: 'warning',
    reason: 'Nothing used it for 90 days. Grants don’t expire, so it stays until somebody revokes it.',
    repair: { call: 'RevokeGrant', grantIds: ['g1'] },
  });
  expect(checks([grant()], { lastUsed: new Map([['g1', 111 * DAY]]) })).toEqual([]);
  expect(checks([grant()], { lastUsed, unusedDays: 91 })).toEqual([]);
});

test('KMS-46 a grant that was never used counts from its beginning, or from that of the records', () => {
  expect(checks([grant()], { lastUsed: new Map() })).toEqual(['g1 warning unused-grant']);
  expect(checks([grant()], { lastUsed: new Map(), recordedSince: 150 * DAY })).toEqual([]);
  expect(checks([grant({ effectiveAt: 199 * DAY })], { lastUsed: new Map() })).toEqual([]);
  expect(checks([grant()])).toEqual([]);
});

test('KMS-43 two grants that say the same are one too many, whatever their names and order', () => {
  const a = grant({ operations: ['Decrypt', 'Encrypt'], ...subset('arn:aws:s3:::logs') });
  const b = { ...a, grantId: 'g2', name: 'again', operations: ['Encrypt', 'Decrypt'] };
  expect(checks([a, b])).toEqual(['g2 warning duplicate-grant']);
  expect(checks([a, { ...b, granteePrincipal: `${ROLE}2` }])).toEqual([]);
  expect(checks([a, { ...b, ...subset('arn:aws:s3:::other') }])).toEqual([]);
});

test('KMS-40 KMS-46 a grant for somebody who was deleted', () => {
  expect(checks([grant({ granteePrincipal: 'AROAEXAMPLEGONE000001' })])).toEqual(['g1 warning grantee-deleted']);
  expect(checks([grant()], { principals: new Set() })).toEqual(['g1 warning grantee-deleted']);
  expect(checks([grant()], { principals: new Set([ROLE]) })).toEqual([]);
  const foreign = grant({ granteePrincipal: 'arn:aws:iam::444455556666:role/Analyst' });
  expect(checks([foreign], { principals: new Set() })).toEqual([]);
});

test('KMS-41 TB-62 a constraint knows no wildcards', () => {
  expect(checks([grant(subset('arn:aws:s3:::logs/*'))])).toEqual(['g1 error constraint-never-matches']);
  const table = grant(subset('arn:aws:s3tables:us-east-1:111122223333:bucket/raw'));
  expect(checks([table])).toEqual(['g1 error constraint-never-matches']);
});

test('BK-16 KMS-41 a constraint on an object with bucket keys on', () => {
  const onObject = grant(subset('arn:aws:s3:::logs/a.txt'));
  expect(checks([onObject], { buckets: [{ name: 'logs', bucketKey: true }] })).toEqual([
    'g1 error object-context-with-bucket-key',
  ]);
  expect(checks([onObject], { buckets: [{ name: 'logs', bucketKey: false }] })).toEqual([]);
});

test('KMS-47 a grant that can be passed on', () => {
  expect(checks([grant({ operations: ['Decrypt', 'CreateGrant'] })])).toEqual(['g1 info grant-can-be-passed-on']);
});

test('50,000 grants are looked at in less than two seconds', () => {
  const grants = Array.from({ length: 50_000 }, (_, i) =>
    grant({ grantId: `g${i}`, ...subset(`arn:aws:s3:::b/${i}`) }),
  );
  const known = { ...around, lastUsed: new Map(), principals: new Set([ROLE]) };
  let found = 0;
  const seconds = cpuSeconds(() => {
    found = lintGrants(grants, known).length;
  });
  expect(found).toBe(50_000);
  expect(seconds).toBeLessThan(2);
});
