/** From an operation's output, or an error, to the answer. */

import type { AwsError } from './error.ts';
import { structureToJson } from './json.ts';
import type { BodyAnswer, ServiceName } from './operation.ts';
import { type HttpPlan, outputPlan } from './plan.ts';
import { PROTOCOLS } from './protocols.ts';
import { type OperationModel, type Shape, operationModel, serviceModel } from './schema.ts';
import { toText } from './text.ts';
import type { ErrorTarget, Route, WireAnswer } from './types.ts';
import { escapeXml } from './xml.ts';
import { elementText, membersText } from './xml-codec.ts';

type Headers = Record<string, string>;
type Output = Readonly<Record<string, unknown>>;

const NO_OUTPUT: Output = Object.freeze({});
const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
/** What S3 calls the host that answered; opaque, so one for the emulator. */
const HOST_ID = 'c3NlLWttcy1jb25zb2xlIGVtdWxhdG9yIHMzIGhvc3QgaWQgMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDE=';

/** Writes the output of an operation; see `index.ts`. */
export function encode(route: Route, output: unknown, requestId: string): WireAnswer {
  const operation = operationModel(route.service, route.operation);
  const content = typeof output === 'object' && output !== null ? (output as Output) : NO_OUTPUT;
  switch (PROTOCOLS[route.service].name) {
    case 'awsJson': {
      const headers: Headers = { 'x-amzn-requestid': requestId, 'content-type': 'application/x-amz-json-1.1' };
      // KMS answers an operation without output with nothing at all, not with {}.
      const text = operation.output === undefined ? '' : JSON.stringify(structureToJson(operation.output, content));
      return withText(200, headers, text);
    }
    case 'awsQuery':
      return withText(200, queryHeaders(requestId), queryText(operation, content, requestId));
    case 'restJson':
      return encodeRestJson(operation, content, requestId);
    default:
      return encodeRestXml(operation, content, requestId);
  }
}

function withText(status: number, headers: Headers, text: string): WireAnswer {
  const body = Buffer.from(text);
  headers['content-length'] = String(body.byteLength);
  return body.byteLength === 0 ? { status, headers } : { status, headers, body };
}

function queryHeaders(requestId: string): Headers {
  return { 'x-amzn-requestid': requestId, 'content-type': 'text/xml' };
}

function queryText(operation: OperationModel, output: Output, requestId: string): string {
  const { name } = operation;
  const result =
    operation.output === undefined ? '' : `<${name}Result>${membersText(operation.output, output)}</${name}Result>`;
  const { namespace } = PROTOCOLS[operation.service];
  return `<${name}Response xmlns="${namespace}">${result}<ResponseMetadata><RequestId>${escapeXml(requestId)}</RequestId></ResponseMetadata></${name}Response>`;
}

function encodeRestJson(operation: OperationModel, output: Output, requestId: string): WireAnswer {
  const status = operation.http?.status ?? 200;
  const headers: Headers = { 'x-amzn-requestid': requestId };
  const plan = outputPlan(operation);
  if (plan !== undefined) writeHeaders(plan, output, headers);
  if (status === 204) return { status, headers };
  if (plan === undefined || plan.body.length === 0) return withText(status, headers, '');
  headers['content-type'] = 'application/json';
  return withText(status, headers, JSON.stringify(structureToJson(operation.output as Shape, output)));
}

function encodeRestXml(operation: OperationModel, output: Output, requestId: string): WireAnswer {
  const plan = outputPlan(operation);
  const headers: Headers = { 'x-amz-id-2': HOST_ID, 'x-amz-request-id': requestId, server: 'AmazonS3' };
  if (plan !== undefined) writeHeaders(plan, output, headers);
  // A range is answered with 206; the schema knows only the one status (RFC 9110, section 15.3.7).
  const status = output['ContentRange'] === undefined ? (operation.http?.status ?? 200) : 206;
  if (operation.http?.method === 'HEAD' || status === 204) return { status, headers };
  if (plan === undefined) return withText(status, headers, '');
  if (plan.payload !== undefined) return withPayload(status, headers, plan, output);
  if (plan.body.length === 0) return withText(status, headers, '');
  headers['content-type'] = 'application/xml';
  return withText(status, headers, XML_DECLARATION + documentText(operation, output));
}

function documentText(operation: OperationModel, output: Output): string {
  const shape = operation.output as Shape;
  const name = shape.xmlName ?? shape.name;
  const start = `<${name} xmlns="${PROTOCOLS.s3.namespace}">`;
  // GetBucketLocation is its value without an element around it, which the schema does not show.
  const content =
    operation.name === 'GetBucketLocation'
      ? escapeXml(typeof output['LocationConstraint'] === 'string' ? output['LocationConstraint'] : '')
      : bodyText(operation, output);
  return `${start}${content}</${name}>`;
}

/** Members that are headers do not stand in the body as well. */
function bodyText(operation: OperationModel, output: Output): string {
  const plan = outputPlan(operation) as HttpPlan;
  let text = '';
  for (const { member, node } of plan.body) {
    const content = output[member];
    if (content !== undefined && content !== null) text += elementText(node.traits.xmlName ?? member, node, content);
  }
  return text;
}

function withPayload(status: number, headers: Headers, plan: HttpPlan, output: Output): WireAnswer {
  const { member, node } = plan.payload as NonNullable<HttpPlan['payload']>;
  const content = output[member];
  if (content === undefined || content === null) return withText(status, headers, '');
  if (node.kind === 'structure') {
    const shape = node.shape as Shape;
    headers['content-type'] = 'application/xml';
    const name = node.traits.xmlName ?? shape.xmlName ?? shape.name;
    const text = elementText(name, node, content).replace(`<${name}`, `<${name} xmlns="${PROTOCOLS.s3.namespace}"`);
    return withText(status, headers, XML_DECLARATION + text);
  }
  if (typeof content === 'string') {
    headers['content-type'] ??= 'application/json';
    return withText(status, headers, content);
  }
  headers['content-type'] ??= 'binary/octet-stream';
  if (content instanceof Uint8Array) {
    headers['content-length'] = String(content.byteLength);
    return { status, headers, body: content };
  }
  const body = content as BodyAnswer;
  headers['content-length'] = String(body.length);
  return { status, headers, body };
}

function writeHeaders(plan: HttpPlan, output: Output, headers: Headers): void {
  for (const [name, { member, node }] of plan.headers) {
    const value = output[member];
    if (value === undefined || value === null) continue;
    const text =
      node.kind === 'list'
        ? (value as readonly unknown[]).join(', ')
        : typeof value === 'string'
          ? value
          : toText(node, value, 'http-date');
    headers[name] = safeHeader(text);
  }
  if (plan.prefix === undefined) return;
  const prefixed = output[plan.prefix.member] as Readonly<Record<string, string>> | undefined;
  for (const name in prefixed) headers[plan.prefix.prefix + name] = encodedWord(prefixed[name] as string);
}

// What a header may hold as Node writes it: visible characters, space, tab, and the upper half of Latin-1.
const UNSAFE = /[^\t\x20-\x7e\x80-\xff]/;
const UNSAFE_EACH = /[^\t\x20-\x7e\x80-\xff]/g;

/** Characters beyond Latin-1 go out as their UTF-8 bytes; control characters do not go out. */
function safeHeader(text: string): string {
  if (!UNSAFE.test(text)) return text;
  return Buffer.from(text.replace(/[^\u0020-\uffff\t]|\u007f/g, ' '))
    .toString('latin1')
    .replace(UNSAFE_EACH, ' ');
}

/** Metadata beyond Latin-1 comes back as an encoded word, as S3 gives it (RFC 2047). */
function encodedWord(text: string): string {
  return UNSAFE.test(text) ? `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=` : text;
}

/** Writes an error; see `index.ts`. */
export function encodeFault(target: ErrorTarget, error: AwsError, requestId: string): WireAnswer {
  switch (PROTOCOLS[target.service].name) {
    case 'awsJson':
      return withText(
        // NotFoundException is 404 in the schema and 400 on the wire, as all client errors of these protocols.
        error.status >= 500 || error.status === 413 ? error.status : 400,
        { ...extraHeaders(error), 'x-amzn-requestid': requestId, 'content-type': 'application/x-amz-json-1.1' },
        JSON.stringify({ __type: error.code, ...messageOf(error), ...error.members }),
      );
    case 'awsQuery':
      return queryFault(target.service, error, requestId);
    case 'restJson':
      return withText(
        error.status,
        {
          ...extraHeaders(error),
          'x-amzn-requestid': requestId,
          'x-amzn-errortype': error.code,
          'content-type': 'application/json',
        },
        JSON.stringify({ ...messageOf(error), ...error.members }),
      );
    default:
      return s3Fault(target, error, requestId);
  }
}

function extraHeaders(error: AwsError): Headers {
  const headers: Headers = {};
  for (const [name, value] of Object.entries(error.headers)) headers[name.toLowerCase()] = safeHeader(value);
  return headers;
}

function messageOf(error: AwsError): { message?: string } {
  return error.message === '' ? {} : { message: error.message };
}

/** Code and status of the query wire come from the schema's error trait: `NoSuchEntityException` is `NoSuchEntity`, 404. */
function queryFault(service: ServiceName, error: AwsError, requestId: string): WireAnswer {
  const known = serviceModel(service).errors.get(error.code);
  const status = known?.status ?? error.status;
  const type = status >= 500 ? 'Receiver' : 'Sender';
  const message = error.message === '' ? '' : `<Message>${escapeXml(error.message)}</Message>`;
  const text = `<ErrorResponse xmlns="${PROTOCOLS[service].namespace}"><Error><Type>${type}</Type><Code>${escapeXml(known?.code ?? error.code)}</Code>${message}${membersOf(error)}</Error><RequestId>${escapeXml(requestId)}</RequestId></ErrorResponse>`;
  return withText(status, { ...extraHeaders(error), ...queryHeaders(requestId) }, text);
}

function membersOf(error: AwsError): string {
  let text = '';
  for (const [name, value] of Object.entries(error.members)) text += `<${name}>${escapeXml(value)}</${name}>`;
  return text;
}

/** WIRE-04. Answers to HEAD, and 304 to anybody, have no body (ERR-09). */
function s3Fault(target: ErrorTarget, error: AwsError, requestId: string): WireAnswer {
  const headers: Headers = {
    ...extraHeaders(error),
    'x-amz-id-2': HOST_ID,
    'x-amz-request-id': requestId,
    server: 'AmazonS3',
  };
  if (target.method === 'HEAD' || error.status === 304) return { status: error.status, headers };
  headers['content-type'] = 'application/xml';
  const text = `${XML_DECLARATION}<Error><Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message>${membersOf(error)}<RequestId>${escapeXml(requestId)}</RequestId><HostId>${HOST_ID}</HostId></Error>`;
  return withText(error.status, headers, text);
}
