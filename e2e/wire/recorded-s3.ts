/** Requests to S3 whose errors were recorded on AWS: buckets, objects, encryption, presigned URLs. */

import { createHash } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { TestEmulator } from './harness.ts';
import type { Case, Cases, Step, Wire } from './recorded.ts';
import { GONE, toolsOf } from './recorded-s3-tools.ts';

const SSE = 'x-amz-server-side-encryption';
const SSE_C = `${SSE}-customer`;
const SOURCE_SSE_C = `x-amz-copy-source-server-side-encryption-customer`;

/** Headers of a customer provided key; members that are empty are left out. */
function customer(key: Uint8Array, more: { algorithm?: string; key?: string; md5?: string } = {}, prefix = SSE_C) {
  const values = {
    [`${prefix}-algorithm`]: more.algorithm ?? 'AES256',
    [`${prefix}-key`]: more.key ?? Buffer.from(key).toString('base64'),
    [`${prefix}-key-md5`]: more.md5 ?? createHash('md5').update(key).digest('base64'),
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
}

const KEY = Buffer.alloc(32, 1);
const OTHER_KEY = Buffer.alloc(32, 2);

export function s3Cases(wire: Wire, emulator: TestEmulator): Cases {
  const { s3, put, get } = wire;
  const { one, steps, withObject, copy } = toolsOf(wire);
  const create = (region: string, location?: string) =>
    s3('PUT', `/recorded-located-${region}-${(location ?? 'none').toLowerCase()}`, {
      region,
      ...(location !== undefined && {
        body: `<CreateBucketConfiguration><LocationConstraint>${location}</LocationConstraint></CreateBucketConfiguration>`,
      }),
    });
  const encrypt = (bucket: string, rules: string) =>
    s3('PUT', `${bucket}?encryption=`, {
      body: `<ServerSideEncryptionConfiguration>${rules}</ServerSideEncryptionConfiguration>`,
    });
  const rule = (inner: string) =>
    `<Rule><ApplyServerSideEncryptionByDefault>${inner}</ApplyServerSideEncryptionByDefault></Rule>`;
  const policy = (bucket: string, body: string, headers: Record<string, string> = {}) =>
    s3('PUT', `${bucket}?policy=`, { headers, body });
  const invalidOwner = one('get-bucket-policy-invalid-bucket-owner', (bucket, [owner = '']) =>
    get(`${bucket}?policy=`, { 'x-amz-expected-bucket-owner': owner }),
  );
  const presigned = (command: GetObjectCommand | PutObjectCommand, signingDate = new Date()) =>
    getSignedUrl(emulator.s3(), command, {
      signingDate,
      expiresIn: 60,
      unhoistableHeaders: new Set(['x-amz-meta-foo', 'content-md5']),
      signableHeaders: new Set(['content-type', 'content-encoding', 'content-md5', 'x-amz-meta-foo']),
    });
  const presignedPut = async (bucket: string, input: object, headers: Record<string, string>) =>
    fetched(await presigned(new PutObjectCommand({ Bucket: bucket.slice(1), Key: 'x', ...input })), {
      method: 'PUT',
      body: 'test',
      headers,
    });
  /** The rows of Signature Version 4; those of version 2 are left out. */
  const version4 =
    (make: (bucket: string) => Record<string, Step>): Case =>
    async ([version = '']) =>
      version === 's3' ? {} : make(await wire.bucket());
  const fetched = async (url: string, init: RequestInit = {}): Promise<string> => {
    const answer = await fetch(url, init);
    const text = await answer.text();
    const tag = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? '';
    return `${answer.status} ${tag('Code')} ${tag('Message')}`.trim();
  };
  const checksums = steps((bucket, [algorithm = '']) => {
    const name = `x-amz-checksum-${algorithm.toLowerCase()}`;
    const size = { CRC32: 4, CRC32C: 4, SHA1: 20, SHA256: 32, CRC64NVME: 8 }[algorithm] ?? 0;
    return {
      'put-wrong-checksum-no-b64': () => put(`${bucket}/x`, { [name]: 'test' }),
      'put-wrong-checksum-value': () => put(`${bucket}/x`, { [name]: Buffer.alloc(size).toString('base64') }),
    };
  });
  const preconditions: Case = async ([method]) => {
    const bucket = await wire.bucket();
    const { head } = await wire.s3Answer('PUT', `${bucket}/x`, { body: 'test' });
    const etag = /etag: "([^"\r]+)"/i.exec(head)?.[1] ?? '';
    const [past, future] = [new Date(0).toUTCString(), new Date(Date.now() + 1000).toUTCString()];
    const read = (headers: Record<string, string>) =>
      s3(method === 'head_object' ? 'HEAD' : 'GET', `${bucket}/x`, { headers });
    return {
      'precondition-if-match': () => read({ 'if-match': '"no"' }),
      'precondition-if-unmodified-since': () => read({ 'if-unmodified-since': past }),
      'precondition-if-none-match': () => read({ 'if-none-match': `"${etag}"` }),
      'copy-precondition-if-modified-since': () => read({ 'if-modified-since': future }),
      'etag-missing-quotes': () => read({ 'if-none-match': etag }),
      'precondition-if-modified-since-is-object': async () => {
        const last = (await wire.s3Answer('GET', `${bucket}/x`)).head;
        return read({ 'if-modified-since': /last-modified: ([^\r]+)/i.exec(last)?.[1] ?? '' });
      },
    };
  };

  return {
    's3:test_get_object_no_such_bucket': one('expected_error', () => get(`${GONE}/x`)),
    's3:test_delete_bucket_no_such_bucket': one('expected_error', () => s3('DELETE', GONE)),
    's3:test_range_key_not_exists': one('exc', (bucket) => get(`${bucket}/x`, { range: 'bytes=0-1' })),
    's3:test_put_object_checksum': checksums,
    's3:test_different_location_constraint': () =>
      Promise.resolve({
        'create-bucket-constraint-us-east-1': () => create('us-east-1', 'us-east-1'),
        'create-bucket-us-east-2-no-constraint-exc': () => create('us-east-2'),
        'create-bucket-constraint-us-east-2-with-None': () => create('us-east-2'),
        'create-bucket-us-east-2-constraint-to-us-west-1': () => create('us-east-2', 'us-west-1'),
        'create-bucket-us-west-1-constraint-to-us-east-2': () => create('us-west-1', 'us-east-2'),
        'create-bucket-us-west-1-constraint-to-us-east-1': () => create('us-west-1', 'us-east-1'),
        'get-bucket-location-non-existent-bucket': () => get(`${GONE}?location=`),
      }),
    's3:test_bucket_constraint_aws_global': one('aws-global-constraint', (_, parameters) =>
      create(parameters.join('-'), 'aws-global'),
    ),
    's3:test_create_bucket_with_eu_location_constraint_raises': one('eu-location-constraint-error', () =>
      create('us-west-1', 'EU'),
    ),
    's3:test_create_bucket_with_invalid_location_constraint': (parameters) => {
      const region = parameters.slice(0, 3).join('-');
      const location = parameters.slice(3).join('-');
      const step = { foo: 'foo', bar: 'bar' }[location] ?? 'us-east-1';
      return Promise.resolve({ [`${region}-location-constraint-${step}-error`]: () => create(region, location) });
    },
    's3:test_delete_non_existing_keys_in_non_existing_bucket': one('error-non-existent-bucket', () =>
      s3('POST', `${GONE}?delete=`, { body: '<Delete><Object><Key>a</Key></Object></Delete>' }),
    ),
    's3:test_s3_uppercase_key_names': one('wrong-case-key', async (bucket) => {
      await put(`${bucket}/CamelCase`);
      return get(`${bucket}/camelcase`);
    }),
    's3:test_precondition_failed_error': withObject('get-object-if-match', (x) => get(x, { 'if-match': '"no"' })),
    's3:test_s3_uppercase_bucket_name': one('uppercase-bucket', () => s3('PUT', '/UPPER-case')),
    's3:test_create_bucket_with_existing_name': steps((bucket) => {
      const again = (region: string) => () =>
        s3('PUT', bucket, {
          region,
          body: `<CreateBucketConfiguration><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`,
        });
      return { 'create-bucket-us-west-1': again('us-west-1'), 'create-bucket-us-east-2': again('us-east-2') };
    }),
    's3:test_head_object_fields': one('head-object-404', (bucket) => s3('HEAD', `${bucket}/x`)),
    's3:test_presigned_url_signature_authentication_expired': withObject('expired', async (_, bucket) =>
      fetched(
        await presigned(new GetObjectCommand({ Bucket: bucket.slice(1), Key: 'x' }), new Date(Date.now() - 120_000)),
      ),
    ),
    's3:test_s3_put_presigned_url_missing_sig_param': one('missing-param-exception', async (bucket, [version]) => {
      if (version === 's3')
        return fetched(`${emulator.url}${bucket}/x?AWSAccessKeyId=test&Signature=x`, { method: 'PUT' });
      const url = await presigned(new PutObjectCommand({ Bucket: bucket.slice(1), Key: 'x' }));
      return fetched(url.replace(/&X-Amz-Signature=\w+/, ''), { method: 'PUT', body: 'test' });
    }),
    's3:test_s3_put_presigned_url_with_different_headers': version4((bucket) => ({
      'content-type-exception': () =>
        presignedPut(bucket, { ContentType: 'text/plain' }, { 'content-type': 'text/html' }),
      'wrong-content-encoding-response': () =>
        presignedPut(bucket, { ContentEncoding: 'identity' }, { 'content-encoding': 'gzip' }),
    })),
    's3:test_put_url_metadata_with_sig_s3v4': version4((bucket) => ({
      'no-meta-headers': () => presignedPut(bucket, { Metadata: { foo: 'bar' } }, {}),
      'wrong-meta-headers': () =>
        presignedPut(bucket, { Metadata: { foo: 'bar' } }, { 'x-amz-meta-foo': 'bar', 'x-amz-meta-wrong': 'x' }),
    })),
    's3:test_put_object_with_md5_and_chunk_signature_bad_headers': version4((bucket) => {
      const bad = (headers: Record<string, string>) =>
        presignedPut(bucket, {}, { 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD', ...headers });
      return {
        'with-decoded-content-length': () => bad({ 'x-amz-decoded-content-length': '4' }),
        'without-decoded-content-length': () => bad({}),
      };
    }),
    's3:test_put_object_storage_class': one('get-object', async (bucket, [storageClass = '']) => {
      await put(`${bucket}/x`, { 'x-amz-storage-class': storageClass });
      return get(`${bucket}/x`);
    }),
    's3:test_delete_object_if_match_all_non_express': withObject('delete-obj-if-match-all', (x) =>
      s3('DELETE', x, { headers: { 'if-match': '*' } }),
    ),
    's3:test_s3_sse_validate_kms_key': steps(async (bucket) => {
      const { KeyMetadata } = await wire.kmsJson<{ KeyMetadata: { Arn: string } }>('CreateKey', {}, 'us-west-2');
      const uuid = '134f2428-cec1-4b25-a1ae-9048164dba47';
      const kms = (id: string) => ({ [SSE]: 'aws:kms', [`${SSE}-aws-kms-key-id`]: id });
      await put(`${bucket}/plain`);
      return {
        'put-obj-wrong-kms-key': () => put(`${bucket}/x`, kms('fake-key-id')),
        'put-obj-wrong-kms-key-real-uuid': () => put(`${bucket}/x`, kms(uuid)),
        'put-obj-wrong-kms-key-real-uuid-arn': () =>
          put(`${bucket}/x`, kms(`arn:aws:kms:us-east-1:111122223333:key/${uuid}`)),
        'put-obj-different-region-kms-key': () => put(`${bucket}/x`, kms(KeyMetadata.Arn)),
        'put-obj-different-region-kms-key-no-arn': () => put(`${bucket}/x`, kms(KeyMetadata.Arn.split('/')[1] ?? '')),
        'create-multipart-wrong-kms-key': () => s3('POST', `${bucket}/x?uploads=`, { headers: kms('fake-key-id') }),
        'copy-obj-wrong-kms-key': () => copy(`${bucket}/x`, `${bucket}/plain`, kms('fake-key-id')),
      };
    }),
    's3:test_put_object_storage_class_outposts': steps((bucket) => ({
      'put-object-outposts': () => put(`${bucket}/x`, { 'x-amz-storage-class': 'OUTPOSTS' }),
      'create-multipart-outposts-exc': () =>
        s3('POST', `${bucket}/x?uploads=`, { headers: { 'x-amz-storage-class': 'OUTPOSTS' } }),
    })),
    's3:test_s3_get_object_preconditions': preconditions,
    's3:test_put_object_validation_sse_c': steps((bucket) => {
      const tryPut = (headers: Record<string, string>) => () => put(`${bucket}/x`, headers);
      return {
        'put-obj-sse-c-both-encryption': tryPut({ ...customer(KEY), [SSE]: 'AES256' }),
        'put-obj-sse-c-wrong-algo': tryPut(customer(KEY, { algorithm: 'aes256' })),
        'put-obj-sse-c-no-algo': tryPut(customer(KEY, { algorithm: '' })),
        'put-obj-sse-c-no-key': tryPut(customer(KEY, { key: '' })),
        'put-obj-sse-c-no-md5': tryPut(customer(KEY, { md5: '' })),
        'put-obj-sse-c-wrong-key-size': tryPut(customer(KEY.subarray(1))),
        'put-obj-sse-c-bad-md5': tryPut(customer(KEY, { md5: createHash('md5').update('x').digest('base64') })),
      };
    }),
    's3:test_object_retrieval_sse_c': steps(async (bucket) => {
      await put(`${bucket}/x`, customer(KEY));
      const tryGet = (headers: Record<string, string>) => () => get(`${bucket}/x`, headers);
      return {
        'get-obj-no-sse-c': tryGet({}),
        'get-obj-sse-c-wrong-key': tryGet(customer(OTHER_KEY)),
        'get-obj-sse-c-wrong-algo': tryGet(customer(KEY, { algorithm: 'aes256' })),
        'head-obj-sse-c-wrong-algo': () =>
          s3('HEAD', `${bucket}/x`, { headers: customer(KEY, { algorithm: 'aes256' }) }),
        'get-obj-attrs-sse-c-wrong-algo': () =>
          get(`${bucket}/x?attributes=`, {
            ...customer(KEY, { algorithm: 'aes256' }),
            'x-amz-object-attributes': 'ETag',
          }),
        'get-obj-sse-c-no-md5': tryGet(customer(KEY, { md5: '' })),
        'head-obj-sse-c-no-md5': () => s3('HEAD', `${bucket}/x`, { headers: customer(KEY, { md5: '' }) }),
        'get-obj-sse-c-wrong-key-size': tryGet(customer(KEY.subarray(1))),
        'get-obj-sse-c-bad-md5': tryGet(customer(KEY, { md5: createHash('md5').update('x').digest('base64') })),
      };
    }),
    's3:test_copy_object_with_sse_c': steps(async (bucket) => {
      await put(`${bucket}/x`, customer(KEY));
      const from = customer(KEY, {}, SOURCE_SSE_C);
      const tryCopy = (headers: Record<string, string>) => () => copy(`${bucket}/y`, `${bucket}/x`, headers);
      return {
        'get-obj-no-sse-c-param': () => get(`${bucket}/x`),
        'copy-obj-no-src-sse-c': tryCopy({}),
        'copy-obj-wrong-src-sse-c-algo': tryCopy(customer(KEY, { algorithm: 'aes256' }, SOURCE_SSE_C)),
        'copy-obj-wrong-target-sse-c-algo': tryCopy({ ...from, ...customer(KEY, { algorithm: 'aes256' }) }),
        'copy-obj-target-double-encryption': tryCopy({ ...from, ...customer(KEY), [SSE]: 'AES256' }),
      };
    }),
    's3:test_multipart_upload_sse_c': one('get-obj-no-sse-c-param', async (bucket) => {
      await put(`${bucket}/x`, customer(KEY));
      return get(`${bucket}/x`);
    }),
    's3:test_get_bucket_policy': steps((bucket) => ({
      'get-bucket-policy-no-such-bucket-policy': () => get(`${bucket}?policy=`),
      'get-bucket-policy-with-expected-bucket-owner-error': () =>
        get(`${bucket}?policy=`, { 'x-amz-expected-bucket-owner': '000000000002' }),
    })),
    's3:test_delete_bucket_policy': one('get-bucket-policy-no-such-bucket-policy', async (bucket) => {
      await s3('DELETE', `${bucket}?policy=`);
      return get(`${bucket}?policy=`);
    }),
    's3:test_put_bucket_policy_expected_bucket_owner': one(
      'put-bucket-policy-with-expected-bucket-owner-error',
      (bucket) =>
        policy(bucket, '{"Version":"2012-10-17","Statement":[]}', { 'x-amz-expected-bucket-owner': '000000000002' }),
    ),
    's3:test_get_bucket_policy_invalid_account_id': invalidOwner,
    's3:test_bucket_policy_exc': steps((bucket) => ({
      'put-empty-bucket-policy': () => policy(bucket, ''),
      'put-bucket-policy-randomstring': () => policy(bucket, 'random text'),
      'put-bucket-policy-empty-json': () => policy(bucket, '{}'),
    })),
    's3:test_s3_default_bucket_encryption_exc': steps((bucket) => ({
      'get-bucket-enc-no-bucket': () => get(`${GONE}?encryption=`),
      'delete-bucket-enc-no-bucket': () => s3('DELETE', `${GONE}?encryption=`),
      'put-bucket-enc-no-bucket': () => encrypt(GONE, rule('<SSEAlgorithm>AES256</SSEAlgorithm>')),
      'put-bucket-encryption-no-rules': () => encrypt(bucket, ''),
      'put-bucket-encryption-two-rules': () => encrypt(bucket, rule('<SSEAlgorithm>AES256</SSEAlgorithm>').repeat(2)),
      'put-bucket-encryption-kms-with-aes': () =>
        encrypt(bucket, rule('<SSEAlgorithm>AES256</SSEAlgorithm><KMSMasterKeyID>x</KMSMasterKeyID>')),
    })),
    's3:test_bucket_tagging_crud': one('get-bucket-tags-empty', (bucket) => get(`${bucket}?tagging=`)),
    's3:test_create_bucket_with_empty_tags': one('get-bucket-tags', (bucket) => get(`${bucket}?tagging=`)),
    's3:test_delete_bucket_with_objects': withObject('delete-with-obj', (_, bucket) => s3('DELETE', bucket)),
    's3:test_delete_object_with_no_locking': steps(async (bucket) => {
      await put(`${bucket}/x`);
      const bypass = (value: string) => ({ 'x-amz-bypass-governance-retention': value });
      return {
        'delete-object-bypass-no-lock': () => s3('DELETE', `${bucket}/x`, { headers: bypass('True') }),
        'delete-object-bypass-no-lock-false': () => s3('DELETE', `${bucket}/x`, { headers: bypass('False') }),
        'delete-objects-bypass-no-lock': () =>
          s3('POST', `${bucket}?delete=`, {
            headers: bypass('True'),
            body: '<Delete><Object><Key>x</Key></Object></Delete>',
          }),
      };
    }),
    's3:test_put_object_if_match': steps(async (bucket) => {
      await put(`${bucket}/x`);
      return {
        'put-obj-if-match-wrong-etag': () => put(`${bucket}/x`, { 'if-match': '"no"' }),
        'put-obj-if-match-key-not-exists': () => put(`${bucket}/nothing`, { 'if-match': '"no"' }),
      };
    }),
    's3:test_put_object_if_match_and_if_none_match_validation': one('put-obj-both-precondition', (bucket) =>
      put(`${bucket}/x`, { 'if-match': '"a"', 'if-none-match': '*' }),
    ),
    's3:test_delete_object_if_match_non_express': withObject('delete-obj-if-match', (x) =>
      s3('DELETE', x, { headers: { 'if-match': '"no"' } }),
    ),
  };
}
