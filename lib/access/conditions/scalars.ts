/** Numbers, dates, booleans and bytes as policies and requests write them. Each gives undefined for what it can't read. */

import type { Relation } from './operators.ts';

/** A decimal number. */
export function parseNumber(text: string): number | undefined {
  return /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/.test(text) ? Number(text) : undefined;
}

const ISO = /^(\d{4})-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?)?$/i;

/**
 * Milliseconds since 1970 from an ISO 8601 date of the W3C profile, or from seconds since 1970
 * (IAMUG reference_policies_elements_condition_operators, date condition operators). Without a zone it is UTC.
 */
export function parseDate(text: string): number | undefined {
  if (/^\d{1,13}(?:\.\d+)?$/.test(text) && !/^\d{4}$/.test(text)) return Number(text) * 1000;
  if (/^\d{4}$/.test(text)) return Date.UTC(Number(text), 0);
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, year, month, day = '1', hour = '0', minute = '0', second = '0', fraction = '0', zone = 'Z'] = match;
  const y = Number(year);
  const mo = Number(month);
  const d = Number(day);
  const h = Number(hour);
  const mi = Number(minute);
  const s = Number(second);
  if (mo < 1 || mo > 12 || d < 1 || d > 31 || h > 24 || mi > 59 || s > 60) return undefined;
  const local = Date.UTC(y, mo - 1, d, h, mi, s) + Number(fraction) * 1000;
  if (zone.toUpperCase() === 'Z') return local;
  const digits = zone.replaceAll(/\D/g, '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return local - (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}

/** `true` or `false` in any casing. */
export function parseBoolean(text: string): boolean | undefined {
  const folded = text.toLowerCase();
  return folded === 'true' ? true : folded === 'false' ? false : undefined;
}

/** Base64 in one spelling: without padding and white space. */
export function parseBinary(text: string): string | undefined {
  const bare = text.replaceAll(/\s/g, '').replace(/={1,2}$/, '');
  return /^[A-Za-z0-9+/]*$/.test(bare) && bare.length % 4 !== 1 ? bare : undefined;
}

/** Whether `sent` stands in a relation to `expected`. */
export function relate(sent: number, relation: Relation, expected: number): boolean {
  switch (relation) {
    case '=':
      return sent === expected;
    case '<':
      return sent < expected;
    case '<=':
      return sent <= expected;
    case '>':
      return sent > expected;
    case '>=':
      return sent >= expected;
  }
}
