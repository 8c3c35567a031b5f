/** What a step begins with, where nobody has filled it in: the safe choice, named after what was chosen before. */

import { parseArn } from '../access/arn.ts';
import type { Choices, Fields, FormStep, WizardKind } from './choices.ts';

/** Ids of zones with directory buckets, by Region: the first that AWS names. Any other can be typed. */
const ZONES: Readonly<Record<string, string>> = {
  'us-east-1': 'use1-az4',
  'us-east-2': 'use2-az1',
  'us-west-2': 'usw2-az1',
  'eu-north-1': 'eun1-az1',
  'eu-west-1': 'euw1-az1',
  'ap-northeast-1': 'apne1-az1',
  'ap-south-1': 'aps1-az1',
};

export function defaultFields(
  wizard: WizardKind,
  step: FormStep,
  choices: Partial<Choices>,
  { region }: { readonly region: string },
): Fields {
  const name = (choices.goal?.[0]?.name ?? '').replace(/--.*/, '');
  switch (step) {
    case 'goal':
      if (wizard === 'table') return { bucket: '', namespace: 'main', table: 'events' };
      if (wizard === 'directory') return { bucket: '', zone: ZONES[region] ?? '' };
      return {};
    case 'key':
      return { keyMode: 'new', alias: name, description: name && `Encrypts ${name}`, rotation: 'on' };
    case 'principals':
      return { clients: [], newRole: '' };
    case 'policies':
      return { grantIn: 'key', bucketAccess: 'on', bucketKey: 'on' };
    case 'enforcement':
      return { algorithm: 'on', pin: 'on' };
  }
}

/** What a step holds, in a few words: for the list of steps and the review. */
export function summaryOf(step: FormStep, choices: Partial<Choices>): string {
  switch (step) {
    case 'goal': {
      const [first, ...more] = choices.goal ?? [];
      return first === undefined ? '' : `${first.name}${more.length === 0 ? '' : ` and ${more.length} more`}`;
    }
    case 'key': {
      const { key } = choices;
      if (key === undefined) return '';
      return key.mode === 'new' ? `New, alias/${key.alias}` : `…${(parseArn(key.arn)?.resource ?? key.arn).slice(-12)}`;
    }
    case 'principals': {
      const { principals } = choices;
      if (principals === undefined) return '';
      const count = principals.clients.length + (principals.newRole ? 1 : 0) + (principals.lakeFormation ? 1 : 0);
      return `${count} ${count === 1 ? 'client' : 'clients'}`;
    }
    case 'policies':
      return choices.policies === undefined
        ? ''
        : choices.policies.grantIn === 'key'
          ? 'In the key policy'
          : 'In IAM policies';
    case 'enforcement': {
      const { enforcement } = choices;
      if (enforcement === undefined) return '';
      const count = Number(enforcement.algorithm) + Number(enforcement.pin);
      return count === 0 ? 'Nothing is refused' : count === 1 ? 'One Deny statement' : 'Two Deny statements';
    }
  }
}
