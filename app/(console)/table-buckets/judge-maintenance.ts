import { conditionContext, evaluate, parsePolicy } from '@/lib/access/index';
import { MAINTENANCE } from './maintenance-statement';

/**
 * Whether S3 Tables maintenance may use a key (TB-17, PERM-01): asks the same evaluator that decides in the emulator,
 * for a table of this bucket. Service principals are allowed by the key policy only.
 */
export function judgeMaintenance(
  policyText: string,
  where: { keyId: string; bucketArn: string; account: string; region: string },
): { allowed: boolean; statement?: string } {
  let policy: ReturnType<typeof parsePolicy>;
  try {
    policy = parsePolicy(policyText, 'key');
  } catch {
    return { allowed: false };
  }
  const context = conditionContext([
    ['kms:EncryptionContext:aws:s3:arn', `${where.bucketArn}/table/00000000-0000-0000-0000-000000000000/data`],
    ['kms:EncryptionContextKeys', ['aws:s3:arn']],
    ['kms:ViaService', `s3.${where.region}.amazonaws.com`],
    ['kms:CallerAccount', where.account],
    ['aws:SourceAccount', where.account],
    ['aws:SourceArn', `${where.bucketArn}/table/00000000-0000-0000-0000-000000000000`],
    ['aws:PrincipalServiceName', MAINTENANCE],
    ['aws:PrincipalIsAWSService', 'true'],
  ]);
  const resource = where.keyId.startsWith('arn:')
    ? where.keyId
    : `arn:aws:kms:${where.region}:${where.account}:key/${where.keyId}`;
  let statement: string | undefined;
  for (const action of ['kms:GenerateDataKey', 'kms:Decrypt']) {
    const decision = evaluate(
      {
        principal: {
          kind: 'AWSService',
          arn: MAINTENANCE,
          accountId: '',
          userId: MAINTENANCE,
          serviceName: MAINTENANCE,
        },
        action,
        resource,
        resourceAccountId: where.account,
        context,
      },
      { identity: [], resource: { source: 'key policy', policy } },
    );
    if (decision.outcome !== 'allow') return { allowed: false };
    statement ??= decision.statement;
  }
  return { allowed: true, ...(statement ? { statement } : {}) };
}
