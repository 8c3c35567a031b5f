/**
 * Whether a history of concurrent requests can be put into one order in which each took effect at one moment between its
 * beginning and its end (linearizability; the search of Wing and Gong, with what was met before remembered).
 */

/** What S3 promises to be one thing after another: keys and what stands under them. */
export type State = ReadonlyMap<string, string>;

export type Request =
  | { readonly kind: 'put'; readonly key: string; readonly value: string }
  | { readonly kind: 'delete'; readonly key: string }
  /** `value` is what was answered; undefined: nothing was there. */
  | { readonly kind: 'get'; readonly key: string; readonly value: string | undefined }
  | { readonly kind: 'list'; readonly entries: State }
  /** A put that must find nothing; `done` is what was answered. */
  | { readonly kind: 'create'; readonly key: string; readonly value: string; readonly done: boolean };

export interface Event {
  readonly request: Request;
  /** Moments of one clock: when it was sent, and when its answer had come. */
  readonly begun: number;
  readonly ended: number;
}

/** The state after a request, or undefined where its answer does not fit the state before. */
function apply(state: State, request: Request): State | undefined {
  switch (request.kind) {
    case 'put':
      return new Map(state).set(request.key, request.value);
    case 'delete': {
      const next = new Map(state);
      next.delete(request.key);
      return next;
    }
    case 'get':
      return state.get(request.key) === request.value ? state : undefined;
    case 'create':
      if (state.has(request.key)) return request.done ? undefined : state;
      return request.done ? new Map(state).set(request.key, request.value) : undefined;
    default:
      return textOf(state) === textOf(request.entries) ? state : undefined;
  }
}

function textOf(state: State): string {
  return [...state]
    .map((entry) => entry.join('='))
    .sort()
    .join(' ');
}

/** Events of at most a few dozen requests. */
export function isLinearizable(events: readonly Event[]): boolean {
  const met = new Set<string>();
  const search = (state: State, done: ReadonlySet<number>): boolean => {
    if (done.size === events.length) return true;
    const memory = `${[...done].sort((left, right) => left - right).join(',')}|${textOf(state)}`;
    if (met.has(memory)) return false;
    met.add(memory);
    // Only a request that began before every other open one ended can have come first.
    const open = events.flatMap((event, index) => (done.has(index) ? [] : [{ event, index }]));
    const earliestEnd = Math.min(...open.map(({ event }) => event.ended));
    for (const { event, index } of open) {
      if (event.begun > earliestEnd) continue;
      const next = apply(state, event.request);
      if (next !== undefined && search(next, new Set(done).add(index))) return true;
    }
    return false;
  };
  return search(new Map(), new Set());
}
