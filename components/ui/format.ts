/** Numbers, sizes and times as the console writes them: en, 24 h, UTC. */

const whole = new Intl.NumberFormat('en-US');

export function formatCount(value: number): string {
  return whole.format(value);
}

const large = new Intl.NumberFormat('en-US', { notation: 'compact', compactDisplay: 'long', maximumFractionDigits: 2 });

/** Counts of any size: "8,760", "2.19 billion". Fractions of forecasts are rounded. */
export function formatLarge(value: number): string {
  return value >= 1e7 ? large.format(value) : whole.format(Math.round(value));
}

/** A rate or other small number with as many digits as say something: "0.033", "12.4", "1,250". */
export function formatRate(value: number): string {
  if (value === 0) return '0';
  if (value >= 100) return formatLarge(value);
  return String(Number(value.toPrecision(value < 10 ? 2 : 3)));
}

/** US dollars: "$0.00004", "$0.31", "$12.40", "$1,250". */
export function formatUsd(value: number): string {
  if (value === 0) return '$0';
  if (value >= 1000) return `$${formatLarge(value)}`;
  if (value >= 0.1) return `$${value.toFixed(2)}`;
  const text = value.toPrecision(1);
  return `$${text.includes('e') ? value.toFixed(10).replace(/0+$/, '') : text}`;
}

/** "1 table", "3 tables". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** The same where only the plural is known: "1 key" of "keys". */
export function countOf(count: number, nouns: string): string {
  return plural(count, nouns.replace(/s$/, ''), nouns);
}

/** Share of a whole in percent, at most two decimals, with a narrow space. */
export function formatShare(partial: number, total: number): string {
  if (total === 0) return '0\u202f%';
  const share = (partial / total) * 100;
  const digits = share === 0 || share === 100 ? 0 : share > 99 || share < 1 ? 2 : 1;
  return `${share.toFixed(digits)}\u202f%`;
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)}\u202f${UNITS[unit] ?? 'B'}`;
}

/** `2026-11-21 14:31:08 UTC`, or without seconds. */
export function formatTime(iso: string, precision: 'seconds' | 'minutes' | 'day' = 'minutes'): string {
  const text = new Date(iso).toISOString();
  if (precision === 'day') return text.slice(0, 10);
  return `${text.slice(0, 10)} ${text.slice(11, precision === 'seconds' ? 19 : 16)} UTC`;
}

const STEPS: readonly (readonly [number, string])[] = [
  [86_400 * 365, 'year'],
  [86_400 * 30, 'month'],
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

/** "3 hours ago", "in 7 days". Both times in milliseconds. */
export function formatAge(time: number, now: number): string {
  const seconds = Math.round((time - now) / 1000);
  const distance = Math.abs(seconds);
  if (distance < 2) return 'now';
  const [size, name] = STEPS.find(([step]) => distance >= step) ?? [1, 'second'];
  const text = plural(Math.floor(distance / size), name);
  return seconds < 0 ? `${text} ago` : `in ${text}`;
}

/** "5 minutes", "1 hour 30 minutes". */
export function formatDuration(seconds: number): string {
  const parts: string[] = [];
  let rest = Math.round(seconds);
  for (const [size, name] of STEPS.slice(2)) {
    if (rest >= size) {
      parts.push(plural(Math.floor(rest / size), name));
      rest %= size;
    }
  }
  return parts.slice(0, 2).join(' ') || '0 seconds';
}
