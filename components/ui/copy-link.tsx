'use client';

import { Check, Link2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from './button';

/** Copies the address of what is shown, as it stands in the browser, and announces it. */
export function CopyLink({ size = 'normal' }: { size?: 'normal' | 'small' }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1600);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <Button
      kind="ghost"
      size={size}
      onClick={() => void navigator.clipboard.writeText(window.location.href).then(() => setCopied(true))}
    >
      {copied ? <Check size={14} aria-hidden /> : <Link2 size={14} aria-hidden />}
      <span aria-live="polite">{copied ? 'Copied' : 'Copy link'}</span>
    </Button>
  );
}
