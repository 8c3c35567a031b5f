/** Holds a parsed signature against the secret, the request and the clock. */

import { timingSafeEqual } from 'node:crypto';
import { AwsError } from '../error.ts';
import type { WireRequest } from '../types.ts';
import { canonicalHeaders, canonicalPath, canonicalQuery, type PathStyle, recodedPath } from './canonical.ts';
import {
  expiredToken,
  headersNotSigned,
  invalidToken,
  isS3,
  MAX_SKEW,
  outOfTime,
  signatureMismatch,
  skewed,
  unknownAccessKey,
} from './errors.ts';
import { EMPTY_SHA256, sha256Hex, sign, signingKey } from './signature.ts';
import type { CredentialFacts, SignedAuth } from './types.ts';

export interface VerifyOptions {
  /** Machine time in milliseconds: what a client stamps is held against it, never against the world's clock. */
  readonly machineNow: number;
  /** SHA-256 of the body in hex; absent means no body. S3 ignores it: it signs what `x-amz-content-sha256` declares. */
  readonly bodyHash?: string;
  /** Canonical form of the path; by the service's own rule unless said otherwise. */
  readonly pathStyle?: PathStyle;
}

/**
 * Whether an access key may be used at all.
 *
 * @param credential what is stored for `auth.accessKeyId`; undefined where nothing is
 * @param worldNow world time of the caller's account in milliseconds: sessions follow that clock
 * @throws AwsError unknown or inactive key, token missing, wrong or expired
 */
export function checkCredential<T extends CredentialFacts>(
  auth: SignedAuth,
  credential: T | undefined,
  worldNow: number,
): asserts credential is T {
  if (credential === undefined || !credential.active) throw unknownAccessKey(auth);
  if (credential.sessionToken === undefined) {
    if (auth.sessionToken !== undefined) throw invalidToken(auth);
    return;
  }
  if (auth.sessionToken === undefined) throw unknownAccessKey(auth);
  if (!sameText(credential.sessionToken, auth.sessionToken)) throw invalidToken(auth);
  if (credential.expiresAt !== undefined && credential.expiresAt <= worldNow) throw expiredToken(auth);
}

/**
 * Verifies a signature: time, coverage of headers, then the signature itself.
 *
 * @param secret the secret access key behind `auth.accessKeyId`
 * @throws AwsError in the words of the service in the credential scope
 */
export function verify(request: WireRequest, auth: SignedAuth, secret: string, options: VerifyOptions): void {
  const service = auth.scope.service;
  const s3 = isS3(service);
  checkTime(auth, options.machineNow);
  checkCoverage(request, auth, s3);
  const payload = s3 ? declaredPayload(request, auth) : (options.bodyHash ?? EMPTY_SHA256);
  const path = canonicalPath(request.rawPath, options.pathStyle ?? (s3 ? 'as-sent' : 'normalised'));
  const query = canonicalQuery(request.rawQuery, auth.kind === 'query' ? WITHOUT_SIGNATURE : NOTHING);
  const rest = `${canonicalHeaders(request.headers, auth.signedHeaders)}\n${auth.signedHeaders.join(';')}\n${payload}`;
  const key = signingKey(auth, secret);
  const canonicalRequest = `${request.method}\n${path}\n${query}\n${rest}`;
  const stringToSign = toSign(auth, canonicalRequest);
  if (sameText(sign(key, stringToSign), auth.signature)) return;
  const second = secondReading(request, auth, path, query);
  if (second !== undefined) {
    const text = toSign(auth, `${request.method}\n${second.path}\n${second.query}\n${rest}`);
    if (sameText(sign(key, text), auth.signature)) return;
  }
  throw signatureMismatch(auth, stringToSign, canonicalRequest);
}

const NOTHING: readonly string[] = [];
const WITHOUT_SIGNATURE = ['X-Amz-Signature'];
const WITHOUT_TOKEN = ['X-Amz-Signature', 'X-Amz-Security-Token'];

/**
 * The other canonical form that AWS accepts, where there is one: S3 paths coded anew, and elsewhere presigned URLs to which
 * the session token was added after signing (the token is compared on its own, so it needs no signature).
 */
function secondReading(
  request: WireRequest,
  auth: SignedAuth,
  path: string,
  query: string,
): { path: string; query: string } | undefined {
  if (isS3(auth.scope.service)) {
    const recoded = recodedPath(request.rawPath);
    return recoded === path ? undefined : { path: recoded, query };
  }
  if (auth.kind === 'header' || auth.sessionToken === undefined) return undefined;
  return { path, query: canonicalQuery(request.rawQuery, WITHOUT_TOKEN) };
}

function toSign(auth: SignedAuth, canonicalRequest: string): string {
  return `AWS4-HMAC-SHA256\n${auth.amzDate}\n${scopeText(auth)}\n${sha256Hex(canonicalRequest)}`;
}

/** `20261121/us-east-1/s3/aws4_request` */
export function scopeText(auth: SignedAuth): string {
  return auth.credential.slice(auth.accessKeyId.length + 1);
}

function checkTime(auth: SignedAuth, now: number): void {
  if (auth.kind === 'query' && auth.expires !== undefined) {
    if (auth.signedAt - now > MAX_SKEW || now > auth.signedAt + auth.expires * 1000) throw outOfTime(auth, now);
    return;
  }
  if (Math.abs(auth.signedAt - now) > MAX_SKEW) throw skewed(auth, now);
}

/** The signature must cover what decides the request: the host, and S3's own headers or the operation's name. */
function checkCoverage(request: WireRequest, auth: SignedAuth, s3: boolean): void {
  const signed = auth.signedHeaders;
  if (!signed.includes('host')) throw headersNotSigned(auth.scope.service, ['host']);
  if (s3) {
    let unsigned: string[] | undefined;
    for (const name in request.headers) {
      if (name.startsWith('x-amz-') && !signed.includes(name)) (unsigned ??= []).push(name);
    }
    if (unsigned !== undefined) throw headersNotSigned(auth.scope.service, unsigned);
  } else if (request.headers['x-amz-target'] !== undefined && !signed.includes('x-amz-target')) {
    throw headersNotSigned(auth.scope.service, ['X-Amz-Target']);
  }
}

/** What S3 signs in place of the body's hash. */
function declaredPayload(request: WireRequest, auth: SignedAuth): string {
  const declared = request.headers['x-amz-content-sha256'];
  if (declared !== undefined) return declared;
  if (auth.kind === 'query') {
    const found = /(?:^|&)X-Amz-Content-Sha256=([0-9A-Za-z-]+)/.exec(request.rawQuery);
    return found?.[1] ?? 'UNSIGNED-PAYLOAD';
  }
  throw new AwsError('InvalidRequest', 400, 'Missing required header for this request: x-amz-content-sha256');
}

/** Compares secrets of equal length in constant time; texts of other length are just different. */
export function sameText(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  return timingSafeEqual(Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1'));
}
