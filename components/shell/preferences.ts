/** What a person set for the look of the console. Kept in cookies, so that the server draws it right at once. */
export type Preference = 'theme' | 'density' | 'nav' | 'shortcuts';

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
