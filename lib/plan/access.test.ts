import { expect, test } from 'vitest';
import { contextChanges } from './context-changes.ts';
import { compareKey, type KeySide, keyPolicy } from './key-side.ts';
import { compareResource } from './resource-side.ts';
import { risksOf } from './risks.ts';

const ACCOUNT = '111122223333';
const KEY = {
  id: '1234abcd-12ab-34cd-56ef-1234567890ab',
  arn: `arn:aws:kms:us-east-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
};
const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const root = {
  Sid: 'Account',
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
  Action: 'kms:*',
  Resource: '*',
};
const allow = (name: string, more: object = {}) => ({
  Sid: name,
  Effect: 'Allow',
  Principal: { AWS: role(name) },
  Action: ['kms:Decrypt'],
  Resource: '*',
  ...more,
});
const text = (...statements: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });

function side(policy: string, more: Partial<KeySide> = {}): KeySide {
  return {
    key: {
      ...KEY,
      accountId: ACCOUNT,
      description: '',
      state: 'Enabled',
      manager: 'CUSTOMER',
      spec: 'SYMMETRIC_DEFAULT',
      usage: 'ENCRYPT_DECRYPT',
      origin: 'AWS_KMS',
      multiRegion: false,
    },
    policy: keyPolicy(policy),
    grants: [],
    dependants: { found: [], scanned: { bucket: 0, 'directory-bucket': 0, 'table-bucket': 0, table: 0 }, unseen: [] },
    lastUsed: new Map(),
    unseen: [],
    ...more,
  };
}

test('gains stand first, losers last, and at the very end who used the key most recently', () => {
  const before = side(text(root, allow('Old'), allow('Used')), {
    lastUsed: new Map([[role('Used'), '2026-11-20T10:00:00Z']]),
  });
  const after = keyPolicy(text(root, allow('New')));
  const access = compareKey(before, undefined, after ? { policy: after } : {});
  expect(
    access.rows.map(({ direction, principal, because }) => [direction, principal.split('/').at(-1), because]),
  ).toEqual([
    ['gains', 'New', 'Key policy, New'],
    ['loses', 'Old', 'Key policy, Old, no longer'],
    ['loses', 'Used', 'Key policy, Used, no longer'],
  ]);
  expect(access.rows.at(-1)?.lastUsed).toBe('2026-11-20T10:00:00Z');
  expect(access.keep).toBe(1);
});

test('a loser who used the key makes the plan grave, one who never did does not', () => {
  const access = compareKey(side(text(root, allow('R'))), undefined, { state: 'Disabled' });
  const quiet = risksOf({ calls: [], access, contexts: [], findings: [], editor: '' });
  expect(quiet.filter(({ grave }) => grave)).toEqual([]);
  const used = compareKey(
    side(text(root, allow('R')), { lastUsed: new Map([[role('R'), '2026-11-20T10:00:00Z']]) }),
    undefined,
    { state: 'Disabled' },
  );
  const risks = risksOf({ calls: [], access: used, contexts: [], findings: [], editor: '' });
  expect(risks).toMatchObject([{ grave: true, title: 'R used the key and loses Decrypt' }]);
});

test('GP-17 BK-05 what names the object stops matching when the bucket key comes, what names the bucket begins', () => {
  const policy = keyPolicy(
    text(
      allow('Object', { Condition: { StringLike: { 'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::logs/*' } } }),
      allow('Bucket', { Condition: { StringEquals: { 'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::logs' } } }),
      allow('Both', { Condition: { StringLike: { 'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::logs*' } } }),
    ),
  );
  const grant = {
    id: 'g',
    keyArn: KEY.arn,
    grantee: role('R'),
    operations: ['Decrypt'],
    contextSubset: { 'aws:s3:arn': 'arn:aws:s3:::logs' },
  };
  const changes = contextChanges(policy ? [policy] : [], [grant], 'arn:aws:s3:::logs/KEY', 'arn:aws:s3:::logs');
  expect(changes.map(({ where, matchesAfter }) => [where, matchesAfter])).toEqual([
    ['key policy, Object', false],
    ['key policy, Bucket', true],
    ['Grant g', true],
  ]);
});

test('a rule that refuses uploads without SSE-KMS takes away uploads without the header only', () => {
  const open = {
    Sid: 'Open',
    Effect: 'Allow',
    Principal: { AWS: role('W') },
    Action: 's3:PutObject',
    Resource: 'arn:aws:s3:::logs/*',
  };
  const rule = {
    Sid: 'OnlyKms',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:PutObject',
    Resource: 'arn:aws:s3:::logs/*',
    Condition: { StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } },
  };
  const access = compareResource('bucket', 'arn:aws:s3:::logs', ACCOUNT, [text(open), text(open, rule)], undefined);
  expect(access?.rows).toMatchObject([
    {
      direction: 'loses',
      principal: role('W'),
      actions: ['s3:PutObject'],
      holdsWhen: 'objects of logs',
      because: 'Bucket policy, OnlyKms denies',
    },
  ]);
});
