import type { CreateKeyResponse, ListGrantsResponse } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ACCOUNT, type Kms, refused, startKms, user } from '../testing.ts';

let kms: Kms;
let KeyId: string;
/** LIM-05 */
const LIMIT = 50_000;
const busy = user('busy');

beforeAll(async () => {
  kms = startKms();
  const { KeyMetadata } = await kms.run<CreateKeyResponse>('CreateKey', {});
  KeyId = KeyMetadata?.KeyId ?? '';
  // Half of them for one principal, each with a constraint of its own.
  for (let at = 0; at < LIMIT; at += 1) {
    await kms.run('CreateGrant', {
      KeyId,
      GranteePrincipal: at % 2 === 0 ? busy.principal.arn : `arn:aws:iam::${ACCOUNT}:user/u${at}`,
      Operations: ['GenerateDataKey', 'Decrypt'],
      Constraints: { EncryptionContextSubset: { tenant: `t${at}` } },
    });
  }
}, 120_000);
afterAll(() => kms.close());

/** Milliseconds of one call, the best of several: what it costs, not what else the machine does. */
async function cost(work: () => Promise<unknown>): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round += 1) {
    const start = performance.now();
    await work();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

test('LIM-05 one grant more than 50,000 is refused', async () => {
  const input = { KeyId, GranteePrincipal: busy.principal.arn, Operations: ['Decrypt'] };
  expect((await kms.refusal('CreateGrant', input)).code).toBe('LimitExceededException');
});

test('KMS-41 among 50,000 grants the right one is found, and only where it fits', async () => {
  const call = (tenant: string) => ({ KeyId, KeySpec: 'AES_256', EncryptionContext: { tenant } });
  await kms.run('GenerateDataKey', call('t40000'), kms.as(busy));
  await kms.run('GenerateDataKey', call('t49999'), kms.as(user('u49999')));
  expect((await kms.refusal('GenerateDataKey', call('t40001'), kms.as(busy))).code).toBe('AccessDeniedException');
  expect((await kms.refusal('GenerateDataKey', call('none'), kms.as(busy))).code).toBe('AccessDeniedException');
});

test('decisions and pages cost milliseconds at most', async () => {
  let tenant = 0;
  const decide = await cost(async () => {
    tenant += 2;
    await kms.run(
      'GenerateDataKey',
      { KeyId, KeySpec: 'AES_256', EncryptionContext: { tenant: `t${tenant}` } },
      kms.as(busy),
    );
  });
  const refuse = await cost(() =>
    refused(() => kms.run('GenerateDataKey', { KeyId, KeySpec: 'AES_256' }, kms.as(busy))),
  );
  const Marker = Buffer.from(String(LIMIT - 200)).toString('base64');
  const page = await cost(() => kms.run<ListGrantsResponse>('ListGrants', { KeyId, Limit: 100, Marker }));
  const ofOne = await cost(() =>
    kms.run<ListGrantsResponse>('ListGrants', { KeyId, GranteePrincipal: busy.principal.arn, Limit: 100, Marker }),
  );
  expect({ decide, refuse, page, ofOne }).toSatisfy((costs: Record<string, number>) =>
    Object.values(costs).every((milliseconds) => milliseconds < 5),
  );
});
