import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { workplace } from '@/lib/aws/session';

/** A presentation has no navigation: the band, one step, and what the presenter needs. */
export default async function PresenterLayout({ children }: { children: ReactNode }) {
  // Nothing is shown to a visitor who has not signed in.
  await workplace();
  const shortcuts = (await cookies()).get('console-shortcuts')?.value !== 'off';
  return (
    <div className="presenter" data-shortcuts={shortcuts ? 'on' : 'off'}>
      <a className="skip-link" href="#main">
        Skip to main content
      </a>
      {children}
    </div>
  );
}
