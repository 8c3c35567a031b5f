import type { Route } from 'next';
import { inWorld } from '@/lib/aws/world-parameter';
import type { Place } from '@/lib/scenarios/story';
import { routes } from '../routes';

/** The page of the console behind a place of a story, in the story's own account. */
export function placeHref(place: Place, world: string): Route {
  return inWorld(pathOf(place), world) as Route;
}

function pathOf(place: Place): string {
  switch (place.page) {
    case 'key':
      return routes.key(place.name, place.tab);
    case 'bucket':
      return routes.bucket(place.name, place.tab);
    case 'directory-bucket':
      return routes.directoryBucket(place.name, place.tab);
    case 'table-bucket':
      return routes.tableBucket(place.name, place.tab);
    case 'decision':
      return routes.decision(place.requestId);
    case 'audit':
      return routes.audit();
    default:
      return '/world';
  }
}

/** How a step is shown, as its address says. */
export interface View {
  readonly world: string;
  /** Speed of a story that goes on by itself; 0 when somebody presents it. */
  readonly speed: number;
  readonly notes: boolean;
}

export const SPEEDS = [1, 1.5, 2] as const;

export function stepHref(scenario: string, step: number, view: View, page: '' | '/notes' = ''): Route {
  const query = new URLSearchParams({ world: view.world });
  if (view.speed > 0) query.set('play', String(view.speed));
  if (!view.notes) query.set('notes', 'off');
  return `/demos/${encodeURIComponent(scenario)}/${step}${page}?${query.toString()}` as Route;
}

/** Reads the view from an address; what is not understood is as if it were not there. */
export function readView(query: Readonly<Record<string, string | string[] | undefined>>, world: string): View {
  const speed = Number(query['play'] ?? 0);
  return { world, speed: SPEEDS.some((one) => one === speed) ? speed : 0, notes: query['notes'] !== 'off' };
}
