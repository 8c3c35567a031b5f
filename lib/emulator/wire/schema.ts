/** The wire contract in memory: reads `schemas/*.snapshot.json` (written by `bin/schemas.mjs`) and links the shapes. */

import { readFileSync } from 'node:fs';
import type { ServiceName } from './operation.ts';

export type NodeKind =
  | 'string'
  | 'number'
  | 'boolean'
  | 'timestamp'
  | 'blob'
  | 'stream'
  | 'document'
  | 'list'
  | 'map'
  | 'structure';

export type TimestampFormat = 'date-time' | 'http-date' | 'epoch-seconds';

/** A type where it is used: its kind and the traits of its member. */
export interface Node {
  readonly kind: NodeKind;
  /** Timestamps: where the schema names a format; otherwise the place on the wire decides. */
  readonly format: TimestampFormat | undefined;
  readonly sensitive: boolean;
  /** Structures. */
  readonly shape: Shape | undefined;
  /** Lists: the item. Maps: the value. */
  readonly item: Node | undefined;
  /** Maps: the key. */
  readonly key: Node | undefined;
  readonly traits: Traits;
}

export interface Traits {
  readonly httpLabel?: 1;
  readonly httpQuery?: string;
  readonly httpQueryParams?: 1;
  readonly httpHeader?: string;
  readonly httpPrefixHeaders?: string;
  readonly httpPayload?: 1;
  readonly httpResponseCode?: 1;
  readonly jsonName?: string;
  readonly xmlName?: string;
  readonly xmlFlattened?: 1;
  readonly xmlAttribute?: 1;
  readonly xmlNamespace?: string | readonly [prefix: string, uri: string];
}

export interface Shape {
  readonly name: string;
  readonly xmlName: string | undefined;
  readonly union: boolean;
  readonly members: ReadonlyMap<string, Node>;
  /** Members by the name they have in JSON. */
  readonly byJsonName: ReadonlyMap<string, readonly [name: string, node: Node]>;
  readonly required: readonly string[];
}

export interface OperationModel {
  readonly service: ServiceName;
  readonly name: string;
  /** REST protocols only. */
  readonly http: { readonly method: string; readonly uri: string; readonly status: number } | undefined;
  readonly input: Shape;
  /** Undefined: the operation answers nothing. */
  readonly output: Shape | undefined;
}

export interface ErrorModel {
  /** Code and status on the query wire. */
  readonly code: string;
  readonly status: number;
}

export interface ServiceModel {
  readonly name: ServiceName;
  readonly operations: ReadonlyMap<string, OperationModel>;
  /** By the shape's name. */
  readonly errors: ReadonlyMap<string, ErrorModel>;
}

type RawType = string | RawTypeObject;
interface RawTypeObject extends Traits {
  readonly type?: string;
  readonly list?: RawType;
  readonly map?: RawType;
  readonly key?: RawType;
  readonly sensitive?: 1;
}

interface RawShape {
  readonly union?: 1;
  readonly xmlName?: string;
  readonly required?: number;
  readonly members: Readonly<Record<string, RawType>>;
}

interface RawSnapshot {
  readonly operations: Readonly<
    Record<string, { http?: [method: string, uri: string, status: number]; input: string; output: string }>
  >;
  readonly errors: Readonly<Record<string, ErrorModel>>;
  readonly shapes: Readonly<Record<string, RawShape>>;
}

const TIMESTAMP_FORMATS = new Set<string>(['date-time', 'http-date', 'epoch-seconds']);
const NO_TRAITS: Traits = Object.freeze({});
const EMPTY: Shape = {
  name: 'Unit',
  xmlName: undefined,
  union: false,
  members: new Map(),
  byJsonName: new Map(),
  required: [],
};

const loaded = new Map<ServiceName, ServiceModel>();

/** The model of a service; read at its first use. */
export function serviceModel(service: ServiceName): ServiceModel {
  let model = loaded.get(service);
  if (model === undefined) {
    model = link(service, readSnapshot(`schemas/${service}.snapshot.json`) as RawSnapshot);
    loaded.set(service, model);
  }
  return model;
}

/** The model of an operation that `route` gave; an unknown name is a mistake of the program, not of a client. */
export function operationModel(service: ServiceName, operation: string): OperationModel {
  const model = serviceModel(service).operations.get(operation);
  if (model === undefined) throw new TypeError(`${service} has no operation ${operation}`);
  return model;
}

/** Parses a JSON file beside this one. */
export function readSnapshot(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
}

function link(service: ServiceName, raw: RawSnapshot): ServiceModel {
  const shapes = new Map<string, Shape & { members: Map<string, Node>; byJsonName: Map<string, [string, Node]> }>();
  for (const [name, shape] of Object.entries(raw.shapes)) {
    shapes.set(name, {
      name,
      xmlName: shape.xmlName,
      union: shape.union === 1,
      members: new Map(),
      byJsonName: new Map(),
      required: Object.keys(shape.members).slice(0, shape.required ?? 0),
    });
  }
  const shapeOf = (reference: string): Shape | undefined => {
    if (reference === 'unit') return undefined;
    const shape = shapes.get(reference.slice(1));
    if (shape === undefined) throw new TypeError(`snapshot of ${service}: no shape ${reference}`);
    return shape;
  };
  const nodeOf = (type: RawType): Node => {
    const object: RawTypeObject = typeof type === 'string' ? { type } : type;
    const { type: word, list, map, key, sensitive, ...traits } = object;
    const common = {
      sensitive: sensitive === 1,
      traits: Object.keys(traits).length === 0 ? NO_TRAITS : (traits as Traits),
      format: undefined,
      shape: undefined,
      item: undefined,
      key: undefined,
    };
    if (list !== undefined) return { ...common, kind: 'list', item: nodeOf(list) };
    if (map !== undefined) return { ...common, kind: 'map', item: nodeOf(map), key: nodeOf(key ?? 'string') };
    if (word === undefined) throw new TypeError(`snapshot of ${service}: a type without a kind`);
    if (word.startsWith('#')) return { ...common, kind: 'structure', shape: shapeOf(word) };
    // A member without content (`"unit"`) is read and written as an empty structure.
    if (word === 'unit') return { ...common, kind: 'structure', shape: EMPTY };
    if (TIMESTAMP_FORMATS.has(word)) return { ...common, kind: 'timestamp', format: word as TimestampFormat };
    return { ...common, kind: word as NodeKind };
  };
  for (const [name, shape] of shapes) {
    for (const [member, type] of Object.entries(raw.shapes[name]?.members ?? {})) {
      const node = nodeOf(type);
      shape.members.set(member, node);
      shape.byJsonName.set(node.traits.jsonName ?? member, [member, node]);
    }
  }
  const operations = new Map<string, OperationModel>();
  for (const [name, { http, input, output }] of Object.entries(raw.operations)) {
    operations.set(name, {
      service,
      name,
      http: http && { method: http[0], uri: http[1], status: http[2] },
      input: shapeOf(input) ?? EMPTY,
      output: shapeOf(output),
    });
  }
  return { name: service, operations, errors: new Map(Object.entries(raw.errors)) };
}
