'use client';

import { RefreshCw } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTransition } from 'react';

/** Reads the page's data again. */
export function RetryButton({
  label = 'Try again',
  ghost = false,
  iconOnly = false,
}: {
  label?: string;
  ghost?: boolean;
  iconOnly?: boolean;
}) {
  const router = useRouter();
  const [pending, start] = useTransition();
  return (
    <button
      type="button"
      className={iconOnly ? 'icon-button' : `button ${ghost ? 'ghost' : ''}`}
      {...(iconOnly ? { 'aria-label': label, title: label } : {})}
      aria-disabled={pending}
      onClick={() => start(() => router.refresh())}
    >
      <RefreshCw size={iconOnly ? 16 : 14} aria-hidden className={pending ? 'spin' : undefined} />
      {!iconOnly && label}
    </button>
  );
}
