import { createHash, createHmac } from 'node:crypto';

/**
 * Whole HTTP/1.1 requests as bytes, signed with Signature Version 4 for 127.0.0.1:`port`, so that the load tool only
 * has to write them. They are good for 15 minutes.
 */
export function signedRequests(
  { port, service, region = 'us-east-1', accessKeyId = 'test', secretAccessKey = 'test' },
  requests,
) {
  const host = `127.0.0.1:${port}`;
  const amzDate = new Date().toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const date = amzDate.slice(0, 8);
  const scope = `${date}/${region}/${service}/aws4_request`;
  const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
  const signingKey = hmac(hmac(hmac(hmac(`AWS4${secretAccessKey}`, date), region), service), 'aws4_request');
  const sha256 = (data) => createHash('sha256').update(data).digest('hex');
  return requests.map(({ method, path, query = '', headers = {}, body = Buffer.alloc(0) }) => {
    // A body that the caller sends itself is not part of the signature.
    const payload = headers['x-amz-content-sha256'] ?? sha256(body);
    const all = { host, 'x-amz-date': amzDate, 'x-amz-content-sha256': payload, ...headers };
    const names = Object.keys(all).sort();
    const canonical = [
      method,
      path,
      query,
      ...names.map((it) => `${it}:${all[it]}`),
      '',
      names.join(';'),
      payload,
    ].join('\n');
    const signature = hmac(signingKey, ['AWS4-HMAC-SHA256', amzDate, scope, sha256(canonical)].join('\n')).toString(
      'hex',
    );
    const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
    const head = [
      `${method} ${path}${query && `?${query}`} HTTP/1.1`,
      ...names.map((it) => `${it}: ${all[it]}`),
      `authorization: ${authorization}`,
      `content-length: ${body.length}`,
      '',
      '',
    ].join('\r\n');
    return Buffer.concat([Buffer.from(head), body]);
  });
}
