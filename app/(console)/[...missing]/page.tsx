import type { Metadata } from 'next';
import { notFound } from 'next/navigation';

export const metadata: Metadata = { title: 'Not found' };

/** Every address that is no page, so that even this answer stands inside the console. */
export default function MissingPage() {
  notFound();
}
