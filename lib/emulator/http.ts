/** Sockets on one side, plain requests and answers on the other: all that is node:http stays in this file. */

import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import type { WireAnswer, WireRequest } from './wire/index.ts';

/** A request as it came off a socket. */
export interface HttpRequest extends WireRequest {
  readonly sourceIp: string;
  /** `Content-Length`, or undefined when the body is chunked. */
  readonly contentLength: number | undefined;
  /** Whether the client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean;
  /** Reads the body once. The client is told to go on (`100 Continue`) when the first byte is asked for, not before. */
  body(): Readable;
  /** Destroys the connection without an answer: a Region that is cut off. */
  hangUp(): void;
}

export interface HttpListener {
  readonly port: number;
  /** Stops accepting, lets requests under way finish for `graceMs`, then cuts what is left. */
  close(graceMs: number): Promise<void>;
}

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** PEM certificate and key: HTTPS instead of HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

const LIMITS: http.ServerOptions = {
  // S3 allows 8 KiB of headers; presigned URLs with session tokens are longer.
  maxHeaderSize: 32_768,
  requestTimeout: 0,
  headersTimeout: 30_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 10_000,
};
/** A connection on which nothing moves for this long is cut: a truncated upload must not wait for ever. */
const IDLE_MS = 120_000;

/**
 * Listens and answers each request with `handle`, which never rejects.
 * Rejects with the system's error (`EADDRINUSE`, `EACCES`) when the address can't be had.
 */
export async function listen(
  options: ListenOptions,
  handle: (request: HttpRequest) => Promise<WireAnswer>,
): Promise<HttpListener> {
  const onRequest = (request: http.IncomingMessage, response: http.ServerResponse) =>
    answer(request, response, options.tls !== undefined, false, handle).catch(() => response.destroy());
  const server = options.tls
    ? https.createServer({ ...LIMITS, ...options.tls }, onRequest)
    : http.createServer(LIMITS, onRequest);
  server.setTimeout(IDLE_MS);
  server.on('checkContinue', (request: http.IncomingMessage, response: http.ServerResponse) =>
    answer(request, response, options.tls !== undefined, true, handle).catch(() => response.destroy()),
  );
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable) return;
    socket.end(refuseBytes(error.code === 'HPE_HEADER_OVERFLOW' ? HEADERS_TOO_LARGE : NOT_HTTP));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: (graceMs) =>
      new Promise((resolve) => {
        const cut = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

// Nobody knows yet which service is meant: these are the words of S3 (API reference, ErrorResponses).
const HEADERS_TOO_LARGE = [
  'RequestHeaderSectionTooLarge',
  'Your request header section exceeds the maximum allowed request header section size',
] as const;
const NOT_HTTP = ['BadRequest', 'An error occurred when parsing the HTTP request.'] as const;

/** The answer to bytes that are no request. */
function refuseBytes([code, message]: readonly [string, string]): string {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return `HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: application/xml\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

async function answer(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  secure: boolean,
  expectsContinue: boolean,
  handle: (request: HttpRequest) => Promise<WireAnswer>,
): Promise<void> {
  const target = request.url ?? '/';
  const question = target.indexOf('?');
  const length = request.headers['content-length'];
  let bodyAsked = false;
  let hungUp = false;
  const result = await handle({
    method: request.method ?? 'GET',
    host: request.headers.host ?? '',
    rawPath: question === -1 ? target : target.slice(0, question),
    rawQuery: question === -1 ? '' : target.slice(question + 1),
    headers: joinHeaders(request),
    secure,
    sourceIp: request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '127.0.0.1',
    contentLength: length === undefined ? undefined : Number(length),
    expectsContinue,
    body() {
      if (!bodyAsked && expectsContinue) response.writeContinue();
      bodyAsked = true;
      return request;
    },
    hangUp() {
      hungUp = true;
      request.socket.destroy();
    },
  });
  if (hungUp || response.destroyed) return;
  // What is left of a body nobody read would be taken for the next request, so the connection ends with the answer.
  if (
    !request.complete &&
    (length !== undefined ? length !== '0' : request.headers['transfer-encoding'] !== undefined)
  ) {
    response.setHeader('connection', 'close');
    response.once('finish', () => request.destroy());
  }
  await send(response, request.method ?? 'GET', result);
}

async function send(response: http.ServerResponse, method: string, result: WireAnswer): Promise<void> {
  response.writeHead(result.status, result.headers);
  const body = result.body;
  if (body === undefined || method === 'HEAD') response.end();
  else if (body instanceof Uint8Array) sendWhole(response, body);
  else if (body.bytes instanceof Uint8Array) sendWhole(response, body.bytes);
  else await sendStream(response, body.bytes);
}

/** Up to this size it is cheaper to make one string of headers and body than to have the system gather two buffers. */
const ONE_WRITE = 16_384;

function sendWhole(response: http.ServerResponse, body: Uint8Array): void {
  if (body.byteLength > ONE_WRITE) response.end(body);
  else response.end(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1'), 'latin1');
}

// An error while the body is on its way can't become an error answer any more: cutting the connection is what tells
// the client that the body is not whole.
async function sendStream(response: http.ServerResponse, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const chunk of bytes) {
      if (response.destroyed) return;
      if (!response.write(chunk)) await drained(response);
    }
    response.end();
  } catch {
    response.destroy();
  }
}

function drained(response: http.ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}

// node:http joins repeated headers with ', ' and drops repeats of some; signatures are made over all of them, joined
// with ',' (Signature Version 4, canonical headers).
function joinHeaders(request: http.IncomingMessage): Readonly<Record<string, string>> {
  const headers: Record<string, string> = Object.create(null);
  const raw = request.rawHeaders;
  for (let i = 0; i < raw.length; i += 2) {
    const name = (raw[i] as string).toLowerCase();
    const value = raw[i + 1] as string;
    const before = headers[name];
    headers[name] = before === undefined ? value : `${before},${value}`;
  }
  return headers;
}
