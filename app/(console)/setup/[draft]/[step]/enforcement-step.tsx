import { DocumentDiff } from '@/components/plan/document-diff';
import { FindingList } from '@/components/setup/finding-list';
import { Check } from '@/components/ui/form';
import { Card } from '@/components/ui/layout';
import { workplace } from '@/lib/aws/session';
import { buildPlan } from '@/lib/setup/build';
import { parseStep } from '@/lib/setup/choices';
import { choicesOf } from '@/lib/setup/draft';
import { ownAccount } from '../../../reads';
import { isOn } from '../../field-values';
import { lintDocuments } from '../../lint-documents';
import { readStep } from '../../step-facts';
import type { StepProps } from './page';

/** Deny statements on the bucket, in the form that refuses what it is meant to and nothing else. */
export async function EnforcementStep({ draft, fields }: StepProps) {
  const { aws } = await workplace();
  const choices = choicesOf(draft);
  const parsed = parseStep(draft.wizard, 'enforcement', fields);
  const { goal, key, principals, policies } = choices;
  const read = await readStep(aws, await ownAccount(), choices);
  if (!read.ok || !goal || !key || !principals || !policies) return null;
  const { facts } = read.data;
  const whole = parsed.ok ? { goal, key, principals, policies, enforcement: parsed.value } : undefined;
  const documents = whole
    ? buildPlan(whole, facts).documents.filter(({ kind }) => kind !== 'key' && kind !== 'identity')
    : [];
  const tables = goal.some(({ kind }) => kind === 'table');
  const others = goal.some(({ kind }) => kind !== 'table');
  return (
    <>
      <Card className="page-form">
        <div className="form">
          <p className="max-w-[74ch]">
            The default encrypts everything that does not ask for something else. A Deny refuses what does.
            {others && ' Requests that name no encryption pass: they get the default.'}
            {tables && ' Tables must then name the encryption when they are made.'}
          </p>
          <Check
            name="algorithm"
            label="Refuse other encryption than SSE-KMS"
            about="Nobody writes with SSE-S3 by mistake, not even the account's root user."
            defaultChecked={isOn(fields, 'algorithm')}
          />
          <Check
            name="pin"
            label="Refuse other keys"
            about="Only the chosen key. It stands in a statement of its own: together with the first, both would have to be wrong at once."
            defaultChecked={isOn(fields, 'pin')}
          />
        </div>
      </Card>
      <h2 className="sr-only">The bucket policies as they will be</h2>
      {whole &&
        documents.map((change) => (
          <Card key={change.label} bare>
            <DocumentDiff change={change} />
            <FindingList findings={lintDocuments([change], whole, facts)} />
          </Card>
        ))}
    </>
  );
}
