import { load } from './load.mjs';
import { signedRequests } from './signed-requests.mjs';
import { kms, send } from './workloads.mjs';

const ACCOUNT = '111122223333';
/** Requests that are signed and held in memory at once. */
const BATCH = 20_000;

/** How large the world is in which the console is measured. */
export const LARGE = {
  tableBuckets: 10_000,
  keys: 2_000,
  grants: 50_000,
  // As many as IAM allows by default, and users for the rest of 5,000 principals.
  roles: 1_000,
  users: 4_000,
  events: Number(process.env.BENCH_EVENTS ?? 1_000_000),
};

/**
 * Fills an emulator over the wire: table buckets, keys, one key with as many grants as KMS allows, the principals that
 * they are for, and an audit trail. Gives the id of the key with the grants and the names of what stands in the middle.
 */
export async function fillLargeWorld({ port, url, adminToken }, size = LARGE, say = () => undefined) {
  await fetch(`${url}/_emulator/settings`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ tableBucketQuota: size.tableBuckets }),
  });
  say(`${size.roles} roles and ${size.users} users`);
  await each(port, 'iam', size.roles, (i) => iam('CreateRole', { RoleName: role(i), AssumeRolePolicyDocument: TRUST }));
  await each(port, 'iam', size.users, (i) => iam('CreateUser', { UserName: user(i) }));
  say(`${size.keys} keys`);
  const { KeyMetadata: granted } = JSON.parse(
    await send(port, 'kms', kms('CreateKey', { Description: 'many grants' })),
  );
  await send(port, 'kms', kms('CreateAlias', { AliasName: 'alias/many-grants', TargetKeyId: granted.KeyId }));
  await each(port, 'kms', size.keys - 1, (i) => kms('CreateKey', { Description: `key ${i}` }));
  say(`${size.grants} grants of one key`);
  await each(port, 'kms', size.grants, (i) =>
    kms('CreateGrant', {
      KeyId: granted.KeyId,
      GranteePrincipal: grantee(i % (size.roles + size.users), size.roles),
      Operations: i % 3 === 0 ? ['Decrypt', 'GenerateDataKey'] : ['Decrypt'],
      Name: `grant-${i}`,
    }),
  );
  say(`${size.tableBuckets} table buckets`);
  await each(port, 's3tables', size.tableBuckets, (i) => ({
    method: 'PUT',
    path: '/buckets',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(
      JSON.stringify({
        name: tableBucket(i),
        ...(i % 2 === 0 && { encryptionConfiguration: { sseAlgorithm: 'aws:kms', kmsKeyArn: granted.Arn } }),
      }),
    ),
  }));
  say(`${size.events} events`);
  await send(port, 's3', { method: 'PUT', path: '/events' });
  await send(port, 's3', { method: 'PUT', path: '/events/one', body: Buffer.from('one') });
  await each(port, 's3', size.events, () => ({ method: 'GET', path: '/events/one' }));
  return { keyId: granted.KeyId, tableBucket: tableBucket(size.tableBuckets / 2) };
}

const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' }],
});

const iam = (Action, input) => ({
  method: 'POST',
  path: '/',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: Buffer.from(new URLSearchParams({ Action, Version: '2010-05-08', ...input }).toString()),
});

const grantee = (index, roles) =>
  `arn:aws:iam::${ACCOUNT}:${index < roles ? `role/${role(index)}` : `user/${user(index - roles)}`}`;
const user = (index) => `user-${String(index).padStart(4, '0')}`;
const role = (index) => `Role${String(index).padStart(4, '0')}`;
const tableBucket = (index) => `lakehouse-${String(index).padStart(5, '0')}`;

async function each(port, service, count, request) {
  for (let from = 0; from < count; from += BATCH) {
    const length = Math.min(BATCH, count - from);
    const requests = signedRequests(
      { port, service },
      Array.from({ length }, (_, i) => request(from + i)),
    ).values();
    const { failed, firstFailure } = await load({ port, take: () => requests.next().value, connections: 16 });
    if (failed > 0) throw new Error(firstFailure);
  }
}
