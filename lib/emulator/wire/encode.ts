/** From an operation's output, or an error, to the answer. */

import type { AwsError } from './error.ts';
import { structureToJson } from './json.ts';
import type { BodyAnswer, ServiceName } from './operation.ts';
import { type Bound, type HttpPlan, outputPlan } from './plan.ts';
import { PROTOCOLS } from './protocols.ts';
import { type OperationModel, operationModel, serviceModel } from './schema.ts';
import { isRecord, toText } from './text.ts';
import type { ErrorTarget, Route, WireAnswer } from './types.ts';
import { escapeXml } from './xml.ts';
import { documentText, membersText } from './xml-codec.ts';

type Headers = Record<string, string>;
type Output = Readonly<Record<string, unknown>>;

const NO_OUTPUT: Output = Object.freeze({});
const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
/** What S3 calls the host that answered; opaque, so one for the emulator. */
const HOST_ID = 'c3NlLWttcy1jb25zb2xlIGVtdWxhdG9yIHMzIGhvc3QgaWQgMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDE=';

/** Writes the output of an operation; see `index.ts`. */
export function encode(route: Route, output: unknown, requestId: string): WireAnswer {
  const operation = operationModel(route.service, route.operation);
  const content = isRecord(output) ? output : NO_OUTPUT;
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
  if (operation.output === undefined || plan?.body.length === 0) return withText(status, headers, '');
  headers['content-type'] = 'application/json';
  return withText(status, headers, JSON.stringify(structureToJson(operation.output, output)));
}

function encodeRestXml(operation: OperationModel, output: Output, requestId: string): WireAnswer {
  const plan = outputPlan(operation);
  const headers: Headers = { 'x-amz-id-2': HOST_ID, 'x-amz-request-id': requestId, server: 'AmazonS3' };
  if (plan !== undefined) writeHeaders(plan, output, headers);
  // A range is answered with 206; the schema knows only the one status (RFC 9110, section 15.3.7).
  const status = output['ContentRange'] === undefined ? (operation.http?.status ?? 200) : 206;
  if (operation.http?.method === 'HEAD' || status === 204) return { status, headers };
  if (plan?.payload !== undefined) return withPayload(status, headers, plan.payload, output);
  if (operation.output === undefined || plan?.body.length === 0) return withText(status, headers, '');
  const { namespace = '' } = PROTOCOLS.s3;
  const name = operation.output.xmlName ?? operation.output.name;
  // GetBucketLocation is its value without an element around it, which the schema does not show.
  const text =
    operation.name === 'GetBucketLocation'
      ? valueText(name, namespace, output['LocationConstraint'])
      : documentText(name, namespace, operation.output, output);
  headers['content-type'] = 'application/xml';
  return withText(status, headers, XML_DECLARATION + text);
}

function valueText(name: string, namespace: string, value: unknown): string {
  return `<${name} xmlns="${namespace}">${typeof value === 'string' ? escapeXml(value) : ''}</${name}>`;
}

function withPayload(status: number, headers: Headers, { member, node }: Bound, output: Output): WireAnswer {
  const content = output[member];
  if (content === undefined || content === null) return withText(status, headers, '');
  if (node.kind === 'structure') {
    if (!isRecord(content)) throw new TypeError(`${member} is no structure`);
    const name = node.traits.xmlName ?? node.shape.xmlName ?? node.shape.name;
    headers['content-type'] = 'application/xml';
    const text = documentText(name, PROTOCOLS.s3.namespace ?? '', node.shape, content);
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
  if (!isBodyAnswer(content)) throw new TypeError(`${member} is no body`);
  headers['content-length'] = String(content.length);
  return { status, headers, body: content };
}

function isBodyAnswer(value: unknown): value is BodyAnswer {
  return isRecord(value) && typeof value['length'] === 'number' && typeof value['bytes'] === 'object';
}

function writeHeaders(plan: HttpPlan, output: Output, headers: Headers): void {
  for (const { member, node, header } of plan.headerList) {
    const value = output[member];
    if (value === undefined || value === null) continue;
    headers[header] = safeHeader(Array.isArray(value) ? value.join(', ') : toText(node, value, 'http-date'));
  }
  if (plan.prefix === undefined) return;
  const prefixed = output[plan.prefix.member];
  if (!isRecord(prefixed)) return;
  for (const [name, value] of Object.entries(prefixed)) {
    if (typeof value === 'string') headers[plan.prefix.prefix + name] = encodedWord(value);
  }
}

// What a header may hold as Node writes it: visible characters, space, tab, and the upper half of Latin-1.
const UNSAFE = /[^\t\x20-\x7e\x80-\xff]/;
const UNSAFE_EACH = /[^\t\x20-\x7e\x80-\xff]/gu;

/** Characters beyond Latin-1 go out as their UTF-8 bytes; control characters become spaces. */
function safeHeader(text: string): string {
  if (!UNSAFE.test(text)) return text;
  return text.replace(UNSAFE_EACH, (character) =>
    character > '\u00ff' ? Buffer.from(character).toString('latin1') : ' ',
  );
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
