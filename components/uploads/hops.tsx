'use client';

import {
  ArrowLeft,
  ArrowRight,
  FileText,
  Hourglass,
  KeyRound,
  Lock,
  type LucideIcon,
  ScrollText,
  Timer,
  X,
} from 'lucide-react';
import Link from 'next/link';
import { useEffect, useState } from 'react';
import type { Hop, ObjectStory } from '@/lib/uploads/hops';
import { routes } from '../routes';
import { Badge } from '../ui/badge';
import { Card } from '../ui/layout';

const ICONS: Readonly<Record<Hop['kind'], LucideIcon>> = {
  sign: ArrowRight,
  session: Timer,
  authorise: FileText,
  'key-spared': Hourglass,
  'key-made': KeyRound,
  encrypt: Lock,
  answer: ArrowLeft,
  event: ScrollText,
  refused: X,
};

/** One object's way: sign, session, authorise, data key, encrypt, store, event. Read when the playhead stands still. */
export function Hops({ runId, index, waiting }: { runId: string; index: number; waiting: boolean }) {
  const [story, setStory] = useState<ObjectStory>();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    if (waiting) return;
    const controller = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const response = await fetch(`/api/uploads/${runId}/hops?object=${index}`, { signal: controller.signal });
        setFailed(!response.ok);
        if (response.ok) setStory((await response.json()) as ObjectStory);
      } catch {
        if (!controller.signal.aborted) setFailed(true);
      }
    }, 120);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [runId, index, waiting]);
  if (failed) {
    return (
      <Card title="This request">
        <p className="text-ink-2">Its record could not be read. Step on, or open it among all requests.</p>
      </Card>
    );
  }
  if (!story) return <Card title="This request">Reading…</Card>;
  return (
    <Card
      title={story.title}
      end={
        <Badge tone={story.error === undefined ? 'good' : 'bad'}>
          {`${story.status || ''} ${story.error ?? 'OK'}`.trim()}
        </Badge>
      }
      rule
    >
      <ol className="hops" aria-label="Hops of the request">
        {story.hops.map((hop, position) => (
          <HopRow key={`${position}${hop.title}`} hop={hop} />
        ))}
      </ol>
      <div className="mt-3">
        <Link className="button small" href={routes.decision(story.requestId)}>
          Explain the decision
        </Link>
      </div>
    </Card>
  );
}

function HopRow({ hop }: { hop: Hop }) {
  const Icon = ICONS[hop.kind];
  return (
    <li>
      <span className={`hop-icon ${hop.kind === 'refused' ? 'bad' : ''}`}>
        <Icon size={12} aria-hidden />
      </span>
      <span className="font-medium">{hop.title}</span>
      <span className="mono text-ink-3">{hop.at === undefined ? '' : `${hop.at.toFixed(1)} ms`}</span>
      <span className="detail">
        {hop.detail}
        {hop.context &&
          Object.entries(hop.context).map(([name, value]) => (
            <span key={name} className="block">
              Context{' '}
              <span className="mono">
                {name} = {value}
              </span>
            </span>
          ))}
        {hop.document && (
          <details className="mt-1">
            <summary className="link">{hop.document.name}</summary>
            <pre className="document">{hop.document.json}</pre>
          </details>
        )}
      </span>
    </li>
  );
}
