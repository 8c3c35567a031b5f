/** Finds the signature of a request and takes it apart. Nothing is verified here, but everything malformed is refused. */

import { AwsError } from '../error.ts';
import type { WireRequest } from '../types.ts';
import { decodePercent } from './canonical.ts';
import { familyOf, isS3, malformed, signatureVersion2, signsFor, wrongScope } from './errors.ts';
import type { AuthInfo, CredentialScope, SignedAuth } from './types.ts';

const ALGORITHM = 'AWS4-HMAC-SHA256';
/** A week: the longest life of a presigned URL. */
const MAX_EXPIRES = 604_800;
/** Region and service names are shorter; strings to sign stay bounded. */
const MAX_SCOPE_PART = 128;
const MAX_ACCESS_KEY = 128;

/**
 * Reads the credentials that a request was signed with.
 *
 * @param service the service that will answer; when given, the credential scope must name it
 * @returns the parsed signature, or `anonymous` where there is none
 * @throws AwsError in the service's words: malformed header or parameters, Signature Version 2, two signatures at once
 */
export function readCredentials(request: WireRequest, service?: string): AuthInfo {
  const authorization = request.headers['authorization'];
  const query = request.rawQuery;
  const presigned = query !== '' && query.includes('X-Amz-') ? queryParameters(query) : undefined;
  if (authorization === undefined) {
    if (presigned !== undefined) return fromQuery(request, presigned, service);
    if (query !== '' && /(?:^|&)AWSAccessKeyId=/.test(query)) throw signatureVersion2InQuery(query);
    return { kind: 'anonymous' };
  }
  if (presigned !== undefined) {
    throw new AwsError(
      'InvalidArgument',
      400,
      'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
      { members: { ArgumentName: 'Authorization', ArgumentValue: authorization } },
    );
  }
  return fromHeader(request, authorization, service);
}

function signatureVersion2InQuery(query: string): AwsError {
  const complete = /(?:^|&)Signature=/.test(query) && /(?:^|&)Expires=/.test(query);
  if (complete) return signatureVersion2();
  return new AwsError(
    'AccessDenied',
    403,
    'Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters',
  );
}

function fromHeader(request: WireRequest, authorization: string, service: string | undefined): SignedAuth {
  const family = service ?? familyOf(request);
  if (!authorization.startsWith(`${ALGORITHM} `)) {
    if (authorization.startsWith('AWS ')) throw signatureVersion2();
    if (!isS3(family)) {
      throw malformed(family, 'header', '', `Unsupported AWS 'algorithm': '${authorization.split(' ', 1)[0]}'.`);
    }
    throw new AwsError('InvalidArgument', 400, 'Unsupported Authorization Type', {
      members: { ArgumentName: 'Authorization', ArgumentValue: authorization },
    });
  }
  const { signature, ...named } = readHeader(authorization, family, service);
  const { scope } = named;
  const [amzDate, signedAt] = readDate(request, scope.service);
  requireSameDay(scope, amzDate, 'header');
  const token = tokenOf(request.headers['x-amz-s3session-token'], request.headers['x-amz-security-token'], scope);
  return {
    kind: 'header',
    accessKeyId: named.accessKeyId,
    scope,
    credential: named.credential,
    signedHeaders: named.signedHeaders,
    signature,
    amzDate,
    signedAt,
    ...token,
  };
}

/** What an Authorization header says beside the signature: the same in all requests of one kind from one client on one day. */
type Named = Pick<SignedAuth, 'accessKeyId' | 'scope' | 'credential' | 'signedHeaders'>;

/** Headers without their signatures, as they were read last; emptied when it is full. */
const readBefore = new Map<string, Named>();
const MOST_READ_BEFORE = 1024;
const DIGITS_AT_END = /=[0-9a-f]{64}$/;

function readHeader(
  authorization: string,
  family: string,
  service: string | undefined,
): Named & { readonly signature: string } {
  const start = authorization.length - 64;
  const before = authorization.slice(0, start);
  // Digits to the end: nothing may follow the signature that would change what stands before it.
  const isUsual = service === undefined && before.endsWith('Signature=') && DIGITS_AT_END.test(authorization);
  const known = isUsual ? readBefore.get(before) : undefined;
  if (known !== undefined) return { ...known, signature: authorization.slice(start) };
  const { signature, ...named } = parseHeader(authorization, family, service);
  if (isUsual) {
    if (readBefore.size >= MOST_READ_BEFORE) readBefore.clear();
    readBefore.set(before, named);
  }
  return { ...named, signature };
}

function parseHeader(
  authorization: string,
  family: string,
  service: string | undefined,
): Named & { readonly signature: string } {
  let credential = '';
  let signedHeaders = '';
  let signature = '';
  for (const part of authorization.slice(ALGORITHM.length + 1).split(',', 16)) {
    const text = part.trim();
    const equals = text.indexOf('=');
    const name = text.slice(0, equals);
    if (name === 'Credential') credential = text.slice(equals + 1);
    else if (name === 'SignedHeaders') signedHeaders = text.slice(equals + 1);
    else if (name === 'Signature') signature = text.slice(equals + 1);
  }
  if (credential === '' || signedHeaders === '' || signature === '') {
    throw malformed(
      family,
      'header',
      'the authorization header requires three components: Credential, SignedHeaders, and Signature.',
      `${[
        credential === '' && "Authorization header requires 'Credential' parameter.",
        signature === '' && "Authorization header requires 'Signature' parameter.",
        signedHeaders === '' && "Authorization header requires 'SignedHeaders' parameter.",
      ]
        .filter(Boolean)
        .join(' ')} Authorization=${authorization}`,
    );
  }
  const { accessKeyId, scope } = readScope(credential, family, 'header', service);
  return {
    accessKeyId,
    scope,
    credential,
    signedHeaders: headerNames(signedHeaders, scope.service, 'header'),
    signature: checkedSignature(signature),
  };
}

/** Parameters of a presigned URL; undefined when the query names none of them. */
function queryParameters(query: string): ReadonlyMap<string, string> | undefined {
  const found = new Map<string, string>();
  let presigned = false;
  for (const part of query.split('&')) {
    if (!part.startsWith('X-Amz-')) continue;
    const equals = part.indexOf('=');
    const name = equals < 0 ? part : part.slice(0, equals);
    if (name === 'X-Amz-Algorithm' || name === 'X-Amz-Credential' || name === 'X-Amz-Signature') presigned = true;
    if (!found.has(name)) found.set(name, equals < 0 ? '' : decodePercent(part.slice(equals + 1)));
  }
  return presigned ? found : undefined;
}

function fromQuery(
  request: WireRequest,
  parameters: ReadonlyMap<string, string>,
  service: string | undefined,
): SignedAuth {
  const family = service ?? parameters.get('X-Amz-Credential')?.split('/')[3] ?? familyOf(request);
  const refuse = (s3Reason: string, reason = s3Reason) => malformed(family, 'query', s3Reason, reason);
  const missing = ['Algorithm', 'Credential', 'Signature', 'Date', 'SignedHeaders', 'Expires']
    .map((name) => `X-Amz-${name}`)
    // Only S3 limits the life of every presigned URL; elsewhere it falls under the 15 minutes of any signature.
    .filter((name) => !parameters.has(name) && (isS3(family) || name !== 'X-Amz-Expires'));
  if (missing.length > 0) {
    throw refuse(
      'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
      missing.map((name) => `AWS query-string parameters must include '${name}'.`).join(' '),
    );
  }
  const value = (name: string): string => parameters.get(name) ?? '';
  if (value('X-Amz-Algorithm') !== ALGORITHM) {
    throw refuse(
      'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"',
      `Unsupported AWS 'algorithm': '${value('X-Amz-Algorithm')}'.`,
    );
  }
  const amzDate = value('X-Amz-Date');
  const signedAt = parseBasicDate(amzDate);
  if (signedAt === undefined) {
    throw refuse(
      "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"",
      `Date must be in ISO-8601 'basic format'. Got '${amzDate}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    );
  }
  const expires = readExpires(parameters.get('X-Amz-Expires'), refuse);
  const credential = value('X-Amz-Credential');
  const { accessKeyId, scope } = readScope(credential, family, 'query', service);
  requireSameDay(scope, amzDate, 'query');
  const token = tokenOf(parameters.get('X-Amz-S3session-Token'), parameters.get('X-Amz-Security-Token'), scope);
  return {
    kind: 'query',
    accessKeyId,
    scope,
    credential,
    signedHeaders: headerNames(value('X-Amz-SignedHeaders'), scope.service, 'query'),
    signature: checkedSignature(value('X-Amz-Signature')),
    amzDate,
    signedAt,
    ...(expires === undefined ? {} : { expires }),
    ...token,
  };
}

function readExpires(text: string | undefined, refuse: (reason: string) => AwsError): number | undefined {
  if (text === undefined) return undefined;
  if (!/^-?\d{1,15}$/.test(text)) throw refuse('X-Amz-Expires should be a number');
  const expires = Number(text);
  if (expires < 0) throw refuse('X-Amz-Expires must be non-negative');
  if (expires > MAX_EXPIRES) {
    throw refuse(
      'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds',
    );
  }
  return expires;
}

function readScope(
  credential: string,
  family: string,
  kind: 'header' | 'query',
  service: string | undefined,
): { accessKeyId: string; scope: CredentialScope } {
  const parts = credential.split('/', 6);
  const [accessKeyId = '', date = '', region = '', signingName = '', terminal = ''] = parts;
  const sound =
    parts.length === 5 &&
    accessKeyId !== '' &&
    accessKeyId.length <= MAX_ACCESS_KEY &&
    /^\d{8}$/.test(date) &&
    isName(region) &&
    isName(signingName);
  const prefix = kind === 'query' ? 'Error parsing the X-Amz-Credential parameter; ' : '';
  if (!sound) {
    const expectation = 'expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".';
    const subject = kind === 'query' ? 'the Credential is mal-formed; ' : 'the Credential is mal-formed; ';
    throw malformed(
      family,
      kind,
      `${prefix}${subject}${expectation}`,
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential.slice(0, 256)}'`,
    );
  }
  if (terminal !== 'aws4_request') {
    throw wrongScope(
      family,
      kind,
      `${prefix}incorrect terminal "${terminal}". This endpoint uses "aws4_request".`,
      `Credential should be scoped with a valid terminator: 'aws4_request', not '${terminal}'.`,
    );
  }
  if (service !== undefined && !signsFor(signingName, service)) {
    throw wrongScope(
      service,
      kind,
      `${prefix}incorrect service "${signingName}". This endpoint belongs to "${service}".`,
      `Credential should be scoped to correct service: '${service}'. `,
    );
  }
  return { accessKeyId, scope: { date, region, service: signingName } };
}

const isName = (text: string): boolean => text.length <= MAX_SCOPE_PART && /^[a-zA-Z0-9-]+$/.test(text);

function requireSameDay(scope: CredentialScope, amzDate: string, kind: 'header' | 'query'): void {
  if (amzDate.startsWith(scope.date)) return;
  throw wrongScope(
    scope.service,
    kind,
    `Invalid credential date "${scope.date}". This date is not the same as X-Amz-Date: "${amzDate.slice(0, 8)}".`,
    `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${scope.date}' != '${amzDate.slice(0, 8)}', from '${amzDate}'.`,
  );
}

function headerNames(text: string, service: string, kind: 'header' | 'query'): readonly string[] {
  if (!/^[a-z0-9!#$%&'*+.^_`|~;-]+$/.test(text)) {
    throw malformed(service, kind, 'SignedHeaders are malformed.', `SignedHeaders are malformed: '${text}'.`);
  }
  return text.split(';');
}

/** Anything but 64 hex digits can only mismatch; keeping the length makes the comparison's time say nothing. */
const checkedSignature = (text: string): string => (text.length === 64 ? text : text.slice(0, 64).padEnd(64, ' '));

function tokenOf(
  bucketSession: string | undefined,
  session: string | undefined,
  scope: CredentialScope,
): { sessionToken: string } | undefined {
  // The JS SDK signs a session's requests for `s3` once the same client has called a general purpose bucket.
  const token = isS3(scope.service) ? (bucketSession ?? session) : session;
  return token === undefined ? undefined : { sessionToken: token };
}

function readDate(request: WireRequest, service: string): [amzDate: string, signedAt: number] {
  const amzDate = request.headers['x-amz-date'];
  if (amzDate !== undefined) {
    const signedAt = parseBasicDate(amzDate);
    if (signedAt !== undefined) return [amzDate, signedAt];
  } else if (request.headers['date'] !== undefined) {
    const signedAt = Date.parse(request.headers['date'].slice(0, 64));
    // Years beyond 9999 print with a sign and would not fit the form.
    if (signedAt >= 0 && signedAt < 253_402_300_800_000) {
      return [new Date(signedAt).toISOString().replaceAll(/[-:]|\.\d{3}/g, ''), signedAt];
    }
  }
  if (isS3(service)) {
    throw new AwsError('AccessDenied', 403, 'AWS authentication requires a valid Date or x-amz-date header');
  }
  throw malformed(
    service,
    'header',
    '',
    amzDate === undefined
      ? "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
      : `Date must be in ISO-8601 'basic format'. Got '${amzDate}'. See http://en.wikipedia.org/wiki/ISO_8601`,
  );
}

/** Requests of one second carry the same text. */
let lastDate = { text: '', milliseconds: 0 };

/** `20261121T101112Z` in milliseconds, or undefined when it is not of that form. */
function parseBasicDate(text: string): number | undefined {
  if (text === lastDate.text) return lastDate.milliseconds;
  if (text.length !== 16 || !/^\d{8}T\d{6}Z$/.test(text)) return undefined;
  const milliseconds = Date.UTC(
    Number(text.slice(0, 4)),
    Number(text.slice(4, 6)) - 1,
    Number(text.slice(6, 8)),
    Number(text.slice(9, 11)),
    Number(text.slice(11, 13)),
    Number(text.slice(13, 15)),
  );
  lastDate = { text, milliseconds };
  return milliseconds;
}
