/** Values that stand in text on the wire (headers, queries, labels, XML, forms) and back. */

import type { Node, TimestampFormat } from './schema.ts';

/** Thrown for text that is no value of its type; the caller knows the service's words for it. */
export class TextFault extends Error {}

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)$/i;
/** The three forms of RFC 9110, section 5.6.7, all of which begin with the day of the week. */
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? [\w :-]{1,40}$/;
const NUMBER = /^[+-]?\d{1,30}(?:\.\d{1,30})?$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Reads a scalar. Lists, maps, structures and documents have no text form. */
export function fromText(
  node: Node,
  text: string,
  format: TimestampFormat,
): string | number | boolean | Date | Uint8Array {
  switch (node.kind) {
    case 'string':
      return text;
    case 'number':
      return numberFrom(text);
    case 'boolean': {
      const word = text.trim().toLowerCase();
      if (word === 'true' || word === 'false') return word === 'true';
      throw new TextFault('boolean');
    }
    case 'timestamp':
      return timestampFrom(text, node.format ?? format);
    case 'blob':
      return blobFrom(text);
    default:
      throw new TextFault(node.kind);
  }
}

function numberFrom(text: string): number {
  const trimmed = text.trim();
  if (!NUMBER.test(trimmed)) throw new TextFault('number');
  return Number(trimmed);
}

/** Reads base64, padded or not, nothing else. */
export function blobFrom(text: string): Uint8Array {
  const trimmed = text.trim();
  if (!BASE64.test(trimmed)) throw new TextFault('blob');
  const buffer = Buffer.from(trimmed, 'base64');
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

/** Reads a timestamp; seconds and date-time are understood in each other's place, since clients differ. */
export function timestampFrom(text: string, format: TimestampFormat): Date {
  const trimmed = text.trim();
  const date =
    format !== 'http-date' && NUMBER.test(trimmed)
      ? new Date(Number(trimmed) * 1000)
      : new Date(DATE_TIME.test(trimmed) || (format === 'http-date' && HTTP_DATE.test(trimmed)) ? trimmed : Number.NaN);
  if (Number.isNaN(date.getTime())) throw new TextFault('timestamp');
  return date;
}

/** Writes a scalar. Throws TypeError for a value that has no text: a service gave what its schema does not know. */
export function toText(node: Node, value: unknown, format: TimestampFormat): string {
  if (value instanceof Date) return timestampText(value, node.kind === 'timestamp' ? (node.format ?? format) : format);
  if (value instanceof Uint8Array) return base64(value);
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TypeError(`no text for a ${typeof value} where the schema has a ${node.kind}`);
}

/** `2026-11-21T01:02:03Z`, with milliseconds where there are any. */
export function timestampText(date: Date, format: TimestampFormat): string {
  switch (format) {
    case 'http-date':
      return httpDate(date);
    case 'epoch-seconds':
      return String(date.getTime() / 1000);
    default: {
      const text = date.toISOString();
      return text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text;
    }
  }
}

let lastSecond = Number.NaN;
let lastHttpDate = '';

/** Last-Modified of one object is written over and over: the last text is kept. */
function httpDate(date: Date): string {
  const second = Math.floor(date.getTime() / 1000);
  if (second !== lastSecond) {
    lastHttpDate = date.toUTCString();
    lastSecond = second;
  }
  return lastHttpDate;
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** Whether a value has members by name. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Sets a property whatever its name is: names come from clients, and `__proto__` is one. */
export function setOwn(target: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  } else target[name] = value;
}
