'use client';

import { ArrowLeft, ArrowRight } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { stepHref, type View } from './places';
import { useFollow } from './use-follow';

/** The presenter's own window: it follows the stage, and moves it. */
export function NotesControls({
  scenario,
  step,
  steps,
  view,
}: {
  scenario: string;
  step: number;
  steps: number;
  view: View;
}) {
  const router = useRouter();
  useFollow('notes', view.world, { scenario, step }, (to) => router.replace(stepHref(scenario, to, view, '/notes')));
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const by =
        event.key === 'ArrowRight' || event.key === 'PageDown'
          ? 1
          : event.key === 'ArrowLeft' || event.key === 'PageUp'
            ? -1
            : 0;
      if (by === 0 || step + by < 1 || step + by > steps) return;
      event.preventDefault();
      router.replace(stepHref(scenario, step + by, view, '/notes'));
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  });
  return (
    <nav className="demo-controls" aria-label="Steps">
      {step > 1 && (
        <Link className="button" href={stepHref(scenario, step - 1, view, '/notes')} replace>
          <ArrowLeft size={14} aria-hidden />
          Back
        </Link>
      )}
      {step < steps && (
        <Link className="button primary" href={stepHref(scenario, step + 1, view, '/notes')} replace>
          Next
          <ArrowRight size={14} aria-hidden />
        </Link>
      )}
      <Elapsed />
    </nav>
  );
}

/** Time since this window was opened. */
function Elapsed() {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((before) => before + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  const two = (value: number) => String(value).padStart(2, '0');
  return (
    <span className="text-ink-2">
      <span className="mono">
        {two(Math.floor(seconds / 60))}:{two(seconds % 60)}
      </span>{' '}
      elapsed
    </span>
  );
}
