/** From a pasted text to its parts. Total: whatever is pasted gives an answer, and never throws. */

import type { Layer } from '../types.ts';
import { parseJsonError } from './parse-json.ts';
import type { ErrorForm, ErrorParts } from './types.ts';

/** Longer texts are logs; the first error in this much of one is read. */
const MOST_CHARACTERS = 60_000;

/** The parts of an error that AWS or one of its clients printed. */
export function parseError(pasted: string): ErrorParts {
  const text = pasted.slice(0, MOST_CHARACTERS).replaceAll('\r\n', '\n').trim();
  const structured = parseJsonError(text);
  const flat = unwrapped(text);
  const envelope = structured ?? envelopeOf(flat);
  const message = envelope.message ?? flat;
  return compact({ ...fromSentence(message), ...fromPath(flat), ...compact(envelope) });
}

type Loose = { -readonly [K in keyof ErrorParts]?: ErrorParts[K] | undefined };

function compact(parts: Loose): ErrorParts {
  const kept = Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined && value !== ''));
  return { form: 'text', ...kept };
}

/** A terminal breaks lines where it likes; sentences are read on one line. */
function unwrapped(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .join(' ')
    .replaceAll(/[ \t]{2,}/g, ' ');
}

function envelopeOf(text: string): Loose & { form: ErrorForm } {
  for (const read of [xml, commandLine, java, go, javascript, encoded]) {
    const found = read(text);
    if (found !== undefined) return found;
  }
  const code = /\b((?:KMS\.)?[A-Z][A-Za-z]*(?:Exception|Denied|Error|Fault)|SlowDown|Forbidden|AccessDenied)\b/.exec(
    text,
  )?.[1];
  return { ...ids(text), form: 'text', code, message: text };
}

function xml(text: string): (Loose & { form: ErrorForm }) | undefined {
  const code = tag(text, 'Code');
  if (code === undefined) return undefined;
  return {
    form: 'xml',
    code,
    message: tag(text, 'Message'),
    requestId: tag(text, 'RequestId'),
    hostId: tag(text, 'HostId'),
    bucket: tag(text, 'BucketName'),
  };
}

function tag(text: string, name: string): string | undefined {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
  return found
    ?.replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .trim();
}

/** `An error occurred (AccessDenied) when calling the PutObject operation: …` of AWS CLI and boto3. */
function commandLine(text: string): (Loose & { form: ErrorForm }) | undefined {
  const match = /An error occurred \(([^)]{1,200})\) when calling the (\w+) operation[^:]{0,200}: ?(.*)/.exec(text);
  if (match === null) return undefined;
  const [, code, operation, message] = match;
  const status = code !== undefined && /^\d{3}$/.test(code) ? Number(code) : undefined;
  const form = /botocore|Traceback|ClientError/.test(text) ? 'sdk-python' : 'cli';
  return { ...ids(text), form, code: status === undefined ? code : undefined, status, operation, message };
}

/** `… (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; Request ID: …)`, and the form of version 2. */
function java(text: string): (Loose & { form: ErrorForm }) | undefined {
  const match =
    /\(Service: ([^;,()]{1,60})[;,] Status Code: (\d{3})[;,] (?:Error Code: ([^;,)]{1,100})[;,] )?Request ID: ([^;,)]{1,100})/.exec(
      text,
    );
  if (match === null) return undefined;
  const [, service = '', status = '', code, requestId] = match;
  const before = text.slice(0, match.index).trim();
  const last = [...before.matchAll(/\b[\w.]*(?:Exception|Error)(?=[:\s]|$)/g)].at(-1);
  const exception = last?.[0];
  const start = last === undefined ? 0 : last.index + last[0].length;
  const named = exception?.slice(exception.lastIndexOf('.') + 1);
  return {
    form: 'sdk-java',
    service: serviceOf(service),
    status: Number(status),
    code: code ?? codeOfException(named, Number(status)),
    requestId,
    hostId: /Extended Request ID: ([^;,)]+)/.exec(text)?.[1],
    message: before
      .slice(start)
      .replace(/^[:\s]+/, '')
      .trim(),
  };
}

/** The SDK for Java names its classes after codes; its two general ones say nothing. */
function codeOfException(name: string | undefined, status: number): string | undefined {
  if (
    name === undefined ||
    /^(?:Amazon)?(?:S3|KMS|S3Tables|AWS\w*|SdkService)Exception$|^AmazonServiceException$/.test(name)
  ) {
    return status === 403 ? 'AccessDenied' : undefined;
  }
  return name === 'AccessDeniedException' ? 'AccessDenied' : name;
}

/** `operation error S3: PutObject, https response error StatusCode: 403, RequestID: …, api error AccessDenied: …` */
function go(text: string): (Loose & { form: ErrorForm }) | undefined {
  const match =
    /operation error ([\w ]{1,40}): (\w{1,60}),.{0,200}?StatusCode: (\d{3}), RequestID: ([^,]{0,100}),(?: HostID: ([^,]{0,200}),)? (?:api error )?([\w.]+): (.*)/.exec(
      text,
    );
  if (match === null) return undefined;
  const [, service = '', operation, status, requestId, hostId, code, message] = match;
  return {
    form: 'sdk-go',
    service: serviceOf(service),
    operation,
    status: Number(status),
    requestId,
    hostId,
    code,
    message,
  };
}

/** `AccessDenied: User: … { '$fault': 'client', '$metadata': { httpStatusCode: 403, requestId: '…' } }` */
function javascript(text: string): (Loose & { form: ErrorForm }) | undefined {
  if (!text.includes('$metadata') && !text.includes('$fault')) return undefined;
  const name = /^(?:Uncaught |throw )?(?:[\w/.@-]+ )?([A-Z][\w.]*): (.*?)(?= at [\w.<>[\] ]+\(|\s*\{|$)/.exec(text);
  const status = /httpStatusCode["']?: ?(\d{3})/.exec(text)?.[1];
  return {
    form: 'sdk-javascript',
    code: /\b(?:Code|name)["']?: ?["']([\w.]+)["']/.exec(text)?.[1] ?? name?.[1],
    message: name?.[2] ?? /message["']?: ?["']([^"']+)["']/.exec(text)?.[1],
    status: status === undefined ? undefined : Number(status),
    requestId: /requestId["']?: ?["']([^"']+)["']/.exec(text)?.[1],
    hostId: /extendedRequestId["']?: ?["']([^"']+)["']/.exec(text)?.[1],
  };
}

function encoded(text: string): (Loose & { form: ErrorForm }) | undefined {
  const found = /[Ee]ncoded authorization failure message: ?([\w+/=-]{40,})/.exec(text)?.[1];
  if (found !== undefined)
    return {
      form: 'encoded-message',
      encoded: found,
      code: 'UnauthorizedOperation',
      message: text.slice(0, text.indexOf(found)),
    };
  return /^[\w+/=-]{120,}$/.test(text) ? { form: 'encoded-message', encoded: text } : undefined;
}

function ids(text: string): Loose {
  return {
    requestId:
      /(?:request ?id|requestId|RequestID|x-amz-request-id)["']?\s*[:=]\s*["']?([A-Z0-9]{10,64}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})/i.exec(
        text,
      )?.[1],
  };
}

function serviceOf(name: string): string {
  const plain = name
    .trim()
    .toLowerCase()
    .replace(/^(?:amazon|aws) ?/, '')
    .replaceAll(' ', '');
  return /^(?:kms|awskms|keymanagement)/.test(plain)
    ? 'kms'
    : plain === 's3tables' || plain === 'tables'
      ? 's3tables'
      : plain;
}

const LAYERS: readonly (readonly [RegExp, Layer])[] = [
  [/identity-based polic/, 'identity-policy'],
  [/resource-based polic|role trust policy/, 'resource-policy'],
  [/session polic/, 'session-policy'],
  [/permissions boundar/, 'permissions-boundary'],
  [/service control polic/, 'service-control-policy'],
  [/resource control polic/, 'resource-control-policy'],
  [/VPC endpoint polic/i, 'vpc-endpoint-policy'],
];

/** The sentences in which AWS refuses (ERR-05, ERR-06), and those about keys (ERR-01…ERR-04, ERR-11). */
function fromSentence(message: string): Loose {
  const denied =
    /User: (\S+) is not authorized to perform: ([\w-]+:\w+)(?: on (?:resource: "?([^\s"]+)"?|this resource))?(.*)/.exec(
      message,
    );
  const key = /arn:aws[\w-]*:kms:[\w-]+:\d{12}:(?:key|alias)\/[\w/-]+/.exec(message)?.[0];
  const keyId = key ?? /Invalid keyId '?"?([^'"\s]+)/.exec(message)?.[1];
  const region = /arn:aws[\w-]*:(?:kms|s3tables|s3express):([\w-]+):/.exec(message)?.[1];
  const base: Loose = { key: keyId, region };
  if (denied === null) return base;
  const [, principal, action, resource, tail = ''] = denied;
  const hidden = tail.includes('resource does not exist in this Region');
  const layer = hidden ? undefined : LAYERS.find(([pattern]) => pattern.test(tail))?.[1];
  const explicit = tail.includes('explicit deny');
  return {
    ...base,
    principal,
    action,
    resource: resource?.replace(/[.,]$/, ''),
    service: action?.split(':')[0],
    layer,
    how: hidden ? 'hidden' : explicit ? 'deny' : layer === undefined ? undefined : 'silence',
    policyArn: explicit ? /: (arn:aws[\w-]*:(?:iam|organizations)::\S+)/.exec(tail)?.[1] : undefined,
  };
}

/** `s3a://bucket/path` of Hadoop and Spark. */
function fromPath(text: string): Loose {
  return { bucket: /\bs3[an]?:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/.exec(text)?.[1] };
}
