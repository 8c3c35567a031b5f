import { signedRequests } from './signed-requests.mjs';

/** Objects of 1 KiB. So few that moto, too, has them all after a few seconds. */
const KEYS = 500;
const key = (index) => `/bench/object-${String(index).padStart(5, '0')}`;

/** Signed requests of one kind for a server (`port`, and `credentials` where it has its own). The load tool goes round. */
export const workloads = {
  put1k: (server) => puts(server, 1024, KEYS),
  get1k: (server) =>
    signed(
      server,
      's3',
      Array.from({ length: KEYS }, (_, i) => ({ method: 'GET', path: key(i) })),
    ),
  put8m: (server) => puts(server, 8 * 1_048_576, 4),
  generateDataKey: (server, keyId) =>
    signed(server, 'kms', [
      kms('GenerateDataKey', { KeyId: keyId, KeySpec: 'AES_256', EncryptionContext: { purpose: 'bench' } }),
    ]),
};

const signed = ({ port, credentials }, service, requests) =>
  signedRequests({ port, service, ...credentials }, requests);

function puts(server, size, count) {
  const body = Buffer.alloc(size, 120);
  return signed(
    server,
    's3',
    Array.from({ length: count }, (_, i) => ({ method: 'PUT', path: key(i), body })),
  );
}

/** A KMS request before it is signed. */
export function kms(operation, input) {
  return {
    method: 'POST',
    path: '/',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${operation}` },
    body: Buffer.from(JSON.stringify(input)),
  };
}

/** Sends one signed request and gives its answer's text; throws unless it is 2xx. */
export async function send(port, service, request) {
  const [bytes] = signedRequests({ port, service }, [request]);
  const text = bytes.toString('latin1');
  const headers = Object.fromEntries(
    text
      .slice(0, text.indexOf('\r\n\r\n'))
      .split('\r\n')
      .slice(1)
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)])
      .filter(([name]) => name !== 'host' && name !== 'content-length'),
  );
  const url = `http://127.0.0.1:${port}${request.path}${request.query ? `?${request.query}` : ''}`;
  const response = await fetch(url, {
    method: request.method,
    headers,
    signal: AbortSignal.timeout(30_000),
    ...(request.method !== 'GET' && { body: request.body ?? Buffer.alloc(0) }),
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${request.method} ${request.path}: ${response.status} ${answer}`);
  return answer;
}

/** Makes the bucket `bench` and a key; where the server knows how, SSE-KMS with a bucket key is the bucket's default. */
export async function prepare(port, { encrypted }) {
  const { KeyMetadata } = JSON.parse(await send(port, 'kms', kms('CreateKey', {})));
  await send(port, 's3', { method: 'PUT', path: '/bench' });
  if (encrypted) {
    const body = `<ServerSideEncryptionConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>${KeyMetadata.Arn}</KMSMasterKeyID></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>true</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>`;
    await send(port, 's3', { method: 'PUT', path: '/bench', query: 'encryption=', body: Buffer.from(body) });
  }
  return KeyMetadata.Arn;
}
