'use client';

import type { Route } from 'next';
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { Button } from './button';
import { Dialog } from './dialog';

/** Asks before a changed form is left by a link, and lets the browser ask when the tab is closed. */
export function UnsavedGuard({ active, what }: { active: boolean; what: string }) {
  const [wanted, setWanted] = useState<Route>();
  const router = useRouter();
  useEffect(() => {
    if (!active) return;
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    const onClick = (event: MouseEvent) => {
      if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
      const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
      const href = link?.getAttribute('href');
      if (!href?.startsWith('/') || link?.getAttribute('target') === '_blank') return;
      event.preventDefault();
      event.stopPropagation();
      setWanted(href as Route);
    };
    window.addEventListener('beforeunload', onUnload);
    document.addEventListener('click', onClick, { capture: true });
    return () => {
      window.removeEventListener('beforeunload', onUnload);
      document.removeEventListener('click', onClick, { capture: true });
    };
  }, [active]);
  return (
    <Dialog open={wanted !== undefined} onClose={() => setWanted(undefined)} title="Leave this page?">
      <div className="dialog-body">
        <p>{what} is lost.</p>
      </div>
      <div className="dialog-actions">
        <Button onClick={() => setWanted(undefined)} data-autofocus>
          Stay
        </Button>
        <Button
          kind="danger"
          onClick={() => {
            if (wanted) router.push(wanted);
          }}
        >
          Leave
        </Button>
      </div>
    </Dialog>
  );
}
