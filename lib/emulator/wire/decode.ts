/** From a routed request to the operation's typed input. */

import { AwsError } from './error.ts';
import { structureFromForm } from './form.ts';
import { JsonFault, structureFromJson } from './json.ts';
import type { BodySource } from './operation.ts';
import { type Bound, type HttpPlan, inputPlan } from './plan.ts';
import { malformedXml, PROTOCOLS, unreadable } from './protocols.ts';
import { type Node, type OperationModel, operationModel, type Shape, type TimestampFormat } from './schema.ts';
import { fromText, setOwn, TextFault } from './text.ts';
import type { Route, WireBody, WireRequest } from './types.ts';
import { validate } from './validate.ts';
import { parseXml, XmlFault } from './xml.ts';
import { structureFromXml } from './xml-codec.ts';

type Input = Record<string, unknown>;

/** Decodes and checks the input; see `index.ts`. */
export function decode(route: Route, request: WireRequest, body: WireBody): Input {
  const operation = operationModel(route.service, route.operation);
  const input = read(operation, route, request, body);
  validate(operation, input);
  return input;
}

/** Decodes without checking constraints. */
export function read(operation: OperationModel, route: Route, request: WireRequest, body: WireBody): Input {
  switch (PROTOCOLS[operation.service].name) {
    case 'awsJson':
      return readJson(operation, operation.input, bytesOf(body));
    case 'awsQuery':
      return readForm(operation, route);
    case 'restJson': {
      const plan = inputPlan(operation);
      const input = plan.body.length === 0 ? {} : readJson(operation, operation.input, bytesOf(body));
      // A member that belongs elsewhere does not come from the body.
      for (const { member } of [...plan.headers.values(), ...plan.query.values()]) delete input[member];
      return readBindings(plan, route, request, input);
    }
    default: {
      const plan = inputPlan(operation);
      const input = readBindings(plan, route, request, {});
      refuseMissing(plan, input);
      readXmlBody(operation, plan, input, body);
      return input;
    }
  }
}

function readJson(operation: OperationModel, shape: Shape, bytes: Uint8Array): Input {
  if (bytes.byteLength === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(textOf(bytes));
  } catch {
    throw unreadable(operation.service, '');
  }
  try {
    return structureFromJson(shape, value);
  } catch (error) {
    if (error instanceof JsonFault) throw unreadable(operation.service, error.message);
    throw error;
  }
}

function readForm(operation: OperationModel, route: Route): Input {
  try {
    return structureFromForm(operation.input, route.form ?? new Map());
  } catch (error) {
    if (!(error instanceof TextFault)) throw error;
    throw unreadable(operation.service, error.message === 'timestamp' ? 'timestamp must follow ISO8601' : '');
  }
}

function readBindings(plan: HttpPlan, route: Route, request: WireRequest, input: Input): Input {
  for (const name of Object.keys(route.labels)) input[name] = route.labels[name];
  if (plan.headers.size > 0 || plan.prefix !== undefined) readHeaders(plan, request.headers, route, input);
  if (route.query.size > 0) readQuery(plan, route, input);
  return input;
}

function readHeaders(plan: HttpPlan, headers: Readonly<Record<string, string>>, route: Route, input: Input): void {
  const { prefix } = plan;
  let prefixed: Record<string, unknown> | undefined;
  for (const name in headers) {
    const bound = plan.headers.get(name);
    if (bound !== undefined) {
      const value = fromPlace(bound, name, headers[name] ?? '', 'http-date', route);
      if (value !== undefined) input[bound.member] = value;
    } else if (prefix !== undefined && name.startsWith(prefix.prefix)) {
      prefixed ??= {};
      setOwn(prefixed, name.slice(prefix.prefix.length), headers[name]);
    }
  }
  if (prefix !== undefined && prefixed !== undefined) input[prefix.member] = prefixed;
}

function readQuery(plan: HttpPlan, route: Route, input: Input): void {
  let others: Record<string, unknown> | undefined;
  for (const [name, values] of route.query) {
    const bound = plan.query.get(name);
    if (bound === undefined) {
      if (plan.queryParams !== undefined) setOwn((others ??= {}), name, values[0]);
    } else if (bound.node.kind === 'list') {
      const item = { member: bound.member, node: bound.node.item };
      input[bound.member] = values.map((value) => fromPlace(item, name, value, 'date-time', route));
    } else {
      const value = fromPlace(bound, name, values[0] ?? '', 'date-time', route);
      if (value !== undefined) input[bound.member] = value;
    }
  }
  if (plan.queryParams !== undefined && others !== undefined) input[plan.queryParams.member] = others;
}

/** One header or parameter. An HTTP date that is none counts as absent (RFC 9110, section 13.1.3). */
function fromPlace({ node }: Bound, name: string, text: string, format: TimestampFormat, route: Route): unknown {
  if (node.kind === 'string') return text;
  if (node.kind === 'list') {
    const part = { member: '', node: node.item };
    return text.split(',').map((item) => fromPlace(part, name, item.trim(), format, route));
  }
  try {
    return fromText(node, text, format);
  } catch (error) {
    if (!(error instanceof TextFault)) throw error;
    if (node.kind === 'timestamp' && (node.format ?? format) === 'http-date') return undefined;
    throw route.service === 's3' ? s3Argument(name, text, node) : unreadable(route.service, '');
  }
}

function s3Argument(name: string, value: string, node: Node): AwsError {
  let message = `The value specified for ${name} is not valid.`;
  if (name === 'partNumber') message = 'Part number must be an integer between 1 and 10000, inclusive';
  else if (node.kind === 'number') message = `Provided ${name} not an integer or within integer range`;
  else if (node.kind === 'timestamp') message = 'The retain until date must be provided in ISO 8601 format';
  return new AwsError('InvalidArgument', 400, message, { members: { ArgumentName: name, ArgumentValue: value } });
}

/** A required header that told no operation from another (the route did not need it). */
function refuseMissing(plan: HttpPlan, input: Input): void {
  for (const { member, wireName } of plan.required) {
    if (input[member] === undefined) {
      throw new AwsError('MissingSecurityHeader', 400, 'Your request was missing a required header', {
        members: { MissingHeaderName: wireName },
      });
    }
  }
}

function readXmlBody(operation: OperationModel, plan: HttpPlan, input: Input, body: WireBody): void {
  const { payload } = plan;
  if (payload === undefined) {
    if (plan.body.length === 0) return;
    const bytes = bytesOf(body);
    if (bytes.byteLength > 0) Object.assign(input, readXml(operation, operation.input, undefined, bytes));
    return;
  }
  const { member, node } = payload;
  switch (node.kind) {
    case 'stream':
      readStream(input, member, body);
      return;
    case 'structure': {
      const bytes = bytesOf(body);
      if (bytes.byteLength > 0) {
        const { shape } = node;
        input[member] = readXml(operation, shape, node.traits.xmlName ?? shape.xmlName ?? shape.name, bytes);
      } else if (operation.input.required.includes(member)) {
        throw new AwsError('MissingRequestBodyError', 400, 'Request Body is empty');
      }
      return;
    }
    case 'blob':
      input[member] = bytesOf(body);
      return;
    default:
      input[member] = textOf(bytesOf(body));
  }
}

/** What the framing of the body said of itself is not the object's: its coding and its encoded length. */
function readStream(input: Input, member: string, body: WireBody): void {
  const source = body instanceof Uint8Array ? wholeBody(body) : body;
  input[member] = source;
  if (source.length !== undefined) input['ContentLength'] = source.length;
  const coding = input['ContentEncoding'];
  if (typeof coding === 'string' && coding.includes('aws-chunked')) {
    const rest = coding.split(',').filter((part) => part.trim() !== 'aws-chunked');
    if (rest.length === 0) delete input['ContentEncoding'];
    else input['ContentEncoding'] = rest.join(',').trim();
  }
}

function readXml(operation: OperationModel, shape: Shape, root: string | undefined, bytes: Uint8Array): Input {
  try {
    const element = parseXml(strictText(bytes));
    if (root !== undefined && element.name !== root) throw new XmlFault('another root element');
    return structureFromXml(shape, element);
  } catch (error) {
    if (error instanceof XmlFault || error instanceof TextFault) throw malformedXml(operation.name);
    throw error;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function strictText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new XmlFault('not UTF-8');
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}

const NO_BYTES = new Uint8Array(0);

function bytesOf(body: WireBody): Uint8Array {
  return body instanceof Uint8Array ? body : (body.whole ?? NO_BYTES);
}

const NO_TRAILERS: ReadonlyMap<string, string> = new Map();

/** A body that has already arrived, as a source. */
export function wholeBody(bytes: Uint8Array): BodySource {
  return {
    length: bytes.byteLength,
    whole: bytes,
    trailers: NO_TRAILERS,
    async *[Symbol.asyncIterator]() {
      if (bytes.byteLength > 0) yield bytes;
    },
  };
}
