import type { Route } from 'next';
import Link from 'next/link';
import { CopyButton } from './copy-button';

/** Where an ARN may be cut: the tail (resource name, or the end of a key id) always stays whole. */
function split(arn: string): { head: string; tail: string } {
  const id = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-([0-9a-f]{12})$/.exec(arn);
  if (id?.[1]) return { head: arn.slice(0, -id[1].length), tail: id[1] };
  const slash = Math.max(arn.lastIndexOf('/'), arn.lastIndexOf(':'));
  if (slash === -1 && arn.length > 24) return { head: arn.slice(0, -8), tail: arn.slice(-8) };
  return { head: arn.slice(0, slash + 1), tail: arn.slice(slash + 1) };
}

/** An ARN or id in mono: the head shrinks, the tail never does, the full value is in the title and on copy. */
export function Arn({
  value,
  href,
  copy = true,
  label = 'ARN',
}: {
  value: string;
  href?: Route;
  copy?: boolean;
  label?: string;
}) {
  const { head, tail } = split(value);
  const text = (
    <>
      <span className="head">{head}</span>
      <span className="tail">{tail}</span>
    </>
  );
  return (
    <>
      {href ? (
        <Link className="arn" href={href} title={value}>
          {text}
        </Link>
      ) : (
        <span className="arn" title={value}>
          {text}
        </span>
      )}
      {copy && <CopyButton text={value} label={`Copy ${label}`} />}
    </>
  );
}
