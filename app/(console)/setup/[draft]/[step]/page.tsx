import type { Metadata } from 'next';
import { notFound, redirect } from 'next/navigation';
import { routes } from '@/components/routes';
import { StepForm } from '@/components/setup/step-form';
import { StepRail } from '@/components/setup/step-rail';
import { Words } from '@/components/setup/words';
import { CrumbName } from '@/components/shell/crumb-name';
import { ButtonLink } from '@/components/ui/button';
import { Card, PageHeader } from '@/components/ui/layout';
import { Failure } from '@/components/ui/states';
import { workplace } from '@/lib/aws/session';
import { findSetup } from '@/lib/aws/setup';
import { type Fields, FORM_STEPS, type FormStep, STEPS, type StepId } from '@/lib/setup/choices';
import { defaultFields, summaryOf } from '@/lib/setup/defaults';
import { allChoices, choicesOf, type Draft, firstOpenStep, mayOpen, stepStates } from '@/lib/setup/draft';
import { termsOf } from '@/lib/setup/terms';
import { ownAccount } from '../../../reads';
import { copyDraft, keepInput, saveStep } from '../../actions';
import { STEP_NAMES, STEP_SENTENCES, WIZARD_NAMES } from '../../names';
import { readStep } from '../../step-facts';
import { EnforcementStep } from './enforcement-step';
import { GoalStep } from './goal-step';
import { KeyStep } from './key-step';
import { PoliciesStep } from './policies-step';
import { PrincipalsStep } from './principals-step';
import { ProofStep } from './proof-step';
import { ReviewStep } from './review-step';

type Props = PageProps<'/setup/[draft]/[step]'>;

const isStep = (text: string): text is StepId => (STEPS as readonly string[]).includes(text);
const isFormStep = (step: StepId): step is FormStep => (FORM_STEPS as readonly string[]).includes(step);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { draft, step } = await params;
  return { title: isStep(step) ? `${STEP_NAMES[step]} · ${draft} · Guided set-up` : 'Guided set-up' };
}

export default async function SetupStepPage({ params }: Props) {
  const [{ draft: id, step }, { aws }] = await Promise.all([params, workplace()]);
  const draft = findSetup(aws, id);
  if (!draft || !isStep(step)) notFound();
  if (!mayOpen(draft, step)) redirect(routes.setup(id, firstOpenStep(draft)));
  const states = stepStates(draft, step);
  const choices = choicesOf(draft);
  const planned = allChoices(draft) !== undefined;
  return (
    <div className="setup">
      <CrumbName id={draft.id} name={WIZARD_NAMES[draft.wizard]} />
      <StepRail
        title={WIZARD_NAMES[draft.wizard]}
        steps={STEPS.map((one) => ({
          id: one,
          label: STEP_NAMES[one],
          chosen: isFormStep(one) ? summaryOf(one, choices) : '',
          state: states[one],
          ...(mayOpen(draft, one) ? { href: routes.setup(id, one) } : {}),
        }))}
      />
      <div className="min-w-0">
        <PageHeader
          title={STEP_NAMES[step]}
          sub={STEP_SENTENCES[step]}
          actions={planned ? <ButtonLink href={routes.exportOf('setup', id)}>Export plan</ButtonLink> : undefined}
        />
        {step === 'review' ? (
          <ReviewStep draft={draft} />
        ) : step === 'proof' ? (
          <ProofStep draft={draft} />
        ) : (
          <FillIn draft={draft} step={step} />
        )}
        <Words terms={termsOf(draft.wizard, step)} />
      </div>
    </div>
  );
}

/** What every step that is filled in gets. */
export interface StepProps {
  readonly draft: Draft;
  readonly fields: Fields;
}

const FILLED = {
  goal: GoalStep,
  key: KeyStep,
  principals: PrincipalsStep,
  policies: PoliciesStep,
  enforcement: EnforcementStep,
} as const;

async function FillIn({ draft, step }: { draft: Draft; step: FormStep }) {
  const { aws } = await workplace();
  const choices = choicesOf(draft);
  const applied = draft.applied !== undefined && draft.applied.progress.state !== 'undone';
  const fields = draft.fields[step] ?? defaultFields(draft.wizard, step, choices, aws);
  const Fields = FILLED[step];
  const before = STEPS[STEPS.indexOf(step) - 1];
  if (step !== 'goal' && step !== 'key') {
    const read = await readStep(aws, await ownAccount(), choices);
    if (!read.ok) {
      return (
        <Card bare>
          <Failure title="The chosen key can't be read" error={read.error} />
        </Card>
      );
    }
  }
  if (applied) {
    return (
      <fieldset disabled className="setup-step">
        <legend className="mb-3 text-ink-2">This set-up was applied. Begin a new one to change something.</legend>
        <Fields draft={draft} fields={fields} />
      </fieldset>
    );
  }
  return (
    <StepForm
      key={step}
      draft={draft.id}
      wizard={draft.wizard}
      step={step}
      revision={draft.revision}
      save={saveStep}
      keep={keepInput}
      copy={copyDraft}
      back={before ? routes.setup(draft.id, before) : '/setup'}
      submit="Next"
      live={step !== 'goal'}
    >
      <Fields draft={draft} fields={fields} />
    </StepForm>
  );
}
