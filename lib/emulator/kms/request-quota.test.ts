import type { CreateKeyResponse } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { symmetricQuota } from './request-quota.ts';
import { ACCOUNT, type Kms, OTHER_ACCOUNT, REGION, refused, root, startKms } from './testing.ts';

let kms: Kms;
let KeyId = '';
beforeAll(async () => {
  kms = startKms();
  const { KeyMetadata } = await kms.run<CreateKeyResponse>('CreateKey', {});
  KeyId = KeyMetadata?.KeyId ?? '';
});
afterAll(() => kms.close());

const THROTTLED = {
  code: 'ThrottlingException',
  status: 400,
  message: 'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
};
const random = (where = kms.context()) => kms.run('GenerateRandom', { NumberOfBytes: 1 }, where);

test.each([
  ['us-east-1', 100_000],
  ['eu-central-1', 20_000],
  ['eu-north-1', 10_000],
])('LIM-01 the quota of %s is %i requests a second', (region, quota) => {
  expect(symmetricQuota(region)).toBe(quota);
});

test('LIM-01 LIM-02 ERR-08 symmetric operations share one quota per account and Region', async () => {
  for (const account of [ACCOUNT, OTHER_ACCOUNT]) {
    kms.world.change(account, { quotasEnforced: true, kmsRequestQuota: 3 });
  }
  await random();
  await kms.run('GenerateDataKey', { KeyId, KeySpec: 'AES_256' });
  await kms.run('Encrypt', { KeyId, Plaintext: Buffer.from('x') });
  expect(await kms.refusal('GenerateRandom', { NumberOfBytes: 1 })).toEqual(THROTTLED);
  // S3's calls count against the same quota, those of other accounts and Regions do not.
  const caller = root();
  const use = {
    context: kms.context(caller),
    caller,
    keyId: KeyId,
    accountId: ACCOUNT,
    region: REGION,
    encryptionContext: {},
    viaService: `s3.${REGION}.amazonaws.com`,
  };
  expect(await refused(() => kms.port.generateDataKey(use))).toEqual(THROTTLED);
  await random(kms.as(root(OTHER_ACCOUNT)));
  await random(kms.as(root(), 'eu-west-1'));
  await kms.run('DescribeKey', { KeyId });
  kms.tick(334);
  await random();
  expect(await kms.refusal('GenerateRandom', { NumberOfBytes: 1 })).toEqual(THROTTLED);
  kms.world.change(ACCOUNT, { quotasEnforced: false });
  await random();
});

test('LIM-04 management operations have a quota each', async () => {
  kms.world.change(ACCOUNT, { quotasEnforced: true });
  for (let round = 0; round < 5; round += 1) await kms.run('DisableKey', { KeyId });
  expect(await kms.refusal('DisableKey', { KeyId })).toEqual(THROTTLED);
  await kms.run('EnableKey', { KeyId });
  kms.world.change(ACCOUNT, { quotasEnforced: false });
});

test('ERR-08 a share of requests is throttled evenly where a person says so', async () => {
  kms.world.change(ACCOUNT, { faultThrottle: 25 });
  const outcomes: boolean[] = [];
  for (let round = 0; round < 40; round += 1) {
    outcomes.push(
      await random().then(
        () => true,
        () => false,
      ),
    );
  }
  expect(outcomes.filter((served) => !served)).toHaveLength(10);
  kms.world.change(ACCOUNT, { faultThrottle: 0, faultKmsUnavailable: true });
  expect(await kms.refusal('ListKeys', {})).toMatchObject({ code: 'KMSInternalException', status: 500 });
  kms.world.change(ACCOUNT, { faultKmsUnavailable: false });
});
