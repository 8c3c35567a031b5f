import { describe, expect, test } from 'vitest';
import { bodyLimit, bodyTooLarge, decodeInput, route, wantsStream, wholeBody } from './index.ts';
import { entriesOf, formRequest, jsonRequest, receive, refusal, request } from './testing/request.ts';
import { isRecord } from './text.ts';

describe('JSON', () => {
  test.each<[string, string, string]>([
    ['{"KeyId":', '', 'broken'],
    ['[]', 'Start of list found where not expected', 'a list'],
    ['"x"', 'Unexpected field type', 'a string'],
    ['{"KeyId":1}', 'NUMBER_VALUE can not be converted to a String', 'a number for a string'],
    ['{"KeyId":1.5}', 'DECIMAL_VALUE can not be converted to a String', 'a decimal for a string'],
    ['{"KeyId":true}', 'TRUE_VALUE can not be converted to a String', 'a boolean for a string'],
    ['{"KeyId":[]}', 'Start of list found where not expected', 'a list for a string'],
    ['{"KeyId":{}}', 'Start of structure or map found where not expected.', 'a structure for a string'],
    ['{"NumberOfBytes":"1"}', 'STRING_VALUE can not be converted to an Integer', 'a string for a number'],
    ['{"DryRun":"true"}', 'Unexpected token received from parser', 'a string for a boolean'],
    ['{"GrantTokens":"x"}', 'Expected list or null', 'a string for a list'],
    ['{"EncryptionContext":"x"}', 'Expected map or null', 'a string for a map'],
    ['{"EncryptionContext":{"a":1}}', 'NUMBER_VALUE can not be converted to a String', 'a number in a map'],
    [
      '{"Recipient":{"AttestationDocument":"?"}}',
      'Base64 encoded length is expected a multiple of 4 bytes but found: 1',
      'a short blob',
    ],
    ['{"Recipient":{"AttestationDocument":"a_b="}}', "Invalid Base64 character: '_'", 'a blob in another alphabet'],
    [
      '{"Recipient":{"AttestationDocument":1}}',
      'Only base-64-encoded strings are convertible to bytes',
      'a number for a blob',
    ],
  ])('WIRE-01 %s: %s (%s)', (body, message) => {
    const error = refusal(() => receive(jsonRequest('kms', 'GenerateDataKey'), body));
    expect(error).toMatchObject({ code: 'SerializationException', status: 400, message });
  });

  test('WIRE-01 null is absence, in lists and maps too; names of objects are only names', () => {
    const body =
      '{"KeyId":"k","KeySpec":null,"GrantTokens":["a",null],"EncryptionContext":{"a":null,"__proto__":"b","toString":"c"},"__proto__":{"KeySpec":"AES_256"}}';
    const input = receive(jsonRequest('kms', 'GenerateDataKey'), body);
    expect(entriesOf(input['EncryptionContext'])).toEqual([
      ['__proto__', 'b'],
      ['toString', 'c'],
    ]);
    expect(input).toMatchObject({ KeyId: 'k', GrantTokens: ['a'] });
    expect(input).not.toHaveProperty('KeySpec');
  });

  test('WIRE-02 times are seconds, or text in the standard form', () => {
    const time = new Date('2026-11-21T01:02:03.500Z');
    for (const StartTime of [time.getTime() / 1000, '2026-11-21T01:02:03.500Z']) {
      expect(receive(jsonRequest('cloudtrail', 'LookupEvents'), JSON.stringify({ StartTime }))).toEqual({
        StartTime: time,
      });
    }
    for (const StartTime of [1e300, 'yesterday', true]) {
      const body = JSON.stringify({ StartTime });
      expect(refusal(() => receive(jsonRequest('cloudtrail', 'LookupEvents'), body)).code).toBe(
        'SerializationException',
      );
    }
  });

  test('WIRE-03 a member that is a label does not come from the body', () => {
    const arn = 'arn:aws:s3tables:us-east-1:111122223333:bucket/tables';
    const message = request('PUT', `/namespaces/${encodeURIComponent(arn)}`, {
      scope: { service: 's3tables', region: 'us-east-1' },
    });
    expect(receive(message, '{"tableBucketARN":"other","namespace":["ns"]}')).toEqual({
      tableBucketARN: arn,
      namespace: ['ns'],
    });
  });
});

describe('forms', () => {
  test('WIRE-03 lists by number whatever the gaps, structures by path, the last of two values', () => {
    const form =
      'Action=CreateUser&Version=2010-05-08&UserName=old&UserName=new&Tags.member.10.Key=c&Tags.member.10.Value=&Tags.member.2.Value=b+b&Tags.member.2.Key=%C3%BC&Tags.member.x.Key=no&Nothing=1';
    expect(receive(formRequest('iam'), form)).toEqual({
      UserName: 'new',
      Tags: [
        { Key: 'ü', Value: 'b b' },
        { Key: 'c', Value: '' },
      ],
    });
  });

  test('WIRE-03 an empty list is a name without a value', () => {
    expect(receive(formRequest('iam'), 'Action=CreateUser&Version=2010-05-08&UserName=u&Tags=')).toEqual({
      UserName: 'u',
      Tags: [],
    });
  });

  test('WIRE-03 what is no number is malformed', () => {
    const form = 'Action=GetSessionToken&Version=2011-06-15&DurationSeconds=long';
    expect(refusal(() => receive(formRequest('sts'), form))).toMatchObject({ code: 'MalformedInput', status: 400 });
  });

  test('WIRE-03 ten thousand parameters are too many', () => {
    const form = `Action=CreateUser&${Array.from({ length: 10_001 }, (_, index) => `a${index}=`).join('&')}`;
    expect(refusal(() => receive(formRequest('iam'), form)).code).toBe('MalformedQueryString');
  });
});

describe('S3', () => {
  const put = (headers: Record<string, string>) => request('PUT', '/b/k', { headers });

  test('WIRE-03 headers, metadata and body of a put', () => {
    const body = wholeBody(new Uint8Array([1, 2, 3]));
    const message = put({
      'content-length': '99',
      'content-encoding': 'aws-chunked,gzip',
      'x-amz-meta-colour': 'blue',
      'x-amz-meta-__proto__': 'odd',
      'x-amz-server-side-encryption-bucket-key-enabled': 'TRUE',
      expires: 'Sat, 21 Nov 2026 01:02:03 GMT',
    });
    const found = route(message);
    expect(wantsStream(found)).toBe(true);
    const input = decodeInput(found, message, body);
    expect(input).toMatchObject({
      Bucket: 'b',
      Key: 'k',
      Body: body,
      ContentLength: 3,
      ContentEncoding: 'gzip',
      BucketKeyEnabled: true,
      Expires: new Date('2026-11-21T01:02:03Z'),
    });
    expect(entriesOf(isRecord(input) && input['Metadata'])).toEqual([
      ['colour', 'blue'],
      ['__proto__', 'odd'],
    ]);
  });

  test('WIRE-03 aws-chunked alone is no coding of the object; a date that is none is no date', () => {
    const input = receive(put({ 'content-encoding': 'aws-chunked', expires: 'never' }));
    expect(input).not.toHaveProperty('ContentEncoding');
    expect(input).not.toHaveProperty('Expires');
  });

  test.each<[string, string, Record<string, string>, object]>([
    [
      'GET',
      '/b?max-keys=many',
      {},
      {
        message: 'Provided max-keys not an integer or within integer range',
        members: { ArgumentName: 'max-keys', ArgumentValue: 'many' },
      },
    ],
    [
      'PUT',
      '/b/k?partNumber=x&uploadId=1',
      {},
      { message: 'Part number must be an integer between 1 and 10000, inclusive' },
    ],
    [
      'PUT',
      '/b/k',
      { 'x-amz-object-lock-retain-until-date': 'soon' },
      { message: 'The retain until date must be provided in ISO 8601 format' },
    ],
    ['PUT', '/b/k', { 'x-amz-server-side-encryption-bucket-key-enabled': 'maybe' }, {}],
  ])('WIRE-03 %s %s %o is an invalid argument', (method, target, headers, more) => {
    const error = refusal(() => receive(request(method, target, { headers })));
    expect(error).toMatchObject({ code: 'InvalidArgument', status: 400, ...more });
  });

  test('WIRE-03 lists in a header', () => {
    const message = request('GET', '/b/k?attributes', {
      headers: { 'x-amz-object-attributes': 'ETag, Checksum,ObjectSize' },
    });
    expect(receive(message)).toEqual({ Bucket: 'b', Key: 'k', ObjectAttributes: ['ETag', 'Checksum', 'ObjectSize'] });
    expect(refusal(() => receive(request('GET', '/b/k?attributes')))).toMatchObject({
      code: 'MissingSecurityHeader',
      members: { MissingHeaderName: 'x-amz-object-attributes' },
    });
  });

  test.each<[string, string, string]>([
    ['/b?versioning', '<VersioningConfiguration><Status>Enabled</Status>', 'MalformedXML'],
    ['/b?versioning', '<Other><Status>Enabled</Status></Other>', 'MalformedXML'],
    [
      '/b?versioning',
      '<VersioningConfiguration><Status>Enabled</Status><Status>Suspended</Status></VersioningConfiguration>',
      'MalformedXML',
    ],
    ['/b?versioning', '<!DOCTYPE x [<!ENTITY a "a">]><VersioningConfiguration/>', 'MalformedXML'],
    ['/b?versioning', 'not xml', 'MalformedXML'],
    ['/b?acl', '<AccessControlPolicy>', 'MalformedACLError'],
    ['/b?versioning', '', 'MissingRequestBodyError'],
  ])('WIRE-03 PUT %s %s is %s', (target, body, code) => {
    expect(refusal(() => receive(request('PUT', target), body))).toMatchObject({ code, status: 400 });
  });

  test('WIRE-03 bytes that are not UTF-8 are no XML', () => {
    const body = Buffer.from('<Tagging><TagSet><Tag><Key>\u00e4</Key><Value/></Tag></TagSet></Tagging>', 'latin1');
    expect(refusal(() => receive(request('PUT', '/b?tagging'), body)).code).toBe('MalformedXML');
  });

  test('WIRE-03 XML with the namespace, a prefix, white space and unknown elements', () => {
    const body =
      '<s:Delete xmlns:s="http://s3.amazonaws.com/doc/2006-03-01/">\n  <s:Object><s:Key> k &amp;\u00a0 </s:Key><Odd/></s:Object>\n  <s:Object><s:Key>l</s:Key></s:Object><s:Quiet>true</s:Quiet></s:Delete>';
    expect(receive(request('POST', '/b?delete'), body)).toEqual({
      Bucket: 'b',
      Delete: { Objects: [{ Key: ' k &\u00a0 ' }, { Key: 'l' }], Quiet: true },
    });
  });
});

test('the answer to a body that is too large is the service’s own', () => {
  expect(bodyTooLarge('s3')).toMatchObject({ code: 'MaxMessageLengthExceeded', status: 400 });
  expect(bodyTooLarge('kms').status).toBe(413);
  expect(bodyTooLarge('sts').status).toBe(413);
  expect(bodyLimit('s3')).toBeGreaterThan(bodyLimit('kms'));
});
