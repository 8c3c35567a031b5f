import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { WireRequest } from '../types.ts';
import { readCredentials } from './credentials.ts';
import { missingAuthentication } from './errors.ts';
import { EMPTY_SHA256, sha256Hex } from './signature.ts';
import {
  AMZ_DATE,
  hmacHex,
  told as inOneLine,
  NOW,
  refusal,
  SCOPE,
  SECRET,
  signedPut,
  wireRequest,
} from './testing.ts';
import type { CredentialFacts, SignedAuth } from './types.ts';
import { checkCredential, verify } from './verify.ts';

const told = (work: () => unknown): string => inOneLine(refusal(work));

function signed(request: WireRequest): SignedAuth {
  const auth = readCredentials(request);
  if (auth.kind === 'anonymous') throw new Error('not signed');
  return auth;
}

const put = (service = 's3', headers: Record<string, string> = {}): WireRequest =>
  signedPut({ 'x-amz-content-sha256': EMPTY_SHA256, ...headers }, `20261121/us-east-1/${service}/aws4_request`);

/** A presigned GET by the rule, every parameter replaceable. */
function presigned(
  replace: Readonly<Record<string, string | undefined>> = {},
  extra: Record<string, string> = {},
): WireRequest {
  const parameters: Record<string, string | undefined> = {
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `AKIDEXAMPLE/${SCOPE}`,
    'X-Amz-Date': AMZ_DATE,
    'X-Amz-Expires': '60',
    'X-Amz-SignedHeaders': 'host',
    ...replace,
  };
  const query = Object.entries(parameters)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(value ?? '')}`)
    .sort();
  const canonical = `GET\n/bucket/key\n${query.join('&')}\nhost:h\n\nhost\nUNSIGNED-PAYLOAD`;
  const signature = hmacHex(SECRET, SCOPE, `AWS4-HMAC-SHA256\n${AMZ_DATE}\n${SCOPE}\n${sha256Hex(canonical)}`);
  if (!('X-Amz-Signature' in replace)) query.push(`X-Amz-Signature=${signature}`);
  return wireRequest({ rawPath: '/bucket/key', rawQuery: query.join('&'), headers: { host: 'h', ...extra } });
}

const authenticate = (request: WireRequest, now = NOW, secret = SECRET): void =>
  verify(request, signed(request), secret, { machineNow: now });

describe('wrong signature, wrong time', () => {
  test('WIRE-04 S3 tells what it signed', () => {
    const error = refusal(() => authenticate(put(), NOW, 'another'));
    expect(`${error.code} ${error.status} ${error.message}`).toBe(
      'SignatureDoesNotMatch 403 The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    );
    expect(error.members['StringToSign']).toMatch(/^AWS4-HMAC-SHA256\n20261121T101112Z\n20261121\/us-east-1\/s3\//);
    expect(error.members['CanonicalRequest']).toContain('PUT\n/bucket/key\n\nhost:127.0.0.1:4566\n');
  });

  test('ERR-10 KMS answers 400, S3 Tables 403, IAM and STS their own code', () => {
    const text =
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';
    const answer = (service: string) => told(() => authenticate(put(service), NOW, 'another'));
    expect(answer('kms')).toBe(`InvalidSignatureException 400 ${text}`);
    expect(answer('cloudtrail')).toBe(`InvalidSignatureException 400 ${text}`);
    expect(answer('s3tables')).toBe(`InvalidSignatureException 403 ${text}`);
    expect(answer('iam')).toBe(`SignatureDoesNotMatch 403 ${text}`);
    expect(answer('sts')).toBe(`SignatureDoesNotMatch 403 ${text}`);
  });

  test('a clock may be 15 minutes off and no more', () => {
    for (const skew of [-900_000, 900_000]) expect(() => authenticate(put(), NOW + skew)).not.toThrow();
    const error = refusal(() => authenticate(put(), NOW + 900_001));
    expect(error).toMatchObject({
      code: 'RequestTimeTooSkewed',
      status: 403,
      message: 'The difference between the request time and the current time is too large.',
      members: {
        RequestTime: AMZ_DATE,
        ServerTime: '2026-11-21T10:26:12Z',
        MaxAllowedSkewMilliseconds: '900000',
      },
    });
    expect(told(() => authenticate(put('kms'), NOW + 960_000))).toBe(
      'InvalidSignatureException 400 Signature expired: 20261121T101112Z is now earlier than 20261121T101212Z (20261121T102712Z - 15 min.)',
    );
    expect(told(() => authenticate(put('sts'), NOW - 960_000))).toBe(
      'SignatureDoesNotMatch 403 Signature not yet current: 20261121T101112Z is still later than 20261121T101012Z (20261121T095512Z + 15 min.)',
    );
  });

  test('a Date header may stand in for x-amz-date', () => {
    const canonical = `GET\n/\n\ndate:Sat, 21 Nov 2026 10:11:12 GMT\nhost:h\nx-amz-content-sha256:${EMPTY_SHA256}\n\ndate;host;x-amz-content-sha256\n${EMPTY_SHA256}`;
    const signature = hmacHex(SECRET, SCOPE, `AWS4-HMAC-SHA256\n${AMZ_DATE}\n${SCOPE}\n${sha256Hex(canonical)}`);
    const headers = {
      host: 'h',
      date: 'Sat, 21 Nov 2026 10:11:12 GMT',
      'x-amz-content-sha256': EMPTY_SHA256,
      authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${SCOPE},SignedHeaders=date;host;x-amz-content-sha256,Signature=${signature}`,
    };
    expect(() => authenticate(wireRequest({ headers }))).not.toThrow();
    const { date: _, ...undated } = headers;
    expect(told(() => authenticate(wireRequest({ headers: undated })))).toBe(
      'AccessDenied 403 AWS authentication requires a valid Date or x-amz-date header',
    );
  });

  test('S3: a path that the client encoded loosely is read the second way too', () => {
    const request = put();
    const loose = { ...request, rawPath: '/buc%6bet/%6Bey' };
    expect(() => authenticate(loose)).not.toThrow();
    expect(told(() => authenticate({ ...request, rawPath: '/bucket/kez' }))).toMatch(/^SignatureDoesNotMatch/);
  });

  test('headers that S3 acts on must be signed, and the host everywhere', () => {
    const request = put();
    const error = refusal(() =>
      authenticate({ ...request, headers: { ...request.headers, 'x-amz-acl': 'public-read', 'x-amz-meta-a': '1' } }),
    );
    expect(error).toMatchObject({
      code: 'AccessDenied',
      status: 403,
      message: 'There were headers present in the request which were not signed',
      members: { HeadersNotSigned: 'x-amz-acl, x-amz-meta-a' },
    });
    const kms = put('kms');
    const retargeted = { ...kms, headers: { ...kms.headers, 'x-amz-target': 'TrentService.DisableKey' } };
    expect(told(() => authenticate(retargeted))).toMatch(/^InvalidSignatureException 400 'X-Amz-Target' must be/);
    const authorization = (put('sts').headers['authorization'] ?? '').replace('host;', '');
    expect(told(() => authenticate({ ...kms, headers: { ...kms.headers, authorization } }))).toBe(
      "SignatureDoesNotMatch 403 'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    );
  });
});

describe('malformed', () => {
  const header = (authorization: string, service?: string) => () =>
    readCredentials(
      wireRequest({ headers: { host: 'h', 'x-amz-date': AMZ_DATE, authorization } }),
      ...(service === undefined ? [] : [service]),
    );
  const complete = (credential: string): string =>
    `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=${'0'.repeat(64)}`;

  test('Authorization headers', () => {
    expect(told(header('AWS4-HMAC-SHA256 Credential=x', 's3'))).toBe(
      'AuthorizationHeaderMalformed 400 The authorization header is malformed; the authorization header requires three components: Credential, SignedHeaders, and Signature.',
    );
    expect(told(header(complete('AKID/20261121/us-east-1/s3'), 's3'))).toBe(
      'AuthorizationHeaderMalformed 400 The authorization header is malformed; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    );
    expect(told(header(complete('AKID/20261121/us-east-1/foo/aws4_request'), 's3'))).toBe(
      'AuthorizationHeaderMalformed 400 The authorization header is malformed; incorrect service "foo". This endpoint belongs to "s3".',
    );
    expect(told(header(complete('AKID/20261120/us-east-1/s3/aws4_request'), 's3'))).toBe(
      'AuthorizationHeaderMalformed 400 The authorization header is malformed; Invalid credential date "20261120". This date is not the same as X-Amz-Date: "20261121".',
    );
    expect(told(header(complete('AKID/20261120/us-east-1/kms/aws4_request'), 'kms'))).toMatch(
      /^InvalidSignatureException 400 Date in Credential scope does not match YYYYMMDD/,
    );
    expect(told(header('AWS4-HMAC-SHA256 SignedHeaders=host', 'kms'))).toMatch(
      /^IncompleteSignatureException 400 Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter./,
    );
    expect(told(header('Bearer abc', 's3'))).toBe('InvalidArgument 400 Unsupported Authorization Type');
  });

  test('GP-13 Signature Version 2 is refused, in the header and presigned', () => {
    const sentence =
      'InvalidRequest 400 The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.';
    expect(told(header('AWS AKID:c2lnbmF0dXJl', 's3'))).toBe(sentence);
    const v2 = wireRequest({ rawQuery: 'AWSAccessKeyId=AKID&Signature=abc%3D&Expires=1795255872' });
    expect(told(() => readCredentials(v2))).toBe(sentence);
  });

  test('presigned URLs', () => {
    const answer = (replace: Record<string, string | undefined>) => told(() => authenticate(presigned(replace)));
    expect(() => authenticate(presigned())).not.toThrow();
    expect(answer({ 'X-Amz-Expires': '604801' })).toBe(
      'AuthorizationQueryParametersError 400 X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds',
    );
    expect(answer({ 'X-Amz-Expires': '-1' })).toBe(
      'AuthorizationQueryParametersError 400 X-Amz-Expires must be non-negative',
    );
    expect(answer({ 'X-Amz-Expires': 'soon' })).toBe(
      'AuthorizationQueryParametersError 400 X-Amz-Expires should be a number',
    );
    expect(answer({ 'X-Amz-Date': 'today' })).toMatch(/^AuthorizationQueryParametersError 400 X-Amz-Date must be/);
    expect(answer({ 'X-Amz-Credential': 'AKID' })).toBe(
      'AuthorizationQueryParametersError 400 Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    );
  });

  test('a URL signed twice', () => {
    expect(told(() => readCredentials(presigned({}, { authorization: complete('a/b/c/d/e') })))).toMatch(
      /^InvalidArgument 400 Only one auth mechanism allowed/,
    );
  });

  test('a presigned URL before and after its time', () => {
    expect(told(() => authenticate(presigned(), NOW + 60_001))).toBe('AccessDenied 403 Request has expired');
    expect(told(() => authenticate(presigned(), NOW - 900_001))).toBe('AccessDenied 403 Request is not valid yet');
  });
});

describe('credentials', () => {
  const check = (service: string, facts: CredentialFacts | undefined, token?: string) => () => {
    const auth = signed(put(service, token === undefined ? {} : { 'x-amz-security-token': token }));
    checkCredential(auth, facts, NOW);
  };
  const session = { active: true, sessionToken: 'token', expiresAt: NOW + 1000 };

  test('unknown and inactive keys', () => {
    for (const facts of [undefined, { active: false }]) {
      expect(told(check('s3', facts))).toBe(
        'InvalidAccessKeyId 403 The AWS Access Key Id you provided does not exist in our records.',
      );
      expect(told(check('kms', facts))).toBe(
        'UnrecognizedClientException 400 The security token included in the request is invalid.',
      );
      expect(told(check('sts', facts))).toBe(
        'InvalidClientTokenId 403 The security token included in the request is invalid.',
      );
    }
  });

  test('the session token must be the one that was handed out, and alive', () => {
    expect(check('s3', session, 'token')).not.toThrow();
    expect(told(check('s3', session, 'other'))).toMatch(/^InvalidToken 400 /);
    expect(told(check('s3', session))).toMatch(/^InvalidAccessKeyId 403 /);
    expect(told(check('s3', { active: true }, 'token'))).toMatch(/^InvalidToken 400 /);
    const over = { ...session, expiresAt: NOW };
    expect(told(check('s3', over, 'token'))).toBe('ExpiredToken 400 The provided token has expired.');
    expect(told(check('kms', over, 'token'))).toBe(
      'ExpiredTokenException 400 The security token included in the request is expired',
    );
    expect(told(check('iam', over, 'token'))).toBe(
      'ExpiredToken 403 The security token included in the request is expired',
    );
  });

  test('WIRE-05 sessions of directory buckets carry their own token header', () => {
    const auth = signed(put('s3express', { 'x-amz-s3session-token': 'bucket', 'x-amz-security-token': 'user' }));
    expect(auth.sessionToken).toBe('bucket');
    expect(signed(put('s3', { 'x-amz-security-token': 'user' })).sessionToken).toBe('user');
  });

  test('unsigned requests', () => {
    expect(missingAuthentication('kms')).toMatchObject({ code: 'MissingAuthenticationTokenException', status: 400 });
    expect(missingAuthentication('sts')).toMatchObject({ code: 'MissingAuthenticationToken', status: 403 });
  });
});

const recordings = join(
  process.env['CONFORMANCE_DIR'] ?? join(process.cwd(), '../shared/conformance'),
  'recorded-errors.tsv',
);
const recorded = existsSync(recordings);
if (!recorded) console.warn(`Recorded errors skipped: ${recordings} is absent (set CONFORMANCE_DIR).`);

describe.skipIf(!recorded)('sentences recorded on AWS', () => {
  const rows = recorded ? readFileSync(recordings, 'utf8').split('\n') : [];
  const row = (name: string, step: string) => {
    const [, , code, , message] = rows.find((line) => line.startsWith(`${name}\t${step}\t`))?.split('\t') ?? [];
    return { code, message };
  };

  test('presigned URLs: expired, incomplete, headers added, content type changed', () => {
    const base = 's3:test_presigned_url_signature_authentication_expired[s3v4-False]';
    expect(refusal(() => authenticate(presigned(), NOW + 60_001))).toMatchObject(row(base, 'expired'));
    expect(refusal(() => authenticate(presigned({ 'X-Amz-Signature': undefined })))).toMatchObject(
      row('s3:test_s3_put_presigned_url_missing_sig_param[s3v4]', 'missing-param-exception'),
    );
    expect(refusal(() => authenticate(wireRequest({ rawQuery: 'AWSAccessKeyId=AKID&Expires=1' })))).toMatchObject(
      row('s3:test_s3_put_presigned_url_missing_sig_param[s3]', 'missing-param-exception'),
    );
    const withHeaders = presigned({}, { 'x-amz-decoded-content-length': '9' });
    expect(refusal(() => authenticate(withHeaders))).toMatchObject(
      row('s3:test_put_object_with_md5_and_chunk_signature_bad_headers[s3v4-True]', 'with-decoded-content-length'),
    );
    const retyped = put('s3', { 'content-type': 'text/plain' });
    const changed = { ...retyped, headers: { ...retyped.headers, 'content-type': 'text/html' } };
    expect(refusal(() => authenticate(changed))).toMatchObject(
      row('s3:test_s3_put_presigned_url_with_different_headers[s3v4]', 'content-type-exception'),
    );
  });
});

test('what stands behind one signature says nothing of the next request', () => {
  const request = put();
  const header = request.headers['authorization'] ?? '';
  const before = header.slice(0, -64);
  const other = `f,Credential=OTHER/${SCOPE}`;
  const crooked = { ...request, headers: { ...request.headers, authorization: `${before}${other.padEnd(64, ' ')}` } };
  expect(signed(crooked).accessKeyId).toBe('OTHER');
  expect(signed(request).accessKeyId).toBe('AKIDEXAMPLE');
  expect(signed(request)).toEqual(signed(put()));
});
