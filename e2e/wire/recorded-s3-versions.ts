/** Requests to S3 whose errors were recorded on AWS: versions and delete markers. */

import { createHash } from 'node:crypto';
import type { Cases, Wire } from './recorded.ts';
import { GONE, toolsOf } from './recorded-s3-tools.ts';

export function s3VersionCases(wire: Wire): Cases {
  const { s3, put, get } = wire;
  const { one, steps, copy } = toolsOf(wire);
  const version = (bucket: string, status: string) =>
    s3('PUT', `${bucket}?versioning=`, {
      body: `<VersioningConfiguration>${status === '' ? '' : `<Status>${status}</Status>`}</VersioningConfiguration>`,
    });
  const versioned: typeof steps = (make) =>
    steps(async (bucket, parameters) => {
      await version(bucket, 'Enabled');
      return make(bucket, parameters);
    });
  const header = (head: string, name: string) => new RegExp(`${name}: ([^\\r]+)`, 'i').exec(head)?.[1] ?? '';
  /** Hides the object and gives the id of the marker. */
  const hide = async (target: string) => header((await wire.s3Answer('DELETE', target)).head, 'x-amz-version-id');
  const customer = (fill: number) => {
    const key = Buffer.alloc(32, fill);
    const prefix = 'x-amz-server-side-encryption-customer';
    return {
      [`${prefix}-algorithm`]: 'AES256',
      [`${prefix}-key`]: key.toString('base64'),
      [`${prefix}-key-md5`]: createHash('md5').update(key).digest('base64'),
    };
  };

  const ROLE = 'arn:aws:iam::111122223333:role/replication';
  const replicate = (bucket: string, to: string) =>
    s3('PUT', `${bucket}?replication=`, {
      body: `<ReplicationConfiguration><Role>${ROLE}</Role><Rule><Status>Enabled</Status><Prefix/><Destination><Bucket>arn:aws:s3:::${to.slice(1)}</Bucket></Destination></Rule></ReplicationConfiguration>`,
    });

  return {
    's3:test_bucket_versioning_crud': steps((bucket) => ({
      'put-versioning-enabled-lowercase': () => version(bucket, 'enabled'),
      'put-versioning-disabled': () => version(bucket, 'Disabled'),
      'put-versioning-empty': () => version(bucket, ''),
      'put-versioning-no-bucket': () => version(GONE, 'Suspended'),
      'get-versioning-no-bucket': () => get(`${GONE}?versioning=`),
    })),
    's3:test_bucket_availability': () =>
      Promise.resolve({
        'bucket-lifecycle': () => get(`${GONE}?lifecycle=`),
        'bucket-replication': () => get(`${GONE}?replication=`),
      }),
    's3:test_replication_config': steps(async (bucket) => ({
      expected_error_no_replication_set: () => get(`${bucket}?replication=`),
      expected_error_versioning_not_enabled: async () => replicate(bucket, await wire.bucket()),
      'put-empty-bucket-replication-rules': async () => {
        await version(bucket, 'Enabled');
        return s3('PUT', `${bucket}?replication=`, {
          body: `<ReplicationConfiguration><Role>${ROLE}</Role></ReplicationConfiguration>`,
        });
      },
    })),
    's3:test_replication_config_without_filter': versioned(async (bucket) => {
      const plain = await wire.bucket();
      return {
        expected_error_dest_does_not_exist: () => replicate(bucket, GONE),
        expected_error_dest_versioning_disabled: () => replicate(bucket, plain),
      };
    }),
    's3:test_get_object_after_deleted_in_versioned_bucket': versioned(async (bucket) => {
      await put(`${bucket}/x`);
      await hide(`${bucket}/x`);
      return { 'get-object-after-delete': () => get(`${bucket}/x`) };
    }),
    's3:test_get_object_attributes_versioned': versioned(async (bucket) => {
      await put(`${bucket}/x`);
      await hide(`${bucket}/x`);
      return { 'deleted-object-attrs': () => get(`${bucket}/x?attributes=`, { 'x-amz-object-attributes': 'ETag' }) };
    }),
    's3:test_s3_copy_object_src_not_exists': versioned(async (bucket) => {
      await put(`${bucket}/hidden`);
      const marker = await hide(`${bucket}/hidden`);
      return {
        'copy-object-src-bucket-not-exists': () => copy(`${bucket}/x`, `${GONE}/x`),
        'copy-object-src-object-not-exists': () => copy(`${bucket}/x`, `${bucket}/nothing`),
        'copy-object-src-delete-marker-current-version': () => copy(`${bucket}/x`, `${bucket}/hidden`),
        'copy-object-src-target-delete-marker': () => copy(`${bucket}/x`, `${bucket}/hidden?versionId=${marker}`),
      };
    }),
    's3:test_sse_c_with_versioning': versioned(async (bucket) => {
      await put(`${bucket}/x`, customer(1));
      await put(`${bucket}/x`, customer(2));
      return { 'get-obj-sse-c-last-version-wrong-key': () => get(`${bucket}/x`, customer(1)) };
    }),
    's3:test_delete_versioned_bucket_with_objects': versioned(async (bucket) => {
      const { head } = await wire.s3Answer('PUT', `${bucket}/x`, { body: 'test' });
      await hide(`${bucket}/x`);
      return {
        'delete-with-obj-and-delete-marker': () => s3('DELETE', bucket),
        'delete-with-only-delete-marker': async () => {
          await s3('DELETE', `${bucket}/x?versionId=${header(head, 'x-amz-version-id')}`);
          return s3('DELETE', bucket);
        },
      };
    }),
    's3:test_object_tagging_versioned': versioned(async (bucket) => {
      await put(`${bucket}/x`);
      const marker = await hide(`${bucket}/x`);
      const tag = (method: string, query = '') => {
        const body = '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>';
        return () => s3(method, `${bucket}/x?tagging=${query}`, method === 'PUT' ? { body } : {});
      };
      const byId = `&versionId=${marker}`;
      return {
        'put-object-tags-delete-marker-id': tag('PUT', byId),
        'get-object-tags-delete-marker-id': tag('GET', byId),
        'delete-object-tags-delete-marker-id': tag('DELETE', byId),
        'put-object-tags-delete-marker-latest': tag('PUT'),
        'get-object-tags-delete-marker-latest': tag('GET'),
        'delete-object-tags-delete-marker-latest': tag('DELETE'),
      };
    }),
    's3:test_put_object_if_none_match_versioned_bucket': versioned(async (bucket) => {
      await put(`${bucket}/x`);
      return { 'put-obj-if-none-match': () => put(`${bucket}/x`, { 'if-none-match': '*' }) };
    }),
    's3:test_put_object_if_match_versioned_bucket': versioned(async (bucket) => {
      const { head } = await wire.s3Answer('PUT', `${bucket}/x`, { body: 'test' });
      await put(`${bucket}/x`, {}, 'second');
      return {
        'put-obj-if-none-match-bad-value': () => put(`${bucket}/x`, { 'if-match': header(head, 'etag') }),
        'put-obj-after-del-exc': async () => {
          await hide(`${bucket}/x`);
          return put(`${bucket}/x`, { 'if-match': header(head, 'etag') });
        },
      };
    }),
    's3:test_copy_object_if_match_versioned_bucket': versioned(async (bucket) => {
      await put(`${bucket}/source`);
      const { head } = await wire.s3Answer('PUT', `${bucket}/x`, { body: 'first' });
      const conditional = (etag: string) => copy(`${bucket}/x`, `${bucket}/source`, { 'if-match': etag });
      return {
        'copy-obj-if-match-wrong-etag': () => conditional('"no"'),
        'copy-obj-after-del-exc': async () => {
          await hide(`${bucket}/x`);
          return conditional(header(head, 'etag'));
        },
      };
    }),
    's3:test_delete_object': one('delete-nonexistent-object-versionid', (bucket) =>
      s3('DELETE', `${bucket}/x?versionId=HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD`),
    ),
  };
}
