/** For tests: requests as the HTTP layer gives them. */

import { AwsError } from '../error.ts';
import { decodeInput, route } from '../index.ts';
import { isRecord } from '../text.ts';
import type { WireRequest } from '../types.ts';

/** A request to S3 on 127.0.0.1 unless told otherwise. `target` is the path with its query. */
export function request(method: string, target: string, more: Partial<WireRequest> = {}): WireRequest {
  const [rawPath = '/', ...query] = target.split('?');
  return {
    method,
    host: '127.0.0.1:4566',
    rawPath,
    rawQuery: query.join('?'),
    headers: {},
    secure: false,
    scope: { service: 's3', region: 'us-east-1' },
    ...more,
  };
}

/** A request of a JSON service. */
export function jsonRequest(service: 'kms' | 'cloudtrail', operation: string): WireRequest {
  const prefix = service === 'kms' ? 'TrentService' : 'CloudTrail_20131101';
  return request('POST', '/', {
    scope: { service, region: 'us-east-1' },
    headers: { 'x-amz-target': `${prefix}.${operation}`, 'content-type': 'application/x-amz-json-1.1' },
  });
}

/** A form to iam or sts. */
export function formRequest(service: 'iam' | 'sts'): WireRequest {
  return request('POST', '/', {
    scope: { service, region: 'us-east-1' },
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
  });
}

/** Routes and decodes in one go. */
export function receive(message: WireRequest, body: string | Uint8Array = ''): Record<string, unknown> {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const input = decodeInput(route(message, bytes), message, bytes);
  if (!isRecord(input)) throw new TypeError('an input is a structure');
  return input;
}

/** The entries of a map, own names like `__proto__` included. */
export function entriesOf(value: unknown): [string, unknown][] {
  return isRecord(value) ? Object.entries(value) : [];
}

/** The AwsError that a call throws; fails when it throws another or none. */
export function refusal(call: () => unknown): AwsError {
  try {
    call();
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
