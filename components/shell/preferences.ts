/** What a person set for the look of the console. Kept in cookies, so that the server draws it right at once. */
export type Preference = 'theme' | 'density' | 'nav' | 'shortcuts' | 'lists';

const YEAR = 60 * 60 * 24 * 365;

/** Remembers a preference in this browser. */
export function remember(name: Preference, value: string): void {
  document.cookie = `console-${name}=${value}; path=/; max-age=${YEAR}; samesite=strict`;
}

/** Takes a stored value only where it is one of those known. */
export function known<Value extends string>(
  stored: string | undefined,
  values: readonly Value[],
  otherwise: Value,
): Value {
  return values.find((value) => value === stored) ?? otherwise;
}

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
export const DENSITIES = ['compact', 'default', 'comfortable'] as const;
export type Density = (typeof DENSITIES)[number];

/** Applies a theme now: the tokens follow `color-scheme`. */
export function applyTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  remember('theme', theme);
}

export function applyDensity(density: Density): void {
  document.documentElement.dataset.density = density;
  remember('density', density);
}

/** What a person set for one list. */
export interface ListPreferences {
  /** Ids of the columns that are not shown. */
  readonly hidden?: readonly string[];
  /** Rows on a page; all of them in one scrolling table where it is absent. */
  readonly size?: number;
}

export interface ListsPreferences {
  /** By the label of the list. */
  readonly lists: Readonly<Record<string, ListPreferences>>;
  /** Width of the split panel in pixels. */
  readonly panel?: number;
}

export const PAGE_SIZES = [25, 50, 100, 200] as const;

/** What the cookie says about lists; anything that is not ours counts as nothing set. */
export function readLists(stored: string | undefined): ListsPreferences {
  const lists: Record<string, ListPreferences> = {};
  try {
    const parsed = JSON.parse(decodeURIComponent(stored ?? '{}')) as Partial<Record<keyof ListsPreferences, unknown>>;
    for (const [label, value] of Object.entries(parsed.lists ?? {})) {
      const { hidden, size } = value as { hidden?: unknown; size?: unknown };
      lists[label] = {
        ...(Array.isArray(hidden) ? { hidden: hidden.filter((id) => typeof id === 'string') } : {}),
        ...(PAGE_SIZES.some((one) => one === size) ? { size: size as number } : {}),
      };
    }
    const { panel } = parsed;
    return { lists, ...(typeof panel === 'number' && panel >= 280 && panel <= 900 ? { panel } : {}) };
  } catch {
    return { lists };
  }
}

export function writeLists(lists: ListsPreferences): void {
  remember('lists', encodeURIComponent(JSON.stringify(lists)));
}
