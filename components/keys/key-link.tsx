import Link from 'next/link';
import { routes } from '../routes';
import { keyIdOf } from './key-option';

/** A key by the name a person knows: alias where there is one, else the end of its id. Links to the key. */
export function KeyLink({
  reference,
  aliases,
  linked = true,
}: {
  reference: string;
  aliases?: ReadonlyMap<string, readonly string[]>;
  linked?: boolean;
}) {
  const id = keyIdOf(reference);
  const name = reference.startsWith('alias/') ? reference : (aliases?.get(id)?.[0] ?? `…${id.slice(-12)}`);
  if (!linked)
    return (
      <span className="mono" title={reference}>
        {name}
      </span>
    );
  return (
    <Link className="link mono" href={routes.key(id)} title={reference}>
      {name}
    </Link>
  );
}
