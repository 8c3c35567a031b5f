import 'server-only';
import type { Aws } from './connection.ts';
import type { AwsFailure, CallRecord, Result, SentRequest } from './result.ts';

type Service = CallRecord['service'];

/** As much of an SDK command as is needed here; the command's own types say what its output is. */
interface SdkCommand {
  readonly input: object;
  readonly middlewareStack: object;
  resolveMiddleware(...parameters: never[]): (args: never) => Promise<{ output: unknown }>;
}

/**
 * `ListKeys` of a ListKeysCommand. Taken from the command's schema, `[kind, namespace, name, …]`: the class is renamed in
 * a minified build.
 */
function operationOf(command: SdkCommand): string {
  const { schema } = command as { schema?: unknown };
  const name: unknown = Array.isArray(schema) ? schema[2] : undefined;
  return typeof name === 'string' ? name : command.constructor.name.replace(/Command$/, '');
}

/** Every command carries a middleware stack of its own; this is the one way in which it is used. */
interface BuildStep {
  add(
    middleware: (next: (args: object) => Promise<object>) => (args: object) => Promise<object>,
    options: { step: 'build'; priority: 'low'; name: string },
  ): void;
}

type OutputOf<C extends SdkCommand> = Awaited<ReturnType<ReturnType<C['resolveMiddleware']>>>['output'];

interface Metadata {
  readonly $metadata?: { readonly requestId?: string; readonly httpStatusCode?: number };
}

/**
 * Sends one command and returns a result instead of throwing, together with the request as it went out.
 * @param service which of the connection's clients sends it
 */
export async function send<C extends SdkCommand>(aws: Aws, service: Service, command: C): Promise<Result<OutputOf<C>>> {
  const call = recordOf(aws, service, command);
  (command.middlewareStack as BuildStep).add(
    (next) => (args) => {
      call.request = snapshot((args as { request?: unknown }).request);
      return next(args);
    },
    { step: 'build', priority: 'low', name: 'consoleShowsCall' },
  );
  try {
    // Every client accepts only its own commands; the pairing is this module's callers' business and is by name.
    const client = aws[service] as unknown as { send(command: C): Promise<OutputOf<C>> };
    const data = await client.send(command);
    const requestId = (data as Metadata | undefined)?.$metadata?.requestId;
    return { ok: true, data, call, ...(requestId === undefined ? {} : { requestId }) };
  } catch (thrown) {
    return { ok: false, error: failureOf(thrown, service, call.operation, aws), call };
  }
}

/** The call as `send` would make it, serialised but not sent: for plans. What can't be serialised has no request. */
export async function rehearse(aws: Aws, service: Service, command: SdkCommand): Promise<CallRecord> {
  const call = recordOf(aws, service, command);
  const rehearsed = new Error('rehearsed');
  (command.middlewareStack as BuildStep).add(
    () => (args) => {
      call.request = snapshot((args as { request?: unknown }).request);
      return Promise.reject(rehearsed);
    },
    { step: 'build', priority: 'low', name: 'consoleRehearsesCall' },
  );
  const client = aws[service] as unknown as { send(command: SdkCommand): Promise<unknown> };
  await client.send(command).catch(() => undefined);
  return call;
}

function recordOf(
  aws: Aws,
  service: Service,
  command: SdkCommand,
): { -readonly [K in keyof CallRecord]: CallRecord[K] } {
  return {
    service,
    operation: operationOf(command),
    input: command.input as Readonly<Record<string, unknown>>,
    region: aws.region,
    ...(aws.endpoint === undefined ? {} : { endpoint: aws.endpoint }),
  };
}

const HIDDEN_HEADERS =
  /^(authorization|x-amz-security-token|x-amz-s3session-token|user-agent|x-amz-user-agent|amz-sdk.*|host|content-length|expect)$/;

function snapshot(request: unknown): SentRequest {
  const sent = request as {
    method?: string;
    hostname?: string;
    port?: number;
    path?: string;
    query?: Record<string, string | string[] | null>;
    headers?: Record<string, string>;
    body?: unknown;
  };
  const query = Object.entries(sent.query ?? {})
    .map(([name, value]) =>
      value === null || value === ''
        ? encodeURIComponent(name)
        : `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
    )
    .join('&');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(sent.headers ?? {})) {
    if (!HIDDEN_HEADERS.test(name.toLowerCase())) headers[name.toLowerCase()] = value;
  }
  const host = `${sent.hostname ?? ''}${sent.port ? `:${sent.port}` : ''}`;
  return {
    method: sent.method ?? 'POST',
    host,
    path: `${sent.path ?? '/'}${query ? `?${query}` : ''}`,
    headers,
    ...(typeof sent.body === 'string' && sent.body !== '' ? { body: sent.body.slice(0, 40_000) } : {}),
  };
}

const ACTION_PREFIX: Readonly<Record<Service, string>> = {
  kms: 'kms',
  s3: 's3',
  s3tables: 's3tables',
  iam: 'iam',
  sts: 'sts',
  cloudtrail: 'cloudtrail',
};

/** Turns whatever an SDK client threw into AWS's code and sentence. */
function failureOf(thrown: unknown, service: Service, operation: string, aws: Aws): AwsFailure {
  const error = thrown as Error & Metadata & { Code?: string; code?: string };
  const action = `${ACTION_PREFIX[service]}:${operation}`;
  const where = aws.endpoint ?? 'AWS';
  const system = error.code ?? '';
  if (
    /^(ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ECONNRESET|EAI_AGAIN|EPIPE)$/.test(system) ||
    error.name === 'AggregateError'
  ) {
    return { code: 'Unreachable', message: `${where} does not answer.`, action };
  }
  if (error.name === 'TimeoutError') {
    return { code: 'TimedOut', message: `${where} did not answer in time.`, action };
  }
  if (error.name === 'ReadOnly') return { code: 'ReadOnly', message: error.message, action };
  if (/^(DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|CERT_|ERR_TLS_)/.test(system)) {
    return { code: 'TlsFailed', message: `The certificate of ${where} can't be trusted: ${error.message}.`, action };
  }
  if (error.name === 'CredentialsProviderError') {
    return { code: 'NoCredentials', message: 'No credentials were found for this connection.', action };
  }
  const status = error.$metadata?.httpStatusCode;
  const requestId = error.$metadata?.requestId;
  const named = error.name === 'Error' || error.name === 'Unknown' || error.name === 'UnknownError';
  return {
    code: named
      ? (error.Code ?? (status === 404 ? 'NotFound' : status === 403 ? 'AccessDenied' : 'UnknownError'))
      : error.name,
    message:
      error.message && error.message !== 'UnknownError'
        ? error.message
        : `The service answered ${status ?? 'nothing'} without a reason.`,
    action,
    ...(status === undefined ? {} : { status }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}
