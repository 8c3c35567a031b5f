import { Alert } from '@/components/ui/alert';
import { FormDialogButton } from '@/components/ui/confirm';
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
      <FormDialogButton
        label="Schedule deletion"
        unavailable={unavailable}
        title={`Schedule deletion of ${name}`}
        action={scheduleDeletion}
        submit="Review"
        target={target}
      >
        <Alert tone="bad" title="What this key encrypted becomes unreadable">
          The key can't be used from now on. After the waiting period nobody can decrypt what it encrypted, in any
          bucket or table. You can cancel until then. The next step lists what that is.
        </Alert>
        <input type="hidden" name="keyId" value={keyId} />
        <TextField
          name="days"
          label="Waiting period"
          type="number"
          unit="days"
          defaultValue={30}
          hint="7 to 30 days."
        />
      </FormDialogButton>
      <ActionButton
        action={setKeyState}
        input={{ keyId, change: enabled ? 'disable' : 'enable' }}
        kind={enabled ? 'normal' : 'primary'}
        unavailable={unavailable}
        target={target}
      >
        {enabled ? 'Disable' : 'Enable'}
      </ActionButton>
    </>
  );
}
