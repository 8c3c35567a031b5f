'use client';

import { enableKeys } from '@/app/(console)/bulk-actions';
import { ActionButton } from '../ui/form';
import type { KeyRow } from './key-table';

/** Enables several keys at once. Disabling and deleting are planned one by one, on the key's page. */
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
  const wrong = selected.find((key) => key.state !== 'Disabled');
  const why =
    unavailable ??
    (selected.length === 0
      ? 'Select keys first'
      : wrong && `Only disabled keys can be enabled: ${wrong.aliases[0] ?? wrong.id} is ${wrong.state || 'not read'}`);
  return (
    <ActionButton
      action={enableKeys}
      input={{ keys: JSON.stringify(selected.map(({ id }) => id)) }}
      size="small"
      unavailable={why}
      onDone={onDone}
    >
      Enable {target}
    </ActionButton>
  );
}
