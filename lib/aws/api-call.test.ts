import { expect, test } from 'vitest';
import { describeCall, toOption } from './api-call.ts';

test('options are named as the AWS CLI names them', () => {
  expect(toOption('PutTableBucketEncryption')).toBe('put-table-bucket-encryption');
  expect(toOption('tableBucketARN')).toBe('table-bucket-arn');
  expect(toOption('SSEKMSKeyId')).toBe('ssekms-key-id');
});

test('a call is said in three languages from one input', () => {
  const text = describeCall({
    service: 'kms',
    operation: 'CreateGrant',
    region: 'us-east-1',
    endpoint: 'http://127.0.0.1:4566',
    input: { KeyId: 'k', Operations: ['Decrypt', 'Encrypt'], Constraints: { EncryptionContextEquals: { a: "it's" } } },
    request: {
      method: 'POST',
      host: '127.0.0.1:4566',
      path: '/',
      headers: { 'x-amz-target': 'TrentService.CreateGrant' },
      body: '{"KeyId":"k"}',
    },
  });
  expect(text.cli).toBe(
    [
      'aws kms create-grant',
      '--key-id k',
      '--operations Decrypt Encrypt',
      `--constraints '{"EncryptionContextEquals":{"a":"it'\\''s"}}'`,
      '--region us-east-1',
      '--endpoint-url http://127.0.0.1:4566',
    ].join(' \\\n  '),
  );
  expect(text.typescript).toContain(`Operations: ['Decrypt', 'Encrypt'],`);
  expect(text.typescript).toContain(`a: 'it\\'s',`);
  expect(text.http).toBe(
    'POST / HTTP/1.1\nhost: 127.0.0.1:4566\nx-amz-target: TrentService.CreateGrant\nauthorization: AWS4-HMAC-SHA256 …\n\n{\n  "KeyId": "k"\n}',
  );
});

test('bytes and absent members are not printed', () => {
  const { cli } = describeCall({
    service: 's3',
    operation: 'PutObject',
    region: 'us-east-1',
    input: { Bucket: 'b', Key: 'a b', Body: new Uint8Array(3), Tagging: undefined },
  });
  expect(cli).toBe(
    `aws s3api put-object \\\n  --bucket b \\\n  --key 'a b' \\\n  --body fileb://body \\\n  --region us-east-1`,
  );
});
