/**
 * POST Object: an upload from a browser's form (S3 API sigv4-HTTPPOSTForms). A form is turned into the PUT that it stands
 * for, signed by whoever signed its policy, and that goes the way of every request: one path of authentication, decision,
 * encryption and audit.
 */

import { Readable } from 'node:stream';
import type { CredentialLookup } from '../../authenticate.ts';
import type { HttpRequest } from '../../http.ts';
import { orderedId } from '../../storage/ordered-id.ts';
import { isSignatureOf, signS3Request } from '../../wire/auth/index.ts';
import { meaningOfHost } from '../../wire/host.ts';
import { AwsError, encodeError, type WireAnswer } from '../../wire/index.ts';
import { escapeXml } from '../../wire/xml.ts';
import { checkFormPolicy, type SizeRange } from './form-policy.ts';
import { boundaryOf, type Form, readForm } from './multipart.ts';

type Handler = (request: HttpRequest) => Promise<WireAnswer>;

/** Answers forms; hands every other request to `answer`. Never rejects if that does not. */
export function answerForms(credentials: CredentialLookup, answer: Handler): Handler {
  return async (request) => {
    const boundary = formBoundary(request);
    if (boundary === undefined) return answer(request);
    try {
      return await upload(credentials, answer, request, boundary);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return refused(error);
    }
  };
}

function refused(error: AwsError): WireAnswer {
  return encodeError({ service: 's3', method: 'POST' }, error, orderedId());
}

/** The boundary of a form that is posted to a bucket, or undefined for anything else. */
function formBoundary({ method, rawPath, rawQuery, host, headers }: HttpRequest): string | undefined {
  if (method !== 'POST' || rawQuery !== '' || headers['authorization'] !== undefined) return undefined;
  const toBucket = meaningOfHost(host).bucket === undefined ? /^\/[^/]+\/?$/.test(rawPath) : rawPath === '/';
  return toBucket ? boundaryOf(headers['content-type']) : undefined;
}

async function upload(
  credentials: CredentialLookup,
  answer: Handler,
  request: HttpRequest,
  boundary: string,
): Promise<WireAnswer> {
  const form = await readForm(request.body(), boundary);
  const host = meaningOfHost(request.host);
  const bucket = host.bucket ?? bucketOf(request.rawPath);
  const fields = new Map([...form.fields, ['bucket', bucket]]);
  const key = fields.get('key');
  if (key === undefined || key === '') throw missingField('key');
  const now = Date.now();
  const signer = signerOf(fields, credentials);
  const range = signer === undefined ? undefined : checkFormPolicy(fields.get('policy') ?? '', fields, now);
  const name = key.replaceAll('${filename}', form.filename);
  const path = `${host.bucket === undefined ? `/${encodeURIComponent(bucket)}` : ''}/${encodePath(name)}`;
  const plain = { method: 'PUT', rawPath: path, rawQuery: '', headers: headersOf(request, form, fields) };
  const measured = measure(form.file, range);
  const put: HttpRequest = {
    ...request,
    ...plain,
    headers: signer === undefined ? plain.headers : signS3Request(plain, signer, signer.region, now),
    contentLength: undefined,
    expectsContinue: false,
    body: () => Readable.from(measured.bytes, { objectMode: false }),
  };
  const written = await answer(put);
  if (measured.refusal !== undefined) return refused(measured.refusal);
  return written.status === 200 ? accepted(request, fields, bucket, name, written) : written;
}

function bucketOf(rawPath: string): string {
  try {
    return decodeURIComponent(rawPath.replaceAll('/', ''));
  } catch {
    throw new AwsError('InvalidURI', 400, "Couldn't parse the specified URI.", { members: { URI: rawPath } });
  }
}

interface Signer {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

/** Fields of a signed form, as S3 names them when they are missing. */
const SIGNED = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date', 'X-Amz-Signature', 'policy'] as const;

/** Who signed the policy, or undefined for a form that nobody signed. Throws what S3 answers to a wrong signature. */
function signerOf(fields: ReadonlyMap<string, string>, credentials: CredentialLookup): Signer | undefined {
  requireNoVersion2(fields);
  if (!SIGNED.some((name) => name !== 'policy' && fields.has(name.toLowerCase()))) return undefined;
  for (const name of SIGNED) if (!fields.has(name.toLowerCase())) throw missingField(name);
  const field = (name: string) => fields.get(name) ?? '';
  const [accessKeyId = '', date = '', region = '', service = '', end = ''] = field('x-amz-credential').split('/');
  const wellFormed = field('x-amz-algorithm') === 'AWS4-HMAC-SHA256' && service === 's3' && end === 'aws4_request';
  if (!wellFormed) {
    throw new AwsError('InvalidArgument', 400, 'The Credential field of the form is malformed.', {
      members: { ArgumentName: 'X-Amz-Credential', ArgumentValue: field('x-amz-credential') },
    });
  }
  const found = credentials.credential(accessKeyId);
  if (found === undefined || !found.active) {
    throw new AwsError('InvalidAccessKeyId', 403, 'The AWS Access Key Id you provided does not exist in our records.', {
      members: { AWSAccessKeyId: accessKeyId },
    });
  }
  const scope = { date, region, service };
  if (!isSignatureOf(field('policy'), field('x-amz-signature'), found.secretAccessKey, scope)) {
    throw new AwsError(
      'SignatureDoesNotMatch',
      403,
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
      { members: { AWSAccessKeyId: accessKeyId, StringToSign: field('policy') } },
    );
  }
  return { accessKeyId, secretAccessKey: found.secretAccessKey, region };
}

/** Forms of Signature Version 2 are refused as all its requests are, but told what they lack first. */
function requireNoVersion2(fields: ReadonlyMap<string, string>): void {
  const [key, signature] = [fields.has('awsaccesskeyid'), fields.has('signature')];
  if (key && !signature) throw missingField('Signature');
  if (signature && !key) throw missingField('AWSAccessKeyId');
  if (key) {
    throw new AwsError(
      'InvalidRequest',
      400,
      'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
    );
  }
}

function missingField(name: string): AwsError {
  return new AwsError(
    'InvalidArgument',
    400,
    `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
    { members: { ArgumentName: name } },
  );
}

/** Fields that are headers of the PUT under the same name. */
const HEADERS = new Set(['cache-control', 'content-type', 'content-disposition', 'content-encoding', 'expires']);
/** `x-amz-` fields that are not: they belong to the form's signature. */
const OF_SIGNATURE = new Set(['x-amz-algorithm', 'x-amz-credential', 'x-amz-date', 'x-amz-signature']);

function headersOf(request: HttpRequest, form: Form, fields: ReadonlyMap<string, string>): Record<string, string> {
  const headers: Record<string, string> = { host: request.host };
  const agent = request.headers['user-agent'];
  if (agent !== undefined) headers['user-agent'] = agent;
  for (const [name, value] of fields) {
    if (HEADERS.has(name)) headers[name] = value;
    else if (name === 'acl') headers['x-amz-acl'] = value;
    else if (name === 'tagging') headers['x-amz-tagging'] = tagHeader(value);
    else if (name.startsWith('x-amz-') && !OF_SIGNATURE.has(name)) headers[name] = value;
  }
  if (headers['content-type'] === undefined && form.type !== undefined) headers['content-type'] = form.type;
  return headers;
}

/** The XML of a form's tags as the header of a PUT. */
function tagHeader(xml: string): string {
  const pairs = [...xml.matchAll(/<Tag>\s*<Key>([^<]*)<\/Key>\s*<Value>([^<]*)<\/Value>\s*<\/Tag>/g)];
  return pairs.map(([, name = '', value = '']) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
}

/** Counts the file while it passes; a size outside the range ends it, so that nothing is written. */
function measure(file: AsyncIterable<Uint8Array>, range: SizeRange | undefined) {
  const measured: { bytes: AsyncIterable<Uint8Array>; refusal?: AwsError } = { bytes: count() };
  async function* count(): AsyncGenerator<Uint8Array> {
    let size = 0;
    try {
      for await (const chunk of file) {
        size += chunk.length;
        if (range !== undefined && size > range.maximum) throw tooLarge(size, range);
        yield chunk;
      }
      if (range !== undefined && size < range.minimum) throw tooSmall(size, range);
    } catch (error) {
      if (error instanceof AwsError) measured.refusal = error;
      throw error;
    }
  }
  return measured;
}

function tooLarge(size: number, { maximum }: SizeRange): AwsError {
  return new AwsError('EntityTooLarge', 400, 'Your proposed upload exceeds the maximum allowed size', {
    members: { ProposedSize: String(size), MaxSizeAllowed: String(maximum) },
  });
}

function tooSmall(size: number, { minimum }: SizeRange): AwsError {
  return new AwsError('EntityTooSmall', 400, 'Your proposed upload is smaller than the minimum allowed size', {
    members: { ProposedSize: String(size), MinSizeAllowed: String(minimum) },
  });
}

/** 204, or what the form asked for: 200, 201 with a document, or a redirection. */
function accepted(
  request: HttpRequest,
  fields: ReadonlyMap<string, string>,
  bucket: string,
  key: string,
  written: WireAnswer,
): WireAnswer {
  const etag = written.headers['etag'] ?? '';
  const location = `${request.secure ? 'https' : 'http'}://${request.host}/${bucket}/${encodePath(key)}`;
  const { 'content-length': _, ...headers } = written.headers;
  const redirect = redirection(fields.get('success_action_redirect') ?? fields.get('redirect'), { bucket, key, etag });
  if (redirect !== undefined) {
    return { status: 303, headers: { ...headers, location: redirect, 'content-length': '0' } };
  }
  const status = fields.get('success_action_status');
  if (status === '200') return { status: 200, headers: { ...headers, location, 'content-length': '0' } };
  if (status !== '201') return { status: 204, headers: { ...headers, location } };
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<PostResponse><Location>${escapeXml(location)}</Location><Bucket>${escapeXml(bucket)}</Bucket><Key>${escapeXml(key)}</Key><ETag>${escapeXml(etag)}</ETag></PostResponse>`;
  const body = Buffer.from(text);
  return {
    status: 201,
    headers: { ...headers, location, 'content-type': 'application/xml', 'content-length': String(body.length) },
    body,
  };
}

/** Where the browser goes next; a redirection that is no URL is as if there were none (S3 API). */
function redirection(target: string | undefined, about: Record<string, string>): string | undefined {
  if (target === undefined || !URL.canParse(target)) return undefined;
  const url = new URL(target);
  for (const [name, value] of Object.entries(about)) url.searchParams.set(name, value);
  return url.href;
}

function encodePath(key: string): string {
  return key.split('/').map(encodeURIComponent).join('/');
}
