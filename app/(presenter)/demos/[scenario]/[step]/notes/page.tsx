import type { Metadata } from 'next';
import { NotesControls } from '@/components/demos/notes-window';
import { findStep, openStep } from '../../../step';

export async function generateMetadata({ params }: PageProps<'/demos/[scenario]/[step]/notes'>): Promise<Metadata> {
  const { scenario, step } = await params;
  const found = findStep(scenario, step);
  return { title: `Notes: ${found?.scenario.title ?? 'no such step'}, step ${step}` };
}

/** For a window on the presenter's own screen. It follows the stage, and plays nothing itself. */
export default async function NotesPage(props: PageProps<'/demos/[scenario]/[step]/notes'>) {
  const { scenario, step, view, shown } = await openStep(props, '/notes');
  const head = scenario.steps[step - 1];
  const next = scenario.steps[step];
  return (
    <main id="main" tabIndex={-1} className="demo-own-notes">
      <p className="text-ink-2">
        {scenario.title}, {step} of {scenario.steps.length}
      </p>
      <h1>{shown?.claim ?? head?.title}</h1>
      {head?.notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
      <p className="text-ink-2">{next === undefined ? 'This is the last step.' : `Next: ${next.title}`}</p>
      <NotesControls scenario={scenario.id} step={step} steps={scenario.steps.length} view={view} />
    </main>
  );
}
