import { shortName } from '@/components/graph/model/rows';
import { CodeRows, prettyJson } from '@/components/ui/code';
import { CopyButton } from '@/components/ui/copy-button';
import { diffLines } from '@/components/ui/diff';
import { ActionButton } from '@/components/ui/form';
import { plural } from '@/components/ui/format';
import { Card } from '@/components/ui/layout';
import type { Principal } from '@/lib/access/index';
import { type Repair, repairsFor } from '@/lib/access/repair/repair';
import type { Loaded } from '../access/load';
import { saveKeyPolicy } from '../keys/actions';
import { createGrantAction } from '../keys/grant-actions';
import { readOnlyReason, writeTarget } from '../reads';
import { callerSide, type Explained } from './question';

/** What would turn a refusal into an allow: each change confirmed by the evaluator, with whom else it affects. */
export async function Repairs({ explained, loaded }: { explained: Explained; loaded: Loaded }) {
  const { request, policies } = explained;
  const byName = new Map(loaded.picture.principals.map((one) => [one.name, one]));
  const repairs = repairsFor(request, policies, {
    callerSide: (principal: Principal) => {
      const known = byName.get(principal.roleArn ?? principal.arn);
      return known === undefined ? { identity: [] } : callerSide(known);
    },
    principals: loaded.picture.principals.slice(0, 200).map(({ principal }) => principal),
  });
  const [unavailable, target] = await Promise.all([readOnlyReason(), writeTarget()]);
  if (repairs.length === 0) return null;
  return (
    <Card title="What would change the answer" count="smallest change first">
      <ol className="repairs">
        {repairs.map((repair, index) => (
          <li key={`${repair.target} ${repair.title}`}>
            <div className="repair-line">
              <span>
                <b>{index + 1}.</b> {repair.title}
              </span>
              <span className="text-ink-2">{affects(repair)}</span>
            </div>
            {repair.after !== undefined && (
              <CodeRows
                rows={diffLines(repair.before === '' ? '' : prettyJson(repair.before ?? ''), prettyJson(repair.after))}
                label={`Change: ${repair.title}`}
                wrap
              />
            )}
            <div className="mt-2 flex flex-wrap items-center gap-2">
              <Apply repair={repair} explained={explained} unavailable={unavailable} target={target} />
              {repair.after !== undefined && <CopyButton text={prettyJson(repair.after)} label="Copy the document" />}
            </div>
          </li>
        ))}
      </ol>
    </Card>
  );
}

function affects({ alsoGain, target, complete }: Repair): string {
  if (alsoGain.length === 0)
    return target === 'grant' ? 'Affects the grantee only' : `Nobody else gains${complete ? '' : ' among those asked'}`;
  const [first] = alsoGain;
  const name = first === undefined ? '' : shortName(first.roleArn ?? first.arn);
  return alsoGain.length === 1 ? `${name} gains too` : `${name} and ${plural(alsoGain.length - 1, 'other')} gain too`;
}

function Apply({
  repair,
  explained: { request, key },
  unavailable,
  target,
}: {
  repair: Repair;
  explained: Explained;
  unavailable: string | undefined;
  target: string;
}) {
  const { grant, after } = repair;
  if (grant !== undefined) {
    return (
      <ActionButton
        action={createGrantAction}
        input={{ keyId: request.resource, grantee: grant.grantee, operations: grant.operations }}
        target={target}
        unavailable={unavailable}
      >
        Review and create
      </ActionButton>
    );
  }
  if (key === undefined || repair.target !== 'resource-policy' || after === undefined) {
    return <span className="text-ink-2">Change it where the policy is kept.</span>;
  }
  return (
    <ActionButton
      action={saveKeyPolicy}
      input={{ keyId: request.resource, policy: prettyJson(after) }}
      kind="primary"
      target={target}
      unavailable={unavailable}
    >
      Review and apply
    </ActionButton>
  );
}
