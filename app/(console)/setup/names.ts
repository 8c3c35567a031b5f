import type { StepId, WizardKind } from '@/lib/setup/choices';

/** What the wizards and their steps are called, everywhere alike. */
export const WIZARD_NAMES: Readonly<Record<WizardKind, string>> = {
  table: 'Encrypt a table bucket',
  directory: 'Encrypt a directory bucket',
  general: 'Encrypt a general purpose bucket',
  secure: 'Secure what I have',
};

export const STEP_NAMES: Readonly<Record<StepId, string>> = {
  goal: 'Choose the bucket',
  key: 'Choose the key',
  principals: 'Check principals',
  policies: 'Write policies',
  enforcement: 'Enforce encryption',
  review: 'Review and apply',
  proof: 'Prove it',
};

export const STEP_SENTENCES: Readonly<Record<StepId, string>> = {
  goal: 'What is to be encrypted. Nothing is made before the review.',
  key: 'The KMS key that protects the data keys. It is checked against every rule of the bucket.',
  principals: 'Everybody who needs the key, asked of the same evaluator that decides each request.',
  policies: 'What the policies will say: what is needed, and nothing else.',
  enforcement: 'Deny statements on the bucket, so that nobody writes with another encryption by mistake.',
  review: 'Everything once more. Nothing has been changed yet.',
  proof: 'Try it: as those who may, as somebody who may not, and with a maintenance run.',
};
