import { PrincipalChoices } from '@/components/setup/principal-choices';
import { Alert } from '@/components/ui/alert';
import { Status } from '@/components/ui/badge';
import { Card } from '@/components/ui/layout';
import { Principal } from '@/components/ui/principal';
import { workplace } from '@/lib/aws/session';
import { keyWorldNow } from '@/lib/setup/build';
import { type Choices, parseStep } from '@/lib/setup/choices';
import { choicesOf } from '@/lib/setup/draft';
import { type Facts, lakeFormationRole } from '@/lib/setup/facts';
import { findNeeds, needsOf } from '@/lib/setup/needs';
import { principalOptions } from '../../../principal-options';
import { ownAccount } from '../../../reads';
import { isOn, listOf, textOf } from '../../field-values';
import { readStep } from '../../step-facts';
import type { StepProps } from './page';

/** Who needs the key, and whether the evaluator lets them use it today. */
export async function PrincipalsStep({ draft, fields }: StepProps) {
  const { aws } = await workplace();
  const choices = choicesOf(draft);
  const [account, options] = await Promise.all([ownAccount(), principalOptions()]);
  const read = await readStep(aws, account, choices);
  if (!read.ok || !choices.goal || !choices.key) return null;
  const { facts, unseen } = read.data;
  const tables = choices.goal.some(({ kind }) => kind === 'table');
  const parsed = parseStep(draft.wizard, 'principals', fields);
  return (
    <>
      <Card className="page-form">
        <div className="form">
          <PrincipalChoices
            principals={options.slice(0, 500)}
            chosen={listOf(fields, 'clients')}
            newRole={textOf(fields, 'newRole')}
            tables={tables}
            lakeFormation={isOn(fields, 'lakeFormation')}
            lakeFormationMissing={!facts.principals.has(lakeFormationRole(facts))}
            metadata={isOn(fields, 'metadata')}
          />
        </div>
      </Card>
      {unseen.length > 0 && (
        <Alert tone="warn" title="Not everything could be read">
          {unseen.map(({ action, code }) => `${action} answered ${code}.`).join(' ')} What is said below may be missing
          something.
        </Alert>
      )}
      {parsed.ok && (
        <Needs
          choices={{ goal: choices.goal, key: choices.key, principals: parsed.value }}
          facts={facts}
          bucketKey={choices.policies?.bucketKey ?? true}
        />
      )}
    </>
  );
}

function Needs({
  choices,
  facts,
  bucketKey,
}: {
  choices: Pick<Choices, 'goal' | 'key' | 'principals'>;
  facts: Facts;
  bucketKey: boolean;
}) {
  const needs = needsOf(choices, facts);
  const found = findNeeds(needs, choices.goal, keyWorldNow(choices, facts), facts, bucketKey);
  const met = needs.filter((need) => found.get(need)?.met).length;
  return (
    <Card title="Who must be able to use the key" count={`${met} of ${needs.length} can today`} rule bare>
      <ul className="setup-needs" aria-label="Who must be able to use the key">
        {needs.map((need) => {
          const finding = found.get(need);
          return (
            <li key={`${need.family} ${need.principal}`}>
              <Principal principal={need.principal} about={need.about} />
              <span>
                {finding?.met ? (
                  <Status tone="good">Can use it</Status>
                ) : finding?.denied ? (
                  <Status tone="bad">Explicitly denied</Status>
                ) : (
                  <Status tone="warn">Will be added</Status>
                )}
                {finding && !finding.met && (
                  <span className="block text-ink-2">
                    Missing:{' '}
                    <span className="mono">
                      {finding.missing.map((action) => action.replace('kms:', '')).join(', ')}
                    </span>
                  </span>
                )}
              </span>
              <span className="text-ink-2">
                {finding?.says} {finding?.denied && 'No Allow helps against a Deny: take it out of that policy first. '}
                <span className="text-ink-3">{need.rule}</span>
              </span>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
