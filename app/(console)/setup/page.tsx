import { Cylinder, FileCode, FolderTree, ShieldCheck, Table2 } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { routes } from '@/components/routes';
import { Status } from '@/components/ui/badge';
import { ButtonLink } from '@/components/ui/button';
import { ActionButton } from '@/components/ui/form';
import { Card, PageHeader } from '@/components/ui/layout';
import { Time } from '@/components/ui/time';
import { workplace } from '@/lib/aws/session';
import { listSetups } from '@/lib/aws/setup';
import { STEPS, type WizardKind } from '@/lib/setup/choices';
import { summaryOf } from '@/lib/setup/defaults';
import { choicesOf, type Draft, firstOpenStep } from '@/lib/setup/draft';
import { isProven } from '@/lib/setup/proof';
import { begin, forget } from './actions';
import { STEP_NAMES, WIZARD_NAMES } from './names';

export const metadata: Metadata = { title: 'Guided set-up' };

const WIZARD_CARDS: readonly {
  readonly wizard: WizardKind;
  readonly icon: typeof Table2;
  readonly about: string;
  readonly button: string;
}[] = [
  {
    wizard: 'table',
    icon: Table2,
    about: 'Iceberg tables under a key of yours, with the maintenance principal let in, so that tables can be made.',
    button: 'Set up a table bucket',
  },
  {
    wizard: 'directory',
    icon: FolderTree,
    about: 'A bucket in one zone. Its key is chosen once and can never be changed.',
    button: 'Set up a directory bucket',
  },
  {
    wizard: 'general',
    icon: Cylinder,
    about: 'Objects under a key of yours, with a bucket key that spares most requests to KMS.',
    button: 'Set up a bucket',
  },
  {
    wizard: 'secure',
    icon: ShieldCheck,
    about: 'Buckets that you have: give them a key, let in whom they need, and refuse everything else.',
    button: 'Secure what I have',
  },
];

export default async function SetupPage() {
  const { aws } = await workplace();
  const drafts = listSetups(aws);
  return (
    <>
      <PageHeader
        title="Guided set-up"
        sub="Step by step to an encrypted bucket that is proven to work. Nothing is written before you have seen every call."
      />
      <ul className="setup-choices">
        {WIZARD_CARDS.map(({ wizard, icon: Icon, about, button }) => (
          <li key={wizard} className="card">
            <Icon size={20} aria-hidden className="text-ink-2" />
            <h2 className="h2">{WIZARD_NAMES[wizard]}</h2>
            <p className="text-ink-2">{about}</p>
            <ActionButton action={begin} input={{ wizard }} kind={wizard === 'table' ? 'primary' : 'normal'}>
              {button}
            </ActionButton>
          </li>
        ))}
        <li className="card">
          <FileCode size={20} aria-hidden className="text-ink-2" />
          <h2 className="h2">Check a core-site.xml</h2>
          <p className="text-ink-2">See what a Hadoop configuration encrypts with, and what is wrong in it.</p>
          <ButtonLink href="/setup/hadoop">Check a file</ButtonLink>
        </li>
      </ul>
      <div className="mt-4">
        <Card title="Set-ups" count={drafts.length} rule bare>
          {drafts.length === 0 ? (
            <p className="p-4 text-ink-2">None yet. A set-up is kept as you go: leave it at any step and come back.</p>
          ) : (
            <div className="table-scroll">
              <table aria-label="Set-ups" className="stack-small">
                <thead>
                  <tr>
                    <th scope="col">Set-up</th>
                    <th scope="col">Where it stands</th>
                    <th scope="col">Changed</th>
                    <th scope="col">
                      <span className="sr-only">Actions</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {drafts.map((draft) => (
                    <tr key={draft.id}>
                      <td>
                        <Link className="link" href={routes.setup(draft.id, firstOpenStep(draft))}>
                          {summaryOf('goal', choicesOf(draft)) || 'Not named yet'}
                        </Link>
                        <span className="sub block text-ink-2">{WIZARD_NAMES[draft.wizard]}</span>
                      </td>
                      <td>
                        <Stand draft={draft} />
                      </td>
                      <td>
                        <Time value={draft.changedAt} />
                      </td>
                      <td>
                        <ActionButton action={forget} input={{ draft: draft.id }} size="small" kind="ghost">
                          Delete<span className="sr-only"> the set-up {summaryOf('goal', choicesOf(draft))}</span>
                        </ActionButton>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </Card>
      </div>
    </>
  );
}

function Stand({ draft }: { draft: Draft }) {
  const { applied, proof } = draft;
  if (proof?.state === 'done') {
    return isProven(proof) ? <Status tone="good">Proven</Status> : <Status tone="bad">Proof found a fault</Status>;
  }
  switch (applied?.progress.state) {
    case 'done':
      return <Status tone="good">Applied</Status>;
    case 'running':
      return <Status tone="info">Being applied</Status>;
    case 'stuck':
      return <Status tone="bad">Stopped half way</Status>;
    case 'undone':
      return <Status tone="warn">Failed and taken back</Status>;
    default: {
      const step = firstOpenStep(draft);
      return (
        <Status>
          Step {STEPS.indexOf(step) + 1}, {STEP_NAMES[step].toLowerCase()}
        </Status>
      );
    }
  }
}
