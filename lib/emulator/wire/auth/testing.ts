/** Helpers of this folder's tests: requests as text, and a signer of its own for what the SDK's signer cannot do. */

import { createHmac } from 'node:crypto';
import { AwsError } from '../error.ts';
import type { WireRequest } from '../types.ts';
import { sha256Hex } from './signature.ts';

/** Reads a request as the vectors print it: request line, headers (folded lines too), empty line, body. */
export function parseRequest(text: string): { request: WireRequest; body: string } {
  const latin1 = Buffer.from(text, 'utf8').toString('latin1');
  const split = latin1.indexOf('\n\n');
  const head = (split < 0 ? latin1 : latin1.slice(0, split)).split('\n');
  const [requestLine = '', ...lines] = head;
  const first = requestLine.indexOf(' ');
  const target = requestLine.slice(first + 1, requestLine.lastIndexOf(' '));
  const question = target.indexOf('?');
  const headers: Record<string, string> = {};
  let name = '';
  for (const line of lines) {
    if (/^\s/.test(line)) {
      headers[name] = `${headers[name] ?? ''}\n${line}`;
      continue;
    }
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1);
    headers[name] = headers[name] === undefined ? value : `${headers[name]},${value}`;
  }
  return {
    request: wireRequest({
      method: requestLine.slice(0, first),
      rawPath: question < 0 ? target : target.slice(0, question),
      rawQuery: question < 0 ? '' : target.slice(question + 1),
      headers,
    }),
    body: split < 0 ? '' : latin1.slice(split + 2),
  };
}

/** A request with what a test does not care about filled in. */
export function wireRequest(parts: Partial<WireRequest>): WireRequest {
  const headers = parts.headers ?? {};
  return {
    method: 'GET',
    host: headers['host'] ?? '',
    rawPath: '/',
    rawQuery: '',
    secure: false,
    ...parts,
    headers,
  };
}

/** HMAC chain written anew, so that the tests do not lean on what they test. */
export function hmacHex(secret: string, scope: string, text: string): string {
  let key: Uint8Array = Buffer.from(`AWS4${secret}`);
  for (const part of scope.split('/')) key = createHmac('sha256', key).update(part).digest();
  return createHmac('sha256', key).update(text, 'latin1').digest('hex');
}

export const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
export const AMZ_DATE = '20261121T101112Z';
export const NOW = Date.UTC(2026, 10, 21, 10, 11, 12);
export const SCOPE = '20261121/us-east-1/s3/aws4_request';

/** Signs a PUT by header as an S3 client does; every header given is signed. */
export function signedPut(headers: Readonly<Record<string, string>>, scope = SCOPE): WireRequest {
  const all: Record<string, string> = { host: '127.0.0.1:4566', 'x-amz-date': AMZ_DATE, ...headers };
  const names = Object.keys(all).sort();
  const canonical = `PUT\n/bucket/key\n\n${names.map((name) => `${name}:${all[name]}\n`).join('')}\n${names.join(';')}\n${all['x-amz-content-sha256'] ?? ''}`;
  const signature = hmacHex(SECRET, scope, `AWS4-HMAC-SHA256\n${AMZ_DATE}\n${scope}\n${sha256Hex(canonical)}`);
  return wireRequest({
    method: 'PUT',
    rawPath: '/bucket/key',
    headers: {
      ...all,
      authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
    },
  });
}

/** The AwsError that some work throws; anything else, and nothing, is the test's failure. */
export function refusal(work: () => unknown): AwsError {
  try {
    work();
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** The same for work that takes time. */
export async function refusalOf(work: Promise<unknown>): Promise<AwsError> {
  const result: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (result instanceof AwsError) return result;
  throw result instanceof Error ? result : new Error('nothing was refused');
}

/** Code, status and sentence in one line. */
export const told = ({ code, status, message }: AwsError): string => `${code} ${status} ${message}`;
