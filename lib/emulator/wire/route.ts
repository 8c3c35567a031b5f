/** From a request to the operation it asks for, for every service. */

import { AwsError } from './error.ts';
import { FormFault, pairsOf, parseForm } from './form.ts';
import { ICEBERG_PATH, routeIceberg } from './iceberg.ts';
import type { ServiceName } from './operation.ts';
import { PROTOCOLS, SCOPES } from './protocols.ts';
import { routeS3 } from './s3-route.ts';
import { type OperationModel, serviceModel } from './schema.ts';
import type { Route, WireRequest } from './types.ts';

const NO_QUERY: ReadonlyMap<string, readonly string[]> = new Map();
const NO_LABELS: Readonly<Record<string, string>> = Object.freeze({});
const FORM = 'application/x-www-form-urlencoded';

/** The service a request is for: by credential scope, else by its shape (target header, form), else S3. Never throws. */
export function serviceOf(request: WireRequest): ServiceName {
  const scoped = SCOPES.get(request.scope?.service ?? namedScope(request));
  if (scoped === 's3tables' && request.rawPath.startsWith(ICEBERG_PATH)) return 'iceberg';
  if (scoped !== undefined) return scoped;
  const target = request.headers['x-amz-target'];
  if (target !== undefined) {
    if (target.startsWith('TrentService.')) return 'kms';
    if (target.includes('CloudTrail')) return 'cloudtrail';
  }
  if (request.rawPath === '/' || request.rawPath === '') {
    const isForm = request.method === 'POST' && request.headers['content-type']?.startsWith(FORM) === true;
    if (isForm || /(?:^|&)Action=/.test(request.rawQuery)) {
      return request.rawQuery.includes(`Version=${PROTOCOLS.iam.version}`) ? 'iam' : 'sts';
    }
  }
  return 's3';
}

/** The service in `Credential=ID/DATE/REGION/SERVICE/aws4_request`, before anybody has read the signature. */
function namedScope({ headers, rawQuery }: WireRequest): string {
  const text = headers['authorization'] ?? (rawQuery.includes('X-Amz-Credential') ? rawQuery : '');
  const end = text.search(/(?:\/|%2F)aws4_request/i);
  const before = text.slice(Math.max(0, end - 64), Math.max(0, end));
  return before.split(/\/|%2F/i).at(-1) ?? '';
}

/** Finds the operation; see `index.ts`. */
export function route(request: WireRequest, service: ServiceName, body: Uint8Array | undefined): Route {
  switch (service) {
    case 's3':
      return routeS3(request, queryOf(request, service));
    case 's3tables':
      return routePath(request, service, queryOf(request, service));
    case 'iceberg':
      return routeIceberg(request, queryOf(request, service));
    case 'kms':
    case 'cloudtrail':
      return routeTarget(request, service);
    default:
      return routeAction(request, service, body);
  }
}

function queryOf(request: WireRequest, service: ServiceName): ReadonlyMap<string, readonly string[]> {
  if (request.rawQuery === '') return NO_QUERY;
  const query = new Map<string, string[]>();
  try {
    for (const [name, value] of pairsOf(request.rawQuery)) {
      const values = query.get(name);
      if (values === undefined) query.set(name, [value]);
      else values.push(value);
    }
  } catch (error) {
    if (!(error instanceof FormFault)) throw error;
    throw service === 's3'
      ? new AwsError('InvalidURI', 400, "Couldn't parse the specified URI.")
      : new AwsError('BadRequestException', 400, 'The request URI is not valid.');
  }
  return query;
}

/** WIRE-01, WIRE-02: the part after the last dot; what stands before differs between SDKs. */
function routeTarget(request: WireRequest, service: ServiceName): Route {
  const target = request.headers['x-amz-target'] ?? '';
  const operation = target.slice(target.lastIndexOf('.') + 1);
  if (request.method !== 'POST' || !serviceModel(service).operations.has(operation)) {
    throw new AwsError('UnknownOperationException', 400, '');
  }
  return { service, operation, labels: NO_LABELS, query: NO_QUERY };
}

/** WIRE-03: the Action parameter, in the form or in the query. */
function routeAction(request: WireRequest, service: ServiceName, body: Uint8Array | undefined): Route {
  const isForm = request.method === 'POST' && body !== undefined && body.byteLength > 0;
  let form: Map<string, string>;
  try {
    form = parseForm(isForm ? Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString() : request.rawQuery);
  } catch (error) {
    if (!(error instanceof FormFault)) throw error;
    throw new AwsError('MalformedQueryString', 400, 'The query string contains a syntax error.');
  }
  const operation = form.get('Action');
  if (operation === undefined || operation === '') {
    throw new AwsError('MissingAction', 400, 'The request is missing an action or a required parameter.');
  }
  const { version } = PROTOCOLS[service];
  const asked = form.get('Version') ?? version;
  if (!serviceModel(service).operations.has(operation) || asked !== version) {
    throw new AwsError(
      'InvalidAction',
      400,
      `Could not find operation ${operation.slice(0, 256)} for version ${asked?.slice(0, 64)}`,
    );
  }
  return { service, operation, labels: NO_LABELS, query: NO_QUERY, form };
}

interface PathPattern {
  readonly operation: OperationModel;
  /** A literal segment, or the name of a label in an array of one. */
  readonly segments: readonly (string | readonly [label: string])[];
}

/** A form of GetTable that older SDKs send (TB-41). */
const OLD_PATHS: readonly (readonly [operation: string, method: string, path: string])[] = [
  ['GetTable', 'GET', '/tables/{tableBucketARN}/{namespace}/{name}'],
];

const pathTables = new Map<ServiceName, ReadonlyMap<string, readonly PathPattern[]>>();

/** The path is split before it is decoded: an ARN is one segment, its slashes escaped. */
function routePath(request: WireRequest, service: ServiceName, query: ReadonlyMap<string, readonly string[]>): Route {
  const end = request.rawPath.length > 1 && request.rawPath.endsWith('/') ? -1 : undefined;
  const raw = request.rawPath.slice(1, end).split('/');
  const patterns = pathTable(service).get(`${request.method} ${raw.length} ${raw[0]}`) ?? [];
  for (const { operation, segments } of patterns) {
    if (!segments.every((segment, index) => typeof segment !== 'string' || segment === raw[index])) continue;
    const labels: Record<string, string> = {};
    for (const [index, segment] of segments.entries()) {
      if (typeof segment !== 'string') labels[segment[0]] = decodeSegment(raw[index] ?? '');
    }
    return { service, operation: operation.name, labels, query };
  }
  throw new AwsError('UnknownOperationException', 404, '');
}

function decodeSegment(segment: string): string {
  try {
    return segment.includes('%') ? decodeURIComponent(segment) : segment;
  } catch {
    throw new AwsError('BadRequestException', 400, 'The request URI is not valid.');
  }
}

function pathTable(service: ServiceName): ReadonlyMap<string, readonly PathPattern[]> {
  const known = pathTables.get(service);
  if (known !== undefined) return known;
  const { operations } = serviceModel(service);
  const table = new Map<string, PathPattern[]>();
  const add = (operation: OperationModel, method: string, path: string): void => {
    const segments = (path.split('?')[0] ?? '')
      .slice(1)
      .split('/')
      .map((text) => (text.startsWith('{') ? ([text.slice(1, -1)] as const) : text));
    const name = `${method} ${segments.length} ${String(segments[0])}`;
    const group = table.get(name) ?? [];
    // Literal segments win over labels: the more of them, the earlier.
    group.push({ operation, segments });
    group.sort((a, b) => labelCount(a) - labelCount(b));
    table.set(name, group);
  };
  for (const operation of operations.values()) {
    if (operation.http !== undefined) add(operation, operation.http.method, operation.http.uri);
  }
  for (const [name, method, path] of service === 's3tables' ? OLD_PATHS : []) {
    const operation = operations.get(name);
    if (operation !== undefined) add(operation, method, path);
  }
  pathTables.set(service, table);
  return table;
}

function labelCount({ segments }: PathPattern): number {
  return segments.filter((segment) => typeof segment !== 'string').length;
}
