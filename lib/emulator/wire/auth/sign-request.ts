/** Signs a request as a client would: for requests that stand for others, such as a browser's form. */

import { createHmac } from 'node:crypto';
import type { WireRequest } from '../types.ts';
import { canonicalHeaders, canonicalPath, canonicalQuery } from './canonical.ts';
import { sha256Hex, sign, signingKey } from './signature.ts';
import type { CredentialScope } from './types.ts';
import { sameText } from './verify.ts';

/**
 * The headers of a request to S3 with a signature over all of them.
 *
 * @param at machine time in milliseconds
 */
export function signS3Request(
  request: Pick<WireRequest, 'method' | 'rawPath' | 'rawQuery' | 'headers'>,
  credentials: { readonly accessKeyId: string; readonly secretAccessKey: string },
  region: string,
  at: number,
): Record<string, string> {
  const amzDate = new Date(at).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const scope: CredentialScope = { date: amzDate.slice(0, 8), region, service: 's3' };
  const scopeText = `${scope.date}/${region}/s3/aws4_request`;
  const credential = `${credentials.accessKeyId}/${scopeText}`;
  const headers: Record<string, string> = {
    ...request.headers,
    'x-amz-date': amzDate,
    'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
  };
  const names = Object.keys(headers).sort();
  const canonicalRequest = [
    request.method,
    canonicalPath(request.rawPath, 'as-sent'),
    canonicalQuery(request.rawQuery),
    canonicalHeaders(headers, names),
    names.join(';'),
    'UNSIGNED-PAYLOAD',
  ].join('\n');
  const text = `AWS4-HMAC-SHA256\n${amzDate}\n${scopeText}\n${sha256Hex(canonicalRequest)}`;
  const signature = sign(signingKey({ credential, scope }, credentials.secretAccessKey), text);
  headers['authorization'] =
    `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return headers;
}

/** Whether a signature over a text that is no request (the policy of a form) was made with the secret. */
export function isSignatureOf(text: string, signature: string, secret: string, scope: CredentialScope): boolean {
  let key: Uint8Array = Buffer.from(`AWS4${secret}`);
  for (const part of [scope.date, scope.region, scope.service, 'aws4_request']) {
    key = createHmac('sha256', key).update(part).digest();
  }
  return sameText(createHmac('sha256', key).update(text, 'latin1').digest('hex'), signature.toLowerCase());
}
