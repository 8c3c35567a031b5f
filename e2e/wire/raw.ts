/** Requests as bytes on a socket, signed by hand: what no client sends. */

import { createHash, createHmac } from 'node:crypto';
import net from 'node:net';
import { type Credentials, ROOT } from './harness.ts';

export interface RawAnswer {
  /** 0 when the connection ended without an answer. */
  readonly status: number;
  readonly head: string;
  readonly body: string;
  /** Everything that came, interim answers too. */
  readonly bytes: string;
}

export interface RawRequest {
  readonly method?: string;
  /** Path and query as they stand in the request line. */
  readonly target?: string;
  readonly service?: string;
  readonly region?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly credentials?: Credentials;
  /** Hash in the signature; that of the body by default. */
  readonly payload?: string;
  readonly at?: Date;
}

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** Key of a signature's scope (`20261121/us-east-1/s3/aws4_request`). */
export function scopeKey(secret: string, scope: string): Uint8Array {
  let key: Uint8Array = Buffer.from(`AWS4${secret}`);
  for (const part of scope.split('/')) key = createHmac('sha256', key).update(part).digest();
  return key;
}

export const amzDate = (at: Date): string => at.toISOString().replaceAll(/[-:]|\.\d{3}/g, '');

/** The query in canonical form, sorted; what is percent-encoded stays as it is. */
function canonicalQuery(query: string): string {
  const encode = (text: string) =>
    text.replaceAll(/[^%\w.~-]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const at = pair.indexOf('=');
      return at === -1 ? `${encode(pair)}=` : `${encode(pair.slice(0, at))}=${encode(pair.slice(at + 1))}`;
    })
    .sort()
    .join('&');
}

/** All headers of a request signed with Signature Version 4, `host` among them. */
export function sign(url: string, request: RawRequest): Record<string, string> {
  const { method = 'GET', target = '/', service = 's3', region = 'us-east-1', credentials = ROOT } = request;
  const date = amzDate(request.at ?? new Date());
  const payload = request.payload ?? sha256(request.body ?? '');
  const headers: Record<string, string> = {
    host: new URL(url).host,
    'x-amz-date': date,
    'x-amz-content-sha256': payload,
    ...(credentials.sessionToken !== undefined && { 'x-amz-security-token': credentials.sessionToken }),
    ...Object.fromEntries(Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value])),
  };
  const [path = '', query = ''] = target.split('?');
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${(headers[name] ?? '').trim().replaceAll(/ +/g, ' ')}\n`).join('');
  const encoded = service === 's3' ? path : encodeURI(path);
  const canonical = `${method}\n${encoded}\n${canonicalQuery(query)}\n${lines}\n${names.join(';')}\n${payload}`;
  const scope = `${date.slice(0, 8)}/${region}/${service}/aws4_request`;
  const text = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`;
  const signature = createHmac('sha256', scopeKey(credentials.secretAccessKey, scope)).update(text).digest('hex');
  headers['authorization'] =
    `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return headers;
}

/** The head of a request, signed; `content-length` is that of the body unless the headers say otherwise. */
export function signedHead(url: string, request: RawRequest): string {
  const headers = sign(url, request);
  const length = request.body === undefined ? 0 : Buffer.byteLength(request.body);
  if (length > 0 && headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
    headers['content-length'] = String(length);
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${request.method ?? 'GET'} ${request.target ?? '/'} HTTP/1.1\r\n${lines.join('')}connection: close\r\n\r\n`;
}

/** A connection that keeps what comes. */
export function connect(url: string) {
  const socket = net.connect(Number(new URL(url).port), '127.0.0.1');
  let bytes = '';
  const waiting = new Set<() => void>();
  let ended = false;
  const wake = () => {
    for (const done of waiting) done();
  };
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    bytes += chunk;
    wake();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    ended = true;
    wake();
  });
  return {
    socket,
    write: (data: string | Uint8Array) =>
      void socket.write(typeof data === 'string' ? Buffer.from(data, 'latin1') : data),
    received: () => bytes,
    /** Resolves when what came satisfies, or the connection has ended. */
    until: (satisfied: (bytes: string) => boolean) =>
      new Promise<string>((resolve) => {
        const look = () => {
          if (!ended && !satisfied(bytes)) return;
          waiting.delete(look);
          resolve(bytes);
        };
        waiting.add(look);
        look();
      }),
    cut: () => void socket.destroy(),
  };
}

/** Sends bytes, and reads until the server closes. */
export async function sendBytes(url: string, ...parts: readonly (string | Uint8Array)[]): Promise<RawAnswer> {
  const connection = connect(url);
  for (const part of parts) connection.write(part);
  const bytes = await connection.until(() => false);
  return parse(bytes);
}

/** Sends one signed request and gives its answer. */
export const send = (url: string, request: RawRequest): Promise<RawAnswer> =>
  sendBytes(url, signedHead(url, request), ...(request.body === undefined ? [] : [Buffer.from(request.body)]));

function parse(bytes: string): RawAnswer {
  const final = bytes.replace(/^(?:HTTP\/1\.1 1\d\d[^\r]*\r\n(?:[^\r]+\r\n)*\r\n)+/, '');
  const split = final.indexOf('\r\n\r\n');
  const head = split === -1 ? final : final.slice(0, split);
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0),
    head,
    body: split === -1 ? '' : final.slice(split + 4),
    bytes,
  };
}

/** Code and sentence of an error answer, whatever the protocol. */
export function told({ status, head, body }: RawAnswer): string {
  const xml = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1];
  const json = (name: string): string | undefined => {
    const found = new RegExp(`"${name}":("(?:[^"\\\\]|\\\\.)*")`).exec(body)?.[1];
    return found === undefined ? undefined : String(JSON.parse(found));
  };
  const code = xml('Code') ?? json('__type') ?? /x-amzn-errortype: ([^\r]*)/i.exec(head)?.[1] ?? '';
  return `${status} ${code} ${xml('Message') ?? json('message') ?? ''}`.trim();
}
