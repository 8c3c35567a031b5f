/**
 * The wire: bytes on one side, typed input and output on the other. One request goes
 *
 *     serviceOf → (read the body unless wantsStream) → route → decodeInput → operation → encodeOutput | encodeError
 *
 * For iam and sts the operation's name is in the body, so `route` takes it; for all others it may be left out, and
 * `route` can be called before the body is read. Everything here throws `AwsError` and nothing else, whatever comes.
 */

import { AwsError } from './error.ts';
import type { ServiceName } from './operation.ts';
import type { ErrorTarget, Route, WireAnswer, WireBody, WireRequest } from './types.ts';

export { AwsError } from './error.ts';
export type { ErrorTarget, Route, WireAnswer, WireBody, WireRequest } from './types.ts';
export type { BodyAnswer, BodySource, Checked, Operation, OperationTable, ServiceName } from './operation.ts';

/** The service a request is for: by credential scope, else by its shape (target header, form, host), else S3. Never throws. */
export function serviceOf(_request: WireRequest): ServiceName {
  throw new Error('being written');
}

/** Whether `route` needs the body (iam, sts: the Action parameter is in the form). */
export function routesByBody(service: ServiceName): boolean {
  return service === 'iam' || service === 'sts';
}

/**
 * Finds the operation. Throws the service's own answer to a request that no operation matches
 * (UnknownOperationException, MethodNotAllowed, InvalidAction, …).
 */
export function route(_request: WireRequest, _body?: Uint8Array): Route {
  throw new Error('being written');
}

/** Whether the operation's input has a streaming member (PutObject, UploadPart): give `decodeInput` a BodySource then. */
export function wantsStream(_route: Route): boolean {
  throw new Error('being written');
}

/** How many bytes of body an operation that does not stream may have; the server refuses more with `bodyTooLarge`. */
export function bodyLimit(_service: ServiceName): number {
  throw new Error('being written');
}

/** The answer to a body above `bodyLimit`. */
export function bodyTooLarge(_service: ServiceName): AwsError {
  throw new Error('being written');
}

/**
 * The operation's typed input (Date, Uint8Array, BodySource where the SDK's type has them), checked against the
 * service's constraints. Throws SerializationException, ValidationException, MalformedXML, … as the service does.
 */
export function decodeInput(_route: Route, _request: WireRequest, _body: WireBody): unknown {
  throw new Error('being written');
}

/** Writes an operation's output. Members that are undefined or not in the schema are left out. */
export function encodeOutput(_route: Route, _output: unknown, _requestId: string): WireAnswer {
  throw new Error('being written');
}

/** Writes an error in the service's form. `members` of the error go where the protocol has a place for them. */
export function encodeError(_target: ErrorTarget, _error: AwsError, _requestId: string): WireAnswer {
  throw new Error('being written');
}

/** The answer of a service to one of its operations that is not built here. */
export function notImplemented(_route: Route): AwsError {
  throw new Error('being written');
}

/** An error that is nobody's fault but ours, in the service's own words (InternalError, KMSInternalException, …). */
export function internalError(_service: ServiceName): AwsError {
  throw new Error('being written');
}

/** Every operation of a service by AWS name, sorted. */
export function operationNames(_service: ServiceName): readonly string[] {
  throw new Error('being written');
}

/** Services on the wire, in the order of documentation. */
export const SERVICES: readonly ServiceName[] = ['kms', 's3', 's3tables', 'iam', 'sts', 'cloudtrail'];
