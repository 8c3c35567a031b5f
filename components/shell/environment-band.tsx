import { FlaskConical, Plug, Presentation, RadioTower } from 'lucide-react';
import type { Route } from 'next';
import Link from 'next/link';
import type { Workplace } from '@/lib/aws/session';
import { EmulatorActions, LockWriting, UnlockWriting } from './environment-actions';
import { Countdown, WorldClock } from './world-clock';

/** The band on every page that says whether this is real. `clock` is absent where there is no world to ask. */
export function EnvironmentBand({
  place,
  accountId,
  signedInAs,
  clock,
  standing,
  demo,
}: {
  place: Workplace;
  accountId: string;
  signedInAs: string;
  clock: string | undefined;
  /** The clock does not go by itself. */
  standing: boolean | undefined;
  /** The step of the demonstration that plays in this account. */
  demo: Route | undefined;
}) {
  const { connection } = place;
  const switchLink = (
    <Link href="/settings" className="band-button">
      <Plug size={14} aria-hidden />
      Switch
    </Link>
  );
  if (!place.simulated) {
    const what = connection.kind === 'endpoint' ? 'Real endpoint' : 'Real AWS';
    return (
      <div className="env env-real" role="status" aria-label={`${what} environment`}>
        <span className="tag">
          <RadioTower size={14} aria-hidden />
          {what}
        </span>
        <span className="sentence">
          {place.writingUntil ? (
            <>
              Writing is unlocked for <Countdown until={place.writingUntil} />.
            </>
          ) : (
            'Read-only. Nothing can be changed until you unlock writing.'
          )}
        </span>
        <dl>
          {connection.kind === 'endpoint' && (
            <BandFact label="Endpoint" value={URL.parse(connection.url)?.host ?? connection.url} />
          )}
          <BandFact label="Account" value={accountId} />
          <BandFact label="Region" value={connection.region} />
          <BandFact label="Signed in as" value={signedInAs.replace(/^arn:aws:(iam|sts)::\d+:/, '')} />
        </dl>
        <div className="actions">
          {place.writingUntil ? <LockWriting /> : <UnlockWriting accountId={accountId} what={what} />}
          {switchLink}
        </div>
      </div>
    );
  }
  return (
    <div className="env env-sim" role="status" aria-label="Simulated environment">
      <span className="tag">
        <FlaskConical size={14} aria-hidden />
        Simulated
      </span>
      <span className="sentence">
        {connection.kind === 'endpoint'
          ? `Custom endpoint ${connection.url}. Declared a simulation.`
          : `${place.world === undefined ? 'Embedded emulator. ' : ''}Nothing here reaches AWS.`}
      </span>
      <dl>
        <BandFact label="Account" value={accountId} />
        <BandFact label="Region" value={connection.region} />
        {clock && (
          <div>
            <dt>World clock</dt>
            <dd>
              <WorldClock now={clock} standing={standing} />
            </dd>
          </div>
        )}
      </dl>
      <div className="actions">
        {connection.kind === 'emulator' && <EmulatorActions accountId={connection.accountId} />}
        {demo && (
          <Link href={demo} className="band-button" prefetch={false}>
            <Presentation size={14} aria-hidden />
            Back to the demo
          </Link>
        )}
        {place.world === undefined ? (
          switchLink
        ) : (
          // An empty world leaves it: this tab is at the connection again that all others share.
          // A whole page load: the band itself has to change, which links between pages leave as it is.
          // oxlint-disable-next-line next/no-html-link-for-pages
          <a href="/?world=" className="band-button">
            <Plug size={14} aria-hidden />
            Leave this world
          </a>
        )}
      </div>
    </div>
  );
}

function BandFact({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}
