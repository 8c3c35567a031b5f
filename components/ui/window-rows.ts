'use client';

import { type RefObject, useEffect, useState } from 'react';

/** Rows beyond what is seen, so that fast scrolling shows no gaps. */
const OVERSCAN = 12;

/**
 * Which rows of a long table are in sight. All rows have one height; it is measured, since it follows the density.
 * @param scroller the element that scrolls; the caller puts it on the table's frame
 * @param count how many rows there are in all
 */
export function useWindow(
  scroller: RefObject<HTMLDivElement | null>,
  count: number,
): {
  from: number;
  to: number;
  first: number;
  last: number;
  rowHeight: number;
  goTo: (row: number) => void;
} {
  const [view, setView] = useState({ top: 0, height: 560, rowHeight: 36 });
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const read = () => {
      const head = element.querySelector('thead')?.clientHeight ?? 32;
      const row = element.querySelector<HTMLElement>('tr[data-row]')?.getBoundingClientRect().height;
      setView((before) => {
        const next = {
          top: element.scrollTop,
          height: element.clientHeight - head,
          rowHeight: row && row > 0 ? row : before.rowHeight,
        };
        return next.top === before.top && next.height === before.height && next.rowHeight === before.rowHeight
          ? before
          : next;
      });
    };
    read();
    element.addEventListener('scroll', read, { passive: true });
    const observer = new ResizeObserver(read);
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', read);
      observer.disconnect();
    };
  }, [scroller]);
  const first = Math.min(Math.floor(view.top / view.rowHeight), Math.max(0, count - 1));
  const last = Math.min(count, Math.ceil((view.top + view.height) / view.rowHeight));
  return {
    first,
    last,
    from: Math.max(0, first - OVERSCAN),
    to: Math.min(count, last + OVERSCAN),
    rowHeight: view.rowHeight,
    goTo: (row) => scroller.current?.scrollTo({ top: row * view.rowHeight }),
  };
}
