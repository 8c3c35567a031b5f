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
  await kms.run('CreateGrant', {
    KeyId,
    GranteePrincipal: busy.principal.arn,
    Operations: ['GenerateDataKey', 'Decrypt'],
    Constraints: { EncryptionContextSubset: { tenant: 't1' } },
  });
  // The others as the operation writes them, at once: half of them for one principal, each with a constraint of its own.
  kms.state.write(() => {
    kms.state.db.exec(`
      WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ${LIMIT})
      INSERT INTO kms_grants (grant_id, region, key_id, account, grantee, grantee_is_service, retiring_is_service,
        issuing_account, operations, constraints, anchor, created_at, effective_at)
      SELECT lower(hex(randomblob(32))), region, key_id, account,
        CASE i % 2 WHEN 1 THEN grantee ELSE 'arn:aws:iam::${ACCOUNT}:user/u' || i END, 0, 0,
        issuing_account, operations, replace(constraints, '"t1"', '"t' || i || '"'), 'tenant=t' || i, created_at, effective_at
      FROM kms_grants, n`);
    kms.state.db.exec(`UPDATE kms_keys SET grant_count = ${LIMIT}`);
  });
});
afterAll(() => kms.close());

/** Milliseconds of one call, the best of several: what it costs, not what else the machine does. */
async function cost(work: () => Promise<unknown>): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 25; round += 1) {
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
  await kms.run('GenerateDataKey', call('t40001'), kms.as(busy));
  await kms.run('GenerateDataKey', call('t50000'), kms.as(user('u50000')));
  expect((await kms.refusal('GenerateDataKey', call('t40000'), kms.as(busy))).code).toBe('AccessDeniedException');
  expect((await kms.refusal('GenerateDataKey', call('none'), kms.as(busy))).code).toBe('AccessDeniedException');
});

test('decisions and pages cost milliseconds at most', async () => {
  let tenant = 1;
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
