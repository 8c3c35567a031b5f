import { Arn } from '@/components/ui/arn';
import { CodeBlock } from '@/components/ui/code';
import { formatTime, plural } from '@/components/ui/format';
import { Fact, Facts } from '@/components/ui/layout';
import { Principal } from '@/components/ui/principal';
import type { GrantGroup } from '@/lib/access/reach/index';
import type { KeyDetail } from '@/lib/aws/access-picture';
import { readOnlyReason, writeTarget } from '../../reads';
import { GrantButtons } from './grant-buttons';

const CONSTRAINTS = {
  none: 'None',
  equals: 'EncryptionContextEquals',
  subset: 'EncryptionContextSubset',
  source: 'SourceArn',
  several: 'Several',
} as const;

/** The grant, or the first of a pile of grants that allow the same. */
export async function GrantFacts({
  group,
  detail,
  account,
  keyArn,
}: {
  group: GrantGroup;
  detail: KeyDetail | undefined;
  account: string;
  keyArn: string;
}) {
  const [unavailable, target] = await Promise.all([readOnlyReason(), writeTarget()]);
  const [first] = group.grants;
  if (first === undefined) return null;
  const full = detail?.grants.get(first.grantId);
  const constraint = first.constraints?.encryptionContextEquals ?? first.constraints?.encryptionContextSubset;
  const many = group.grants.length > 1;
  return (
    <section>
      <h3 className="h3">{many ? `The first of ${plural(group.grants.length, 'grant')}` : 'The grant'}</h3>
      <div className="tight-facts">
        <Facts>
          <Fact label="Name">
            {first.name ? <span className="mono">{first.name}</span> : <span className="text-ink-3">None</span>}
          </Fact>
          <Fact label="Grant ID" oneLine>
            <Arn value={first.grantId} label="grant ID" />
          </Fact>
          <Fact label="Operations">
            {group.operations.map((operation) => (
              <span className="chip" key={operation}>
                {operation}
              </span>
            ))}
          </Fact>
          <Fact label="Constraint">{CONSTRAINTS[group.constraint]}</Fact>
          <Fact label="Retires" oneLine>
            {first.retiringPrincipal ? (
              <Principal principal={first.retiringPrincipal} account={account} />
            ) : (
              <span className="text-ink-3">Nobody named</span>
            )}
          </Fact>
          {full?.createdAt && <Fact label="Made">{formatTime(full.createdAt)}</Fact>}
        </Facts>
      </div>
      {constraint && (
        <CodeBlock text={JSON.stringify(constraint, null, 2)} label="Encryption context constraint" wrap />
      )}
      <GrantButtons keyArn={keyArn} grantId={first.grantId} unavailable={unavailable} target={target} />
    </section>
  );
}
