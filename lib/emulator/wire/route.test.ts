import { describe, expect, test } from 'vitest';
import { route, serviceOf } from './index.ts';
import { serviceModel } from './schema.ts';
import { formRequest, jsonRequest, refusal, request } from './testing/request.ts';
import type { WireRequest } from './types.ts';

const EXPRESS = { scope: { service: 's3express', region: 'us-east-1' } };
const TABLES = { scope: { service: 's3tables', region: 'us-east-1' } };
const ARN = 'arn:aws:s3tables:us-east-1:111122223333:bucket/tables';

const place = (message: WireRequest): unknown[] => {
  const { operation, bucket, key } = route(message);
  return [operation, bucket, key];
};

describe('S3: operation, bucket and key', () => {
  test.each<[string, string, unknown[]]>([
    ['GET', '/', ['ListBuckets', undefined, undefined]],
    ['GET', '/?x-id=ListBuckets', ['ListBuckets', undefined, undefined]],
    ['PUT', '/b', ['CreateBucket', 'b', undefined]],
    ['PUT', '/b/', ['CreateBucket', 'b', undefined]],
    ['HEAD', '/b', ['HeadBucket', 'b', undefined]],
    ['GET', '/b', ['ListObjects', 'b', undefined]],
    ['GET', '/b?list-type=2&prefix=a', ['ListObjectsV2', 'b', undefined]],
    ['GET', '/b?list-type=1', ['ListObjects', 'b', undefined]],
    ['GET', '/b?unknown=1', ['ListObjects', 'b', undefined]],
    ['GET', '/b?encryption', ['GetBucketEncryption', 'b', undefined]],
    ['GET', '/b?encryption=', ['GetBucketEncryption', 'b', undefined]],
    ['GET', '/b?analytics', ['ListBucketAnalyticsConfigurations', 'b', undefined]],
    ['GET', '/b?analytics&id=1', ['GetBucketAnalyticsConfiguration', 'b', undefined]],
    ['POST', '/b?delete', ['DeleteObjects', 'b', undefined]],
    ['GET', '/b/k', ['GetObject', 'b', 'k']],
    ['GET', '/b/k?versionId=1&x-id=GetObject', ['GetObject', 'b', 'k']],
    ['GET', '/b/k?uploadId=1', ['ListParts', 'b', 'k']],
    ['GET', '/b/k?versions', ['GetObject', 'b', 'k']],
    ['PUT', '/b/k', ['PutObject', 'b', 'k']],
    ['PUT', '/b/k?partNumber=1&uploadId=2', ['UploadPart', 'b', 'k']],
    ['POST', '/b/k?uploads', ['CreateMultipartUpload', 'b', 'k']],
    ['POST', '/b/k?uploadId=1', ['CompleteMultipartUpload', 'b', 'k']],
    ['DELETE', '/b/k?uploadId=1', ['AbortMultipartUpload', 'b', 'k']],
    ['DELETE', '/b/k', ['DeleteObject', 'b', 'k']],
    ['POST', '/b/k?select&select-type=2', ['SelectObjectContent', 'b', 'k']],
    ['POST', '/WriteGetObjectResponse', ['WriteGetObjectResponse', undefined, undefined]],
    ['GET', '/b/dir//a%20b/../%C3%BC+*%F0%9D%92%B3/', ['GetObject', 'b', 'dir//a b/../ü+*𝒳/']],
    ['GET', '/b//', ['GetObject', 'b', '/']],
    ['GET', '/b//k', ['GetObject', 'b', '/k']],
    ['GET', '/b/%2F', ['GetObject', 'b', '/']],
    ['GET', '/b/%25', ['GetObject', 'b', '%']],
    ['GET', '/b/\u00c3\u00bc', ['GetObject', 'b', 'ü']],
  ])('WIRE-03 %s %s', (method, target, expected) => {
    expect(place(request(method, target))).toEqual(expected);
  });

  test('WIRE-03 a copy is told from a put by its source header', () => {
    const headers = { 'x-amz-copy-source': 'b/k' };
    expect(place(request('PUT', '/b/k', { headers }))[0]).toBe('CopyObject');
    expect(place(request('PUT', '/b/k?partNumber=1&uploadId=2', { headers }))[0]).toBe('UploadPartCopy');
  });

  test.each<[string, string | undefined, string | undefined]>([
    ['/d--use1-az4--x-s3//?session=', undefined, 'CreateSession'],
    ['/d--use1-az4--x-s3?session', undefined, 'CreateSession'],
    ['/d--use1-az4--x-s3//k', 'k', 'GetObject'],
    ['/d--use1-az4--x-s3/k', 'k', 'GetObject'],
    ['/d--use1-az4--x-s3///k', '/k', 'GetObject'],
    ['/d--use1-az4--x-s3//a//b', 'a//b', 'GetObject'],
  ])('WIRE-05 WIRE-06 exactly one empty segment is dropped after a directory bucket: %s', (target, key, operation) => {
    expect(place(request('GET', target, EXPRESS))).toEqual([operation, 'd--use1-az4--x-s3', key]);
  });

  test('WIRE-05 the credential scope, or the host, tells ListDirectoryBuckets from ListBuckets', () => {
    expect(route(request('GET', '/', EXPRESS)).operation).toBe('ListDirectoryBuckets');
    expect(route(request('GET', '/', { host: 's3express-control.us-east-1.amazonaws.com' })).operation).toBe(
      'ListDirectoryBuckets',
    );
    expect(route(request('GET', '/')).operation).toBe('ListBuckets');
  });

  test.each<[string, string | undefined]>([
    ['bucket.localhost:4566', 'bucket'],
    ['My.Bucket.localhost', 'my.bucket'],
    ['localhost:4566', undefined],
    ['s3.localhost:4566', undefined],
    ['bucket.s3.localhost', 'bucket'],
    ['bucket.s3.eu-west-1.amazonaws.com', 'bucket'],
    ['bucket.s3.amazonaws.com', 'bucket'],
    ['a.s3.b.s3.eu-west-1.amazonaws.com:443', 'a.s3.b'],
    ['bucket.s3-eu-west-1.amazonaws.com', 'bucket'],
    ['bucket.s3.dualstack.eu-west-1.amazonaws.com', 'bucket'],
    ['bucket.s3.cn-north-1.amazonaws.com.cn', 'bucket'],
    ['s3.eu-west-1.amazonaws.com', undefined],
    ['d--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com', 'd--use1-az4--x-s3'],
    ['s3express-control.us-east-1.amazonaws.com', undefined],
    ['127.0.0.1:4566', undefined],
    ['[::1]:4566', undefined],
    ['bucket.example.com', undefined],
    ['', undefined],
  ])('WIRE-05 the bucket of host %s', (host, bucket) => {
    const found = route(request('GET', '/k', { host }));
    expect([found.bucket, found.key]).toEqual(bucket === undefined ? ['k', undefined] : [bucket, 'k']);
  });

  test.each<[string, string, string, number]>([
    ['DELETE', '/b?analytics', 'MethodNotAllowed', 405],
    ['PATCH', '/b/k', 'MethodNotAllowed', 405],
    ['POST', '/b/k', 'MethodNotAllowed', 405],
    ['DELETE', '/', 'MethodNotAllowed', 405],
    ['DELETE', '/b/k?acl', 'MethodNotAllowed', 405],
    ['PUT', '/b/k?uploadId=1', 'InvalidArgument', 400],
    ['PUT', '/b/k?partNumber=1', 'InvalidArgument', 400],
    ['GET', '/b?acl&policy', 'InvalidArgument', 400],
    ['GET', '/b/%zz', 'InvalidURI', 400],
    ['GET', '/b/%C3', 'InvalidURI', 400],
    ['GET', '/b?prefix=%zz', 'InvalidURI', 400],
    ['GET', '//k', 'InvalidBucketName', 400],
    ['OPTIONS', '/b/k', 'BadRequest', 400],
  ])('WIRE-03 %s %s is refused with %s', (method, target, code, status) => {
    expect(refusal(() => route(request(method, target)))).toMatchObject({ code, status });
  });

  test('no parameter that names an operation is also a parameter of the operations beside it', () => {
    const words = new Set<string>();
    const parameters = new Set<string>();
    for (const { http, input } of serviceModel('s3').operations.values()) {
      for (const part of http?.uri.split('?')[1]?.split('&') ?? []) words.add(part.split('=')[0] ?? '');
      for (const { traits } of input.members.values()) parameters.add(traits.httpQuery ?? '');
    }
    expect([...words].filter((word) => parameters.has(word))).toEqual([]);
  });
});

describe('S3 Tables', () => {
  const encoded = encodeURIComponent(ARN);
  test.each<[string, string, string, Record<string, string>]>([
    ['PUT', '/buckets', 'CreateTableBucket', {}],
    ['GET', '/buckets', 'ListTableBuckets', {}],
    ['GET', `/buckets/${encoded}`, 'GetTableBucket', { tableBucketARN: ARN }],
    ['PUT', `/buckets/${encoded}/encryption`, 'PutTableBucketEncryption', { tableBucketARN: ARN }],
    ['GET', `/get-table?tableArn=x`, 'GetTable', {}],
    ['GET', `/tables/${encoded}/ns/t`, 'GetTable', { tableBucketARN: ARN, namespace: 'ns', name: 't' }],
    ['GET', `/tables/${encoded}`, 'ListTables', { tableBucketARN: ARN }],
    ['DELETE', `/tables/${encoded}/ns/t`, 'DeleteTable', { tableBucketARN: ARN, namespace: 'ns', name: 't' }],
    ['DELETE', `/tag/${encoded}?tagKeys=a`, 'UntagResource', { resourceArn: ARN }],
  ])('TB-41 WIRE-03 %s %s is %s', (method, target, operation, labels) => {
    expect(route(request(method, target, TABLES))).toMatchObject({ service: 's3tables', operation, labels });
  });

  test.each([
    ['GET', '/nothing'],
    ['PATCH', '/buckets'],
    ['GET', '/tables/a/b/c/d/e/f'],
  ])('WIRE-03 %s %s is no operation', (method, target) => {
    expect(refusal(() => route(request(method, target, TABLES)))).toMatchObject({
      code: 'UnknownOperationException',
      status: 404,
    });
  });

  test('WIRE-03 a broken escape is a bad request', () => {
    expect(refusal(() => route(request('GET', '/buckets/%zz', TABLES))).code).toBe('BadRequestException');
  });
});

describe('targets and actions', () => {
  test.each([
    'CloudTrail_20131101.LookupEvents',
    'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents',
  ])('WIRE-02 the operation is what follows the last dot: %s', (target) => {
    const message = request('POST', '/', {
      scope: { service: 'cloudtrail', region: 'us-east-1' },
      headers: { 'x-amz-target': target },
    });
    expect(route(message).operation).toBe('LookupEvents');
  });

  test.each(['TrentService.Nothing', 'TrentService.', '', 'TrentService.constructor', 'TrentService.__proto__'])(
    'WIRE-01 an unknown target is no operation: %s',
    (target) => {
      const message = { ...jsonRequest('kms', ''), headers: { 'x-amz-target': target } };
      expect(refusal(() => route(message))).toMatchObject({ code: 'UnknownOperationException', status: 400 });
    },
  );

  test('WIRE-03 an action is found in the form and in the query', () => {
    const form = Buffer.from('Action=GetCallerIdentity&Version=2011-06-15');
    expect(route(formRequest('sts'), form).operation).toBe('GetCallerIdentity');
    const asked = request('GET', '/?Action=ListUsers&Version=2010-05-08', {
      scope: { service: 'iam', region: 'us-east-1' },
    });
    expect(route(asked).operation).toBe('ListUsers');
  });

  test.each([
    ['Action=Nothing&Version=2011-06-15', 'InvalidAction', 'Could not find operation Nothing for version 2011-06-15'],
    [
      'Action=GetCallerIdentity&Version=2010-05-08',
      'InvalidAction',
      'Could not find operation GetCallerIdentity for version 2010-05-08',
    ],
    ['Version=2011-06-15', 'MissingAction', 'The request is missing an action or a required parameter.'],
    ['Action=%zz', 'MalformedQueryString', 'The query string contains a syntax error.'],
  ])('WIRE-03 %s is refused with %s', (form, code, message) => {
    expect(refusal(() => route(formRequest('sts'), Buffer.from(form)))).toMatchObject({ code, message, status: 400 });
  });
});

describe('which service a request is for', () => {
  const unsigned = (message: WireRequest): WireRequest => {
    const { scope: _scope, ...rest } = message;
    return rest;
  };
  test('WIRE-01 WIRE-02 WIRE-03 WIRE-05 by credential scope', () => {
    for (const [scope, service] of [
      ['kms', 'kms'],
      ['s3', 's3'],
      ['s3express', 's3'],
      ['s3tables', 's3tables'],
      ['iam', 'iam'],
      ['sts', 'sts'],
      ['cloudtrail', 'cloudtrail'],
      ['constructor', 's3'],
      ['dynamodb', 's3'],
    ] as const) {
      expect(serviceOf(request('POST', '/', { scope: { service: scope, region: 'x' } }))).toBe(service);
    }
  });

  test('WIRE-03 WIRE-05 by the credential, though nobody has read the signature yet', () => {
    const headers = { authorization: 'AWS4-HMAC-SHA256 Credential=A/20261121/us-east-1/s3tables/aws4_request, Sig' };
    expect(serviceOf(unsigned(request('GET', '/nothing', { headers })))).toBe('s3tables');
    const query = '?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=A%2F20261121%2Fus-east-1%2fsts%2faws4_request';
    expect(serviceOf(unsigned(request('GET', `/${query}`)))).toBe('sts');
    expect(serviceOf(unsigned(request('GET', '/', { headers: { authorization: 'AWS A:sig' } })))).toBe('s3');
  });

  test('WIRE-01 WIRE-02 WIRE-03 by shape where a request is not signed', () => {
    expect(serviceOf(unsigned(jsonRequest('kms', 'Encrypt')))).toBe('kms');
    expect(serviceOf(unsigned(jsonRequest('cloudtrail', 'LookupEvents')))).toBe('cloudtrail');
    expect(serviceOf(unsigned(formRequest('sts')))).toBe('sts');
    expect(serviceOf(unsigned(request('GET', '/?Action=ListUsers&Version=2010-05-08')))).toBe('iam');
    expect(serviceOf(unsigned(request('GET', '/b/k')))).toBe('s3');
  });
});
