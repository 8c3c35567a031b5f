/** Requests to S3 whose errors were recorded on AWS: access control lists, lifecycle, ownership, Object Lock. */

import type { Cases, Wire } from './recorded.ts';
import { GONE, toolsOf } from './recorded-s3-tools.ts';

const DAY = 86_400_000;

export function s3SettingCases(wire: Wire): Cases {
  const { s3, put, get } = wire;
  const { steps, one, copy } = toolsOf(wire);
  const header = (head: string, name: string) => new RegExp(`${name}: ([^\\r]+)`, 'i').exec(head)?.[1] ?? '';
  const markerOf = async (target: string) => header((await wire.s3Answer('DELETE', target)).head, 'x-amz-version-id');

  const xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
  const owner = (id: string) => `<Owner><ID>${id}</ID></Owner>`;
  const grants = (type: string, inner: string, permission = 'READ') =>
    `<AccessControlList><Grant><Grantee ${xsi} xsi:type="${type}">${inner}</Grantee>${permission === '' ? '' : `<Permission>${permission}</Permission>`}</Grant></AccessControlList>`;
  const ALL = '<URI>http://acs.amazonaws.com/groups/global/AllUsers</URI>';

  const lifecycle = (bucket: string, rule: string) =>
    s3('PUT', `${bucket}?lifecycle=`, {
      body: `<LifecycleConfiguration><Rule>${rule}</Rule></LifecycleConfiguration>`,
    });
  const RULE = '<ID>r</ID><Status>Enabled</Status><Expiration><Days>7</Days></Expiration>';
  const expiring = (filter: string, expiration = '<Days>7</Days>') =>
    `<ID>r</ID><Status>Enabled</Status>${filter}<Expiration>${expiration}</Expiration>`;

  let counter = 0;
  /** A bucket that was made with Object Lock. */
  const lockable: typeof steps = (make) => async (parameters) => {
    counter += 1;
    const bucket = `/recorded-locked-${counter}`;
    await s3('PUT', bucket, { headers: { 'x-amz-bucket-object-lock-enabled': 'true' } });
    return make(bucket, parameters);
  };
  const lockConfiguration = (bucket: string, inner: string) =>
    s3('PUT', `${bucket}?object-lock=`, { body: `<ObjectLockConfiguration>${inner}</ObjectLockConfiguration>` });
  const ENABLED = '<ObjectLockEnabled>Enabled</ObjectLockEnabled>';
  const byDefault = (inner: string) => `${ENABLED}<Rule><DefaultRetention>${inner}</DefaultRetention></Rule>`;
  const soon = () => new Date(Date.now() + DAY).toISOString();
  const retain = (target: string, inner: string, headers: Record<string, string> = {}) =>
    s3('PUT', `${target}${target.includes('?') ? '&' : '?'}retention=`, {
      headers,
      body: `<Retention>${inner}</Retention>`,
    });
  const governed = (until: string, mode = 'GOVERNANCE') =>
    `<Mode>${mode}</Mode><RetainUntilDate>${until}</RetainUntilDate>`;
  const hold = (target: string, inner: string) =>
    s3('PUT', `${target}?legal-hold=`, { body: `<LegalHold>${inner}</LegalHold>` });
  const LOCK = 'x-amz-object-lock';
  const version = (bucket: string, status: string) =>
    s3('PUT', `${bucket}?versioning=`, {
      body: `<VersioningConfiguration><Status>${status}</Status></VersioningConfiguration>`,
    });
  const putVersion = async (target: string, headers: Record<string, string> = {}) =>
    header((await wire.s3Answer('PUT', target, { body: 'test', headers })).head, 'x-amz-version-id');

  return {
    's3:test_s3_bucket_acl_exceptions': steps(async (bucket) => {
      const me = /<Owner><ID>([^<]+)/.exec((await wire.s3Answer('GET', `${bucket}?acl=`)).body)?.[1] ?? '';
      await s3('PUT', `${bucket}?ownershipControls=`, {
        body: '<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>',
      });
      await s3('DELETE', `${bucket}?publicAccessBlock=`);
      const acl = (headers: Record<string, string>, body = '') => s3('PUT', `${bucket}?acl=`, { headers, body });
      const policy = (inner: string) => acl({}, `<AccessControlPolicy>${inner}</AccessControlPolicy>`);
      const WRITE = 'x-amz-grant-write';
      return {
        'put-bucket-canned-acl': () => acl({ 'x-amz-acl': 'fake-acl' }),
        'put-bucket-grant-acl-fake-uri': () => acl({ [WRITE]: 'uri="http://acs.amazonaws.com/groups/s3/FakeGroup"' }),
        'put-bucket-grant-acl-fake-key': () => acl({ [WRITE]: 'fakekey="1234"' }),
        'put-bucket-grant-acl-wrong-id': () => acl({ [WRITE]: 'id="wrong-id"' }),
        'put-bucket-acp-acl-1': () => policy(grants('Group', ALL)),
        'put-bucket-acp-acl-2': () => policy(owner(me)),
        'put-bucket-acp-acl-3': () => policy(owner('wrong-id') + grants('Group', ALL)),
        'put-bucket-acp-acl-4': () => policy(owner(me) + grants('Group', '<URI>http://wrong</URI>')),
        'put-bucket-acp-acl-5': () => policy(owner(me) + grants('CanonicalUser', '<ID>wrong</ID>')),
        'put-bucket-acp-acl-6': () => policy(owner(me) + grants('Group', ALL, '')),
        'put-bucket-empty-acp': () => policy(''),
        'put-bucket-empty': () => acl({}),
        'put-bucket-two-type-acl': () => acl({ 'x-amz-acl': 'private', 'x-amz-grant-read': `id="${me}"` }),
        'put-bucket-two-type-acl-acp': () =>
          acl(
            { 'x-amz-acl': 'private' },
            `<AccessControlPolicy>${owner(me)}${grants('Group', ALL)}</AccessControlPolicy>`,
          ),
      };
    }),
    's3:test_put_object_acl_on_delete_marker': steps(async (bucket) => {
      await version(bucket, 'Enabled');
      await put(`${bucket}/x`);
      const marker = await markerOf(`${bucket}/x`);
      const setAcl =
        (query = '') =>
        () =>
          put(`${bucket}/x?acl=${query}`, { 'x-amz-acl': 'private' }, '');
      const getAcl =
        (query = '') =>
        () =>
          get(`${bucket}/x?acl=${query}`);
      return {
        'put-acl-delete-marker': setAcl(),
        'get-acl-delete-marker': getAcl(),
        'put-acl-delete-marker-version-id': setAcl(`&versionId=${marker}`),
        'get-acl-delete-marker-version-id': getAcl(`&versionId=${marker}`),
      };
    }),
    's3:test_s3_copy_object_in_place': steps(async (bucket) => {
      await put(`${bucket}/x`);
      return {
        'copy-object-in-place-no-change': () => copy(`${bucket}/x`, `${bucket}/x`),
        'copy-object-in-place-with-acl': () => copy(`${bucket}/x`, `${bucket}/x`, { 'x-amz-acl': 'private' }),
      };
    }),

    's3:test_delete_lifecycle_configuration_on_bucket_deletion': one('get-bucket-lifecycle-exc', async (bucket) => {
      await lifecycle(bucket, `${RULE}<Filter/>`);
      await s3('DELETE', bucket);
      await s3('PUT', bucket);
      return get(`${bucket}?lifecycle=`);
    }),
    's3:test_put_bucket_lifecycle_conf_exc': steps((bucket) => ({
      'missing-id': () => lifecycle(bucket, '<Status>Enabled</Status><Filter/><Expiration><Days>7</Days></Expiration>'),
      'missing-filter': () => lifecycle(bucket, RULE),
      'missing-noncurrent-version-expiration-data': () =>
        lifecycle(bucket, '<ID>r</ID><Status>Enabled</Status><Filter/><NoncurrentVersionExpiration/>'),
      'wrong-filter-and-plus-prefix': () =>
        lifecycle(
          bucket,
          expiring(
            '<Filter><And><Prefix>a</Prefix><ObjectSizeGreaterThan>1</ObjectSizeGreaterThan></And><Prefix>a</Prefix></Filter>',
          ),
        ),
      'wrong-filter-and-and-object-size': () =>
        lifecycle(bucket, expiring('<Filter><And><ObjectSizeGreaterThan>1</ObjectSizeGreaterThan></And></Filter>')),
      'wrong-data-no-midnight': () => lifecycle(bucket, expiring('<Filter/>', '<Date>2030-01-01T02:00:00Z</Date>')),
      'duplicate-tag-keys': () =>
        lifecycle(
          bucket,
          expiring(`<Filter><And>${'<Tag><Key>a</Key><Value>b</Value></Tag>'.repeat(2)}</And></Filter>`),
        ),
      'expired-delete-marker-and-days': () =>
        lifecycle(
          bucket,
          expiring('<Filter/>', '<Days>1</Days><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker>'),
        ),
    })),
    's3:test_bucket_ownership_controls_exc': steps((bucket) => {
      const rule = (inner: string) => `<Rule>${inner}</Rule>`;
      const own = (rules: string) => () =>
        s3('PUT', `${bucket}?ownershipControls=`, { body: `<OwnershipControls>${rules}</OwnershipControls>` });
      const create = (ownership: string) => () =>
        s3('PUT', `${bucket}-owned`, { headers: { 'x-amz-object-ownership': ownership } });
      return {
        'put-ownership-multiple-rules': own(rule('<ObjectOwnership>ObjectWriter</ObjectOwnership>').repeat(2)),
        'put-ownership-wrong-value': own(rule('<ObjectOwnership>RandomValue</ObjectOwnership>')),
        'put-ownership-empty-rule': own(rule('')),
        'ownership-wrong-value-at-creation': create('RandomValue'),
        'ownership-non-value-at-creation': create(''),
      };
    }),

    's3:test_put_object_lock_configuration_on_existing_bucket': steps((bucket) => ({
      'get-object-lock-existing-bucket-no-config': () => get(`${bucket}?object-lock=`),
      'put-object-lock-existing-bucket-no-versioning': () => lockConfiguration(bucket, ENABLED),
      'put-object-lock-existing-bucket-versioning-disabled': async () => {
        await version(bucket, 'Suspended');
        return lockConfiguration(bucket, ENABLED);
      },
    })),
    's3:test_put_object_lock_configuration_exc': lockable((bucket) => ({
      'put-lock-config-no-enabled': () =>
        lockConfiguration(
          bucket,
          '<Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>1</Days></DefaultRetention></Rule>',
        ),
      'put-lock-config-empty': () => lockConfiguration(bucket, ''),
      'put-lock-config-empty-rule': () => lockConfiguration(bucket, `${ENABLED}<Rule/>`),
      'put-lock-config-empty-retention': () => lockConfiguration(bucket, byDefault('')),
      'put-lock-config-no-days': () => lockConfiguration(bucket, byDefault('<Mode>GOVERNANCE</Mode>')),
      'put-lock-config-bad-mode': () => lockConfiguration(bucket, byDefault('<Mode>BAD</Mode><Days>1</Days>')),
      'put-lock-config-both-days-years': () =>
        lockConfiguration(bucket, byDefault('<Mode>GOVERNANCE</Mode><Days>1</Days><Years>1</Years>')),
    })),
    's3:test_get_object_lock_configuration_exc': steps((bucket) => ({
      'get-lock-config-no-enabled': () => get(`${bucket}?object-lock=`),
      'get-lock-config-bucket-not-exists': () => get(`${GONE}?object-lock=`),
    })),
    's3:test_disable_versioning_on_locked_bucket': lockable((bucket) => ({
      'disable-versioning-on-locked-bucket': () => version(bucket, 'Suspended'),
    })),
    's3:test_s3_object_lock_mode_validation': lockable((bucket) => {
      const until = { [`${LOCK}-retain-until-date`]: soon() };
      return {
        'put-obj-locked-error-no-retain-date': () => put(`${bucket}/x`, { [`${LOCK}-mode`]: 'GOVERNANCE' }),
        'put-obj-locked-error-no-mode': () => put(`${bucket}/x`, until),
        'put-obj-locked-bad-value': () => put(`${bucket}/x`, { ...until, [`${LOCK}-mode`]: 'BAD' }),
        'create-mpu-locked-bad-value': () =>
          s3('POST', `${bucket}/x?uploads=`, { headers: { ...until, [`${LOCK}-mode`]: 'BAD' } }),
      };
    }),
    's3:test_s3_object_retention_exc': lockable(async (bucket) => {
      await put(`${bucket}/x`);
      const plain = await wire.bucket();
      await put(`${plain}/x`);
      return {
        'put-object-retention-no-bucket': () => retain(`${GONE}/x`, governed(soon())),
        'put-object-retention-no-key': () => retain(`${bucket}/nothing`, governed(soon())),
        'get-object-retention-never-set': () => get(`${bucket}/x?retention=`),
        'put-object-missing-retention-fields': () => retain(`${bucket}/x`, '<Mode>GOVERNANCE</Mode>'),
        'update-retention-no-bypass': async () => {
          await retain(`${bucket}/x`, governed(new Date(Date.now() + 2 * DAY).toISOString()));
          return retain(`${bucket}/x`, governed(soon()));
        },
        'update-retention-past-date': () => retain(`${bucket}/x`, governed('2020-01-01T00:00:00Z')),
        'update-retention-bad-value': () => retain(`${bucket}/x`, governed(soon(), 'BAD')),
        'put-object-retention-regular-bucket': () => retain(`${plain}/x`, governed(soon())),
        'get-object-retention-regular-bucket': () => get(`${plain}/x?retention=`),
      };
    }),
    's3:test_s3_object_retention': lockable(async (bucket) => {
      const id = await putVersion(`${bucket}/x`);
      await retain(`${bucket}/x`, governed(soon()));
      return {
        'delete-obj-locked': () => s3('DELETE', `${bucket}/x?versionId=${id}`),
        'update-retention-locked-object': () =>
          retain(`${bucket}/x`, governed(new Date(Date.now() + 1000).toISOString())),
      };
    }),
    's3:test_object_lock_delete_markers': lockable(async (bucket) => {
      await put(`${bucket}/x`);
      const marker = await markerOf(`${bucket}/x`);
      const target = `${bucket}/x?versionId=${marker}`;
      return {
        'put-object-retention-delete-marker': () => retain(target, governed(soon())),
        'get-object-retention-delete-marker': () => get(`${target}&retention=`),
        'head-object-locked-delete-marker': () => s3('HEAD', target),
      };
    }),
    's3:test_put_object_legal_hold_exc': lockable(async (bucket) => {
      await put(`${bucket}/x`);
      const plain = await wire.bucket();
      await put(`${plain}/x`);
      return {
        'put-object-legal-hold-no-bucket': () => hold(`${GONE}/x`, '<Status>ON</Status>'),
        'put-object-legal-hold-no-key': () => hold(`${bucket}/nothing`, '<Status>ON</Status>'),
        'put-object-retention-regular-bucket': () => hold(`${plain}/x`, '<Status>ON</Status>'),
        'put-object-retention-empty': () => hold(`${bucket}/x`, ''),
        'get-object-retention-regular-bucket': () => get(`${plain}/x?legal-hold=`),
      };
    }),
    's3:test_delete_locked_object': lockable(async (bucket) => {
      const id = await putVersion(`${bucket}/x`, { [`${LOCK}-legal-hold`]: 'ON' });
      return { 'delete-object-locked': () => s3('DELETE', `${bucket}/x?versionId=${id}`) };
    }),
  };
}
