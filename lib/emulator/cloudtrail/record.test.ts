import { expect, test } from 'vitest';
import type { Principal } from '../../access/index.ts';
import type { RequestContext, TrailEvent } from '../context.ts';
import type { StoredEvent } from '../storage/audit.ts';
import { ACCOUNT, ALICE, BUCKET_ARN, eventOf, KEY_ARN, NOON, REGION } from '../storage/testing/records.ts';
import { describeRequest, isReadOnly } from './describe.ts';
import { elements, printDate } from './parameters.ts';
import { recordOf } from './record.ts';

const OTHER = '444455556666';

function stored(event: TrailEvent, change: Partial<StoredEvent> = {}): StoredEvent {
  return {
    sequence: 1,
    time: NOON + 999,
    region: REGION,
    accountId: ACCOUNT,
    requestId: 'request-1',
    origin: { sourceIp: '192.0.2.1', userAgent: 'aws-cli', secureTransport: true, host: 'kms.example' },
    event,
    ...change,
  };
}

function contextOf(change: Partial<RequestContext>): RequestContext {
  return {
    requestId: 'request-1',
    service: 's3',
    operation: 'PutObject',
    caller: { principal: ALICE, accessKeyId: 'AKIAALICE', requester: ALICE.arn },
    accountId: ACCOUNT,
    region: REGION,
    now: NOON,
    sourceIp: '192.0.2.1',
    userAgent: 'aws-cli',
    secureTransport: false,
    authType: 'header',
    signatureAge: 0,
    host: 'photos.example',
    headers: {},
    trail: { decisions: [], keyOperations: [], events: [] },
    ...change,
  };
}

test.each<[Principal['kind'], Partial<TrailEvent>, object]>([
  [
    'AccountRoot',
    { principal: { kind: 'AccountRoot', arn: `arn:aws:iam::${ACCOUNT}:root`, accountId: ACCOUNT, userId: ACCOUNT } },
    {
      type: 'Root',
      principalId: ACCOUNT,
      arn: `arn:aws:iam::${ACCOUNT}:root`,
      accountId: ACCOUNT,
      accessKeyId: 'AKIAALICE',
    },
  ],
  [
    'IAMUser',
    {},
    {
      type: 'IAMUser',
      principalId: 'AIDAALICE',
      arn: ALICE.arn,
      accountId: ACCOUNT,
      accessKeyId: 'AKIAALICE',
      userName: 'alice',
    },
  ],
  [
    'AWSService',
    {
      principal: {
        kind: 'AWSService',
        arn: 'maintenance.s3tables.amazonaws.com',
        accountId: '',
        userId: '',
        serviceName: 'maintenance.s3tables.amazonaws.com',
      },
      invokedBy: 'maintenance.s3tables.amazonaws.com',
    },
    { type: 'AWSService', invokedBy: 'maintenance.s3tables.amazonaws.com' },
  ],
  [
    'Anonymous',
    { principal: { kind: 'Anonymous', arn: '*', accountId: '', userId: '' } },
    { type: 'AWSAccount', principalId: '', accountId: 'ANONYMOUS_PRINCIPAL' },
  ],
])('CT-05 userIdentity of %s', (_kind, change, identity) => {
  expect(recordOf(stored(eventOf(change))).userIdentity).toEqual(identity);
});

test('CT-05 the owner of a key that another account uses sees the account and id of the caller, not its name', () => {
  const copy = eventOf({ sharedEventId: 'shared-1', recipientAccountId: OTHER });
  expect(recordOf(stored(copy, { accountId: OTHER }))).toMatchObject({
    userIdentity: { type: 'AWSAccount', principalId: 'AIDAALICE', accountId: ACCOUNT },
    recipientAccountId: OTHER,
    sharedEventID: 'shared-1',
  });
  const own = recordOf(stored(eventOf({ sharedEventId: 'shared-1' })));
  expect(own).toMatchObject({
    userIdentity: { arn: ALICE.arn },
    recipientAccountId: ACCOUNT,
    sharedEventID: 'shared-1',
  });
});

test('CT-07 an event of a service alone has the type of its own, its details and no request', () => {
  const event = eventOf({
    eventSource: 's3tables.amazonaws.com',
    eventName: 'TablesMaintenanceEvent',
    readOnly: false,
    principal: { kind: 'AWSService', arn: 'maintenance.s3tables.amazonaws.com', accountId: '', userId: '' },
    invokedBy: 'maintenance.s3tables.amazonaws.com',
    requestParameters: null,
    serviceEventDetails: { activityType: 'icebergCompaction' },
  });
  const { requestId: _, origin: __, ...alone } = stored(event);
  const record = recordOf(alone);
  expect(record).toMatchObject({
    eventType: 'AwsServiceEvent',
    userIdentity: { type: 'AWSService', invokedBy: 'maintenance.s3tables.amazonaws.com' },
    sourceIPAddress: 'maintenance.s3tables.amazonaws.com',
    serviceEventDetails: { activityType: 'icebergCompaction' },
  });
  expect(record).not.toHaveProperty('requestID');
});

test('CT-05 tlsDetails tell what is known of a secure request and are missing on a plain one', () => {
  expect(recordOf(stored(eventOf())).tlsDetails).toEqual({ clientProvidedHostHeader: 'kms.example' });
  const plain = { sourceIp: '192.0.2.1', userAgent: 'x', secureTransport: false, host: 'h' };
  expect(recordOf(stored(eventOf(), { origin: plain }))).not.toHaveProperty('tlsDetails');
});

test('CT-05 the time of an event has whole seconds', () => {
  expect(recordOf(stored(eventOf())).eventTime).toBe('2026-11-21T00:00:00Z');
});

test.each([
  ['GetObject', true],
  ['ListKeys', true],
  ['DescribeKey', true],
  ['HeadBucket', true],
  ['LookupEvents', true],
  ['GenerateDataKey', true],
  ['Decrypt', true],
  ['AssumeRole', true],
  ['CreateSession', true],
  ['PutObject', false],
  ['CreateGrant', false],
  ['RetireGrant', false],
  ['DeleteBucket', false],
  ['UpdateTableMetadataLocation', false],
])('CT-09 %s is read only: %s', (operation, expected) => {
  expect(isReadOnly(operation)).toBe(expected);
});

test('CT-05 parameters are in lower camel case, maps keep their keys, bytes and secrets are left out', () => {
  expect(
    elements({
      KeyId: 'k',
      EncryptionContext: { Department: 'X', 'aws:s3:arn': BUCKET_ARN },
      Constraints: { EncryptionContextSubset: { Team: 'red' } },
      Plaintext: new Uint8Array(3),
      CiphertextBlob: new Uint8Array(3),
      GrantTokens: ['token'],
      Tags: [{ TagKey: 'Owner', TagValue: 'me' }],
      Credentials: { AccessKeyId: 'ASIA', SecretAccessKey: 's', SessionToken: 't' },
      When: new Date(Date.UTC(2024, 2, 20, 23, 16, 9)),
      Body: (async function* () {})(),
      Big: 12n,
      Nothing: undefined,
    }),
  ).toEqual({
    keyId: 'k',
    encryptionContext: { Department: 'X', 'aws:s3:arn': BUCKET_ARN },
    constraints: { encryptionContextSubset: { Team: 'red' } },
    tags: [{ tagKey: 'Owner', tagValue: 'me' }],
    credentials: { accessKeyId: 'ASIA' },
    when: 'Mar 20, 2024, 11:16:09 PM',
    big: '12',
  });
  expect(elements({})).toBeNull();
  expect(elements(undefined)).toBeNull();
  expect(printDate(new Date(Number.NaN))).toBeUndefined();
  expect(printDate(new Date(0))).toBe('Jan 1, 1970, 12:00:00 AM');
});

test('an input that contains itself is described all the same', () => {
  const endless: Record<string, unknown> = {};
  endless['Self'] = endless;
  expect(() => JSON.stringify(elements(endless))).not.toThrow();
});

test('CT-06 CT-07 an upload says how it was encrypted', () => {
  const event = describeRequest(
    contextOf({}),
    { Bucket: 'photos', Key: 'a', Body: new Uint8Array(3), ServerSideEncryption: 'aws:kms', Metadata: { x: 'y' } },
    { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KEY_ARN, BucketKeyEnabled: true, ETag: '"1"' },
    undefined,
  );
  expect(event).toMatchObject({
    category: 'Data',
    requestParameters: {
      bucketName: 'photos',
      key: 'a',
      'x-amz-server-side-encryption': 'aws:kms',
      Host: 'photos.example',
    },
    responseElements: {
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': KEY_ARN,
      'x-amz-server-side-encryption-bucket-key-enabled': 'true',
    },
  });
});

test('a deletion of many objects does not print them', () => {
  const Objects = Array.from({ length: 1000 }, (_, index) => ({ Key: `key ${index}` }));
  const { requestParameters } = describeRequest(
    contextOf({ operation: 'DeleteObjects' }),
    { Bucket: 'photos', Delete: { Objects } },
    {},
    undefined,
  );
  expect(requestParameters).toEqual({ bucketName: 'photos', Host: 'photos.example' });
});

test('CT-07 what an operation says of itself has the last word', () => {
  const resources = [{ accountId: ACCOUNT, type: 'AWS::S3Tables::Table', ARN: 'arn:aws:s3tables:::t' }];
  const context = contextOf({
    trail: {
      decisions: [],
      keyOperations: [],
      events: [],
      event: { eventSource: 's3tables.amazonaws.com', resources },
    },
  });
  expect(describeRequest(context, { Bucket: 'x--table-s3', Key: 'a' }, {}, undefined)).toMatchObject({
    eventSource: 's3tables.amazonaws.com',
    category: 'Data',
    resources,
  });
});

test.each([
  ['AccessDenied', 'AccessDenied'],
  ['AccessDeniedException', 'AccessDenied'],
  ['ForbiddenException', 'AccessDenied'],
  ['NoSuchBucket', 'NoSuchBucket'],
])('CT-05 a request that failed with %s has errorCode %s and no answer', (code, errorCode) => {
  const event = describeRequest(contextOf({}), { Bucket: 'photos', Key: 'a' }, undefined, { code, message: 'why' });
  expect(event).toMatchObject({ errorCode, errorMessage: 'why', responseElements: null });
});

test('CT-05 a management request on a resource of another account is told to its owner too, as the same event', () => {
  const context = contextOf({ service: 's3tables', operation: 'PutTableBucketPolicy' });
  context.trail.resource = `arn:aws:s3tables:${REGION}:${OTHER}:bucket/lake`;
  const own = describeRequest(context, {}, {}, undefined);
  const [copy] = context.trail.events;
  expect(own.sharedEventId).toMatch(/^[0-9a-f-]{36}$/);
  expect(copy).toMatchObject({ recipientAccountId: OTHER, sharedEventId: own.sharedEventId, eventName: own.eventName });
  expect(copy?.eventId).not.toBe(own.eventId);
});
