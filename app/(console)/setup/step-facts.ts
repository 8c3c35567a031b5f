import 'server-only';
import { cache } from 'react';
import type { Aws } from '@/lib/aws/connection';
import type { Result } from '@/lib/aws/result';
import { type ReadFacts, readSetupFacts } from '@/lib/aws/setup-facts';
import { shortName } from '@/lib/setup/build';
import type { Choices, FormStep } from '@/lib/setup/choices';
import { choicesOf, type Draft } from '@/lib/setup/draft';
import { lakeFormationRole } from '@/lib/setup/facts';
import { checkKey } from '@/lib/setup/key-checks';
import { clientsOf } from '@/lib/setup/statements';

/** What the steps read of the world, and what they refuse because of it. */

/** Facts for the choices so far; once for a rendered page. */
export const readStep = cache(
  (aws: Aws, account: string, choices: Partial<Choices>): Promise<Result<ReadFacts>> =>
    readSetupFacts(aws, account, choices),
);

/**
 * Why a step can't be left though its fields are right: the world says no. Undefined where nothing stands against it.
 */
export async function unusable(
  aws: Aws,
  account: string,
  draft: Draft,
  step: FormStep,
): Promise<{ readonly title: string; readonly detail: string; readonly code?: string } | undefined> {
  if (step !== 'key' && step !== 'principals') return undefined;
  const choices = choicesOf(draft);
  const read = await readStep(aws, account, choices);
  if (!read.ok) {
    return { title: "This key can't be read", detail: read.error.message, code: read.error.code };
  }
  const { facts } = read.data;
  if (step === 'key') {
    if (!facts.key) return undefined;
    const against = checkKey(facts.key, choices.goal ?? [], facts).filter(({ result }) => result === 'bad');
    if (against.length === 0) return undefined;
    return { title: "This key can't be used here", detail: against.map(({ says }) => says).join(' ') };
  }
  if (!choices.principals || facts.principals.size === 0) return undefined;
  const { newRole } = choices.principals;
  const missing = clientsOf({ principals: choices.principals }, facts).filter(
    (arn) => !facts.principals.has(arn) && !(newRole !== undefined && arn.endsWith(`:role/${newRole}`)),
  );
  const [first] = missing;
  if (first !== undefined) {
    return {
      title: 'A principal does not exist',
      detail:
        first === lakeFormationRole(facts)
          ? 'This account has no role service-role/S3TablesRoleForLakeFormation. It comes with the integration of S3 Tables and Lake Formation.'
          : `${shortName(first)} is not there any more. KMS refuses a key policy that names it.`,
    };
  }
  if (newRole !== undefined && facts.principals.has(`arn:aws:iam::${account}:role/${newRole}`)) {
    return {
      title: `The role ${newRole} exists already`,
      detail: 'Choose it from the list, or take another name.',
    };
  }
  return undefined;
}
