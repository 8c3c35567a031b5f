import { FileBadge } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { PolicyEditor } from '@/components/policy/policy-editor';
import { routes } from '@/components/routes';
import { Arn } from '@/components/ui/arn';
import { ConfirmButton, FormDialogButton } from '@/components/ui/confirm';
import { ActionButton, SelectField, TextArea, TextField } from '@/components/ui/form';
import { formatCount } from '@/components/ui/format';
import { Card } from '@/components/ui/layout';
import { Empty, Failure } from '@/components/ui/states';
import type { Identity } from '@/lib/aws/identities';
import { listManagedPolicies } from '@/lib/aws/managed-policies';
import type { Listing } from '@/lib/aws/paginate';
import { type AttachedPolicy, listAttachedPolicies, listInlinePolicies } from '@/lib/aws/principal-policies';
import { dataOr, type Result } from '@/lib/aws/result';
import { workplace } from '@/lib/aws/session';
import { lintContext } from '../../../policy-lint';
import { readOnlyReason, writeTarget } from '../../../reads';
import { DOCUMENT_LIMITS } from '../../fields';
import { attachPolicy, detachPolicy, removeInlinePolicy, saveInlinePolicy, setBoundary } from '../../policy-actions';

/** Everything that gives an identity permissions, and the boundary that bounds them. */
export async function PoliciesTab({ identity }: { identity: Identity }) {
  const { kind, name } = identity;
  const { aws } = await workplace();
  const [inline, attached, own, readOnly, target, lint] = await Promise.all([
    listInlinePolicies(aws, kind, name),
    listAttachedPolicies(aws, kind, name),
    listManagedPolicies(aws, 'Local'),
    readOnlyReason(),
    writeTarget(),
    lintContext('identity'),
  ]);
  const choices = [
    { value: '', label: 'By ARN' },
    ...dataOr(own, { items: [], cutOff: false }).items.map((policy) => ({ value: policy.arn, label: policy.name })),
  ];
  const policyFields = (
    <>
      <input type="hidden" name="kind" value={kind} />
      <input type="hidden" name="name" value={name} />
      <SelectField name="chosen" label="Policy of this account" options={choices} />
      <TextField name="arn" label="Or ARN" optional mono hint="AWS's own: arn:aws:iam::aws:policy/Name." />
    </>
  );
  return (
    <div className="stack">
      <Attached
        identity={identity}
        attached={attached}
        readOnly={readOnly}
        target={target}
        add={
          <FormDialogButton
            label="Attach policy"
            size="small"
            title={`Attach a policy to ${name}`}
            action={attachPolicy}
            submit="Attach policy"
            target={target}
            unavailable={readOnly}
          >
            {policyFields}
          </FormDialogButton>
        }
      />
      {kind !== 'group' && (
        <Card
          title="Permissions boundary"
          end={
            <>
              <FormDialogButton
                label={identity.boundary ? 'Change' : 'Set boundary'}
                size="small"
                title="Permissions boundary"
                action={setBoundary}
                submit="Set boundary"
                target={target}
                unavailable={readOnly}
              >
                {policyFields}
              </FormDialogButton>
              {identity.boundary && (
                <ActionButton
                  action={setBoundary}
                  input={{ kind, name }}
                  kind="ghost"
                  size="small"
                  unavailable={readOnly}
                >
                  Remove {target}
                </ActionButton>
              )}
            </>
          }
        >
          {identity.boundary ? (
            <span className="inline-flex max-w-full items-center gap-1">
              <Arn value={identity.boundary} href={routes.managedPolicy(identity.boundary)} />
            </span>
          ) : (
            <p className="text-ink-2">None. A boundary gives nothing; it limits what the policies below can give.</p>
          )}
        </Card>
      )}
      <Card
        title="Inline policies"
        count={inline.ok ? formatCount(inline.data.items.length) : 'not read'}
        end={
          <FormDialogButton
            label="Add inline policy"
            size="small"
            title="Add an inline policy"
            width="wide"
            action={saveInlinePolicy}
            submit="Save policy"
            target={target}
            unavailable={readOnly}
          >
            <input type="hidden" name="kind" value={kind} />
            <input type="hidden" name="name" value={name} />
            <TextField name="policyName" label="Name" mono focusFirst />
            <TextArea name="policy" label="Policy" rows={14} defaultValue={EXAMPLE} />
          </FormDialogButton>
        }
      >
        {inline.ok ? (
          inline.data.items.length === 0 && (
            <p className="text-ink-2">None. An inline policy lives and dies with its {kind}.</p>
          )
        ) : (
          <Failure title="Inline policies could not be read" error={inline.error} />
        )}
      </Card>
      {inline.ok &&
        inline.data.items.map((policy) => (
          <Card
            key={policy.name}
            title={policy.name}
            count="inline"
            end={
              <ConfirmButton
                label="Delete"
                kind="ghost"
                size="small"
                unavailable={readOnly}
                title={`Delete the policy ${policy.name}`}
                consequence={{
                  title: `What only this policy allows, the ${kind} can no longer do`,
                  detail: 'Other policies of it, key policies and grants stay as they are.',
                }}
                word={policy.name}
                action={removeInlinePolicy}
                input={{ kind, name, policyName: policy.name }}
                submit="Delete policy"
                target={target}
              />
            }
            rule
          >
            <div className="pt-4">
              <PolicyEditor
                label={`Policy ${policy.name}`}
                policy={policy.document}
                limit={DOCUMENT_LIMITS[kind]}
                action={saveInlinePolicy}
                input={{ kind, name, policyName: policy.name }}
                target={target}
                unavailable={readOnly}
                example={EXAMPLE}
                lint={lint}
              />
            </div>
          </Card>
        ))}
    </div>
  );
}

function Attached({
  identity: { kind, name },
  attached,
  readOnly,
  target,
  add,
}: {
  identity: Identity;
  attached: Result<Listing<AttachedPolicy>>;
  readOnly: string | undefined;
  target: string;
  add: ReactNode;
}) {
  return (
    <Card
      title="Managed policies"
      count={attached.ok ? formatCount(attached.data.items.length) : 'not read'}
      end={add}
      rule
      bare
    >
      {!attached.ok ? (
        <Failure title="Attached policies could not be read" error={attached.error} />
      ) : attached.data.items.length === 0 ? (
        <Empty icon={FileBadge} title="No managed policy attached">
          A managed policy is shared: change it once for everybody who has it.
        </Empty>
      ) : (
        <ul className="rows-list">
          {attached.data.items.map((policy) => (
            <li key={policy.arn}>
              <Link className="link mono min-w-0 truncate" href={routes.managedPolicy(policy.arn)}>
                {policy.name}
              </Link>
              <span className="ml-auto">
                <ActionButton
                  action={detachPolicy}
                  input={{ kind, name, arn: policy.arn }}
                  kind="ghost"
                  size="small"
                  unavailable={readOnly}
                >
                  Detach {target}
                </ActionButton>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

const EXAMPLE = JSON.stringify(
  {
    Version: '2012-10-17',
    Statement: [{ Sid: 'UseKeys', Effect: 'Allow', Action: ['kms:Decrypt'], Resource: 'arn:aws:kms:*:*:key/*' }],
  },
  null,
  2,
);
