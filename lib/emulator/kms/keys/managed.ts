/** AWS managed keys: made on first use, with a policy that lets the service in for everybody in the account (KMS-26). */

import { random } from '../crypto/random.ts';
import type { Kms } from '../kms.ts';
import { findKey } from '../resolve.ts';
import { insertKey, newKeyRow } from './lifecycle.ts';
import { type KeyRecord, partition } from './record.ts';
import { DAY_MS } from './rotate.ts';

const S3 = {
  description: 'Default key that protects my S3 objects when no other key is defined',
  policyId: 'auto-s3-2',
  service: 's3',
} as const;

/** The key behind `alias/aws/s3`, made if this account has none in the Region yet (GP-07). */
export function managedKey(kms: Kms, alias: 'alias/aws/s3', accountId: string, region: string): KeyRecord {
  const keyId = kms.aliases.target(accountId, region, alias);
  const existing = keyId === undefined ? undefined : findKey(kms, region, keyId);
  if (existing !== undefined) return existing;
  const now = kms.now(accountId);
  return kms.write(() => {
    const row = newKeyRow({
      accountId,
      region,
      now,
      manager: 'AWS',
      description: S3.description,
      policyText: managedPolicy(accountId, region),
    });
    kms.aliases.insert(accountId, region, { name: alias, keyId: row.keyId, createdAt: now, updatedAt: now });
    // AWS managed keys rotate every year and nobody can change that (KMS-07).
    return insertKey(kms, { ...row, rotationPeriod: 365, nextRotationAt: now + 365 * DAY_MS }, random.take(32));
  });
}

/** Use through the service for the whole account, without an IAM statement; sight of the metadata by delegation. */
function managedPolicy(accountId: string, region: string): string {
  return JSON.stringify(
    {
      Version: '2012-10-17',
      Id: S3.policyId,
      Statement: [
        {
          Sid: 'Allow access through S3 for all principals in the account that are authorized to use S3',
          Effect: 'Allow',
          Principal: { AWS: '*' },
          Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
          Resource: '*',
          Condition: {
            StringEquals: {
              'kms:CallerAccount': accountId,
              'kms:ViaService': `${S3.service}.${region}.amazonaws.com`,
            },
          },
        },
        {
          Sid: 'Allow direct access to key metadata to the account',
          Effect: 'Allow',
          Principal: { AWS: `arn:${partition(region)}:iam::${accountId}:root` },
          Action: ['kms:Describe*', 'kms:Get*', 'kms:List*'],
          Resource: '*',
        },
      ],
    },
    null,
    2,
  );
}
