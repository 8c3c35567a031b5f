/** For tests: the six SDK clients with a handler in the place of the network. */

import { Readable } from 'node:stream';
import * as cloudtrail from '@aws-sdk/client-cloudtrail';
import * as iam from '@aws-sdk/client-iam';
import * as kms from '@aws-sdk/client-kms';
import * as s3 from '@aws-sdk/client-s3';
import * as s3tables from '@aws-sdk/client-s3tables';
import * as sts from '@aws-sdk/client-sts';
import type { SdkServiceName } from '../operation.ts';
import type { Node, Shape } from '../schema.ts';
import type { WireAnswer, WireRequest } from '../types.ts';

const CLIENTS: Record<SdkServiceName, { module: object; client: string }> = {
  kms: { module: kms, client: 'KMSClient' },
  s3: { module: s3, client: 'S3Client' },
  s3tables: { module: s3tables, client: 'S3TablesClient' },
  iam: { module: iam, client: 'IAMClient' },
  sts: { module: sts, client: 'STSClient' },
  cloudtrail: { module: cloudtrail, client: 'CloudTrailClient' },
};

/** What an SDK client hands to its request handler. */
interface Sent {
  method: string;
  hostname: string;
  port?: number;
  path: string;
  query?: Record<string, string | readonly string[] | null>;
  headers: Record<string, string>;
  body?: unknown;
}

interface AnyClient {
  send(command: unknown): Promise<unknown>;
}

function construct(module: object, name: string, argument: object): unknown {
  const found = new Map<string, unknown>(Object.entries(module)).get(name);
  if (typeof found !== 'function') throw new Error(`${name} is not exported`);
  return Reflect.construct(found, [argument]);
}

function isClient(value: unknown): value is AnyClient {
  return typeof value === 'object' && value !== null && 'send' in value;
}

/** Sends `input` with the real client; `answer` stands for the network. Gives what the client gives, or throws it. */
export async function sendWith(
  service: SdkServiceName,
  operation: string,
  input: object,
  answer: (request: WireRequest, body: Uint8Array) => WireAnswer,
): Promise<unknown> {
  const { module, client: clientName } = CLIENTS[service];
  const client = construct(module, clientName, {
    region: 'us-east-1',
    endpoint: 'http://127.0.0.1:4566',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    forcePathStyle: true,
    disableS3ExpressSessionAuth: true,
    disableHostPrefix: true,
    maxAttempts: 1,
    requestHandler: {
      handle: (sent: Sent) => {
        const { status, headers, body } = answer(wireRequest(sent), bodyBytes(sent.body));
        const bytes = body === undefined || body instanceof Uint8Array ? (body ?? new Uint8Array(0)) : body.bytes;
        if (!(bytes instanceof Uint8Array)) throw new TypeError('a streaming answer in a test that wants bytes');
        return Promise.resolve({
          response: { statusCode: status, headers, body: Readable.from([Buffer.from(bytes)]) },
        });
      },
    },
  });
  if (!isClient(client)) throw new Error(`${clientName} is no client`);
  return client.send(construct(module, `${operation}Command`, input));
}

const escape = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);

function wireRequest(sent: Sent): WireRequest {
  const query = Object.entries(sent.query ?? {}).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((item: string | null) =>
      item === null ? escape(name) : `${escape(name)}=${escape(item)}`,
    ),
  );
  const headers = Object.fromEntries(Object.entries(sent.headers).map(([name, value]) => [name.toLowerCase(), value]));
  const scope = /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(headers['authorization'] ?? '');
  return {
    method: sent.method,
    host: `${sent.hostname}:${sent.port ?? 80}`,
    rawPath: sent.path,
    rawQuery: query.join('&'),
    headers,
    secure: false,
    ...(scope?.[1] !== undefined && scope[2] !== undefined && { scope: { region: scope[1], service: scope[2] } }),
  };
}

function bodyBytes(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  return Buffer.from(typeof body === 'string' ? body : '');
}

/** Whole seconds: XML and HTTP dates have no more. */
const TIME = new Date('2026-11-21T01:02:03Z');

/** A value for a member: text that every layer must escape, unless it stands in a header. */
function valueFor(name: string, node: Node): unknown {
  const isHeader = node.traits.httpHeader !== undefined;
  switch (node.kind) {
    case 'string':
      return isHeader ? `${name}-text` : `${name} ü<&>"'+%=\u{1d4b3}`;
    case 'number':
      return 7;
    case 'boolean':
      return true;
    case 'timestamp':
      return TIME;
    case 'blob':
      return isHeader ? 'AAEC' : new Uint8Array([0, 1, 2, 250, 255]);
    case 'stream':
      return new Uint8Array([0, 1, 2, 250, 255]);
    case 'document':
      return { deep: [1, 'two', null, { three: true }] };
    case 'list':
      return isHeader ? ['a', 'b'] : [valueFor(name, node.item), valueFor(`${name}2`, node.item)];
    case 'map':
      return node.traits.httpPrefixHeaders === undefined
        ? { [`${name} kä.y`]: valueFor(name, node.item) }
        : { colour: 'blue' };
    default:
      return structureFor(node.shape);
  }
}

export function structureFor(shape: Shape): Record<string, unknown> {
  const members = [...shape.members];
  const chosen = shape.union ? members.slice(0, 1) : members;
  return Object.fromEntries(chosen.map(([name, node]) => [name, valueFor(name, node)]));
}
