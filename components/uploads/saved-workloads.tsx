import type { Route } from 'next';
import type { SavedPlan } from '@/lib/uploads/store';
import { ButtonLink } from '../ui/button';
import { CopyButton } from '../ui/copy-button';
import { ActionButton } from '../ui/form';
import { Card } from '../ui/layout';
import type { FormAction } from '../ui/outcome';
import { Time } from '../ui/time';
import { targetNames, workload } from './describe';

/** Workloads that somebody kept: run, edit, duplicate, share, delete. */
export function SavedWorkloads({
  saved,
  links,
  duplicate,
  forget,
}: {
  saved: readonly SavedPlan[];
  /** Addresses that hold a whole workload, by its id. */
  links: ReadonlyMap<string, string>;
  duplicate: FormAction;
  forget: FormAction;
}) {
  return (
    <Card title="Saved workloads" count={saved.length} rule bare>
      <div className="table-scroll">
        <table aria-label="Saved workloads" className="stack-small">
          <thead>
            <tr>
              <th scope="col">Workload</th>
              <th scope="col">Into</th>
              <th scope="col">Saved</th>
              <th scope="col">
                <span className="sr-only">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {saved.map(({ id, plan, savedAt }) => (
              <tr key={id}>
                <td>
                  <span className="font-medium">{plan.name || 'Without a name'}</span>
                  <span className="sub block">{workload(plan)}</span>
                </td>
                <td className="mono">{targetNames(plan)}</td>
                <td>
                  <Time value={savedAt} />
                </td>
                <td>
                  <span className="flex flex-wrap items-center justify-end gap-1">
                    <ButtonLink size="small" href={`/uploads/new?saved=${id}` as Route}>
                      Open {plan.name}
                    </ButtonLink>
                    <ActionButton size="small" kind="ghost" action={duplicate} input={{ id }}>
                      Duplicate
                    </ActionButton>
                    <CopyButton text={links.get(id) ?? ''} label={`Copy a link to ${plan.name || 'the workload'}`} />
                    <ActionButton size="small" kind="ghost" action={forget} input={{ id }}>
                      Delete
                    </ActionButton>
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
