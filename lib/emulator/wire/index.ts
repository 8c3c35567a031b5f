/**
 * The wire: bytes on one side, typed input and output on the other. One request goes
 *
 *     serviceOf → (read the body unless wantsStream) → route → decodeInput → operation → encodeOutput | encodeError
 *
 * For iam and sts the operation's name is in the body, so `route` takes it; for all others it may be left out, and
 * `route` can be called before the body is read. Everything here throws `AwsError` and nothing else, whatever comes.
 */

import { decode } from './decode.ts';
import { encode, encodeFault } from './encode.ts';
import type { AwsError } from './error.ts';
import { decodeIceberg, encodeIceberg, encodeIcebergFault, ICEBERG_OPERATIONS } from './iceberg.ts';
import type { SdkServiceName, ServiceName } from './operation.ts';
import { inputPlan } from './plan.ts';
import { notImplementedError, PROTOCOLS } from './protocols.ts';
import { route as findRoute, serviceOf as findService } from './route.ts';
import { operationModel, serviceModel } from './schema.ts';
import type { ErrorTarget, Route, WireAnswer, WireBody, WireRequest } from './types.ts';

export { wholeBody } from './decode.ts';
export { AwsError } from './error.ts';
export type { BodySource, Checked, Operation, OperationTable, ServiceName } from './operation.ts';
export { bodyTooLarge, internalError } from './protocols.ts';
export type { ErrorTarget, Route, WireAnswer, WireBody, WireRequest } from './types.ts';

/** Services with an SDK, in the order of documentation. */
export const SERVICES: readonly SdkServiceName[] = ['kms', 's3', 's3tables', 'iam', 'sts', 'cloudtrail'];

/** The service a request is for: by credential scope, else by its shape (target header, form), else S3. Never throws. */
export function serviceOf(request: WireRequest): ServiceName {
  return findService(request);
}

/** Whether `route` needs the body (iam, sts: the Action parameter is in the form). */
export function routesByBody(service: ServiceName): boolean {
  return PROTOCOLS[service].name === 'awsQuery';
}

/**
 * Finds the operation. Throws the service's own answer to a request that no operation matches
 * (UnknownOperationException, MethodNotAllowed, InvalidAction, …).
 */
export function route(request: WireRequest, body?: Uint8Array): Route {
  return findRoute(request, findService(request), body);
}

/** Whether the operation's input has a streaming member (PutObject, UploadPart): give `decodeInput` a BodySource then. */
export function wantsStream(found: Route): boolean {
  if (found.service === 'iceberg') return false;
  return inputPlan(operationModel(found.service, found.operation)).payload?.node.kind === 'stream';
}

/** How many bytes of body an operation that does not stream may have; answer more with `bodyTooLarge`. */
export function bodyLimit(service: ServiceName): number {
  return PROTOCOLS[service].bodyLimit;
}

/**
 * The operation's typed input (Date, Uint8Array, BodySource where the SDK's type has them), checked against the
 * service's constraints. Throws SerializationException, ValidationException, MalformedXML, … as the service does.
 */
export function decodeInput(found: Route, request: WireRequest, body: WireBody): unknown {
  if (found.service === 'iceberg') return decodeIceberg(found, body);
  return decode(found, request, body);
}

/** Writes an operation's output. Members that are undefined or not in the schema are left out. */
export function encodeOutput(found: Route, output: unknown, requestId: string): WireAnswer {
  if (found.service === 'iceberg') return encodeIceberg(output, requestId);
  return encode(found, output, requestId);
}

/** Writes an error in the service's form. `members` of the error go where the protocol has a place for them. */
export function encodeError(target: ErrorTarget, error: AwsError, requestId: string): WireAnswer {
  if (target.service === 'iceberg') return encodeIcebergFault(target, error, requestId);
  return encodeFault(target, error, requestId);
}

/** The answer of a service to one of its operations that is not built here. */
export function notImplemented(found: Route): AwsError {
  return notImplementedError(found.service, found.operation);
}

/** Every operation of a service by AWS name, sorted. */
export function operationNames(service: ServiceName): readonly string[] {
  if (service === 'iceberg') return ICEBERG_OPERATIONS;
  return [...serviceModel(service).operations.keys()];
}
