import './globals.css';
import { GeistMono } from 'geist/font/mono';
import { GeistSans } from 'geist/font/sans';
import type { Metadata, Viewport } from 'next';
import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { DENSITIES, known, THEMES } from '@/components/shell/preferences';

export const metadata: Metadata = {
  title: { template: '%s · SSE-KMS Console', default: 'SSE-KMS Console' },
  icons: { icon: { url: '/icon.svg', type: 'image/svg+xml' } },
  description: 'See, change, prove and explain server-side encryption with KMS keys.',
};

export const viewport: Viewport = { colorScheme: 'light dark' };

/** Theme and density come from cookies, so that the first paint is already right and needs no script. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const jar = await cookies();
  return (
    <html
      lang="en"
      className={`${GeistSans.variable} ${GeistMono.variable}`}
      data-theme={known(jar.get('console-theme')?.value, THEMES, 'system')}
      data-density={known(jar.get('console-density')?.value, DENSITIES, 'default')}
      data-nav={known(jar.get('console-nav')?.value, ['open', 'collapsed'], 'open')}
      suppressHydrationWarning
    >
      <body>{children}</body>
    </html>
  );
}
