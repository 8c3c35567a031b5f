/**
 * The emulator's own interface beside the AWS wire: `/_emulator/*`, JSON over HTTP. It takes the admin token and a
 * Host header that names this machine, so that no web page can reach it through a person's browser.
 */

import type { Readable } from 'node:stream';
import type { HttpRequest } from '../http.ts';
import { AwsError, type WireAnswer } from '../wire/index.ts';
import { bearsToken } from './token.ts';

export const ADMIN_PREFIX = '/_emulator/';
const BODY_LIMIT = 1_048_576;

/** What a route is given: the query, the account meant, and the parsed JSON body (`undefined` when there is none). */
export interface AdminCall {
  readonly account: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** What follows the route's own path: `REQUESTID` of `decisions/REQUESTID`. */
  readonly rest: string;
}

/** `GET clock` and the like; the answer is written as JSON. Throws AdminError, or RangeError for a value out of bounds. */
export type AdminRoute = (call: AdminCall) => unknown;

/** An answer other than 200, with a sentence that names what was wrong. */
export class AdminError extends Error {
  readonly status: number;
  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

/** What a route gives in place of JSON: a file to download, streamed. */
export class AdminFile {
  readonly name: string;
  readonly type: string;
  readonly stream: Readable;
  constructor(name: string, type: string, stream: Readable) {
    this.name = name;
    this.type = type;
    this.stream = stream;
  }
}

/** Answers requests under `/_emulator/`. `routes` are keyed by method and path, `GET decisions/` takes what follows. */
export function createAdminInterface(options: {
  readonly token: string;
  readonly allowedHosts: ReadonlySet<string>;
  readonly routes: Readonly<Record<string, AdminRoute>>;
  /** Bytes that the body of a route may have, where it may have more than others. */
  readonly bodyLimits: Readonly<Record<string, number>>;
  /** Waits until what a route has written is durable. */
  readonly settled: () => Promise<void>;
}): (request: HttpRequest) => Promise<WireAnswer> {
  return async (request) => {
    try {
      const call = await admit(request, options);
      const result = await call.route(call);
      await options.settled();
      return result instanceof AdminFile ? file(result) : json(200, result ?? {});
    } catch (error) {
      if (error instanceof AdminError) return json(error.status, { error: error.message });
      // What a service says of the table or bucket that was named.
      if (error instanceof AwsError && error.status < 500) return json(error.status, { error: error.message });
      if (error instanceof RangeError) return json(400, { error: error.message });
      console.error(error);
      return json(500, { error: 'The emulator failed; its log has the cause.' });
    }
  };
}

async function admit(
  request: HttpRequest,
  options: Parameters<typeof createAdminInterface>[0],
): Promise<AdminCall & { route: AdminRoute }> {
  const host = request.host.replace(/:\d+$/, '').toLowerCase();
  if (!options.allowedHosts.has(host))
    throw new AdminError(403, `The Host header ${JSON.stringify(host)} is not allowed here.`);
  const path = request.rawPath.slice(ADMIN_PREFIX.length);
  if (path !== 'health' && !bearsToken(request.headers['authorization'], options.token)) {
    throw new AdminError(
      401,
      'This takes "Authorization: Bearer TOKEN"; the token stands in the file admin-token of the data directory.',
    );
  }
  const found = findRoute(options.routes, request.method, path);
  const query = new URLSearchParams(request.rawQuery);
  const body =
    request.method === 'GET'
      ? undefined
      : await readJson(request, options.bodyLimits[`${request.method} ${path}`] ?? BODY_LIMIT);
  const inBody = typeof body === 'object' && body !== null && 'account' in body ? body.account : undefined;
  const account = inBody ?? query.get('account') ?? '111122223333';
  if (typeof account !== 'string' || !/^\d{12}$/.test(account))
    throw new AdminError(400, 'account takes twelve digits.');
  return { ...found, account, query, body };
}

function findRoute(
  routes: Readonly<Record<string, AdminRoute>>,
  method: string,
  path: string,
): { route: AdminRoute; rest: string } {
  const exact = routes[`${method} ${path}`];
  if (exact !== undefined) return { route: exact, rest: '' };
  const slash = path.lastIndexOf('/');
  const parent = slash === -1 ? undefined : routes[`${method} ${path.slice(0, slash + 1)}`];
  if (parent !== undefined) return { route: parent, rest: decodeSafely(path.slice(slash + 1)) };
  const others = Object.keys(routes).filter((it) => it.endsWith(` ${path}`));
  if (others.length > 0)
    throw new AdminError(
      405,
      `${method} is not allowed here; allowed: ${others.map((it) => it.split(' ')[0]).join(', ')}.`,
    );
  throw new AdminError(404, `There is nothing at ${ADMIN_PREFIX}${path}.`);
}

function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AdminError(400, 'The path is not percent-encoded UTF-8.');
  }
}

async function readJson(request: HttpRequest, limit: number): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body()) {
    size += (chunk as Uint8Array).length;
    if (size > limit) throw new AdminError(413, `The body may have ${limit} bytes.`);
    chunks.push(chunk as Uint8Array);
  }
  if (size === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new AdminError(400, 'The body is not JSON.');
  }
}

/** `name` is the emulator's own making and safe in a header. */
function file({ name, type, stream }: AdminFile): WireAnswer {
  return {
    status: 200,
    headers: {
      'content-type': type,
      'content-disposition': `attachment; filename="${name}"`,
      'cache-control': 'no-store',
    },
    body: { bytes: stream },
  };
}

function json(status: number, value: unknown): WireAnswer {
  const body = Buffer.from(JSON.stringify(value));
  return {
    status,
    headers: { 'content-type': 'application/json', 'content-length': String(body.length), 'cache-control': 'no-store' },
    body,
  };
}
