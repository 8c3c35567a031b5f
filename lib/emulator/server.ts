/**
 * One request from socket to answer: authenticate → route → parse and check input → operation (which asks the
 * authorizer first) → audit → durable → answer. Nothing here knows a header, XML or JSON, nor what a bucket is.
 */

import type { CredentialLookup } from './authenticate.ts';
import { authenticate } from './authenticate.ts';
import { describeRequest } from './cloudtrail/describe.ts';
import type { Caller, RequestContext, RequestTrail } from './context.ts';
import type { HttpRequest } from './http.ts';
import type { Service } from './service.ts';
import type { AuditStore } from './storage/audit.ts';
import { orderedId } from './storage/ordered-id.ts';
import type { StateStore } from './storage/store.ts';
import type { Route, ServiceName, WireAnswer } from './wire/index.ts';
import {
  AwsError,
  decodeInput,
  encodeError,
  encodeOutput,
  internalError,
  notImplemented,
  serviceOf,
} from './wire/index.ts';
import { type IdSource, withIds } from './world/id-source.ts';
import type { World } from './world/world.ts';

export interface ServerParts {
  readonly services: Readonly<Record<ServiceName, Service>>;
  readonly credentials: CredentialLookup;
  readonly state: StateStore;
  readonly audit: AuditStore;
  readonly world: World;
  /** Called with what no client should see: the cause of an internal error. */
  readonly log: (message: string, error: unknown) => void;
}

/** What is known of a request so far; whatever happens, this is what the answer and the audit record are made of. */
interface Attempt {
  readonly request: HttpRequest;
  requestId: string;
  readonly begun: number;
  /** Set where the caller's world has a seed. */
  ids?: IdSource;
  service: ServiceName;
  route?: Route;
  context?: RequestContext;
  input?: unknown;
}

/** Gives the function that answers every AWS request. It never rejects. */
export function createServer(parts: ServerParts): (request: HttpRequest) => Promise<WireAnswer> {
  return async (request) => {
    const attempt: Attempt = {
      request,
      requestId: orderedId(),
      begun: performance.now(),
      service: serviceOf(request),
    };
    let answer: WireAnswer;
    try {
      const output = await perform(parts, attempt);
      answer = encodeOutput(attempt.route as Route, output, attempt.requestId);
      withIds(attempt.ids, () => record(parts, attempt, answer.status, output, undefined));
    } catch (error) {
      answer = withIds(attempt.ids, () => refuse(parts, attempt, error));
    }
    try {
      attempt.ids?.keep();
      await parts.state.settled();
    } catch (error) {
      parts.log(`request ${attempt.requestId} could not be made durable`, error);
      return encodeError(target(attempt), internalError(attempt.service), attempt.requestId);
    }
    return answer;
  };
}

async function perform(parts: ServerParts, attempt: Attempt): Promise<unknown> {
  const { request } = attempt;
  const {
    caller,
    route,
    request: scoped,
    body,
    region,
    authType,
    signatureAge,
  } = await authenticate(request, parts.credentials, (found) => {
    attempt.service = found.service;
    attempt.route = found;
  });
  const accountId = caller.principal.accountId;
  const ids = parts.world.ids(accountId);
  if (ids !== undefined) {
    attempt.ids = ids;
    attempt.requestId = withIds(ids, orderedId);
  }
  const values = parts.world.values(accountId);
  if (values.faultRegionCutOff !== '' && values.faultRegionCutOff === region) {
    request.hangUp();
    throw new AwsError('RequestTimeout', 400, 'The Region is cut off.');
  }
  const context: RequestContext = {
    requestId: attempt.requestId,
    service: route.service,
    operation: route.operation,
    caller,
    accountId,
    region,
    now: parts.world.now(accountId),
    sourceIp: request.sourceIp,
    userAgent: request.headers['user-agent'] ?? '',
    secureTransport: request.secure,
    authType,
    signatureAge,
    host: request.host,
    headers: request.headers,
    trail: { decisions: [], keyOperations: [], events: [] },
  };
  attempt.context = context;
  const operation = parts.services[route.service].operations[route.operation];
  if (operation === undefined) throw notImplemented(route);
  const input = decodeInput(route, scoped, body);
  attempt.input = input;
  if (values.faultLatency > 0) await delay(values.faultLatency);
  return withIds(ids, () => operation(input as never, context));
}

function refuse(parts: ServerParts, attempt: Attempt, error: unknown): WireAnswer {
  let known = error;
  if (!(known instanceof AwsError)) {
    parts.log(
      `request ${attempt.requestId} (${attempt.service} ${attempt.route?.operation ?? attempt.request.method}) failed`,
      error,
    );
    known = internalError(attempt.service);
  }
  const answer = encodeError(target(attempt), known as AwsError, attempt.requestId);
  try {
    record(parts, attempt, answer.status, undefined, known as AwsError);
  } catch (cause) {
    // A client must get its answer even when the audit trail can't take the record.
    parts.log(`request ${attempt.requestId} could not be recorded`, cause);
  }
  return answer;
}

const target = (attempt: Attempt) => ({
  service: attempt.service,
  method: attempt.request.method,
  ...(attempt.route && { operation: attempt.route.operation }),
});

// Requests that were never authenticated belong to no account: they are answered and leave no trace.
function record(
  parts: ServerParts,
  attempt: Attempt,
  status: number,
  output: unknown,
  error: AwsError | undefined,
): void {
  const { context } = attempt;
  if (context === undefined) return;
  const { trail } = context;
  const own = describeRequest(context, attempt.input, output, error);
  parts.audit.append({
    ledger: {
      requestId: attempt.requestId,
      accountId: context.accountId,
      region: context.region,
      service: context.service,
      operation: context.operation,
      principalArn: context.caller.principal.arn,
      accessKeyId: context.caller.accessKeyId,
      ...optional(trail),
      status,
      ...(error && { error: { code: error.code, message: error.message } }),
      durationMs: performance.now() - attempt.begun,
      keyOperations: trail.keyOperations,
    },
    time: context.now,
    origin: context,
    events: own === undefined ? trail.events : [own, ...trail.events],
    decisions: trail.decisions,
  });
}

function optional(trail: RequestTrail) {
  return {
    ...(trail.resource !== undefined && { resource: trail.resource }),
    ...(trail.parent !== undefined && { parent: trail.parent }),
    ...(trail.bytes !== undefined && { bytes: trail.bytes }),
  };
}

const delay = (milliseconds: number) => new Promise<void>((resolve) => void setTimeout(resolve, milliseconds));

export type { Caller };
