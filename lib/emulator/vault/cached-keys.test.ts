import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KeyOperation } from '../../contract/ledger.ts';
import type { CachedKeyAsk } from './cached-keys.ts';
import { CachedKeys } from './cached-keys.ts';

const ASK: CachedKeyAsk = {
  scope: 'arn:aws:s3:::photos',
  accountId: '111122223333',
  keyArn: 'arn:aws:kms:us-east-1:111122223333:key/a',
  requester: 'arn:aws:iam::111122223333:role/Writer',
  now: 1_000_000,
  lifetime: 300,
  answeredBy: 'bucket-key',
  principalArn: 'arn:aws:sts::111122223333:assumed-role/Writer/one',
  encryptionContext: { 'aws:s3:arn': 'arn:aws:s3:::photos' },
  viaService: 's3.us-east-1.amazonaws.com',
};

/** A KMS that counts what it is asked and remembers which blob holds which key. */
function fakeKms() {
  const keys = new Map<string, Uint8Array>();
  const asked = { generate: 0, decrypt: 0 };
  const operations: KeyOperation[] = [];
  const note = (operation: KeyOperation['operation']) =>
    operations.push({
      kind: 'made',
      operation,
      keyArn: ASK.keyArn,
      principalArn: ASK.principalArn,
      encryptionContext: ASK.encryptionContext,
      answeredBy: 'kms',
    });
  return {
    asked,
    operations,
    make() {
      asked.generate++;
      note('GenerateDataKey');
      const plaintext = randomBytes(32);
      const ciphertextBlob = Buffer.from(`blob ${asked.generate}`);
      keys.set(ciphertextBlob.toString(), plaintext);
      return { plaintext, ciphertextBlob };
    },
    open(blob: Uint8Array) {
      return () => {
        asked.decrypt++;
        note('Decrypt');
        const plaintext = keys.get(Buffer.from(blob).toString());
        if (plaintext === undefined) throw new Error('not a blob of this key');
        return { plaintext };
      };
    },
  };
}

const write = (keys: CachedKeys, kms: ReturnType<typeof fakeKms>, ask: CachedKeyAsk) =>
  keys.forWrite(ask, kms.operations, () => kms.make());

test('BK-04 TB-12 DB-25 many writes in the lifetime of a key need one GenerateDataKey', () => {
  const keys = new CachedKeys();
  const kms = fakeKms();
  const uses = Array.from({ length: 100 }, (_, second) => write(keys, kms, { ...ASK, now: ASK.now + second * 1000 }));
  expect(kms.asked).toEqual({ generate: 1, decrypt: 0 });
  expect(new Set(uses.map(({ key }) => key.id)).size).toBe(1);
  expect(uses.map(({ kind }) => kind)).toEqual(['made', ...Array.from({ length: 99 }, () => 'spared')]);
  expect(uses[99]?.age).toBe(99);
});

test('BK-04 BK-08 the ledger says what was made and what was spared, by which key and how old', () => {
  const keys = new CachedKeys();
  const kms = fakeKms();
  const { key } = write(keys, kms, ASK);
  write(keys, kms, { ...ASK, now: ASK.now + 2500 });
  expect(kms.operations).toEqual([
    expect.objectContaining({ kind: 'made', operation: 'GenerateDataKey', answeredBy: 'kms', cachedKeyId: key.id }),
    {
      kind: 'spared',
      operation: 'GenerateDataKey',
      keyArn: ASK.keyArn,
      principalArn: ASK.principalArn,
      encryptionContext: ASK.encryptionContext,
      viaService: ASK.viaService,
      answeredBy: 'bucket-key',
      cachedKeyId: key.id,
      cachedKeyAge: 2.5,
    },
  ]);
});

test('BK-05 DB-27 when its time is over KMS is asked again, to the millisecond', () => {
  const keys = new CachedKeys();
  const kms = fakeKms();
  const first = write(keys, kms, ASK);
  expect(write(keys, kms, { ...ASK, now: ASK.now + 299_999 }).kind).toBe('spared');
  const second = write(keys, kms, { ...ASK, now: ASK.now + 300_000 });
  expect(second.kind).toBe('made');
  expect(second.key.id).not.toBe(first.key.id);
  expect(second.key.plaintext).not.toEqual(first.key.plaintext);
});

test('BK-05 TB-12 the lifetime is a parameter: a shorter one counts for keys already held, none holds nothing', () => {
  const keys = new CachedKeys();
  const kms = fakeKms();
  write(keys, kms, ASK);
  expect(write(keys, kms, { ...ASK, now: ASK.now + 10_000, lifetime: 10 }).kind).toBe('made');
  const none = new CachedKeys();
  expect(write(none, kms, { ...ASK, lifetime: 0 }).kind).toBe('made');
  expect(write(none, kms, { ...ASK, lifetime: 0 }).kind).toBe('made');
  expect(none.size).toBe(0);
});

test('BK-06 every requester fetches a key of its own, so that each shows in the log', () => {
  const keys = new CachedKeys();
  const kms = fakeKms();
  const requesters = ['role/Writer', 'role/Reader', 'role/Writer with a session policy', 'another account'];
  const ids = requesters.map((requester) => write(keys, kms, { ...ASK, requester }).key.id);
  expect(new Set(ids).size).toBe(requesters.length);
  expect(kms.asked.generate).toBe(requesters.length);
});

test('BK-06 a reader who did not write decrypts the blob once for itself, then is spared too', () => {
  const keys = new CachedKeys();
  const kms = fakeKms();
  const { key } = write(keys, kms, ASK);
  const reader = { ...ASK, requester: 'arn:aws:iam::111122223333:user/reader', now: ASK.now + 1000 };
  const open = kms.open(key.ciphertextBlob);
  const first = keys.forRead(reader, key, kms.operations, open);
  expect(first.kind).toBe('made');
  expect(Buffer.from(first.key.plaintext).equals(key.plaintext)).toBe(true);
  expect(keys.forRead({ ...reader, now: reader.now + 5000 }, key, kms.operations, open)).toMatchObject({
    kind: 'spared',
    age: 5,
  });
  expect(kms.asked.decrypt).toBe(1);
  expect(kms.operations.at(-1)).toMatchObject({ kind: 'spared', operation: 'Decrypt', cachedKeyId: key.id });
});

test('BK-06 opening a key to read does not make it a key to write with', () => {
  const keys = new CachedKeys();
  const kms = fakeKms();
  const { key } = write(keys, kms, ASK);
  const reader = { ...ASK, requester: 'reader' };
  keys.forRead(reader, key, kms.operations, kms.open(key.ciphertextBlob));
  expect(write(keys, kms, reader).key.id).not.toBe(key.id);
});

test('BK-08 the writer reads its own objects without KMS until the key expires, whatever the policy says by then', () => {
  const keys = new CachedKeys();
  const kms = fakeKms();
  const { key } = write(keys, kms, ASK);
  const revoked = () => {
    throw new Error('AccessDenied');
  };
  expect(keys.forRead({ ...ASK, now: ASK.now + 299_000 }, key, kms.operations, revoked).kind).toBe('spared');
  expect(() => keys.forRead({ ...ASK, now: ASK.now + 300_000 }, key, kms.operations, revoked)).toThrow('AccessDenied');
});

test('BK-10 another KMS key or another bucket has a key of its own', () => {
  const keys = new CachedKeys();
  const kms = fakeKms();
  write(keys, kms, ASK);
  expect(write(keys, kms, { ...ASK, keyArn: `${ASK.keyArn}b` }).kind).toBe('made');
  expect(write(keys, kms, { ...ASK, scope: 'arn:aws:s3:::other' }).kind).toBe('made');
  expect(write(keys, kms, ASK).kind).toBe('spared');
});

test('TB-12 every table has a key of its own', () => {
  const keys = new CachedKeys();
  const kms = fakeKms();
  const table = (name: string) => ({
    ...ASK,
    scope: `arn:aws:s3tables:us-east-1:111122223333:bucket/lake/table/${name}`,
    answeredBy: 'table-key' as const,
  });
  expect(write(keys, kms, table('one')).kind).toBe('made');
  expect(write(keys, kms, table('two')).kind).toBe('made');
  expect(write(keys, kms, table('one')).kind).toBe('spared');
  expect(kms.operations.at(-1)?.answeredBy).toBe('table-key');
});

test('BK-18 a refusal while the key is made or verified passes on, and nothing is remembered', () => {
  const keys = new CachedKeys();
  const kms = fakeKms();
  const refuse = () => {
    kms.make();
    throw new Error('AccessDenied: kms:Decrypt');
  };
  expect(() => keys.forWrite(ASK, kms.operations, refuse)).toThrow('AccessDenied');
  expect(keys.size).toBe(0);
  expect(write(keys, kms, ASK).kind).toBe('made');
});

test('an account and a bucket can be forgotten', () => {
  const keys = new CachedKeys();
  const kms = fakeKms();
  write(keys, kms, ASK);
  write(keys, kms, { ...ASK, scope: 'arn:aws:s3:::other' });
  write(keys, kms, { ...ASK, scope: 'arn:aws:s3:::theirs', accountId: '444455556666' });
  keys.forgetScope('arn:aws:s3:::other');
  expect(write(keys, kms, { ...ASK, scope: 'arn:aws:s3:::other' }).kind).toBe('made');
  keys.forgetAccount('111122223333');
  expect(keys.size).toBe(2);
});

test('the cache never holds more than its bound, and drops what was not used for longest', () => {
  const keys = new CachedKeys(10);
  const kms = fakeKms();
  for (let index = 0; index < 100; index++) {
    write(keys, kms, { ...ASK, requester: `requester ${index}` });
    write(keys, kms, ASK);
    expect(keys.size).toBeLessThanOrEqual(10);
  }
  expect(kms.asked.generate).toBe(101);
});

test('BK-05 BK-06 BK-10 a key is spared only to whom it was made, for what, and while it lives', () => {
  const step = fc.record({
    requester: fc.constantFrom('a', 'b'),
    scope: fc.constantFrom('x', 'y'),
    keyArn: fc.constantFrom('k', 'l'),
    wait: fc.nat(200),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const keys = new CachedKeys();
      const kms = fakeKms();
      const born = new Map<string, { id: string; at: number }>();
      let now = 0;
      for (const { wait, ...who } of steps) {
        now += wait * 1000;
        const slot = JSON.stringify(who);
        const { key, kind } = write(keys, kms, { ...ASK, ...who, now });
        const before = born.get(slot);
        const alive = before !== undefined && now - before.at < ASK.lifetime * 1000;
        expect([kind, key.id === before?.id]).toEqual(alive ? ['spared', true] : ['made', false]);
        if (!alive) born.set(slot, { id: key.id, at: now });
      }
    }),
  );
});
