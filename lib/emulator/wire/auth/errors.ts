/**
 * What AWS answers to requests that fail authentication. Codes and sentences differ by service; where one was recorded on
 * AWS the test of this folder compares letter for letter.
 */

import { AwsError } from '../error.ts';
import type { WireRequest } from '../types.ts';
import type { SignedAuth } from './types.ts';

type Answer = readonly [code: string, status: number, message: string];

interface Answers {
  readonly unknownKey: Answer;
  readonly signature: Answer;
  readonly incomplete: Answer;
  readonly invalidToken: Answer;
  readonly expiredToken: Answer;
  readonly missing: Answer;
}

const INVALID_TOKEN = 'The security token included in the request is invalid.';
const EXPIRED_TOKEN = 'The security token included in the request is expired';
const MISMATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';

const S3: Answers = {
  unknownKey: ['InvalidAccessKeyId', 403, 'The AWS Access Key Id you provided does not exist in our records.'],
  signature: [
    'SignatureDoesNotMatch',
    403,
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  ],
  incomplete: ['AuthorizationHeaderMalformed', 400, 'The authorization header is malformed'],
  invalidToken: ['InvalidToken', 400, 'The provided token is malformed or otherwise invalid.'],
  expiredToken: ['ExpiredToken', 400, 'The provided token has expired.'],
  missing: ['AccessDenied', 403, 'Access Denied'],
};

function exceptions(status: number): Answers {
  return {
    unknownKey: ['UnrecognizedClientException', status, INVALID_TOKEN],
    signature: ['InvalidSignatureException', status, MISMATCH],
    incomplete: ['IncompleteSignatureException', status, ''],
    invalidToken: ['UnrecognizedClientException', status, INVALID_TOKEN],
    expiredToken: ['ExpiredTokenException', status, EXPIRED_TOKEN],
    missing: ['MissingAuthenticationTokenException', status, 'Missing Authentication Token'],
  };
}

/** awsJson services answer 400 to everything (ERR-10); REST services of the same front end 403. */
const JSON_RPC = exceptions(400);
const REST_JSON = exceptions(403);

const QUERY: Answers = {
  unknownKey: ['InvalidClientTokenId', 403, INVALID_TOKEN],
  signature: ['SignatureDoesNotMatch', 403, MISMATCH],
  incomplete: ['IncompleteSignature', 400, ''],
  invalidToken: ['InvalidClientTokenId', 403, INVALID_TOKEN],
  expiredToken: ['ExpiredToken', 403, EXPIRED_TOKEN],
  missing: ['MissingAuthenticationToken', 403, 'Request is missing Authentication Token'],
};

const BY_SERVICE: ReadonlyMap<string, Answers> = new Map([
  ['s3', S3],
  ['s3express', S3],
  ['s3tables', REST_JSON],
  ['iam', QUERY],
  ['sts', QUERY],
]);

const answersOf = (service: string): Answers => BY_SERVICE.get(service) ?? JSON_RPC;

/** Whether a signing name belongs to S3, whose signatures differ from all others in four ways. */
export const isS3 = (service: string): boolean => service === 's3' || service === 's3express';

/** Whether a signature for `signingName` may be used with `service`. */
export function signsFor(signingName: string, service: string): boolean {
  return service === 's3' ? isS3(signingName) : signingName === service;
}

/** The service whose words to use before its name is known, by the look of the request. */
export function familyOf(request: WireRequest): string {
  if (request.headers['x-amz-target'] !== undefined) return 'kms';
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true) return 'sts';
  return 's3';
}

export function unknownAccessKey(auth: SignedAuth): AwsError {
  const members = isS3(auth.scope.service) ? { AWSAccessKeyId: auth.accessKeyId } : {};
  return new AwsError(...answersOf(auth.scope.service).unknownKey, { members });
}

/** The signature is not the one that the secret makes. S3 prints what it computed with, which is what a person needs to debug. */
export function signatureMismatch(auth: SignedAuth, stringToSign: string, canonicalRequest: string): AwsError {
  const answer = answersOf(auth.scope.service).signature;
  if (!isS3(auth.scope.service)) return new AwsError(...answer);
  return new AwsError(...answer, {
    members: {
      AWSAccessKeyId: auth.accessKeyId,
      StringToSign: stringToSign,
      SignatureProvided: auth.signature,
      StringToSignBytes: spacedHex(stringToSign),
      CanonicalRequest: canonicalRequest,
      CanonicalRequestBytes: spacedHex(canonicalRequest),
    },
  });
}

const spacedHex = (text: string): string =>
  Buffer.from(text, 'latin1')
    .toString('hex')
    .replaceAll(/(..)(?=.)/g, '$1 ');

export function invalidToken(auth: SignedAuth): AwsError {
  const members = isS3(auth.scope.service) ? { 'Token-0': auth.sessionToken ?? '' } : {};
  return new AwsError(...answersOf(auth.scope.service).invalidToken, { members });
}

export function expiredToken(auth: SignedAuth): AwsError {
  const members = isS3(auth.scope.service) ? { 'Token-0': auth.sessionToken ?? '' } : {};
  return new AwsError(...answersOf(auth.scope.service).expiredToken, { members });
}

/** The answer to an unsigned request where the service takes none (all but S3, which sees an anonymous principal). */
export function missingAuthentication(service: string): AwsError {
  return new AwsError(...answersOf(service).missing);
}

/**
 * The header or the query parameters of a signature cannot be read.
 *
 * @param s3Reason S3's words, ended as S3 ends them
 * @param reason the words of all others
 */
export function malformed(service: string, kind: 'header' | 'query', s3Reason: string, reason: string): AwsError {
  if (!isS3(service)) {
    const [code, status] = answersOf(service).incomplete;
    return new AwsError(code, status, reason);
  }
  return kind === 'header'
    ? new AwsError('AuthorizationHeaderMalformed', 400, `The authorization header is malformed; ${s3Reason}`)
    : new AwsError('AuthorizationQueryParametersError', 400, s3Reason);
}

/** The credential scope names another service, Region or day than the request is for. */
export function wrongScope(service: string, kind: 'header' | 'query', s3Reason: string, reason: string): AwsError {
  if (isS3(service)) return malformed(service, kind, s3Reason, reason);
  const [code, status] = answersOf(service).signature;
  return new AwsError(code, status, reason);
}

const basic = (time: number): string => new Date(time).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');

/** 15 minutes: how far a client's clock may be from the machine's. */
export const MAX_SKEW = 900_000;

/** The client's clock is off by more than 15 minutes. `now` is machine time in milliseconds. */
export function skewed(auth: SignedAuth, now: number): AwsError {
  if (isS3(auth.scope.service)) {
    return new AwsError(
      'RequestTimeTooSkewed',
      403,
      'The difference between the request time and the current time is too large.',
      {
        members: {
          RequestTime: auth.amzDate,
          ServerTime: new Date(now).toISOString().replace(/\.\d{3}/, ''),
          MaxAllowedSkewMilliseconds: String(MAX_SKEW),
        },
      },
    );
  }
  const [code, status] = answersOf(auth.scope.service).signature;
  const reason =
    auth.signedAt < now
      ? `Signature expired: ${auth.amzDate} is now earlier than ${basic(now - MAX_SKEW)} (${basic(now)} - 15 min.)`
      : `Signature not yet current: ${auth.amzDate} is still later than ${basic(now + MAX_SKEW)} (${basic(now)} + 15 min.)`;
  return new AwsError(code, status, reason);
}

/** A presigned URL is used outside of its time. `now` is machine time in milliseconds. */
export function outOfTime(auth: SignedAuth, now: number): AwsError {
  const until = auth.signedAt + (auth.expires ?? 0) * 1000;
  if (!isS3(auth.scope.service)) {
    const [code, status] = answersOf(auth.scope.service).signature;
    return new AwsError(code, status, `Signature expired: ${basic(until)} is now earlier than ${basic(now)}`);
  }
  if (auth.signedAt > now) return new AwsError('AccessDenied', 403, 'Request is not valid yet');
  return new AwsError('AccessDenied', 403, 'Request has expired', {
    members: {
      'X-Amz-Expires': String(auth.expires ?? 0),
      Expires: new Date(until).toISOString().replace(/\.\d{3}/, ''),
      ServerTime: new Date(now).toISOString().replace(/\.\d{3}/, ''),
    },
  });
}

/** Headers that count for the request but that the signature does not cover. */
export function headersNotSigned(service: string, names: readonly string[]): AwsError {
  if (isS3(service)) {
    return new AwsError('AccessDenied', 403, 'There were headers present in the request which were not signed', {
      members: { HeadersNotSigned: names.join(', ') },
    });
  }
  const [code, status] = answersOf(service).signature;
  const name = names[0] === 'host' ? "'Host' or ':authority'" : `'${names[0]}'`;
  return new AwsError(code, status, `${name} must be a 'SignedHeader' in the AWS Authorization.`);
}

/** Signature Version 2, header or presigned (GP-13: Signature Version 4 only). */
export function signatureVersion2(): AwsError {
  return new AwsError(
    'InvalidRequest',
    400,
    'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
  );
}
