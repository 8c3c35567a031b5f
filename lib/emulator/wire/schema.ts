/** The wire contract in memory: reads `schemas/*.snapshot.json` (written by `bin/schemas.mjs`) and links the shapes. */

import { readFileSync } from 'node:fs';
import type { ServiceName } from './operation.ts';

export type ScalarKind = 'string' | 'number' | 'boolean' | 'blob' | 'stream' | 'document';

export type TimestampFormat = 'date-time' | 'http-date' | 'epoch-seconds';

interface NodeBase {
  readonly sensitive: boolean;
  readonly traits: Traits;
}

export interface ScalarNode extends NodeBase {
  readonly kind: ScalarKind;
}

export interface TimestampNode extends NodeBase {
  readonly kind: 'timestamp';
  /** Where the schema names a format; otherwise the place on the wire decides. */
  readonly format: TimestampFormat | undefined;
}

export interface ListNode extends NodeBase {
  readonly kind: 'list';
  readonly item: Node;
}

export interface MapNode extends NodeBase {
  readonly kind: 'map';
  readonly key: Node;
  readonly item: Node;
}

export interface StructureNode extends NodeBase {
  readonly kind: 'structure';
  readonly shape: Shape;
}

/** A type where it is used: its kind and the traits of its member. */
export type Node = ScalarNode | TimestampNode | ListNode | MapNode | StructureNode;

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

const SCALARS: readonly ScalarKind[] = ['string', 'number', 'boolean', 'blob', 'stream', 'document'];
const TIMESTAMP_FORMATS: readonly TimestampFormat[] = ['date-time', 'http-date', 'epoch-seconds'];
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
  if (service === 'iceberg') throw new TypeError('the Iceberg REST catalog has no SDK');
  let model = loaded.get(service);
  if (model === undefined) {
    const raw: RawSnapshot = JSON.parse(readSnapshot(`schemas/${service}.snapshot.json`));
    model = link(service, raw);
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

/** The text of a snapshot; `file` is relative to this folder. */
export function readSnapshot(file: string): string {
  return readFileSync(new URL(file, import.meta.url), 'utf8');
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
    const common = { sensitive: sensitive === 1, traits: Object.keys(traits).length === 0 ? NO_TRAITS : traits };
    if (list !== undefined) return { kind: 'list', ...common, item: nodeOf(list) };
    if (map !== undefined) return { kind: 'map', ...common, item: nodeOf(map), key: nodeOf(key ?? 'string') };
    // A member without content (`"unit"`) is read and written as an empty structure.
    if (word === 'unit') return { kind: 'structure', ...common, shape: EMPTY };
    if (word?.startsWith('#')) return { kind: 'structure', ...common, shape: shapeOf(word) ?? EMPTY };
    if (word === 'timestamp') return { kind: 'timestamp', ...common, format: undefined };
    const format = TIMESTAMP_FORMATS.find((name) => name === word);
    if (format !== undefined) return { kind: 'timestamp', ...common, format };
    const scalar = SCALARS.find((name) => name === word);
    if (scalar === undefined) throw new TypeError(`snapshot of ${service}: no type ${word}`);
    return { kind: scalar, ...common };
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
