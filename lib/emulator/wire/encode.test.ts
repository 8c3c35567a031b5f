import { describe, expect, test } from 'vitest';
import {
  AwsError,
  encodeError,
  encodeOutput,
  internalError,
  notImplemented,
  operationNames,
  route,
  SERVICES,
} from './index.ts';
import { formRequest, jsonRequest, request } from './testing/request.ts';
import type { WireAnswer, WireRequest } from './types.ts';

const ID = '4442587FB7D0A2F9';
const textOf = ({ body }: WireAnswer): string => (body instanceof Uint8Array ? Buffer.from(body).toString() : '');
const answerTo = (message: WireRequest, output: unknown, body?: string): WireAnswer =>
  encodeOutput(route(message, body === undefined ? undefined : Buffer.from(body)), output, ID);
const error = new AwsError('NotFoundException', 404, "Key 'k' does not exist");

describe('answers', () => {
  test('WIRE-01 an operation without output answers nothing at all', () => {
    expect(answerTo(jsonRequest('kms', 'EnableKey'), undefined)).toEqual({
      status: 200,
      headers: { 'x-amzn-requestid': ID, 'content-type': 'application/x-amz-json-1.1', 'content-length': '0' },
    });
  });

  test('WIRE-01 undefined and unknown members are left out, blobs are base64, times are seconds', () => {
    const output = { KeyMetadata: { KeyId: 'k', CreationDate: new Date(1500), Description: undefined, Secret: 1 } };
    expect(textOf(answerTo(jsonRequest('kms', 'CreateKey'), output))).toBe(
      '{"KeyMetadata":{"KeyId":"k","CreationDate":1.5}}',
    );
  });

  test('WIRE-03 a form is answered with its result and its request id', () => {
    const answer = answerTo(formRequest('sts'), { Account: '1', Arn: 'a<b' }, 'Action=GetCallerIdentity');
    expect(textOf(answer)).toBe(
      `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Account>1</Account><Arn>a&lt;b</Arn></GetCallerIdentityResult><ResponseMetadata><RequestId>${ID}</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
    );
  });

  test.each([
    [undefined, ''],
    ['eu-west-1', 'eu-west-1'],
  ])('WIRE-03 GetBucketLocation of %s is a value without an element around it', (LocationConstraint, text) => {
    expect(textOf(answerTo(request('GET', '/b?location'), { LocationConstraint }))).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>\n<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${text}</LocationConstraint>`,
    );
  });

  test('WIRE-03 an object: headers, metadata, body; 206 for a range', () => {
    const Body = { length: 3, bytes: new Uint8Array([1, 2, 3]) };
    const output = {
      Body,
      ETag: '"e"',
      LastModified: new Date('2026-11-21T01:02:03Z'),
      Metadata: { colour: 'blue', name: 'ü', script: '𝒳' },
      BucketKeyEnabled: true,
      ContentType: undefined,
    };
    expect(answerTo(request('GET', '/b/k'), output)).toMatchObject({
      status: 200,
      body: Body,
      headers: {
        etag: '"e"',
        'last-modified': 'Sat, 21 Nov 2026 01:02:03 GMT',
        'x-amz-meta-colour': 'blue',
        'x-amz-meta-name': 'ü',
        'x-amz-meta-script': '=?UTF-8?B?8J2Ssw==?=',
        'x-amz-server-side-encryption-bucket-key-enabled': 'true',
        'content-type': 'binary/octet-stream',
        'content-length': '3',
        'x-amz-request-id': ID,
        server: 'AmazonS3',
      },
    });
    expect(answerTo(request('GET', '/b/k'), { ...output, ContentRange: 'bytes 0-2/9' }).status).toBe(206);
    expect(answerTo(request('HEAD', '/b/k'), { ContentLength: 3, ETag: '"e"' })).toMatchObject({
      status: 200,
      headers: { 'content-length': '3' },
    });
    expect(answerTo(request('HEAD', '/b/k'), { ContentLength: 3 })).not.toHaveProperty('body');
  });

  test('no value breaks out of its header', () => {
    const { headers } = answerTo(request('GET', '/b/k'), { ContentType: 'a\r\nb: c\u0000', ContentDisposition: '𝒳ü' });
    expect(headers['content-type']).toBe('a  b: c ');
    expect(headers['content-disposition']).toBe(`${Buffer.from('𝒳').toString('latin1')}ü`);
  });

  test('WIRE-03 statuses are the schema’s', () => {
    expect(answerTo(request('DELETE', '/b/k'), {}).status).toBe(204);
    expect(answerTo(request('DELETE', '/b'), undefined).status).toBe(204);
  });
});

describe('errors', () => {
  test('KMS-03 ERR-10 WIRE-01 a client error of KMS is 400 whatever the schema says, and has no query error', () => {
    const answer = encodeError({ service: 'kms', method: 'POST' }, error, ID);
    expect(answer.status).toBe(400);
    expect(textOf(answer)).toBe(`{"__type":"NotFoundException","message":"Key 'k' does not exist"}`);
    expect(Object.keys(answer.headers)).toEqual(['x-amzn-requestid', 'content-type', 'content-length']);
  });

  test('WIRE-01 an error without a sentence has no message', () => {
    const answer = encodeError({ service: 'kms', method: 'POST' }, new AwsError('KMSInvalidMacException', 400, ''), ID);
    expect(textOf(answer)).toBe('{"__type":"KMSInvalidMacException"}');
  });

  test('TB-58 WIRE-03 S3 Tables names the error in a header', () => {
    const answer = encodeError({ service: 's3tables', method: 'GET' }, error, ID);
    expect(answer).toMatchObject({ status: 404, headers: { 'x-amzn-errortype': 'NotFoundException' } });
    expect(textOf(answer)).toBe(`{"message":"Key 'k' does not exist"}`);
  });

  test('WIRE-03 code and status of a form’s error come from the schema', () => {
    const gone = new AwsError('NoSuchEntityException', 400, 'The user with name <u> cannot be found.');
    const answer = encodeError({ service: 'iam', method: 'POST' }, gone, ID);
    expect(answer.status).toBe(404);
    expect(textOf(answer)).toBe(
      `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>The user with name &lt;u&gt; cannot be found.</Message></Error><RequestId>${ID}</RequestId></ErrorResponse>`,
    );
  });

  test('WIRE-04 S3: code, message, further members, ids; the ids as headers too', () => {
    const denied = new AwsError('NoSuchBucket', 404, 'The specified bucket does not exist', {
      members: { BucketName: 'b&c' },
      headers: { 'X-Amz-Bucket-Region': 'eu-west-1' },
    });
    const answer = encodeError({ service: 's3', method: 'GET' }, denied, ID);
    const host = answer.headers['x-amz-id-2'];
    expect(answer).toMatchObject({
      status: 404,
      headers: { 'x-amz-request-id': ID, 'x-amz-bucket-region': 'eu-west-1', 'content-type': 'application/xml' },
    });
    expect(textOf(answer)).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message><BucketName>b&amp;c</BucketName><RequestId>${ID}</RequestId><HostId>${host}</HostId></Error>`,
    );
  });

  test('ERR-09 WIRE-04 HEAD and 304 have no body', () => {
    const head = encodeError({ service: 's3', method: 'HEAD' }, new AwsError('AccessDenied', 403, 'Access Denied'), ID);
    expect(head.status).toBe(403);
    expect(head.body).toBeUndefined();
    const same = encodeError({ service: 's3', method: 'GET' }, new AwsError('NotModified', 304, 'Not Modified'), ID);
    expect(same).toMatchObject({ status: 304 });
    expect(same.body).toBeUndefined();
  });

  test.each(SERVICES)(
    'an operation of %s that is not built is refused in the service’s way, never as a fault but S3’s 501',
    (service) => {
      for (const operation of operationNames(service)) {
        const { status } = notImplemented({ service, operation, labels: {}, query: new Map() });
        expect(service === 's3' ? status === 501 : status >= 400 && status < 500).toBe(true);
      }
      expect(internalError(service).status).toBe(500);
    },
  );
});
