import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react';
import { KeyFields } from '@/components/setup/key-fields';
import { Alert } from '@/components/ui/alert';
import { Card } from '@/components/ui/layout';
import { workplace } from '@/lib/aws/session';
import { parseStep } from '@/lib/setup/choices';
import { choicesOf } from '@/lib/setup/draft';
import { checkKey, type KeyCheck } from '@/lib/setup/key-checks';
import { keyOptions } from '../../../key-options';
import { ownAccount } from '../../../reads';
import { isOn, textOf } from '../../field-values';
import { readStep } from '../../step-facts';
import type { StepProps } from './page';

/** Which key, with every check of the rules for one that exists. */
export async function KeyStep({ draft, fields }: StepProps) {
  const choices = choicesOf(draft);
  const goal = choices.goal ?? [];
  const directory = goal.some(({ kind }) => kind === 'directory');
  const parsed = parseStep(draft.wizard, 'key', fields);
  return (
    <>
      {directory && (
        <Alert tone="warn" title="This is for life">
          A directory bucket can never get another key. Keep this key as long as the bucket: while it is disabled or
          pending deletion, nothing there can be read.
        </Alert>
      )}
      <Card className="page-form">
        <div className="form">
          <KeyFields
            keys={await keyOptions()}
            mode={textOf(fields, 'keyMode') === 'existing' ? 'existing' : 'new'}
            alias={textOf(fields, 'alias')}
            description={textOf(fields, 'description')}
            rotation={isOn(fields, 'rotation')}
            keyArn={textOf(fields, 'keyId')}
            managedRefused="It is managed by AWS: nobody can change its policy"
          />
        </div>
      </Card>
      {parsed.ok && parsed.value.mode === 'existing' && <Checks arn={parsed.value.arn} draft={draft} />}
    </>
  );
}

const ICONS = { good: CircleCheck, warn: TriangleAlert, bad: CircleX };
const WORDS: Readonly<Record<KeyCheck['result'], string>> = { good: 'Right', warn: 'Note', bad: 'Wrong' };

async function Checks({ arn, draft }: { arn: string; draft: StepProps['draft'] }) {
  const { aws } = await workplace();
  const choices = { ...choicesOf(draft), key: { mode: 'existing', arn } as const };
  const read = await readStep(aws, await ownAccount(), choices);
  if (!read.ok) {
    return (
      <Alert tone="bad" title="This key can't be read">
        <span className="mono">{read.error.code}</span>: {read.error.message}
      </Alert>
    );
  }
  const { facts } = read.data;
  if (!facts.key) return null;
  const checks = checkKey(facts.key, choices.goal ?? [], facts);
  const wrong = checks.filter(({ result }) => result === 'bad').length;
  return (
    <Card title="Checks of this key" count={wrong === 0 ? 'It can be used' : `${wrong} against it`} rule bare>
      <ul className="setup-checks py-2" aria-label="Checks of this key">
        {checks.map(({ id, result, says, rule }, index) => {
          const Icon = ICONS[result];
          return (
            <li key={`${id}-${index}`}>
              <Icon
                size={14}
                aria-label={WORDS[result]}
                role="img"
                className={result === 'good' ? 'text-good' : result === 'warn' ? 'text-warn' : 'text-bad'}
              />
              <span>{says}</span>
              <span className="rule">{rule}</span>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
