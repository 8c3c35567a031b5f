import Link from 'next/link';
import { principalId } from '@/components/graph/model/ids';
import { shortName } from '@/components/graph/model/rows';
import { Badge } from '@/components/ui/badge';
import { plural } from '@/components/ui/format';
import { Principal } from '@/components/ui/principal';
import { Time } from '@/components/ui/time';
import type { Effect } from '@/lib/access/reach/index';
import { EffectAction } from './effect-action';
import type { PanelProps } from './panel';

/** So many are listed; the table has all. */
const LISTED = 30;

/** The answer with what follows, and what it is based on. */
export function AnswerPanel({ address, focus, loaded, effects, account, answer, rows, href }: PanelProps) {
  return (
    <>
      <section>
        <h2 className="panel-title">{answer}</h2>
        {effects === undefined ? (
          <p className="text-ink-2">
            {rows.length === 0
              ? 'Choose another question or filter.'
              : 'Select a principal or a reason to read the statement or grant and how it is decided.'}
          </p>
        ) : (
          <p className="text-ink-2">
            {address.ask === 'disable'
              ? 'A key that is disabled refuses everybody. It can be enabled again; until then nothing it encrypts can be read.'
              : 'Worked out by asking every question again without it.'}
          </p>
        )}
        {effects !== undefined && <EffectAction address={address} focus={focus} loaded={loaded} />}
      </section>
      {effects !== undefined && effects.length > 0 && (
        <section>
          <h3 className="h3">Who loses what</h3>
          <ul className="effects">
            {effects
              .toSorted(byLoss)
              .slice(0, LISTED)
              .map((effect) => (
                <EffectRow
                  key={`${effect.principal} ${effect.key}`}
                  effect={effect}
                  account={account}
                  loaded={loaded}
                  href={href({ sel: principalId(effect.principal) })}
                />
              ))}
          </ul>
          {effects.length > LISTED && (
            <p className="text-ink-2">and {plural(effects.length - LISTED, 'more principal')}, in the table</p>
          )}
        </section>
      )}
      <section>
        <h3 className="h3">What this is based on</h3>
        <p className="text-ink-2">
          {plural(loaded.picture.principals.length, 'principal')}, {plural(loaded.keys.read, 'key')}
          {loaded.keys.all > loaded.keys.read
            ? ` of ${loaded.keys.all.toLocaleString('en-US')} (ask about one to see it)`
            : ''}
          ,{' '}
          {plural(
            loaded.picture.keys.reduce((sum, { grants }) => sum + grants.length, 0),
            'grant',
          )}{' '}
          and {plural(loaded.picture.things.length, 'bucket or table', 'buckets and tables')}, read at{' '}
          <Time value={loaded.readAt} precision="seconds" />.
        </p>
        <ul className="not-read">
          {loaded.notRead.slice(0, LISTED).map(({ what, action, error }) => (
            <li key={what}>
              <Badge tone="warn">not read</Badge>
              <span>
                {what}
                {action !== undefined && (
                  <>
                    : <span className="mono">{action}</span>{' '}
                    {error?.code === undefined ? 'is missing' : `answered ${error.code}`}
                  </>
                )}
              </span>
            </li>
          ))}
        </ul>
        {loaded.notRead.length > LISTED && <p className="text-ink-2">and {loaded.notRead.length - LISTED} more</p>}
      </section>
    </>
  );
}

function byLoss(a: Effect, b: Effect): number {
  return (
    Math.sign(b.stops.length) - Math.sign(a.stops.length) || (shortName(a.principal) < shortName(b.principal) ? -1 : 1)
  );
}

function EffectRow({
  effect,
  account,
  loaded,
  href,
}: {
  effect: Effect;
  account: string;
  loaded: PanelProps['loaded'];
  href: ReturnType<PanelProps['href']>;
}) {
  const names = effect.things.map((arn) => loaded.thingInfos.find((thing) => thing.arn === arn)?.name ?? arn);
  return (
    <li>
      <Link href={href} scroll={false} className="effect-who">
        <Principal principal={effect.principal} account={account} />
      </Link>
      <span className="text-ink-2">
        {effect.stops.length === 0
          ? `keeps it: ${plural(effect.remains.length, 'other way')} ${effect.remains.length === 1 ? 'gives' : 'give'} the same`
          : `loses ${list(effect.stops.map((action) => action.slice('kms:'.length)))}${names.length === 0 ? '' : `, and with it ${list(names)}`}`}
      </span>
    </li>
  );
}

function list(names: readonly string[]): string {
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
}
