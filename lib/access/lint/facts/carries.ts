/** Which actions carry which condition keys. */

import { globOf } from '../../wildcard.ts';
import { KMS_KEYS } from './kms.ts';
import { EVERY, type ServiceKeys } from './service-keys.ts';
import { S3_EXPRESS_KEYS, S3_KEYS, S3_TABLES_KEYS } from './storage.ts';

type Carriers = readonly string[] | typeof EVERY;

interface Known {
  readonly facts: ServiceKeys;
  readonly exact: ReadonlyMap<string, Carriers>;
  /** Keys that end with a colon: what follows is the client's. */
  readonly open: readonly (readonly [string, Carriers])[];
}

const SERVICES: ReadonlyMap<string, Known> = new Map(
  [KMS_KEYS, S3_KEYS, S3_EXPRESS_KEYS, S3_TABLES_KEYS].map((facts) => {
    const entries = Object.entries(facts.keys).map(([key, actions]): readonly [string, Carriers] => [
      `${facts.service}:${key}`.toLowerCase(),
      actions === EVERY ? EVERY : actions.map((action) => `${facts.service}:${action}`.toLowerCase()),
    ]);
    const open = entries.filter(([key]) => key.endsWith(':'));
    return [facts.service, { facts, exact: new Map(entries), open }];
  }),
);

export type Carried =
  | { readonly answer: 'yes' | 'not known' }
  /** `unknown-key`: the service has no such key. `other-service`: it is another service's. */
  | {
      readonly answer: 'no';
      readonly why: 'unknown-key' | 'other-service' | 'other-actions';
      readonly carriers: readonly string[];
    };

/**
 * Whether an action, perhaps with wildcards, carries a condition key. Takes both in any casing. What is not written down
 * here, and keys of all services (`aws:…`), are `not known` or `yes`.
 */
export function carries(action: string, key: string): Carried {
  const name = key.toLowerCase();
  const pattern = action.toLowerCase();
  const [keyService = ''] = name.split(':', 1);
  const [actionService = ''] = pattern.split(':', 1);
  if (keyService === 'aws' || pattern === '*' || !SERVICES.has(actionService)) return { answer: 'not known' };
  const known = SERVICES.get(keyService);
  if (known === undefined) return { answer: 'not known' };
  const carriers = known.exact.get(name) ?? known.open.find(([prefix]) => name.startsWith(prefix))?.[1];
  if (carriers === undefined && !known.facts.complete) return { answer: 'not known' };
  if (carriers === undefined) return { answer: 'no', why: 'unknown-key', carriers: [] };
  if (keyService !== actionService) return { answer: 'no', why: 'other-service', carriers: [] };
  if (carriers === EVERY) return { answer: 'yes' };
  const glob = globOf(pattern);
  return carriers.some((one) => glob.test(one)) ? { answer: 'yes' } : { answer: 'no', why: 'other-actions', carriers };
}

/** A service by its prefix, as people call it. */
export function serviceName(prefix: string): string {
  return SERVICES.get(prefix.toLowerCase())?.facts.name ?? prefix;
}
