'use client';

import { setKeyStates } from '@/app/(console)/bulk-actions';
import { ActionButton } from '../ui/form';
import type { KeyRow } from './key-table';

/** Enable and disable several keys at once. Deletion stays a matter of one key: it is planned on the key's page. */
export function KeyBulk({
  selected,
  onDone,
  unavailable,
  target,
}: {
  selected: readonly KeyRow[];
  onDone: () => void;
  unavailable?: string | undefined;
  target: string;
}) {
  const why = (wanted: string, other: string): string | undefined => {
    if (unavailable) return unavailable;
    if (selected.length === 0) return 'Select keys first';
    if (selected.some((key) => key.manager === 'AWS'))
      return "The selection holds an AWS managed key, which can't be changed";
    const wrong = selected.find((key) => key.state !== wanted);
    return wrong
      ? `Only keys that are ${other} can be: ${wrong.aliases[0] ?? wrong.id} is ${wrong.state || 'not read'}`
      : undefined;
  };
  const input = (change: string) => ({ change, keys: JSON.stringify(selected.map(({ id }) => id)) });
  return (
    <>
      <ActionButton
        action={setKeyStates}
        input={input('enable')}
        size="small"
        unavailable={why('Disabled', 'disabled')}
        onDone={onDone}
      >
        Enable {target}
      </ActionButton>
      <ActionButton
        action={setKeyStates}
        input={input('disable')}
        size="small"
        unavailable={why('Enabled', 'enabled')}
        onDone={onDone}
      >
        Disable {target}
      </ActionButton>
    </>
  );
}
