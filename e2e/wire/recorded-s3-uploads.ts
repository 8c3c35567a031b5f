/** Requests to S3 whose errors were recorded on AWS: multipart uploads and copies. */

import { createHash } from 'node:crypto';
import type { Cases, Wire } from './recorded.ts';
import { toolsOf } from './recorded-s3-tools.ts';

export function s3UploadCases(wire: Wire): Cases {
  const { s3, put, get } = wire;
  const { one, steps, withObject, copy } = toolsOf(wire);
  const complete = (target: string, upload: string, parts: string, headers: Record<string, string> = {}) =>
    s3('POST', `${target}?uploadId=${upload}`, {
      headers,
      body: `<CompleteMultipartUpload>${parts}</CompleteMultipartUpload>`,
    });
  const part = (number: number, etag: string, more = '') =>
    `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag>${more}</Part>`;
  async function uploadedPart(target: string, upload: string, number = 1, body = 'test'): Promise<string> {
    const { head } = await wire.s3Answer('PUT', `${target}?partNumber=${number}&uploadId=${upload}`, { body });
    return /etag: ([^\r]+)/i.exec(head)?.[1] ?? '';
  }

  return {
    's3:test_multipart_upload_part_checksum_exception': steps(async (bucket, [algorithm = '']) => {
      const upload = await wire.upload(`${bucket}/x`, { 'x-amz-checksum-algorithm': algorithm });
      const name = `x-amz-checksum-${algorithm.toLowerCase()}`;
      const size = { CRC32: 4, CRC32C: 4, SHA1: 20, SHA256: 32, CRC64NVME: 8 }[algorithm] ?? 0;
      const target = `${bucket}/x?partNumber=1&uploadId=${upload}`;
      return {
        'put-wrong-checksum-no-b64': () => put(target, { [name]: 'test' }),
        'put-wrong-checksum-value': () => put(target, { [name]: Buffer.alloc(size).toString('base64') }),
      };
    }),
    's3:test_multipart_and_list_parts': one('list-part-after-complete-exc', async (bucket) => {
      const upload = await wire.upload(`${bucket}/x`);
      const etag = await uploadedPart(`${bucket}/x`, upload);
      await complete(`${bucket}/x`, upload, part(1, etag));
      return get(`${bucket}/x?uploadId=${upload}`);
    }),
    's3:test_multipart_complete_multipart_too_small': steps(async (bucket) => {
      const upload = await wire.upload(`${bucket}/x`);
      const [first, second] = [
        await uploadedPart(`${bucket}/x`, upload, 1),
        await uploadedPart(`${bucket}/x`, upload, 2),
      ];
      return {
        'complete-exc-no-parts': () => complete(`${bucket}/x`, upload, ''),
        'complete-exc-too-small': () => complete(`${bucket}/x`, upload, part(1, first) + part(2, second)),
      };
    }),
    's3:test_multipart_key_validation': steps(async (bucket) => {
      const upload = await wire.upload(`${bucket}/right`);
      const etag = await uploadedPart(`${bucket}/right`, upload);
      const wrong = `${bucket}/wrong`;
      return {
        'upload-part-wrong-key-name': () => put(`${wrong}?partNumber=1&uploadId=${upload}`),
        'complete-multipart-wrong-key-name': () => complete(wrong, upload, part(1, etag)),
        'list-parts-wrong-key-name': () => get(`${wrong}?uploadId=${upload}`),
        'abort-multipart-wrong-key-name': () => s3('DELETE', `${wrong}?uploadId=${upload}`),
      };
    }),
    's3:test_s3_copy_object_wrong_format': one('copy-object-wrong-copy-source', (bucket) =>
      put(`${bucket}/x`, { 'x-amz-copy-source': 'no-key' }, ''),
    ),
    's3:test_multipart_if_none_match_with_delete': steps(async (bucket) => {
      await put(`${bucket}/x`);
      const upload = await wire.upload(`${bucket}/x`);
      const etag = await uploadedPart(`${bucket}/x`, upload);
      const end = () => complete(`${bucket}/x`, upload, part(1, etag), { 'if-none-match': '*' });
      return {
        'complete-multipart-if-none-match': end,
        'complete-multipart-after-del': async () => {
          await s3('DELETE', `${bucket}/x`);
          return end();
        },
      };
    }),
    's3:test_multipart_if_match_with_put': steps(async (bucket) => {
      await put(`${bucket}/x`, {}, 'first');
      const before = await wire.upload(`${bucket}/x`);
      const etag = await uploadedPart(`${bucket}/x`, before);
      return {
        'complete-multipart-if-match-put-before': () =>
          complete(`${bucket}/x`, before, part(1, etag), { 'if-match': '"no"' }),
        'complete-multipart-if-match-put-during': async () => {
          const { head } = await wire.s3Answer('PUT', `${bucket}/x`, { body: 'second' });
          const current = /etag: ([^\r]+)/i.exec(head)?.[1] ?? '';
          return complete(`${bucket}/x`, before, part(1, etag), { 'if-match': current });
        },
      };
    }),
    's3:test_multipart_if_match_with_delete': steps(async (bucket) => {
      const first = await wire.s3Answer('PUT', `${bucket}/x`, { body: 'first' });
      const upload = await wire.upload(`${bucket}/x`);
      const etag = await uploadedPart(`${bucket}/x`, upload);
      const matched = /etag: ([^\r]+)/i.exec(first.head)?.[1] ?? '';
      const end = () => complete(`${bucket}/x`, upload, part(1, etag), { 'if-match': matched });
      await s3('DELETE', `${bucket}/x`);
      return {
        'complete-multipart-after-del': end,
        'complete-multipart-if-match-after-put': async () => {
          await put(`${bucket}/x`, {}, 'first');
          return end();
        },
      };
    }),
    's3:test_multipart_if_match_etag': one('complete-multipart-if-match-true-etag', async (bucket) => {
      await put(`${bucket}/x`, {}, 'first');
      const upload = await wire.upload(`${bucket}/x`);
      const etag = await uploadedPart(`${bucket}/x`, upload);
      return complete(`${bucket}/x`, upload, part(1, etag), { 'if-match': '"no"' });
    }),
    's3:test_upload_part_copy_with_if_modified_since_failed': withObject(
      'upload-part-copy-source-modified-since-match',
      async (x, bucket) => {
        const upload = await wire.upload(`${bucket}/y`);
        const since = new Date(Date.now() + 3_600_000).toUTCString();
        return copy(`${bucket}/y?partNumber=1&uploadId=${upload}`, x, { 'x-amz-copy-source-if-modified-since': since });
      },
    ),
    's3:test_upload_part_copy_with_copy_source_if_none_match_failed': withObject(
      'upload-part-copy-source-if-none-match',
      async (x, bucket) => {
        const upload = await wire.upload(`${bucket}/y`);
        const etag = '"098f6bcd4621d373cade4e832627b4f6"';
        return copy(`${bucket}/y?partNumber=1&uploadId=${upload}`, x, { 'x-amz-copy-source-if-none-match': etag });
      },
    ),
    's3:test_copy_object_if_none_match': withObject('copy-obj-if-none-match-fail', (x, bucket) =>
      copy(x, `${bucket}/x`, { 'if-none-match': '*', 'x-amz-metadata-directive': 'REPLACE' }),
    ),
    's3:test_copy_object_if_match': steps(async (bucket) => {
      await put(`${bucket}/x`);
      await put(`${bucket}/y`);
      return {
        'copy-obj-if-match-fail-wrong-etag': () => copy(`${bucket}/y`, `${bucket}/x`, { 'if-match': '"no"' }),
        'copy-obj-if-match-fail-no-object': () => copy(`${bucket}/z`, `${bucket}/x`, { 'if-match': '"no"' }),
      };
    }),
    's3:test_complete_multipart_parts_checksum_default': steps(async (bucket) => {
      const upload = await wire.upload(`${bucket}/x`);
      const etag = await uploadedPart(`${bucket}/x`, upload);
      const sha = (text: string) =>
        `<ChecksumSHA256>${createHash('sha256').update(text).digest('base64')}</ChecksumSHA256>`;
      const end = (more: string, headers: Record<string, string> = {}) =>
        complete(`${bucket}/x`, upload, part(1, etag, more), headers);
      return {
        'complete-multipart-parts-checksum': () => end(sha('test')),
        'complete-multipart-wrong-parts-checksum': () => end(sha('other')),
        'complete-multipart-full-object-type': () => end('', { 'x-amz-checksum-type': 'FULL_OBJECT' }),
        'complete-multipart-composite-type': () => end('', { 'x-amz-checksum-type': 'COMPOSITE' }),
      };
    }),
  };
}
