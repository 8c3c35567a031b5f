/**
 * The Iceberg REST catalog on the wire: paths and operation names of Iceberg's OpenAPI specification, JSON bodies whose
 * integers keep every digit, and its one shape of errors. Below `/iceberg`, signed as `s3tables`.
 */

import { parseExact, stringifyExact } from '../../iceberg/exact-json.ts';
import { AwsError } from './error.ts';
import type { ErrorTarget, Route, WireAnswer, WireBody, WireRequest } from './types.ts';

export const ICEBERG_PATH = '/iceberg/';

/** Input of every operation: what stands in path and query, decoded, and the JSON of the body, unchecked. */
export interface IcebergInput {
  readonly prefix: string;
  readonly namespace: string;
  readonly table: string;
  readonly query: ReadonlyMap<string, readonly string[]>;
  readonly body: unknown;
}

const NAMESPACE = 'v1/{prefix}/namespaces/{namespace}';
const TABLE = `${NAMESPACE}/tables/{table}`;
const ROUTES: readonly (readonly [operation: string, method: string, path: string])[] = [
  ['getConfig', 'GET', 'v1/config'],
  ['listNamespaces', 'GET', 'v1/{prefix}/namespaces'],
  ['createNamespace', 'POST', 'v1/{prefix}/namespaces'],
  ['loadNamespaceMetadata', 'GET', NAMESPACE],
  ['namespaceExists', 'HEAD', NAMESPACE],
  ['dropNamespace', 'DELETE', NAMESPACE],
  ['updateProperties', 'POST', `${NAMESPACE}/properties`],
  ['listTables', 'GET', `${NAMESPACE}/tables`],
  ['createTable', 'POST', `${NAMESPACE}/tables`],
  ['registerTable', 'POST', `${NAMESPACE}/register`],
  ['loadTable', 'GET', TABLE],
  ['updateTable', 'POST', TABLE],
  ['dropTable', 'DELETE', TABLE],
  ['tableExists', 'HEAD', TABLE],
  ['loadCredentials', 'GET', `${TABLE}/credentials`],
  ['planTableScan', 'POST', `${TABLE}/plan`],
  ['fetchScanTasks', 'POST', `${TABLE}/tasks`],
  ['reportMetrics', 'POST', `${TABLE}/metrics`],
  ['renameTable', 'POST', 'v1/{prefix}/tables/rename'],
  ['commitTransaction', 'POST', 'v1/{prefix}/transactions/commit'],
  ['listViews', 'GET', `${NAMESPACE}/views`],
  ['createView', 'POST', `${NAMESPACE}/views`],
  ['loadView', 'GET', `${NAMESPACE}/views/{table}`],
  ['replaceView', 'POST', `${NAMESPACE}/views/{table}`],
  ['viewExists', 'HEAD', `${NAMESPACE}/views/{table}`],
  ['dropView', 'DELETE', `${NAMESPACE}/views/{table}`],
  ['renameView', 'POST', 'v1/{prefix}/views/rename'],
];

/** Operations of the specification, in its order of subjects. */
export const ICEBERG_OPERATIONS: readonly string[] = ROUTES.map(([operation]) => operation);

/** What `endpoints` of getConfig says of the operations named. */
export function icebergEndpoints(operations: readonly string[]): readonly string[] {
  return ROUTES.filter(([operation]) => operations.includes(operation)).map(([, method, path]) => `${method} /${path}`);
}

/** Finds the operation. The path is split before it is decoded: the prefix is an ARN in one segment, its slashes escaped. */
export function routeIceberg(request: WireRequest, query: ReadonlyMap<string, readonly string[]>): Route {
  const segments = request.rawPath.slice(ICEBERG_PATH.length).replace(/\/$/, '').split('/');
  for (const [operation, method, path] of ROUTES) {
    if (method !== request.method) continue;
    const labels = match(path.split('/'), segments);
    if (labels !== undefined) return { service: 'iceberg', operation, labels, query };
  }
  throw new AwsError(
    'UnknownOperationException',
    404,
    `No route for request: ${request.method} ${request.rawPath.slice(0, 256)}`,
  );
}

function match(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const labels: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (!part.startsWith('{')) {
      if (part !== segment) return undefined;
      continue;
    }
    try {
      labels[part.slice(1, -1)] = decodeURIComponent(segment);
    } catch {
      throw new AwsError('BadRequestException', 400, 'The request URI is not valid.');
    }
  }
  return labels;
}

/** Throws BadRequestException when the body is not JSON. */
export function decodeIceberg({ labels, query }: Route, body: WireBody): IcebergInput {
  const { prefix = '', namespace = '', table = '' } = labels;
  const bytes = body instanceof Uint8Array ? body : new Uint8Array();
  return { prefix, namespace, table, query, body: bytes.byteLength === 0 ? undefined : parseBody(bytes) };
}

function parseBody(bytes: Uint8Array): unknown {
  try {
    return parseExact(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new AwsError('BadRequestException', 400, 'Malformed request: the body is not JSON.');
  }
}

/** An output is the JSON to answer with; without one the answer is 204. */
export function encodeIceberg(output: unknown, requestId: string): WireAnswer {
  const headers = { 'x-amzn-requestid': requestId };
  return output === undefined ? { status: 204, headers } : withJson(200, headers, output);
}

/** IcebergErrorResponse of the specification. */
export function encodeIcebergFault(target: ErrorTarget, error: AwsError, requestId: string): WireAnswer {
  const { code: type, status: code, message } = error;
  const headers = { 'x-amzn-requestid': requestId, 'x-amzn-errortype': type };
  return target.method === 'HEAD'
    ? { status: code, headers }
    : withJson(code, headers, { error: { message, type, code } });
}

function withJson(status: number, headers: Record<string, string>, value: unknown): WireAnswer {
  const body = Buffer.from(stringifyExact(value));
  return {
    status,
    headers: { ...headers, 'content-type': 'application/json', 'content-length': String(body.length) },
    body,
  };
}
