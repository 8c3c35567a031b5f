import { getBucketEncryption, getBucketPolicy } from '../aws/buckets.ts';
import type { Aws } from '../aws/connection.ts';
import { readDependants } from '../aws/key-dependants.ts';
import { describeKey, getKeyPolicy } from '../aws/keys.ts';
import type { Result } from '../aws/result.ts';
import { getTableBucketPolicy } from '../aws/table-buckets.ts';
import { getTablePolicy } from '../aws/tables.ts';
import type { Change } from '../plan/change.ts';
import type { Around } from '../plan/effect.ts';
import { surroundings } from '../plan/surroundings.ts';
import { repairedDocument } from './documents.ts';
import type { Found } from './types.ts';

/** The change that repairs a finding, from how things are now; a failure where it is not there any more. */
export async function repairOf(aws: Aws, found: Found, around: Around): Promise<Result<Change>> {
  const { place, check, id } = found;
  if (!place) return gone();
  if (check === 'rotation-off') return { ok: true, data: { kind: 'rotation', keyId: place.name, on: true, days: 365 } };
  if (check === 'bucket-key-off' || check === 'customer-keys-accepted') {
    const now = await getBucketEncryption(aws, place.name);
    if (!now.ok) return now;
    const { kind, keyId, bucketKey, blocksCustomerKeys } = now.data;
    if (kind === 'SSE-C') return gone();
    const encryption = {
      kind,
      ...(keyId ? { keyId } : {}),
      blocksCustomerKeys: check === 'customer-keys-accepted' || blocksCustomerKeys,
      ...(kind === 'SSE-KMS' ? { bucketKey: check === 'bucket-key-off' || bucketKey === true } : {}),
    };
    return { ok: true, data: { kind: 'bucket-encryption', bucket: place.name, encryption } };
  }
  if (found.tab === 'grants') {
    const grantId = id.split(' ').at(-1) ?? '';
    return { ok: true, data: { kind: 'end-grant', keyId: place.name, grantId, how: 'revoke' } };
  }
  return documentRepair(aws, found, around);
}

async function documentRepair(aws: Aws, { id, place, resource }: Found, around: Around): Promise<Result<Change>> {
  if (place?.kind === 'key') {
    const [key, policy] = await Promise.all([describeKey(aws, place.name), getKeyPolicy(aws, place.name)]);
    if (!key.ok) return key;
    if (!policy.ok) return policy;
    const known = surroundings(aws, around, { key: key.data, dependants: await readDependants(aws, key.data) });
    const text = repairedDocument({ kind: 'key', text: policy.data, label: 'Key policy', resource }, known, id);
    return text === undefined ? gone() : { ok: true, data: { kind: 'key-policy', keyId: place.name, policy: text } };
  }
  const known = surroundings(aws, around);
  const repaired = (text: string | undefined) =>
    text === undefined || !place || place.kind === 'key'
      ? undefined
      : repairedDocument({ kind: place.kind, text, label: '', resource }, known, id);
  if (place?.kind === 'bucket' || place?.kind === 'directory-bucket') {
    const policy = await getBucketPolicy(aws, place.name);
    if (!policy.ok) return policy;
    const text = repaired(policy.data);
    return text === undefined
      ? gone()
      : { ok: true, data: { kind: 'bucket-policy', bucket: place.name, policy: text } };
  }
  const bucketArn = `arn:aws:s3tables:${aws.region}:${around.account}:bucket/${place?.bucket ?? place?.name ?? ''}`;
  if (place?.kind === 'table-bucket') {
    const policy = await getTableBucketPolicy(aws, bucketArn);
    if (!policy.ok) return policy;
    const text = repaired(policy.data);
    return text === undefined ? gone() : { ok: true, data: { kind: 'table-bucket-policy', bucketArn, policy: text } };
  }
  const which = { bucketArn, namespace: place?.namespace ?? '', name: place?.name ?? '' };
  const policy = await getTablePolicy(aws, which);
  if (!policy.ok) return policy;
  const text = repaired(policy.data);
  return text === undefined ? gone() : { ok: true, data: { kind: 'table-policy', ...which, policy: text } };
}

function gone(): Result<never> {
  return {
    ok: false,
    error: { code: 'NotFound', message: 'This is not there any more. Scan again.', action: 'console:Repair' },
  };
}
