import { Presentation } from 'lucide-react';
import type { Metadata } from 'next';
import { type Route } from 'next';
import Link from 'next/link';
import { stepHref } from '@/components/demos/places';
import { plural } from '@/components/ui/format';
import { PageHeader } from '@/components/ui/layout';
import { workplace } from '@/lib/aws/session';
import { SCENARIOS } from '@/lib/scenarios/all';
import { seatOf } from '@/lib/scenarios/seats';

export const metadata: Metadata = { title: 'Demo scenarios' };

/** Every scenario with what somebody learns from it. */
export default async function DemosPage() {
  const { world } = await workplace();
  const seat = seatOf(world ?? '');
  // Without a world of this tab, the first step finds a free one.
  const href = (id: string): Route =>
    seat ? stepHref(id, 1, { world: seat.home, speed: 0, notes: true }) : (`/demos/${id}/1` as Route);
  return (
    <>
      <PageHeader
        title="Demo scenarios"
        sub="Stories to show. Each plays in an account of its own in the embedded emulator: every call is really made, and your own account stays as it is."
      />
      <ul className="demo-list">
        {SCENARIOS.map(({ id, title, about, kinds, steps }) => (
          <li key={id} className="card">
            <h2>
              <Link href={href(id)} prefetch={false}>
                {title}
              </Link>
            </h2>
            <p>{about}</p>
            <p className="text-xs text-ink-3">
              <Presentation size={12} aria-hidden /> {plural(steps.length, 'step')}, {kinds.join(' and ')}
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}
