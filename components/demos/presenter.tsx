'use client';

import { ArrowLeft, ArrowRight, MonitorUp, Pause, Play, RotateCcw } from 'lucide-react';
import type { Route } from 'next';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { type ReactNode, useEffect, useState, useTransition } from 'react';
import type { ActionAnswer, FormAction, Outcome } from '../ui/outcome';
import { Captions } from './captions';
import { SPEEDS, stepHref, type View } from './places';
import { useFollow } from './use-follow';

export interface PresenterStep {
  readonly scenario: string;
  readonly title: string;
  readonly step: number;
  readonly titles: readonly string[];
  readonly view: View;
  /** Whether the step has happened yet. */
  readonly played: boolean;
  /** What is said while the story plays by itself. */
  readonly captions: readonly string[];
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT|BUTTON|A|SUMMARY)$/.test(target.tagName);

/** What a failed action says, whatever failed. */
function failureOf(answer: ActionAnswer | undefined): Outcome | undefined {
  if (answer?.data) return answer.data.ok ? undefined : answer.data;
  return { ok: false, title: 'The step was not played', detail: answer?.serverError ?? 'The console did not answer.' };
}

/**
 * Around a step: keys, footer, notes. Plays the step when it has not happened yet. Everything that the presenter chose is
 * in the address, so that a link leads to the same view.
 */
export function Presenter({
  at,
  play,
  reset,
  band,
  notes,
  children,
}: {
  at: PresenterStep;
  play: FormAction;
  reset: FormAction;
  band: ReactNode;
  notes: ReactNode;
  children: ReactNode;
}) {
  const { scenario, step, titles, view, played } = at;
  const router = useRouter();
  const [pending, start] = useTransition();
  const [failed, setFailed] = useState<Outcome>();
  const last = titles.length;
  const go = (to: number, change: Partial<View> = {}) => {
    if (to >= 1 && to <= last) router.push(stepHref(scenario, to, { ...view, ...change }));
  };
  useFollow('stage', view.world, { scenario, step }, (to) => router.replace(stepHref(scenario, to, view)));

  useEffect(() => {
    if (played) return;
    start(async () => setFailed(failureOf(await play({ scenario, step }).catch(() => undefined))));
  }, [played, play, scenario, step]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const letters = document.querySelector('.presenter')?.getAttribute('data-shortcuts') !== 'off';
      if (event.key === 'ArrowRight' || event.key === 'PageDown') go(step + 1);
      else if (event.key === 'ArrowLeft' || event.key === 'PageUp') go(step - 1);
      else if (event.key === 'Escape') router.push('/demos');
      else if (event.key === ' ' && !isTyping(event.target)) go(step + 1);
      else if (letters && event.key.toLowerCase() === 'n') go(step, { notes: !view.notes });
      else if (letters && event.key.toLowerCase() === 'p') go(step, { speed: view.speed > 0 ? 0 : 1 });
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  });

  const again = () =>
    start(async () => {
      const problem = failureOf(await reset({ scenario, step: 1 }).catch(() => undefined));
      setFailed(problem);
      if (problem === undefined) router.push(stepHref(scenario, 1, view));
    });

  return (
    <>
      <header>
        <div className="env env-sim" role="status" aria-label="Simulated environment">
          {band}
          <div className="actions">
            <button type="button" className="band-button" onClick={again} aria-disabled={pending}>
              <RotateCcw size={14} aria-hidden />
              Reset scenario
            </button>
          </div>
        </div>
      </header>
      <main
        id="main"
        tabIndex={-1}
        className={view.notes ? 'demo' : 'demo no-notes'}
        aria-busy={!played && failed === undefined}
      >
        <div className="demo-stage">
          {failed ? (
            <div className="demo-failed" role="alert">
              <h1>{failed.title}</h1>
              <p>{failed.detail}</p>
              <p>{failed.next}</p>
            </div>
          ) : (
            children
          )}
        </div>
        {view.notes && (
          <aside className="demo-notes" aria-label="Speaker notes">
            {notes}
          </aside>
        )}
      </main>
      <footer className="demo-foot">
        {view.speed > 0 && played && (
          <Captions
            key={`${step} ${view.speed}`}
            sentences={at.captions}
            speed={view.speed}
            onEnd={() => (step < last ? go(step + 1) : go(step, { speed: 0 }))}
          />
        )}
        <div className="demo-controls">
          <StepLink to={step - 1} at={at}>
            <ArrowLeft size={14} aria-hidden />
            Back
          </StepLink>
          <StepLink to={step + 1} at={at} primary>
            {step < last ? `Next: ${lowerFirst(titles[step] ?? '')}` : 'The end'}
            <ArrowRight size={14} aria-hidden />
          </StepLink>
          <div className="demo-progress" role="img" aria-label={`Step ${step} of ${last}`}>
            {titles.map((title, index) => (
              <i key={title} className={index + 1 < step ? 'done' : index + 1 === step ? 'now' : undefined} />
            ))}
          </div>
          <span className="text-ink-2">
            {step} of {last}
          </span>
          <span className="demo-tools">
            <Link className="button ghost" href={stepHref(scenario, step, { ...view, speed: view.speed > 0 ? 0 : 1 })}>
              {view.speed > 0 ? <Pause size={14} aria-hidden /> : <Play size={14} aria-hidden />}
              {view.speed > 0 ? 'Pause' : 'Play by itself'}
            </Link>
            {view.speed > 0 && (
              <Link className="button ghost" href={stepHref(scenario, step, { ...view, speed: faster(view.speed) })}>
                <span className="sr-only">Speed </span>
                {view.speed}×
              </Link>
            )}
            <a
              className="button ghost"
              href={stepHref(scenario, step, view, '/notes')}
              target="demo-notes"
              rel="opener"
            >
              <MonitorUp size={14} aria-hidden />
              Notes window
            </a>
            <Link className="button ghost" href={stepHref(scenario, step, { ...view, notes: !view.notes })}>
              <kbd aria-hidden>N</kbd> {view.notes ? 'hide notes' : 'notes'}
            </Link>
            <Link className="button ghost" href="/demos">
              <kbd aria-hidden>Esc</kbd> leave
            </Link>
          </span>
        </div>
      </footer>
    </>
  );
}

const faster = (speed: number): number => SPEEDS.find((one) => one > speed) ?? SPEEDS[0];

/** A step's title in the middle of a sentence; names and abbreviations stay. */
const lowerFirst = (title: string) =>
  /^[A-Z][a-z]/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;

function StepLink({
  to,
  at,
  primary = false,
  children,
}: {
  to: number;
  at: PresenterStep;
  primary?: boolean;
  children: ReactNode;
}) {
  const kind = primary ? 'button primary' : 'button';
  if (to < 1 || to > at.titles.length) {
    return (
      <span className={kind} aria-disabled>
        {children}
      </span>
    );
  }
  const href: Route = stepHref(at.scenario, to, at.view);
  return (
    <Link className={kind} href={href} prefetch={false}>
      {children}
    </Link>
  );
}
