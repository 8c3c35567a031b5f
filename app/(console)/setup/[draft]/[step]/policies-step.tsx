import { DocumentDiff } from '@/components/plan/document-diff';
import { FindingList } from '@/components/setup/finding-list';
import { PolicyChoices } from '@/components/setup/policy-choices';
import { Alert } from '@/components/ui/alert';
import { Card } from '@/components/ui/layout';
import { workplace } from '@/lib/aws/session';
import { buildPlan } from '@/lib/setup/build';
import { type Choices, parseStep } from '@/lib/setup/choices';
import { choicesOf } from '@/lib/setup/draft';
import { ownAccount } from '../../../reads';
import { isOn, textOf } from '../../field-values';
import { lintDocuments } from '../../lint-documents';
import { readStep } from '../../step-facts';
import type { StepProps } from './page';

/** What the policies will say: made from the choices, linted, and beside what they say now. */
export async function PoliciesStep({ draft, fields }: StepProps) {
  const { aws } = await workplace();
  const choices = choicesOf(draft);
  const parsed = parseStep(draft.wizard, 'policies', fields);
  const { goal, key, principals } = choices;
  const read = await readStep(aws, await ownAccount(), choices);
  if (!read.ok || !goal || !key || !principals) return null;
  const { facts } = read.data;
  const whole: Choices | undefined = parsed.ok
    ? { goal, key, principals, policies: parsed.value, enforcement: { algorithm: false, pin: false } }
    : undefined;
  const plan = whole && buildPlan(whole, facts);
  return (
    <>
      <Card className="page-form">
        <div className="form">
          <PolicyChoices
            grantIn={textOf(fields, 'grantIn') === 'iam' ? 'iam' : 'key'}
            bucketAccess={isOn(fields, 'bucketAccess')}
            bucketKey={isOn(fields, 'bucketKey')}
            general={goal.some(({ kind }) => kind === 'general')}
          />
        </div>
      </Card>
      {plan?.notes.map((note) => (
        <Alert key={note} tone="info">
          {note}
        </Alert>
      ))}
      <h2 className="sr-only">The policies as they will be</h2>
      {whole &&
        plan?.documents.map((change) => (
          <Card key={change.label} bare>
            <DocumentDiff change={change} />
            {change.before === change.after ? (
              <p className="px-4 py-3 text-ink-2">Nothing is missing in it, so it stays as it is.</p>
            ) : (
              <FindingList findings={lintDocuments([change], whole, facts)} />
            )}
          </Card>
        ))}
    </>
  );
}
