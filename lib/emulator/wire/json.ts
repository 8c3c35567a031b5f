/** JSON values to typed values and back (awsJson1.1, restJson1). */

import type { ListNode, MapNode, Node, Shape, TimestampFormat, TimestampNode } from './schema.ts';
import { base64, blobFrom, isRecord, setOwn, TextFault, timestampFrom, timestampText } from './text.ts';

/** A value of the wrong type; the message is AWS's sentence for it. */
export class JsonFault extends Error {}

/** AWS names a value by the token that begins it. */
function tokenOf(value: unknown): string {
  if (typeof value === 'string') return 'STRING_VALUE';
  if (typeof value === 'boolean') return value ? 'TRUE_VALUE' : 'FALSE_VALUE';
  return Number.isInteger(value) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE';
}

function refuse(value: unknown, wanted: string): never {
  if (Array.isArray(value)) throw new JsonFault('Start of list found where not expected');
  if (typeof value === 'object') throw new JsonFault('Start of structure or map found where not expected.');
  throw new JsonFault(`${tokenOf(value)} can not be converted to ${wanted}`);
}

/** Reads a structure: unknown members are ignored, null is absence. Throws JsonFault. */
export function structureFromJson(shape: Shape, value: unknown): Record<string, unknown> {
  if (!isRecord(value)) {
    if (Array.isArray(value)) throw new JsonFault('Start of list found where not expected');
    throw new JsonFault('Unexpected field type');
  }
  const result: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    const content = value[name];
    if (content === null || content === undefined) continue;
    const entry = shape.byJsonName.get(name);
    if (entry !== undefined) result[entry[0]] = valueFromJson(entry[1], content);
  }
  return result;
}

function valueFromJson(node: Node, value: unknown): unknown {
  switch (node.kind) {
    case 'string':
      return typeof value === 'string' ? value : refuse(value, 'a String');
    case 'boolean':
      if (typeof value === 'boolean') return value;
      if (typeof value === 'object') return refuse(value, '');
      throw new JsonFault('Unexpected token received from parser');
    case 'number':
      return typeof value === 'number' ? Math.trunc(value) : refuse(value, 'an Integer');
    case 'timestamp':
      return timestampFromJson(node, value);
    case 'blob':
    case 'stream':
      return blobFromJson(value);
    case 'document':
      return value;
    case 'list':
      return listFromJson(node, value);
    case 'map':
      return mapFromJson(node, value);
    default:
      return structureFromJson(node.shape, value);
  }
}

function timestampFromJson(node: TimestampNode, value: unknown): Date {
  if (typeof value === 'number') {
    const date = new Date(value * 1000);
    if (!Number.isNaN(date.getTime())) return date;
  } else if (typeof value === 'string') {
    try {
      return timestampFrom(value, node.format ?? 'epoch-seconds');
    } catch (error) {
      if (!(error instanceof TextFault)) throw error;
    }
  }
  return refuse(value, 'a Date');
}

function blobFromJson(value: unknown): Uint8Array {
  if (typeof value !== 'string') {
    if (typeof value === 'object') return refuse(value, '');
    throw new JsonFault('Only base-64-encoded strings are convertible to bytes');
  }
  if (value.length % 4 !== 0) {
    throw new JsonFault(`Base64 encoded length is expected a multiple of 4 bytes but found: ${value.length}`);
  }
  try {
    return blobFrom(value);
  } catch {
    const wrong = /[^A-Za-z0-9+/]/.exec(value)?.[0] ?? '=';
    throw new JsonFault(`Invalid Base64 character: '${wrong}'`);
  }
}

function listFromJson(node: ListNode, value: unknown): unknown[] {
  if (!Array.isArray(value)) {
    if (typeof value === 'object') throw new JsonFault('Start of structure or map found where not expected.');
    throw new JsonFault('Expected list or null');
  }
  // Lists of AWS's JSON protocols are not sparse: null items are dropped.
  const items: readonly unknown[] = value;
  return items.filter((content) => content !== null).map((content) => valueFromJson(node.item, content));
}

function mapFromJson(node: MapNode, value: unknown): Record<string, unknown> {
  if (!isRecord(value)) {
    if (Array.isArray(value)) throw new JsonFault('Start of list found where not expected');
    throw new JsonFault('Expected map or null');
  }
  const result: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    const content = value[name];
    if (content !== null) setOwn(result, name, valueFromJson(node.item, content));
  }
  return result;
}

/** Writes a structure as a value for JSON.stringify; members that are undefined or not in the schema are left out. */
export function structureToJson(shape: Shape, value: unknown): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  if (!isRecord(value)) return result;
  for (const name of Object.keys(value)) {
    const content = value[name];
    const node = content === undefined || content === null ? undefined : shape.members.get(name);
    if (node !== undefined) result[node.traits.jsonName ?? name] = valueToJson(node, content);
  }
  return result;
}

function valueToJson(node: Node, value: unknown): unknown {
  switch (node.kind) {
    case 'timestamp':
      return value instanceof Date ? timestampToJson(value, node.format ?? 'epoch-seconds') : value;
    case 'blob':
    case 'stream':
      return value instanceof Uint8Array ? base64(value) : value;
    case 'list':
      return Array.isArray(value) ? value.map((item) => valueToJson(node.item, item)) : value;
    case 'map': {
      const result: Record<string, unknown> = {};
      for (const [name, item] of Object.entries(isRecord(value) ? value : {})) {
        if (item !== undefined) setOwn(result, name, valueToJson(node.item, item));
      }
      return result;
    }
    case 'structure':
      return structureToJson(node.shape, value);
    default:
      return value;
  }
}

function timestampToJson(date: Date, format: TimestampFormat): string | number {
  return format === 'epoch-seconds' ? date.getTime() / 1000 : timestampText(date, format);
}
