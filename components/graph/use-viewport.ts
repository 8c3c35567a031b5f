'use client';

import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';

export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

const SMALLEST = 0.08;
const LARGEST = 2;
/** Below this nothing can be read: a graph that needs less begins at its top instead. */
const LEGIBLE = 0.6;
const MARGIN = 0;
/** Room for the legend. */
const FOOT = 60;

/** Pan by dragging and scrolling, zoom with Ctrl and the wheel, and fit. */
export function useViewport(
  frame: RefObject<HTMLDivElement | null>,
  size: { readonly width: number; readonly height: number },
  /** Told how wide a graph would fill the frame, when that changes. */
  onRoom: (width: number) => void,
) {
  const [view, setView] = useState<Viewport>({ x: MARGIN, y: 0, scale: 1 });
  const drag = useRef<{ id: number; x: number; y: number } | undefined>(undefined);
  const { width, height } = size;

  /** Everything in sight, however small. `legibly`: from the top, where that would be too small to read. */
  const fit = useCallback(
    (legibly = false) => {
      const box = frame.current;
      if (box === null || box.clientWidth === 0) return;
      const wide = (box.clientWidth - MARGIN * 2) / width;
      const high = (box.clientHeight - FOOT) / height;
      const all = Math.min(wide, high, 1.15);
      const scale = Math.max(SMALLEST, legibly && all < LEGIBLE ? Math.min(1, Math.max(wide, LEGIBLE)) : all);
      setView({ x: Math.max(MARGIN, (box.clientWidth - width * scale) / 2), y: 0, scale });
    },
    [frame, width, height],
  );

  const zoom = useCallback(
    (factor: number, at?: { x: number; y: number }) => {
      const box = frame.current;
      if (box === null) return;
      const point = at ?? { x: box.clientWidth / 2, y: box.clientHeight / 2 };
      setView((now) => {
        const scale = Math.min(LARGEST, Math.max(SMALLEST, now.scale * factor));
        const by = scale / now.scale;
        return { scale, x: point.x - (point.x - now.x) * by, y: point.y - (point.y - now.y) * by };
      });
    },
    [frame],
  );

  /** Moves so that a box of the graph is in sight. */
  const reveal = useCallback(
    (place: { x: number; y: number; width: number; height: number }) => {
      const box = frame.current;
      if (box === null) return;
      // The browser scrolls to what has focus; here the graph moves instead.
      box.scrollTo(0, 0);
      setView((now) => {
        const left = place.x * now.scale + now.x;
        const top = place.y * now.scale + now.y;
        const right = left + place.width * now.scale;
        const bottom = top + place.height * now.scale;
        const dx = left < MARGIN ? MARGIN - left : Math.min(0, box.clientWidth - MARGIN - right);
        const dy = top < MARGIN ? MARGIN - top : Math.min(0, box.clientHeight - FOOT - bottom);
        return dx === 0 && dy === 0 ? now : { ...now, x: now.x + dx, y: now.y + dy };
      });
    },
    [frame],
  );

  useEffect(() => {
    const box = frame.current;
    if (box === null) return;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) {
        const { left, top } = box.getBoundingClientRect();
        zoom(Math.exp(-event.deltaY * 0.0022), { x: event.clientX - left, y: event.clientY - top });
      } else {
        setView((now) => ({ ...now, x: now.x - event.deltaX, y: now.y - event.deltaY }));
      }
    };
    // React's own wheel listener is passive and can't keep the page from scrolling.
    box.addEventListener('wheel', onWheel, { passive: false });
    const seen = new ResizeObserver(() => {
      onRoom(box.clientWidth);
      fit(true);
    });
    seen.observe(box);
    return () => {
      box.removeEventListener('wheel', onWheel);
      seen.disconnect();
    };
  }, [frame, fit, zoom, onRoom]);

  const handlers = {
    onPointerDown: (event: React.PointerEvent) => {
      if (event.button !== 0 || (event.target as Element).closest('button')) return;
      drag.current = { id: event.pointerId, x: event.clientX, y: event.clientY };
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: (event: React.PointerEvent) => {
      const from = drag.current;
      if (from?.id !== event.pointerId) return;
      drag.current = { id: from.id, x: event.clientX, y: event.clientY };
      setView((now) => ({ ...now, x: now.x + event.clientX - from.x, y: now.y + event.clientY - from.y }));
    },
    onPointerUp: () => {
      drag.current = undefined;
    },
  };
  return { view, fit, zoom, reveal, handlers };
}
