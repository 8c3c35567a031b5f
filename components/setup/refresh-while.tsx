'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useTransition } from 'react';

const PAUSE_MS = 300;

/** Reads the page again and again while something is being done behind it: the next time only after the last has come. */
export function RefreshWhile({ active }: { active: boolean }) {
  const router = useRouter();
  const [pending, start] = useTransition();
  useEffect(() => {
    if (!active || pending) return;
    const timer = setTimeout(() => start(() => router.refresh()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [active, pending, router]);
  return null;
}
