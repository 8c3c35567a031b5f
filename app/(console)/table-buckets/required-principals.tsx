import { Status } from '@/components/ui/badge';
import { CodeRows, prettyJson } from '@/components/ui/code';
import { CopyButton } from '@/components/ui/copy-button';
import { diffLines } from '@/components/ui/diff';
import { ActionButton } from '@/components/ui/form';
import { formatCount } from '@/components/ui/format';
import { Card } from '@/components/ui/layout';
import { Principal } from '@/components/ui/principal';
import type { Aws } from '@/lib/aws/connection';
import { getKeyPolicy } from '@/lib/aws/keys';
import type { Result } from '@/lib/aws/result';
import { readOnlyReason, writeTarget } from '../reads';
import { allowMaintenance } from './actions';
import { judgeMaintenance } from './judge-maintenance';
import { withMaintenanceStatement } from './maintenance-statement';

/** What the page knows about the principals that a table bucket's key must allow. */
export interface RequiredPrincipals {
  readonly policy: Result<string>;
  /** Undefined where the policy could not be read. */
  readonly maintenance: { allowed: boolean; statement?: string } | undefined;
}

export async function readRequiredPrincipals(
  aws: Aws,
  keyId: string,
  bucketArn: string,
  account: string,
): Promise<RequiredPrincipals> {
  const policy = await getKeyPolicy(aws, keyId);
  return {
    policy,
    maintenance: policy.ok
      ? judgeMaintenance(policy.data, { keyId, bucketArn, account, region: aws.region })
      : undefined,
  };
}

/** Who must be able to use the default key, and the repair where somebody can't. */
export async function RequiredPrincipalsCard({
  required,
  keyId,
  bucketArn,
}: {
  required: RequiredPrincipals;
  keyId: string;
  bucketArn: string;
}) {
  const [readOnly, target] = await Promise.all([readOnlyReason(), writeTarget()]);
  const { policy, maintenance } = required;
  return (
    <Card
      title="Who must be able to use the key"
      count={maintenance ? `${maintenance.allowed ? 1 : 0} of 1 can` : undefined}
      rule
      bare
    >
      <ul className="principals">
        <li>
          <Principal principal="maintenance.s3tables.amazonaws.com" about="Creates, compacts and cleans tables" />
          <div className="state">
            {maintenance === undefined ? (
              <Status>Not read</Status>
            ) : maintenance.allowed ? (
              <Status tone="good">Allowed</Status>
            ) : (
              <Status tone="bad">Missing</Status>
            )}
          </div>
          <div className="how">
            {maintenance === undefined
              ? policy.ok
                ? ''
                : `${policy.error.action}: ${policy.error.code}`
              : maintenance.allowed
                ? `Key policy, ${maintenance.statement ?? 'a statement'}`
                : 'No statement in the key policy'}
          </div>
          {maintenance && !maintenance.allowed && policy.ok && (
            <Repair policy={policy.data} keyId={keyId} bucketArn={bucketArn} unavailable={readOnly} target={target} />
          )}
        </li>
      </ul>
    </Card>
  );
}

function Repair({
  policy,
  keyId,
  bucketArn,
  unavailable,
  target,
}: {
  policy: string;
  keyId: string;
  bucketArn: string;
  unavailable: string | undefined;
  target: string;
}) {
  const { text, statement } = withMaintenanceStatement(policy, bucketArn);
  return (
    <div className="repair">
      <div className="repair-head">
        <div className="font-semibold">Tables can't be created in this bucket with this key, and compaction fails</div>
        <div className="mt-0.5 text-ink-2">
          A service principal can't be allowed through IAM, so the key policy must name it.
        </div>
      </div>
      <CodeRows rows={diffLines(prettyJson(policy), text)} label="Proposed key policy statement" />
      <div className="repair-foot">
        <ActionButton
          action={allowMaintenance}
          input={{ keyId, arn: bucketArn }}
          kind="primary"
          size="small"
          unavailable={unavailable}
          target={target}
        >
          Review and apply
        </ActionButton>
        <span className="flex items-center gap-1 text-ink-2">
          Statement <CopyButton text={JSON.stringify(statement, null, 2)} label="Copy statement" />
        </span>
        <span className="ml-auto text-xs text-ink-2">
          {formatCount(Buffer.byteLength(text))} of 32,768 bytes after the change
        </span>
      </div>
    </div>
  );
}
