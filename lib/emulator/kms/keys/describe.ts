import { authorizeKey } from '../authorize.ts';
import type { Call } from '../call.ts';
import type { Kms } from '../kms.ts';
import { ANY_KEY, resolveKey } from '../resolve.ts';
import type { KeyRecord } from './record.ts';

/** Finds a key and asks for kms:DescribeKey, which works in every state (KMS-05). Throws as DescribeKey does. */
export function describeKey(kms: Kms, call: Call, keyId: string): KeyRecord {
  const { key, alias } = resolveKey(kms, call, keyId, 'DescribeKey', ANY_KEY);
  authorizeKey(kms, call, { action: 'DescribeKey', key, alias, grantable: true });
  return key;
}
