'use client';

import { RefreshCw } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTransition } from 'react';

/** Reads the page's data again. */
export function RetryButton({ label = 'Try again', ghost = false }: { label?: string; ghost?: boolean }) {
  const router = useRouter();
  const [pending, start] = useTransition();
  return (
    <button
      type="button"
      className={`button ${ghost ? 'ghost' : ''}`}
      aria-disabled={pending}
      onClick={() => start(() => router.refresh())}
    >
      <RefreshCw size={14} aria-hidden className={pending ? 'spin' : undefined} />
      {label}
    </button>
  );
}
