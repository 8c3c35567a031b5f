import { FlaskConical, TriangleAlert } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { StepPicture } from '@/components/demos/picture';
import { placeHref, stepHref } from '@/components/demos/places';
import { Presenter } from '@/components/demos/presenter';
import { WorldClock } from '@/components/shell/world-clock';
import { Assumed } from '@/components/ui/badge';
import { readClock } from '@/lib/aws/emulator';
import { workplace } from '@/lib/aws/session';
import { playStep, resetScenario } from '../../actions';
import { findStep, type OpenStep, openStep } from '../../step';

export async function generateMetadata({ params }: PageProps<'/demos/[scenario]/[step]'>): Promise<Metadata> {
  const { scenario: id, step: text } = await params;
  const found = findStep(id, text);
  if (found === undefined) return { title: 'No such step' };
  const { scenario, step } = found;
  return { title: `${scenario.title}, step ${step} of ${scenario.steps.length}` };
}

export default async function DemoStepPage(props: PageProps<'/demos/[scenario]/[step]'>) {
  const open = await openStep(props);
  const { scenario, step, seat, view, shown } = open;
  const head = scenario.steps[step - 1];
  const clock = await readClock((await workplace()).aws);
  return (
    <Presenter
      at={{
        scenario: scenario.id,
        title: scenario.title,
        step,
        titles: scenario.steps.map(({ title }) => title),
        view,
        played: shown !== undefined,
        captions: shown === undefined ? [] : [shown.claim, shown.lead, ...(head?.notes ?? [])],
      }}
      play={playStep}
      reset={resetScenario}
      band={<Band account={seat.home} clock={clock.ok && shown ? clock.data.now : undefined} />}
      notes={<Notes open={open} />}
    >
      {shown === undefined ? (
        <div className="demo-waiting">
          <h1>{head?.title}</h1>
          <p className="lead" role="status">
            The world is being prepared.
          </p>
        </div>
      ) : (
        <>
          <h1>{shown.claim}</h1>
          <p className="lead">{shown.lead}</p>
          {!shown.holds && (
            <p className="demo-untrue" role="alert">
              <TriangleAlert size={18} aria-hidden />
              This world was changed meanwhile: what happened is not what the story tells. Reset the scenario to see it.
            </p>
          )}
          <div className="demo-picture">
            <StepPicture picture={shown.picture} account={seat.home} />
          </div>
          {shown.figures.length > 0 && (
            <dl className="demo-figures">
              {shown.figures.map(({ label, value }) => (
                <div key={label}>
                  <dt>{label}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          )}
        </>
      )}
    </Presenter>
  );
}

function Band({ account, clock }: { account: string; clock: string | undefined }) {
  return (
    <>
      <span className="tag">
        <FlaskConical size={14} aria-hidden />
        Simulated
      </span>
      <span className="sentence">Embedded emulator. Nothing here reaches AWS.</span>
      <dl>
        <div>
          <dt>Account</dt>
          <dd>{account}</dd>
        </div>
        {clock !== undefined && (
          <div>
            <dt>World clock</dt>
            <dd>
              <WorldClock now={clock} standing />
            </dd>
          </div>
        )}
      </dl>
    </>
  );
}

function Notes({ open: { scenario, step, seat, view, shown } }: { open: OpenStep }) {
  return (
    <>
      <section>
        <h2>Scenario: {scenario.title}</h2>
        <ol className="demo-steps">
          {scenario.steps.map(({ title }, index) => (
            <li key={title}>
              <Link
                href={stepHref(scenario.id, index + 1, view)}
                prefetch={false}
                aria-current={index + 1 === step ? 'step' : undefined}
              >
                <span className="number">{index + 1}</span>
                {title}
              </Link>
            </li>
          ))}
        </ol>
      </section>
      <section>
        <h2>Notes, only you see this column</h2>
        {scenario.steps[step - 1]?.notes.map((note) => (
          <p key={note}>{note}</p>
        ))}
      </section>
      {shown && (
        <section>
          <h2>Where to look</h2>
          <ul className="demo-look">
            {shown.look.map((place) => (
              <li key={place.label}>
                <a className="link" href={placeHref(place, seat.home)} target="_blank" rel="noreferrer">
                  {place.label}
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
      {shown?.assumed && <Assumed>{shown.assumed}</Assumed>}
    </>
  );
}
