import Link from 'next/link';
import { KIND_WORDS } from '@/components/graph/model/fold';
import type { WayRow } from '@/components/graph/model/types';
import { NODE_KINDS } from '@/components/graph/node-icons';
import { routes } from '@/components/routes';
import { Arn } from '@/components/ui/arn';
import { Status } from '@/components/ui/badge';
import { plural } from '@/components/ui/format';
import type { PanelProps } from './panel';

/** One principal with several ways: each is a link to its explanation. */
export function PrincipalPanel({ own, href }: PanelProps & { own: readonly WayRow[] }) {
  const [first] = own;
  if (first === undefined) return null;
  const uses = own.filter(({ verdict }) => verdict === 'uses').length;
  return (
    <>
      <section>
        <p className="text-ink-2">{KIND_WORDS[first.principalKind]}</p>
        <h2 className="panel-title">
          {first.principalName} {uses === 0 ? 'has no use of a key' : `has ${plural(uses, 'way')} to use a key`}
        </h2>
        <p className="flex min-w-0 items-center gap-1">
          <Arn value={first.principal} />
        </p>
      </section>
      <section>
        <h3 className="h3">Because of</h3>
        <ul className="way-list">
          {own.map((row) => {
            const Icon = NODE_KINDS[row.reasonKind].icon;
            return (
              <li key={`${row.id} ${row.key}`}>
                <Icon size={14} aria-hidden />
                <span className="min-w-0">
                  <Link
                    className="link"
                    href={href({ sel: row.reasonId, who: row.principal, on: row.key })}
                    scroll={false}
                  >
                    {row.reason}
                  </Link>
                  <span className="block text-ink-2">
                    {row.about}, {row.keyName}
                  </span>
                </span>
                <Status tone={row.verdict === 'uses' ? 'good' : row.verdict === 'denied' ? 'bad' : 'neutral'}>
                  {row.verdict === 'uses' ? 'uses' : row.verdict}
                </Status>
              </li>
            );
          })}
        </ul>
      </section>
      <section className="panel-foot">
        <Link className="link" href={routes.access({ ask: 'reach', about: first.principal })}>
          What it can reach
        </Link>
        {(first.principalKind === 'role' || first.principalKind === 'user') && (
          <Link className="link" href={routes.access({ ask: 'delete', about: first.principal })}>
            What stops if it is deleted
          </Link>
        )}
      </section>
    </>
  );
}
