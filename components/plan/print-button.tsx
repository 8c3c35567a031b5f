'use client';

import { Printer } from 'lucide-react';
import { Button } from '../ui/button';

/** Opens the browser's print dialog. */
export function PrintButton() {
  return (
    <Button onClick={() => window.print()}>
      <Printer size={14} aria-hidden />
      Print
    </Button>
  );
}
