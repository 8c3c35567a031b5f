import { shortName } from '@/components/graph/model/rows';
import { CodeRows, prettyJson } from '@/components/ui/code';
import { FormDialogButton } from '@/components/ui/confirm';
import { CopyButton } from '@/components/ui/copy-button';
import { diffLines } from '@/components/ui/diff';
import { plural } from '@/components/ui/format';
import { Card } from '@/components/ui/layout';
import { sha256Hex } from '@/lib/access/hash';
import type { Principal } from '@/lib/access/index';
import { type Repair, repairsFor } from '@/lib/access/repair/repair';
import type { Loaded } from '../access/load';
import { createGrantAction } from '../keys/grant-actions';
import { readOnlyReason, writeTarget } from '../reads';
import { applyRepairAction } from './actions';
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
  explained: { request, policies, key },
  unavailable,
  target,
}: {
  repair: Repair;
  explained: Explained;
  unavailable: string | undefined;
  target: string;
}) {
  const { grant, after, before } = repair;
  if (grant !== undefined) {
    return (
      <FormDialogButton
        label="Review and create"
        size="small"
        title={repair.title}
        action={createGrantAction}
        submit="Create grant"
        target={target}
        unavailable={unavailable}
      >
        <input type="hidden" name="keyId" value={request.resource} />
        <input type="hidden" name="grantee" value={grant.grantee} />
        {grant.operations.map((operation) => (
          <input key={operation} type="hidden" name="operations[]" value={operation} />
        ))}
        <p>
          <span className="mono">{shortName(grant.grantee)}</span> may call {grant.operations.join(', ')} with this key,
          for every encryption context. The grant counts with its token at once, and everywhere after some minutes.
        </p>
      </FormDialogButton>
    );
  }
  const kind = key !== undefined && repair.target === 'resource-policy' ? 'key' : undefined;
  if (kind === undefined || after === undefined || policies.resource === undefined) {
    return <span className="text-ink-2">Change it where the policy is kept.</span>;
  }
  return (
    <FormDialogButton
      label="Review and apply"
      kind="primary"
      size="small"
      width="wide"
      title={repair.title}
      action={applyRepairAction}
      submit="Put key policy"
      target={target}
      unavailable={unavailable}
    >
      <input type="hidden" name="keyId" value={request.resource} />
      <input type="hidden" name="policy" value={after} />
      <input type="hidden" name="before" value={sha256Hex(before ?? '')} />
      <CodeRows rows={diffLines(prettyJson(before ?? ''), prettyJson(after))} label="Change of the key policy" wrap />
      <p className="text-ink-2">{affects(repair)}. A new key policy is known everywhere within some seconds.</p>
    </FormDialogButton>
  );
}
