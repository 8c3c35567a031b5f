import { ConfirmButton } from '@/components/ui/confirm';
import { ActionButton, TextField } from '@/components/ui/form';
import { readOnlyReason, writeTarget } from '../../reads';
import { scheduleDeletion, setKeyState } from '../actions';

/** Enable, disable, schedule and cancel deletion: what the key's state allows. */
export async function KeyActions({
  keyId,
  name,
  state,
  managed,
}: {
  keyId: string;
  name: string;
  state: string;
  managed: boolean;
}) {
  const [readOnly, target] = await Promise.all([readOnlyReason(), writeTarget()]);
  const unavailable = managed ? "An AWS managed key can't be changed" : readOnly;
  if (state === 'PendingDeletion') {
    return (
      <ActionButton
        action={setKeyState}
        input={{ keyId, change: 'cancel-deletion' }}
        kind="primary"
        unavailable={unavailable}
      >
        Cancel deletion
      </ActionButton>
    );
  }
  const enabled = state === 'Enabled';
  return (
    <>
      <ConfirmButton
        label="Schedule deletion"
        unavailable={unavailable}
        title={`Schedule deletion of ${name}`}
        consequence={{
          title: 'What this key encrypted becomes unreadable',
          detail:
            "The key can't be used from now on. After the waiting period nobody can decrypt what it encrypted, in any bucket or table. You can cancel until then.",
        }}
        word={name.replace(/^alias\//, '')}
        action={scheduleDeletion}
        input={{ keyId }}
        submit="Schedule deletion"
        target={target}
      >
        <TextField
          name="days"
          label="Waiting period"
          type="number"
          unit="days"
          defaultValue={30}
          hint="7 to 30 days."
        />
      </ConfirmButton>
      <ActionButton
        action={setKeyState}
        input={{ keyId, change: enabled ? 'disable' : 'enable' }}
        kind={enabled ? 'normal' : 'primary'}
        unavailable={unavailable}
      >
        {enabled ? 'Disable' : 'Enable'}
      </ActionButton>
    </>
  );
}
