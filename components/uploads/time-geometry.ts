/** Where things stand in the drawing of a run. */

import type { Lane, Timeline } from '@/lib/uploads/timeline';

/** Where things stand in the drawing, for one width. */
export interface Geometry {
  readonly width: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly lane: number;
  readonly bars: number;
  readonly height: number;
  readonly narrow: boolean;
}

/** Height of the axis below the lanes. */
export const AXIS = 26;

export function geometryOf(lanes: number, narrow: boolean): Geometry {
  const lane = narrow ? 112 : 118;
  const top = 30;
  return {
    width: narrow ? 328 : 1120,
    left: narrow ? 4 : 164,
    right: narrow ? 4 : 12,
    top,
    lane,
    bars: narrow ? 44 : 54,
    height: top + lanes * lane + AXIS,
    narrow,
  };
}

export function place(
  { left, right, width }: Geometry,
  { from, to }: Pick<Timeline, 'from' | 'to'>,
  time: number,
): number {
  return left + ((Math.min(to, Math.max(from, time)) - from) / (to - from)) * (width - left - right);
}

export function clockOf(time: number): string {
  return new Date(time).toISOString().slice(11, 19);
}

/** One lane, and where it is drawn. */
export interface Drawing {
  readonly it: Lane;
  readonly timeline: Timeline;
  readonly geometry: Geometry;
  readonly y: number;
}
