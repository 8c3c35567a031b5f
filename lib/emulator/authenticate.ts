import type { Caller } from './context.ts';
import type { HttpRequest } from './http.ts';
import type { StoredCredential } from './ports.ts';
import type { AuthInfo } from './wire/auth/index.ts';
import {
  checkCredential,
  missingAuthentication,
  openBody,
  readCredentials,
  sha256Hex,
  verify,
} from './wire/auth/index.ts';
import type { Route, ServiceName, WireBody, WireRequest } from './wire/index.ts';
import { AwsError, bodyLimit, bodyTooLarge, route, routesByBody, serviceOf, wantsStream } from './wire/index.ts';

export interface CredentialLookup {
  credential(accessKeyId: string): StoredCredential | undefined;
  /** World time of an account: sessions expire by it. */
  now(accountId: string): number;
}

export interface Authenticated {
  readonly caller: Caller;
  readonly route: Route;
  /** The request as routed: with the scope of its signature. */
  readonly request: WireRequest;
  readonly body: WireBody;
  readonly region: string;
  readonly authType: 'header' | 'query' | 'none';
  /** Milliseconds of machine time since the signature was made. */
  readonly signatureAge: number;
}

/** Uploads up to this size are read before the operation runs: one step less for what is most common. */
const READ_WHOLE = 65_536;
const DEFAULT_REGION = 'us-east-1';

const ANONYMOUS: Caller = {
  principal: { kind: 'Anonymous', arn: '*', accountId: '', userId: 'anonymous' },
  accessKeyId: '',
  requester: 'anonymous',
};

/**
 * Who sent a request and what it asks for. The body of an upload is not read yet unless it is small: it is checked
 * while the operation reads it, and a client that waits for `100 Continue` is told to go on only then.
 * Calls `onRoute` as soon as the operation is known, so that a refusal can be written in its form.
 * Throws AwsError in the service's own words.
 */
export async function authenticate(
  request: HttpRequest,
  credentials: CredentialLookup,
  onRoute: (route: Route) => void,
): Promise<Authenticated> {
  const auth = readCredentials(request);
  const scoped: WireRequest = auth.kind === 'anonymous' ? request : { ...request, scope: auth.scope };
  const service = serviceOf(scoped);
  const form = routesByBody(service) ? await readWhole(request, service, bodyLimit(service)) : undefined;
  const found = route(scoped, form);
  onRoute(found);
  const streams = wantsStream(found);
  const whole = form ?? (await readSmall(request, service, streams));
  const credential = identify(auth, service, credentials);
  const machineNow = Date.now();
  if (auth.kind !== 'anonymous' && credential !== undefined) {
    const bodyHash = service === 's3' || whole === undefined || whole.length === 0 ? undefined : sha256Hex(whole);
    verify(scoped, auth, credential.secretAccessKey, { machineNow, ...(bodyHash !== undefined && { bodyHash }) });
  }
  return {
    caller: credential?.caller ?? ANONYMOUS,
    route: found,
    request: scoped,
    body: openAs(found, scoped, auth, credential?.secretAccessKey, whole ?? whenRead(request), streams),
    region: auth.kind === 'anonymous' ? DEFAULT_REGION : auth.scope.region,
    authType: auth.kind === 'anonymous' ? 'none' : auth.kind,
    signatureAge: auth.kind === 'anonymous' ? 0 : machineNow - auth.signedAt,
  };
}

// Only S3 has a meaning for a request that nobody signed: an anonymous principal, for whom a bucket policy may speak.
function identify(auth: AuthInfo, service: ServiceName, credentials: CredentialLookup): StoredCredential | undefined {
  if (auth.kind === 'anonymous') {
    if (service !== 's3') throw missingAuthentication(service);
    return undefined;
  }
  const found = credentials.credential(auth.accessKeyId);
  // DB-31: the session of a directory bucket is no credential of any other service.
  const credential = service === 's3' || found?.caller.bucketSession === undefined ? found : undefined;
  checkCredential(auth, credential, credentials.now(credential?.caller.principal.accountId ?? ''));
  return credential;
}

function openAs(
  found: Route,
  request: WireRequest,
  auth: AuthInfo,
  secret: string | undefined,
  source: Uint8Array | AsyncIterable<Uint8Array>,
  streams: boolean,
): WireBody {
  if (found.service !== 's3') return source as Uint8Array;
  // The checksum headers of CompleteMultipartUpload speak of the whole object, not of this body.
  const body = openBody(request, auth, secret, source, { checksums: found.operation !== 'CompleteMultipartUpload' });
  return streams ? body : (body.whole ?? (source as Uint8Array));
}

/** The whole body, unless it streams and is large or its client waits to be told to go on. */
async function readSmall(
  request: HttpRequest,
  service: ServiceName,
  streams: boolean,
): Promise<Uint8Array | undefined> {
  if (!streams) return readWhole(request, service, bodyLimit(service));
  const length = request.contentLength;
  if (length === undefined || length > READ_WHOLE || request.expectsContinue) return undefined;
  return readWhole(request, service, READ_WHOLE);
}

/**
 * The body, asked for only when its first byte is needed: `100 Continue` must not go out before the request is allowed.
 * A client that breaks off is told as any other that sends less than it declared; one whose body is not read to the end
 * still gets its answer.
 */
async function* whenRead(request: HttpRequest): AsyncGenerator<Uint8Array> {
  try {
    yield* request.body().iterator({ destroyOnReturn: false });
  } catch {
    throw incomplete();
  }
}

const EMPTY = new Uint8Array(0);

function readWhole(request: HttpRequest, service: ServiceName, limit: number): Promise<Uint8Array> {
  const { contentLength } = request;
  if (contentLength === 0 || (contentLength === undefined && request.headers['transfer-encoding'] === undefined))
    return Promise.resolve(EMPTY);
  if (contentLength !== undefined && contentLength > limit) return Promise.reject(bodyTooLarge(service));
  return new Promise((resolve, reject) => {
    const source = request.body();
    const chunks: Buffer[] = [];
    let size = 0;
    source.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        source.removeAllListeners('data').pause();
        reject(bodyTooLarge(service));
      } else chunks.push(chunk);
    });
    let ended = false;
    source.once('end', () => {
      ended = true;
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size));
    });
    source.once('error', () => reject(incomplete()));
    source.once('close', () => {
      if (!ended) reject(incomplete());
    });
  });
}

const incomplete = () =>
  new AwsError(
    'IncompleteBody',
    400,
    'You did not provide the number of bytes specified by the Content-Length HTTP header',
  );
