import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzzRuns, fuzzTimeout } from '../testing.ts';
import { causesOf, parseError, rebuildOf } from './index.ts';

const KEY = 'arn:aws:kms:us-east-1:111122223333:key/c05f6b83-2e9d-47a1-9b74-e8d1a03c5f62';
const WHO = 'arn:aws:sts::111122223333:assumed-role/IngestWriter/i-0f3c';
const SENTENCE = `User: ${WHO} is not authorized to perform: kms:GenerateDataKey on resource: ${KEY} because no resource-based policy allows the kms:GenerateDataKey action`;
const refusal = {
  principal: WHO,
  action: 'kms:GenerateDataKey',
  resource: KEY,
  key: KEY,
  layer: 'resource-policy',
  how: 'silence',
};

test.each([
  [
    'AWS CLI, broken over lines',
    `An error occurred (AccessDenied) when calling the PutObject operation: ${SENTENCE.replaceAll(' on ', '\n  on ')}`,
    { form: 'cli', code: 'AccessDenied', operation: 'PutObject', ...refusal },
  ],
  [
    'boto3',
    `Traceback (most recent call last):\n  File "x.py"\nbotocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the GetObject operation: ${SENTENCE}`,
    { form: 'sdk-python', code: 'AccessDenied', operation: 'GetObject', ...refusal },
  ],
  [
    'XML',
    `<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>${SENTENCE}</Message><RequestId>656c76696e6727732072</RequestId><HostId>Uuag1LuByRx9e6j5Onimru9pO4ZVKnJ2Qz7/C1NPcfTWAtRPfTaOFg==</HostId></Error>`,
    { form: 'xml', code: 'AccessDenied', requestId: '656c76696e6727732072', ...refusal },
  ],
  [
    'JSON of KMS',
    JSON.stringify({ __type: 'AccessDeniedException', message: SENTENCE }),
    { form: 'json', code: 'AccessDeniedException', ...refusal },
  ],
  [
    'SDK for Java, version 1, below Hadoop',
    `java.nio.file.AccessDeniedException: s3a://raw-events/part-0: PUT 0-byte object on part-0: com.amazonaws.services.s3.model.AmazonS3Exception: ${SENTENCE} (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; Request ID: 4WX5NPKD1234; S3 Extended Request ID: abc=; Proxy: null)`,
    {
      form: 'sdk-java',
      code: 'AccessDenied',
      status: 403,
      requestId: '4WX5NPKD1234',
      bucket: 'raw-events',
      hostId: 'abc=',
      ...refusal,
    },
  ],
  [
    'SDK for Java, version 2',
    `software.amazon.awssdk.services.s3.model.S3Exception: ${SENTENCE} (Service: S3, Status Code: 403, Request ID: Q1W2, Extended Request ID: xyz=)`,
    { form: 'sdk-java', code: 'AccessDenied', status: 403, requestId: 'Q1W2', ...refusal },
  ],
  [
    'Terraform',
    `Error: uploading S3 Object: operation error S3: PutObject, https response error StatusCode: 403, RequestID: 1ABC, HostID: h/=, api error AccessDenied: ${SENTENCE}`,
    { form: 'sdk-go', code: 'AccessDenied', operation: 'PutObject', status: 403, requestId: '1ABC', ...refusal },
  ],
  [
    'SDK for JavaScript',
    `AccessDenied: ${SENTENCE}\n    at throwDefaultError (/app/node_modules/x.js:1:1) {\n  '$fault': 'client',\n  '$metadata': { httpStatusCode: 403, requestId: 'RID1', extendedRequestId: 'EXT=' },\n  Code: 'AccessDenied'\n}`,
    { form: 'sdk-javascript', code: 'AccessDenied', status: 403, requestId: 'RID1', ...refusal },
  ],
  [
    'CloudTrail event',
    JSON.stringify({
      eventName: 'GenerateDataKey',
      eventSource: 'kms.amazonaws.com',
      awsRegion: 'us-east-1',
      errorCode: 'AccessDenied',
      errorMessage: SENTENCE,
      userIdentity: { arn: WHO },
      requestID: 'e1',
      requestParameters: { encryptionContext: { 'aws:s3:arn': 'arn:aws:s3:::raw' } },
      resources: [{ ARN: KEY }],
    }),
    {
      form: 'cloudtrail',
      operation: 'GenerateDataKey',
      service: 'kms',
      requestId: 'e1',
      context: { 'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::raw' },
      ...refusal,
    },
  ],
] as const)('ERR-05 the same refusal is read from %s', (_name, text, expected) => {
  expect(parseError(text)).toMatchObject(expected);
  expect(causesOf(parseError(text))[0]?.title).toBe('The key policy does not let the caller in');
  expect(rebuildOf(parseError(text))).toMatchObject({ situation: 'no-key-statement', role: 'IngestWriter' });
});

const denied = (tail: string) => `User: ${WHO} is not authorized to perform: kms:Decrypt on resource: ${KEY} ${tail}`;

test.each([
  [
    denied('because no identity-based policy allows the kms:Decrypt action'),
    'identity-policy',
    'silence',
    'no-iam-policy',
  ],
  [denied('because no session policy allows the kms:Decrypt action'), 'session-policy', 'silence', 'session-policy'],
  [
    denied('because no permissions boundary allows the kms:Decrypt action'),
    'permissions-boundary',
    'silence',
    'boundary',
  ],
  [denied('with an explicit deny in a resource-based policy'), 'resource-policy', 'deny', 'key-policy-denies'],
  [
    denied('with an explicit deny in an identity-based policy: arn:aws:iam::111122223333:policy/NoKms'),
    'identity-policy',
    'deny',
    'iam-policy-denies',
  ],
  [denied('with an explicit deny in a service control policy'), 'service-control-policy', 'deny', undefined],
  [
    `User: ${WHO} is not authorized to perform: kms:Decrypt on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`,
    undefined,
    'hidden',
    'other-account',
  ],
] as const)('ERR-05, ERR-06 the layer of a refusal: %s', (text, layer, how, situation) => {
  const parts = parseError(`An error occurred (AccessDenied) when calling the GetObject operation: ${text}`);
  expect([parts.layer, parts.how]).toEqual([layer, how]);
  expect(rebuildOf(parts)?.situation).toBe(situation);
  expect(causesOf(parts).length).toBeGreaterThan(0);
});

test.each([
  ['KMS.DisabledException', `${KEY} is disabled.`, 'The key is disabled', 'disabled'],
  ['KMS.KMSInvalidStateException', `${KEY} is pending deletion.`, 'The key waits to be deleted', 'pending-deletion'],
  ['KMS.NotFoundException', "Invalid keyId 'fake-key-id'", 'The key id is none', 'unknown-key'],
  ['KMS.NotFoundException', 'Invalid arn eu-west-1', 'The key is in another Region than the bucket', undefined],
  [
    'SlowDown',
    'Please reduce your request rate for operations involving AWS KMS.',
    'KMS was asked too often',
    undefined,
  ],
] as const)('ERR-01…ERR-08 %s: %s', (code, message, title, situation) => {
  const parts = parseError(`<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
  expect(parts.code).toBe(code);
  expect(causesOf(parts)[0]?.title).toBe(title);
  expect(rebuildOf(parts)?.situation).toBe(situation);
});

test('an encoded authorization message is found, and a decoded one is read', () => {
  const code = 'abcDEF123-_'.repeat(20);
  expect(
    parseError(`You are not authorized to perform this operation. Encoded authorization failure message: ${code}`),
  ).toMatchObject({
    form: 'encoded-message',
    encoded: code,
  });
  const message = {
    allowed: false,
    explicitDeny: true,
    matchedStatements: { items: [] },
    context: {
      principal: { arn: WHO },
      action: 'kms:Decrypt',
      resource: KEY,
      conditions: { items: [{ key: 'aws:SourceVpce', values: { items: [{ value: 'vpce-1' }] } }] },
    },
  };
  expect(parseError(JSON.stringify({ DecodedMessage: JSON.stringify(message) }))).toMatchObject({
    form: 'decoded-message',
    how: 'deny',
    principal: WHO,
    action: 'kms:Decrypt',
    context: { 'aws:SourceVpce': 'vpce-1' },
  });
});

test(
  'whatever is pasted gives parts and causes, fast',
  () => {
    const pieces = fc.constantFrom(
      'An error occurred (',
      ') when calling the X operation: ',
      SENTENCE,
      '<Code>',
      '</Code>',
      '{"__type":"',
      '(Service: S3, Status Code: 403, Request ID: ',
      "'$metadata'",
      ' at ',
      '\n',
      KEY,
      'Exception: ',
      '{',
      '"',
      ':'.repeat(50),
      ' '.repeat(500),
      'a'.repeat(500),
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.array(fc.oneof(pieces, fc.string({ maxLength: 12 })), { maxLength: 30 }).map((list) => list.join('')),
      fc.json(),
    );
    fc.assert(
      fc.property(text, (pasted) => {
        const parts = parseError(pasted);
        expect(typeof parts.form).toBe('string');
        expect(causesOf(parts).length).toBeGreaterThan(0);
        rebuildOf(parts);
      }),
      { numRuns: fuzzRuns(200) },
    );
    const begun = performance.now();
    for (const long of [
      '(Service: '.repeat(6000),
      'Exception: '.repeat(5000),
      'operation error S3: X, '.repeat(3000),
      ' '.repeat(60_000),
      'a'.repeat(60_000),
    ])
      parseError(long);
    expect(performance.now() - begun).toBeLessThan(2500);
  },
  fuzzTimeout(200),
);
