import 'server-only';
import { cache } from 'react';
import type { KeyOption } from '@/components/keys/key-option';
import { dataOr } from '@/lib/aws/result';
import { workplace } from '@/lib/aws/session';
import { aliases, keysWithDetails } from './reads';

/** Name of the first alias of each key id. */
export const aliasesByKey = cache(async (): Promise<ReadonlyMap<string, readonly string[]>> => {
  const names = new Map<string, string[]>();
  for (const alias of dataOr(await aliases(), { items: [], cutOff: false }).items) {
    if (!alias.keyId) continue;
    const known = names.get(alias.keyId);
    if (known) known.push(alias.name);
    else names.set(alias.keyId, [alias.name]);
  }
  return names;
});

/** Symmetric keys of the Region for the key picker: usable ones first, then by name. */
export const keyOptions = cache(async (): Promise<readonly KeyOption[]> => {
  const [keys, names, { aws }] = await Promise.all([keysWithDetails(), aliasesByKey(), workplace()]);
  if (!keys.ok) return [];
  const options = keys.data.items.flatMap((listed): KeyOption[] => {
    if (!listed.detail.ok || listed.detail.data.spec !== 'SYMMETRIC_DEFAULT') return [];
    const { data: key } = listed.detail;
    const alias = names.get(key.id)?.[0];
    return [
      {
        arn: key.arn,
        id: key.id,
        state: key.state,
        managed: key.manager === 'AWS',
        region: aws.region,
        accountId: key.accountId,
        ...(alias ? { alias } : {}),
      },
    ];
  });
  const rank = (key: KeyOption) => (key.managed ? 2 : key.state === 'Enabled' ? 0 : 1);
  return options.toSorted((a, b) => rank(a) - rank(b) || (a.alias ?? a.id).localeCompare(b.alias ?? b.id));
});
