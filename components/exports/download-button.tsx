'use client';

import { Download } from 'lucide-react';
import { Button } from '../ui/button';

/** Gives a text as a file. */
export function DownloadButton({ text, name }: { text: string; name: string }) {
  return (
    <Button
      kind="primary"
      onClick={() => {
        const address = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
        const link = Object.assign(document.createElement('a'), { href: address, download: name });
        link.click();
        URL.revokeObjectURL(address);
      }}
    >
      <Download size={14} aria-hidden />
      Download
    </Button>
  );
}
