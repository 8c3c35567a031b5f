import { routes } from '@/components/routes';
import { ButtonLink } from '@/components/ui/button';
import type { Loaded } from '../load';
import type { Address, Focus } from '../question';

/** Where the thing itself is done, once its effect is known. */
export function EffectAction({ address, focus, loaded }: { address: Address; focus: Focus; loaded: Loaded }) {
  const id = focus.key.slice(focus.key.lastIndexOf('/') + 1);
  if (focus.unknown || address.ask === 'delete') return null;
  const name = loaded.keyInfos.find(({ arn }) => arn === focus.key)?.name ?? id;
  return (
    <p className="mt-2">
      <ButtonLink size="small" href={routes.key(id, address.ask === 'revoke' ? 'grants' : '')}>
        {address.ask === 'revoke' ? `Grants of ${name}` : name}
      </ButtonLink>
    </p>
  );
}
