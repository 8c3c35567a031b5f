import { loadDemonstrationWorld } from '@/app/_actions/scenario';
import { ActionButton } from '@/components/ui/form';
import { workplace } from '@/lib/aws/session';

/** Offers the demonstration world, on the embedded emulator only. */
export async function LoadWorldButton({ primary = false }: { primary?: boolean }) {
  const { connection } = await workplace();
  if (connection.kind !== 'emulator') return null;
  return (
    <ActionButton action={loadDemonstrationWorld} input={{}} kind={primary ? 'primary' : 'normal'}>
      Load the demonstration world
    </ActionButton>
  );
}
