/** CloudTrail over the wire: records member by member, and LookupEvents with its limits (rules CT). */

import {
  type CloudTrailClient,
  DescribeTrailsCommand,
  LookupEventsCommand,
  type LookupEventsCommandInput,
} from '@aws-sdk/client-cloudtrail';
import { CreateUserCommand } from '@aws-sdk/client-iam';
import { DecryptCommand, EncryptCommand, GenerateDataKeyCommand } from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  CreateSessionCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Actors, actorsOf, allow, type EventRecord, makeBucket } from './actors.ts';
import { ACCOUNT, refusal, rootOf, startTestEmulator, type TestEmulator } from './harness.ts';

let emulator: TestEmulator;
let actors: Actors;

beforeAll(async () => {
  emulator = await startTestEmulator();
  actors = actorsOf(emulator);
});
afterAll(() => emulator.close());

/** All events of one request, its own first. */
async function eventsOf(answer: { readonly $metadata: { readonly requestId?: string } }): Promise<EventRecord[]> {
  const { events } = await emulator.admin<{ events: EventRecord[] }>(`events/${answer.$metadata.requestId}`);
  return events;
}

const lookup = (client: CloudTrailClient, input: LookupEventsCommandInput = {}) =>
  client.send(new LookupEventsCommand(input));

test('CT-05 the record of a Decrypt by a role, member by member', async () => {
  const key = await actors.key();
  const role = await actors.role('Analyst', allow(['kms:*']));
  const { arn, kms, credentials } = await actors.assume(role, 'tuesday');
  const EncryptionContext = { department: 'finance' };
  const { CiphertextBlob } = await kms.send(
    new EncryptCommand({ KeyId: key, Plaintext: Buffer.from('the plain secret'), EncryptionContext }),
  );
  const answer = await kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
  const [record] = await eventsOf(answer);
  expect(record).toEqual({
    eventVersion: '1.11',
    userIdentity: {
      type: 'AssumedRole',
      principalId: expect.stringMatching(/^AROA[A-Z0-9]+:tuesday$/),
      arn,
      accountId: ACCOUNT,
      accessKeyId: credentials.accessKeyId,
      sessionContext: {
        sessionIssuer: {
          type: 'Role',
          principalId: expect.stringMatching(/^AROA[A-Z0-9]+$/),
          arn: role,
          accountId: ACCOUNT,
          userName: 'Analyst',
        },
        attributes: {
          creationDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
          mfaAuthenticated: 'false',
        },
      },
    },
    eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    eventSource: 'kms.amazonaws.com',
    eventName: 'Decrypt',
    awsRegion: 'us-east-1',
    sourceIPAddress: '127.0.0.1',
    userAgent: expect.stringContaining('aws-sdk-js/3'),
    requestParameters: { encryptionContext: EncryptionContext, encryptionAlgorithm: 'SYMMETRIC_DEFAULT' },
    responseElements: null,
    requestID: answer.$metadata.requestId,
    eventID: expect.stringMatching(/^[0-9a-f-]{36}$/),
    readOnly: true,
    resources: [{ accountId: ACCOUNT, type: 'AWS::KMS::Key', ARN: key }],
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: ACCOUNT,
    eventCategory: 'Management',
  });
  expect(JSON.stringify(record)).not.toContain(Buffer.from('the plain secret').toString('base64'));
});

test('CT-05 a refused use of a key has errorCode and errorMessage and nothing in responseElements', async () => {
  const key = await actors.key();
  const user = await actors.user(allow(['s3:*']));
  const refused = await refusal(user.kms.send(new GenerateDataKeyCommand({ KeyId: key, KeySpec: 'AES_256' })));
  const [record] = await actors.events('Username', user.name);
  expect(record).toMatchObject({
    eventName: 'GenerateDataKey',
    errorCode: 'AccessDenied',
    errorMessage: refused.message,
    userIdentity: { type: 'IAMUser', userName: user.name, arn: user.arn },
    responseElements: null,
  });
});

test('CT-05 the call that S3 makes for an upload names the caller, S3, and AWS Internal', async () => {
  const key = await actors.key();
  const Bucket = 'trail-of-uploads';
  await makeBucket(emulator.s3(), Bucket, { key });
  const answer = await emulator.s3().send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'a' }));
  const [own, kms] = await eventsOf(answer);
  expect(own).toMatchObject({ eventName: 'PutObject', sourceIPAddress: '127.0.0.1' });
  expect(kms).toMatchObject({
    eventName: 'GenerateDataKey',
    userIdentity: { type: 'Root', invokedBy: 's3.amazonaws.com' },
    sourceIPAddress: 'AWS Internal',
    userAgent: 'AWS Internal',
    requestID: answer.$metadata.requestId,
    managementEvent: true,
  });
});

test('CT-05 no secret of any answer is in the log', async () => {
  const user = await actors.user(allow(['sts:*', 's3:*']));
  const role = await actors.role('Secretive', allow(['s3:*']));
  const { credentials } = await actors.assume(role);
  const { Events = [] } = await lookup(emulator.cloudtrail());
  const log = Events.map(({ CloudTrailEvent }) => CloudTrailEvent).join('\n');
  expect(log).toContain('CreateAccessKey');
  expect(log).toContain('AssumeRole');
  expect(log).toContain(credentials.accessKeyId);
  expect(log).not.toContain(user.credentials.secretAccessKey);
  expect(log).not.toContain(credentials.secretAccessKey);
  expect(log).not.toContain(credentials.sessionToken);
});

test('CT-06 CT-01 object requests are data events and stay out of LookupEvents; the KMS call is a management event', async () => {
  const key = await actors.key();
  const Bucket = 'trail-of-data';
  await makeBucket(emulator.s3(), Bucket, { key });
  const s3 = emulator.s3();
  const put = await s3.send(new PutObjectCommand({ Bucket, Key: 'data/a', Body: 'hello' }));
  const [own] = await eventsOf(put);
  expect(own).toMatchObject({
    eventSource: 's3.amazonaws.com',
    eventName: 'PutObject',
    eventCategory: 'Data',
    managementEvent: false,
    readOnly: false,
    requestParameters: { bucketName: Bucket, key: 'data/a' },
    responseElements: {
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': key,
    },
    additionalEventData: { AuthenticationMethod: 'AuthHeader', bytesTransferredIn: 5, bytesTransferredOut: 0 },
    resources: [
      { type: 'AWS::S3::Object', ARN: `arn:aws:s3:::${Bucket}/data/a` },
      { accountId: ACCOUNT, type: 'AWS::S3::Bucket', ARN: `arn:aws:s3:::${Bucket}` },
    ],
  });
  const [got] = await eventsOf(await s3.send(new GetObjectCommand({ Bucket, Key: 'data/a' })));
  expect(got).toMatchObject({ eventCategory: 'Data', readOnly: true, responseElements: null });
  const [listed] = await eventsOf(await s3.send(new ListObjectsV2Command({ Bucket })));
  expect(listed).toMatchObject({ eventName: 'ListObjects', eventCategory: 'Data' });
  expect(await actors.events('EventName', 'PutObject')).toEqual([]);
  const uses = await actors.events('ResourceName', key);
  expect(uses.map(({ eventName }) => eventName)).toEqual(['Decrypt', 'GenerateDataKey', 'CreateKey']);
  const ofBucket = await actors.events('ResourceName', Bucket);
  expect(ofBucket.map(({ eventName }) => eventName)).toEqual(['PutBucketEncryption', 'CreateBucket']);
});

test('CT-08 CreateSession is a data event of S3 Express without secrets', async () => {
  const Bucket = 'trail--use1-az4--x-s3';
  const s3 = emulator.s3();
  await s3.send(
    new CreateBucketCommand({
      Bucket,
      CreateBucketConfiguration: {
        Location: { Type: 'AvailabilityZone', Name: 'use1-az4' },
        Bucket: { Type: 'Directory', DataRedundancy: 'SingleAvailabilityZone' },
      },
    }),
  );
  const answer = await s3.send(new CreateSessionCommand({ Bucket, SessionMode: 'ReadOnly' }));
  const [record] = await eventsOf(answer);
  expect(record).toMatchObject({
    eventSource: 's3express.amazonaws.com',
    eventName: 'CreateSession',
    eventCategory: 'Data',
    requestParameters: { bucketName: Bucket, 'x-amz-create-session-mode': 'ReadOnly', Host: expect.any(String) },
    responseElements: { credentials: { accessKeyId: answer.Credentials?.AccessKeyId } },
    additionalEventData: { availabilityZone: 'use1-az4', sessionModeApplied: 'ReadOnly' },
    resources: [{ type: 'AWS::S3Express::DirectoryBucket', ARN: expect.stringContaining(`bucket/${Bucket}`) }],
  });
  expect(JSON.stringify(record)).not.toContain(answer.Credentials?.SecretAccessKey);
});

test('CT-09 LookupEvents finds by each attribute and lists what CloudTrail lists', async () => {
  const user = await actors.user(allow(['kms:*']));
  const key = await actors.key();
  await user.kms.send(new GenerateDataKeyCommand({ KeyId: key, KeySpec: 'AES_256' }));
  const client = emulator.cloudtrail();
  const { Events = [] } = await lookup(client, {
    LookupAttributes: [{ AttributeKey: 'AccessKeyId', AttributeValue: user.credentials.accessKeyId }],
  });
  const [event] = Events;
  expect(Events).toHaveLength(1);
  expect(event).toMatchObject({
    EventName: 'GenerateDataKey',
    ReadOnly: 'true',
    Username: user.name,
    EventSource: 'kms.amazonaws.com',
    AccessKeyId: user.credentials.accessKeyId,
    Resources: [{ ResourceType: 'AWS::KMS::Key', ResourceName: key }],
  });
  expect(event?.EventTime).toBeInstanceOf(Date);
  const record: EventRecord = JSON.parse(event?.CloudTrailEvent ?? '');
  expect(record.eventID).toBe(event?.EventId);
  for (const [AttributeKey, AttributeValue] of [
    ['EventId', event?.EventId],
    ['EventName', 'GenerateDataKey'],
    ['ReadOnly', 'true'],
    ['Username', user.name],
    ['ResourceType', 'AWS::KMS::Key'],
    ['ResourceName', key],
    ['EventSource', 'kms.amazonaws.com'],
  ] as const) {
    const found = await lookup(client, { LookupAttributes: [{ AttributeKey, AttributeValue }] });
    expect([AttributeKey, found.Events?.map(({ EventId }) => EventId)]).toEqual([
      AttributeKey,
      expect.arrayContaining([event?.EventId]),
    ]);
  }
});

test('CT-09 attribute values are compared letter for letter', async () => {
  await actors.key();
  const found = await lookup(emulator.cloudtrail(), {
    LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'createkey' }],
  });
  expect(found.Events).toEqual([]);
});

test('CT-09 pages of 1 to 50 follow each other; a token belongs to its question', async () => {
  const account = '777700000001';
  const credentials = rootOf(account);
  const iam = emulator.iam({ credentials });
  for (let index = 0; index < 7; index++) await iam.send(new CreateUserCommand({ UserName: `user-${index}` }));
  const client = emulator.cloudtrail({ credentials });
  const ask = { LookupAttributes: [{ AttributeKey: 'EventName' as const, AttributeValue: 'CreateUser' }] };
  const names: (string | undefined)[] = [];
  const sizes: number[] = [];
  let NextToken: string | undefined;
  do {
    const page = await lookup(client, { ...ask, MaxResults: 3, NextToken });
    sizes.push(page.Events?.length ?? 0);
    names.push(...(page.Events ?? []).map(({ Resources }) => Resources?.[0]?.ResourceName?.split('/').at(-1)));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  expect(sizes).toEqual([3, 3, 1]);
  expect(names).toEqual([6, 5, 4, 3, 2, 1, 0].map((index) => `user-${index}`));
  const { NextToken: token = '' } = await lookup(client, { ...ask, MaxResults: 3 });
  for (const bad of [
    { ...ask, NextToken: 'x' },
    { ...ask, NextToken: `${token.slice(0, -2)}AA` },
    { NextToken: token },
    { LookupAttributes: [{ AttributeKey: 'EventName' as const, AttributeValue: 'CreateRole' }], NextToken: token },
  ]) {
    expect(await refusal(lookup(client, bad))).toMatchObject({ code: 'InvalidNextTokenException', status: 400 });
  }
  expect(await refusal(lookup(emulator.cloudtrail(), { ...ask, NextToken: token }))).toMatchObject({
    code: 'InvalidNextTokenException',
  });
});

test('CT-09 only the Region and the account that was asked', async () => {
  const key = await actors.key();
  const attributes = { LookupAttributes: [{ AttributeKey: 'ResourceName' as const, AttributeValue: key }] };
  expect((await lookup(emulator.cloudtrail(), attributes)).Events).toHaveLength(1);
  expect((await lookup(emulator.cloudtrail({ region: 'eu-west-1' }), attributes)).Events).toEqual([]);
  expect((await lookup(emulator.cloudtrail({ credentials: rootOf('777700000002') }), attributes)).Events).toEqual([]);
});

test('CT-09 LIM-07 a span of time, and never more than 90 days back', async () => {
  const account = '777700000003';
  const credentials = rootOf(account);
  const client = emulator.cloudtrail({ credentials });
  const create = (UserName: string) => emulator.iam({ credentials }).send(new CreateUserCommand({ UserName }));
  const advance = (days: number) =>
    emulator.admin<{ now: string }>('clock', { body: { advanceSeconds: days * 86_400, account } });
  const created = async (input: LookupEventsCommandInput = {}) => {
    const attributes = [{ AttributeKey: 'EventName' as const, AttributeValue: 'CreateUser' }];
    const { Events = [] } = await lookup(client, { ...input, LookupAttributes: attributes });
    return Events.map(({ Resources }) => Resources?.[0]?.ResourceName?.split('/').at(-1));
  };
  await create('first');
  const between = new Date((await advance(1)).now);
  await create('second');
  expect(await created()).toEqual(['second', 'first']);
  expect(await created({ StartTime: new Date(between.getTime() - 1000) })).toEqual(['second']);
  expect(await created({ EndTime: new Date(between.getTime() - 2000) })).toEqual(['first']);
  await advance(89.5);
  expect(await created()).toEqual(['second']);
  await advance(1);
  expect(await created()).toEqual([]);
});

test.each([
  [{ StartTime: new Date(2000), EndTime: new Date(1000) }, 'InvalidTimeRangeException'],
  [{ MaxResults: 0 }, 'InvalidMaxResultsException'],
  [{ MaxResults: 51 }, 'InvalidMaxResultsException'],
  [{ EventCategory: 'data' as 'insight' }, 'InvalidEventCategoryException'],
  [
    { LookupAttributes: [{ AttributeKey: 'Nothing' as 'EventId', AttributeValue: 'x' }] },
    'InvalidLookupAttributesException',
  ],
  [
    { LookupAttributes: [{ AttributeKey: 'EventId' as const, AttributeValue: '' }] },
    'InvalidLookupAttributesException',
  ],
  [
    {
      LookupAttributes: [
        { AttributeKey: 'EventName' as const, AttributeValue: 'Decrypt' },
        { AttributeKey: 'ReadOnly' as const, AttributeValue: 'true' },
      ],
    },
    'InvalidLookupAttributesException',
  ],
])('CT-09 %j is refused with %s', async (input, code) => {
  expect(await refusal(lookup(emulator.cloudtrail(), input))).toMatchObject({ code, status: 400 });
});

test('CT-09 who may not look up is told so', async () => {
  const user = await actors.user(allow(['s3:*']));
  const refused = await refusal(lookup(emulator.cloudtrail({ credentials: user.credentials })));
  expect(refused).toEqual({
    code: 'AccessDeniedException',
    status: 400,
    message: `User: ${user.arn} is not authorized to perform: cloudtrail:LookupEvents on resource: * because no identity-based policy allows the cloudtrail:LookupEvents action`,
  });
});

test('CT-09 LIM-07 with quotas enforced the third request of a second is throttled', async () => {
  const account = '777700000004';
  const client = emulator.cloudtrail({ credentials: rootOf(account) });
  await emulator.admin('settings', { method: 'PUT', body: { account, quotasEnforced: true } });
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => lookup(client)));
  const throttled = outcomes.filter(({ status }) => status === 'rejected');
  expect(throttled.length).toBeGreaterThanOrEqual(1);
  for (const outcome of throttled) {
    expect(outcome).toMatchObject({ reason: { name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } } });
  }
});

test('the rest of CloudTrail says that it is not here', async () => {
  expect(await refusal(emulator.cloudtrail().send(new DescribeTrailsCommand({})))).toMatchObject({
    code: 'UnsupportedOperationException',
    status: 400,
  });
});
