import { loadDemonstrationWorld } from '@/app/_actions/scenario';
import { ButtonLink } from '@/components/ui/button';
import { ActionButton } from '@/components/ui/form';
import { workplace } from '@/lib/aws/session';

/** Offers the demonstration world, on the embedded emulator only, and the stories, which play beside it. */
export async function LoadWorldButton({ primary = false }: { primary?: boolean }) {
  const { connection } = await workplace();
  if (connection.kind !== 'emulator') return null;
  return (
    <>
      <ActionButton action={loadDemonstrationWorld} input={{}} kind={primary ? 'primary' : 'normal'}>
        Load the demonstration world
      </ActionButton>
      <ButtonLink href="/demos">Load a demo scenario</ButtonLink>
    </>
  );
}
