/**
 * No ciphertext, identifier, token or context makes KMS do anything but succeed or answer one of its declared errors, and
 * nothing but the right ones succeeds. A longer run: `FUZZ_RUNS=1000000 npx vitest run lib/emulator/kms/fuzz.test.ts`.
 */

import { isDeepStrictEqual } from 'node:util';
import type { CreateKeyResponse } from '@aws-sdk/client-kms';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fuzzRuns, fuzzTimeout } from '../../access/testing.ts';
import { AwsError } from '../wire/error.ts';
import { ACCOUNT, type Kms, OTHER_ACCOUNT, REGION, root, startKms } from './testing.ts';

const RUNS = 400;
const options = { numRuns: fuzzRuns(RUNS) };
const timeout = fuzzTimeout(RUNS);

let kms: Kms;
const keys: string[] = [];
const blobs: Buffer[] = [];
const tokens: string[] = [];
let external = '';

const CONTEXT = { purpose: 'fuzz', 'aws:s3:arn': 'arn:aws:s3:::b' };

beforeAll(async () => {
  kms = startKms();
  for (const input of [{}, {}, { MultiRegion: true }]) {
    const { KeyMetadata } = await kms.run<CreateKeyResponse>('CreateKey', input);
    const KeyId = KeyMetadata?.KeyId ?? '';
    keys.push(KeyId);
    const encrypt = { KeyId, Plaintext: Buffer.from('secret'), EncryptionContext: CONTEXT };
    blobs.push(Buffer.from((await kms.run<{ CiphertextBlob: Uint8Array }>('Encrypt', encrypt)).CiphertextBlob));
    const grant = { KeyId, GranteePrincipal: `arn:aws:iam::${ACCOUNT}:user/g`, Operations: ['Decrypt'] };
    tokens.push((await kms.run<{ GrantToken: string }>('CreateGrant', grant)).GrantToken);
  }
  const { KeyMetadata } = await kms.run<CreateKeyResponse>('CreateKey', { Origin: 'EXTERNAL' });
  external = KeyMetadata?.KeyId ?? '';
});
afterAll(() => kms.close());

/** The error's code, or `done`; anything that is no declared error of KMS is thrown on. */
async function outcome(name: string, input: object, where = kms.context()): Promise<string> {
  try {
    await kms.run(name, input, where);
    return 'done';
  } catch (error) {
    if (!(error instanceof AwsError) || error.status !== 400) throw error;
    return error.code;
  }
}

/** A blob that was damaged: bytes changed, cut off, added, put in the place of another blob's. */
const damage = fc.record({
  blob: fc.nat({ max: 2 }),
  other: fc.nat({ max: 2 }),
  at: fc.nat({ max: 120 }),
  xor: fc.integer({ min: 1, max: 255 }),
  kind: fc.constantFrom('flip', 'cut', 'add', 'splice', 'drop'),
  extra: fc.uint8Array({ minLength: 1, maxLength: 40 }),
});

function damaged({
  blob,
  other,
  at,
  xor,
  kind,
  extra,
}: typeof damage extends fc.Arbitrary<infer T> ? T : never): Buffer {
  const whole = blobs[blob] ?? Buffer.alloc(0);
  const place = at % whole.length;
  switch (kind) {
    case 'flip': {
      const copy = Buffer.from(whole);
      copy[place] = (copy[place] ?? 0) ^ xor;
      return copy;
    }
    case 'cut':
      return whole.subarray(0, Math.max(1, place));
    case 'add':
      return Buffer.concat([whole, extra]);
    case 'drop':
      return Buffer.concat([whole.subarray(0, place), whole.subarray(place + 1)]);
    default:
      return Buffer.concat([whole.subarray(0, place), (blobs[other] ?? whole).subarray(place)]);
  }
}

test(
  'KMS-10 ERR-07 a damaged blob never opens',
  async () => {
    const property = fc.asyncProperty(damage, async (how) => {
      const blob = damaged(how);
      const untouched = blobs.some((one) => one.equals(blob));
      const expected = untouched ? ['done'] : ['InvalidCiphertextException', 'AccessDeniedException'];
      expect(expected).toContain(await outcome('Decrypt', { CiphertextBlob: blob, EncryptionContext: CONTEXT }));
    });
    await fc.assert(property, options);
  },
  timeout,
);

test(
  'KMS-10 ERR-07 bytes that are no blob never open, for whoever asks',
  async () => {
    const start = fc.constantFrom([], [1], [1, 0], [1, 1], [1, 0, ...Buffer.alloc(16)], [2, 0]);
    const property = fc.asyncProperty(start, fc.uint8Array({ minLength: 1, maxLength: 200 }), async (head, rest) => {
      const CiphertextBlob = Buffer.concat([Buffer.from(head), rest]);
      for (const where of [kms.context(), kms.as(root(OTHER_ACCOUNT))]) {
        const answer = await outcome('Decrypt', { CiphertextBlob }, where);
        expect(['InvalidCiphertextException', 'AccessDeniedException']).toContain(answer);
      }
    });
    await fc.assert(property, options);
  },
  timeout,
);

const name = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom('purpose', 'aws:s3:arn', '__proto__', 'constructor'),
);
const anyContext = fc.dictionary(name, fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('fuzz', '')), {
  maxKeys: 5,
  noNullPrototype: true,
});

test(
  'KMS-10 KMS-27 a blob opens under its own context and under no other, whatever the order of its pairs',
  async () => {
    const property = fc.asyncProperty(anyContext, anyContext, async (one, two) => {
      const input = { KeyId: keys[0], Plaintext: Buffer.from('x'), EncryptionContext: one };
      const { CiphertextBlob } = await kms.run<{ CiphertextBlob: Uint8Array }>('Encrypt', input);
      const reversed = Object.fromEntries(Object.entries(one).toReversed());
      expect(await outcome('Decrypt', { CiphertextBlob, EncryptionContext: reversed })).toBe('done');
      const same = isDeepStrictEqual(one, two);
      expect(await outcome('Decrypt', { CiphertextBlob, EncryptionContext: two })).toBe(
        same ? 'done' : 'InvalidCiphertextException',
      );
    });
    await fc.assert(property, options);
  },
  timeout,
);

/** Parts of identifiers in any order, and any text at all. */
const PARTS = [
  'arn aws aws-cn kms s3 key/ alias/ alias/aws/s3 : / mrk- 1234abcd-12ab-34cd-56ef-1234567890ab \u0000 .. %2F ü *'.split(
    ' ',
  ),
  [REGION, 'eu-west-1', ACCOUNT, OTHER_ACCOUNT, ''],
].flat();
const part = fc.constantFrom(...PARTS);
const identifier = fc.oneof(
  fc.array(part, { minLength: 1, maxLength: 14 }).map((parts) => parts.join('')),
  fc.array(part, { minLength: 6, maxLength: 6 }).map((parts) => parts.join(':')),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
);
/** One of each way in which operations find keys: any identifier, own keys only, aliases, grants. */
const FINDERS: readonly ((KeyId: string) => readonly [string, object])[] = [
  (KeyId) => ['DescribeKey', { KeyId }],
  (KeyId) => ['EnableKey', { KeyId }],
  (KeyId) => ['Encrypt', { KeyId, Plaintext: Buffer.from('x') }],
  (KeyId) => ['ListAliases', { KeyId }],
  (KeyId) => ['RetireGrant', { KeyId, GrantId: '0'.repeat(64) }],
  (KeyId) => ['UpdateAlias', { AliasName: `alias/${KeyId}`, TargetKeyId: KeyId }],
];

test(
  'KMS-02 ERR-06 an identifier of no key is refused in the words for it',
  async () => {
    const property = fc.asyncProperty(identifier, fc.constantFrom(...FINDERS), async (text, find) => {
      const [operation, input] = find(text);
      const answer = await outcome(operation, input);
      expect([
        'NotFoundException',
        'AccessDeniedException',
        'InvalidArnException',
        'InvalidAliasNameException',
        'ValidationException',
      ]).toContain(answer);
    });
    await fc.assert(property, options);
  },
  timeout,
);

test(
  'KMS-44 KMS-45 KMS-09 forged and damaged tokens open nothing',
  async () => {
    const forged = fc.oneof(
      fc.base64String({ minLength: 1, maxLength: 200 }),
      fc.string({ minLength: 1, maxLength: 80 }),
      fc
        .record({ token: fc.nat({ max: 2 }), at: fc.nat({ max: 150 }), to: fc.constantFrom('A', 'b', '+', '/') })
        .map(({ token, at, to }) => {
          const whole = tokens[token] ?? '';
          const place = at % (whole.length - 4);
          return whole[place] === to ? 'same' : `${whole.slice(0, place)}${to}${whole.slice(place + 1)}`;
        }),
    );
    const property = fc.asyncProperty(forged, async (token) => {
      expect(await outcome('RetireGrant', { GrantToken: token })).toBe('InvalidGrantTokenException');
      const describe = { KeyId: keys[0], GrantTokens: [token] };
      expect(await outcome('DescribeKey', describe)).toBe('InvalidGrantTokenException');
      const material = {
        KeyId: external,
        ImportToken: Buffer.from(token),
        EncryptedKeyMaterial: Buffer.from(token),
        ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
      };
      expect(await outcome('ImportKeyMaterial', material)).toBe('InvalidImportTokenException');
    });
    await fc.assert(property, options);
    expect(await kms.run('ListGrants', { KeyId: keys[0] })).toHaveProperty('Grants.length', 1);
  },
  timeout,
);
