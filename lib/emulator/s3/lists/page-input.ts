/** Parameters that listings share: how many, how encoded. */

import { errors } from '../errors.ts';

const MAXIMUM = 1000;

/** `max-keys` and its like: at most 1,000 are given. Throws InvalidArgument for negative ones. */
export function pageSize(value: number | undefined, name: string): number {
  if (value === undefined) return MAXIMUM;
  if (!Number.isInteger(value) || value < 0 || value > 2147483647) {
    throw errors.invalidArgument(`Argument ${name} must be an integer between 0 and 2147483647`, name, String(value));
  }
  return Math.min(value, MAXIMUM);
}

/** How keys are written: as they are, or percent-encoded (encoding-type=url), for keys that XML cannot hold. */
export function encoder(type: string | undefined): (text: string) => string {
  if (type === undefined) return (text) => text;
  if (type !== 'url') {
    throw errors.invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', type);
  }
  return (text) =>
    encodeURIComponent(text)
      .replaceAll('%2F', '/')
      .replaceAll('%20', '+')
      .replace(/[!'()]/g, escaped);
}

function escaped(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
