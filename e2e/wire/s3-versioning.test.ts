/** Versioning of general purpose buckets: ids, delete markers, the null version, listings, copies of versions. */

import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Actors, actorsOf, allow } from './actors.ts';
import { refusal, startTestEmulator, type TestEmulator } from './harness.ts';

let emulator: TestEmulator;
let s3: S3Client;
let actors: Actors;
let Bucket: string;
let counter = 0;

beforeAll(async () => {
  emulator = await startTestEmulator();
  s3 = emulator.s3();
  actors = actorsOf(emulator);
});
afterAll(() => emulator.close());
beforeEach(async () => {
  Bucket = `versions-${counter++}`;
  await s3.send(new CreateBucketCommand({ Bucket }));
});

const setVersioning = (Status: 'Enabled' | 'Suspended') =>
  s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
const put = async (Key: string, Body: string) => (await s3.send(new PutObjectCommand({ Bucket, Key, Body }))).VersionId;
const get = async (Key: string, VersionId?: string) => {
  const { Body, VersionId: answered } = await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }));
  return [await Body?.transformToString(), answered];
};
const remove = async (Key: string, VersionId?: string) => {
  const { VersionId: version, DeleteMarker } = await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
  return { version, marker: DeleteMarker };
};
const list = () => s3.send(new ListObjectVersionsCommand({ Bucket }));

describe('versioning', () => {
  test('is absent until it is set, then keeps every version under an id of its own', async () => {
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined();
    expect(await put('k', 'before')).toBeUndefined();
    await setVersioning('Enabled');
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Enabled');
    const first = await put('k', 'first');
    const second = await put('k', 'second');
    expect(first).toMatch(/^[\w-]{32}$/);
    expect(first).not.toBe(second);
    expect(await get('k')).toEqual(['second', second]);
    expect(await get('k', first)).toEqual(['first', first]);
    expect(await get('k', 'null')).toEqual(['before', 'null']);
    const { Versions } = await list();
    expect(Versions?.map(({ VersionId, IsLatest, Size }) => [VersionId, IsLatest, Size])).toEqual([
      [second, true, 6],
      [first, false, 5],
      ['null', false, 6],
    ]);
  });

  test('a deletion hides the object behind a marker; deleting the marker shows it again', async () => {
    await setVersioning('Enabled');
    const version = await put('k', 'kept');
    const { version: marker, marker: made } = await remove('k');
    expect(made).toBe(true);
    const hidden = await s3.send(new GetObjectCommand({ Bucket, Key: 'k' })).catch((error: unknown) => error);
    expect(hidden).toMatchObject({ name: 'NoSuchKey', $metadata: { httpStatusCode: 404 } });
    const { code, status } = await refusal(s3.send(new GetObjectCommand({ Bucket, Key: 'k', VersionId: marker })));
    expect([code, status]).toEqual(['MethodNotAllowed', 405]);
    expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
    expect((await list()).DeleteMarkers?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([
      [marker, true],
    ]);
    expect(await remove('k', marker)).toEqual({ version: marker, marker: true });
    expect(await get('k')).toEqual(['kept', version]);
    expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(1);
  });

  test('removing the current version uncovers the one before it, down to nothing', async () => {
    await setVersioning('Enabled');
    const versions = [await put('k', '1'), await put('k', '2'), await put('k', '3')];
    await remove('k', versions[1]);
    expect(await get('k')).toEqual(['3', versions[2]]);
    await remove('k', versions[2]);
    expect(await get('k')).toEqual(['1', versions[0]]);
    await remove('k', versions[0]);
    expect((await refusal(get('k'))).code).toBe('NoSuchKey');
    expect((await list()).Versions).toBeUndefined();
    await s3.send(new DeleteBucketCommand({ Bucket }));
  });

  test('suspended versioning overwrites the null version only', async () => {
    await setVersioning('Enabled');
    const kept = await put('k', 'kept');
    await setVersioning('Suspended');
    expect(await put('k', 'null one')).toBeUndefined();
    await put('k', 'null two');
    expect(await get('k')).toEqual(['null two', 'null']);
    expect((await list()).Versions?.map(({ VersionId }) => VersionId)).toEqual(['null', kept]);
    expect(await remove('k')).toEqual({ version: 'null', marker: true });
    const after = await list();
    expect(after.Versions?.map(({ VersionId }) => VersionId)).toEqual([kept]);
    expect(after.DeleteMarkers?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([['null', true]]);
    await put('k', 'null three');
    expect((await list()).DeleteMarkers).toBeUndefined();
    await setVersioning('Enabled');
    const newest = await put('k', 'newest');
    expect((await list()).Versions?.map(({ VersionId }) => VersionId)).toEqual([newest, 'null', kept]);
  });

  test('DeleteObjects makes markers and removes versions', async () => {
    await setVersioning('Enabled');
    const version = await put('a', 'a');
    await put('b', 'b');
    const { Deleted } = await s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'a', VersionId: version }, { Key: 'b' }] } }),
    );
    expect(Deleted).toEqual([
      { Key: 'a', VersionId: version },
      { Key: 'b', DeleteMarker: true, DeleteMarkerVersionId: expect.any(String) },
    ]);
    const refused = await refusal(s3.send(new DeleteBucketCommand({ Bucket })));
    expect(refused.message).toBe(
      'The bucket you tried to delete is not empty. You must delete all versions in the bucket.',
    );
  });

  test('pages of versions meet every version once, also when a page was deleted meanwhile', async () => {
    await setVersioning('Enabled');
    for (const Key of ['a', 'b/1', 'b/2', 'c']) for (const Body of ['1', '2', '3']) await put(Key, Body);
    await remove('c');
    const pages = async (deleting: boolean) => {
      const met: string[] = [];
      let marker: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
      for (let page = 0; page < 20; page++) {
        const answer = await s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 2, ...marker }));
        const entries = [...(answer.Versions ?? []), ...(answer.DeleteMarkers ?? [])];
        met.push(...entries.map(({ Key = '', VersionId = '' }) => `${Key} ${VersionId}`));
        if (deleting) for (const { Key = '', VersionId } of entries) await remove(Key, VersionId);
        if (answer.IsTruncated !== true) return met;
        marker = { KeyMarker: answer.NextKeyMarker, VersionIdMarker: answer.NextVersionIdMarker };
      }
      throw new Error('The pages did not end.');
    };
    const met = await pages(false);
    expect(met).toHaveLength(13);
    expect(new Set(met).size).toBe(13);
    const folders = await s3.send(new ListObjectVersionsCommand({ Bucket, Delimiter: '/' }));
    expect(folders.CommonPrefixes).toEqual([{ Prefix: 'b/' }]);
    expect(folders.Versions?.map(({ Key }) => Key)).toEqual(['a', 'a', 'a', 'c', 'c', 'c']);
    expect(await pages(true)).toHaveLength(13);
    expect((await list()).Versions).toBeUndefined();
  });

  test('tags and copies name versions', async () => {
    await setVersioning('Enabled');
    const old = await put('k', 'old');
    await put('k', 'new');
    const TagSet = [{ Key: 'state', Value: 'old' }];
    await s3.send(new PutObjectTaggingCommand({ Bucket, Key: 'k', VersionId: old, Tagging: { TagSet } }));
    const tagsOf = async (VersionId?: string) =>
      (await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'k', VersionId }))).TagSet;
    expect(await tagsOf(old)).toEqual(TagSet);
    expect(await tagsOf()).toEqual([]);
    const copied = await s3.send(
      new CopyObjectCommand({ Bucket, Key: 'k', CopySource: `${Bucket}/k?versionId=${old}` }),
    );
    expect(copied.CopySourceVersionId).toBe(old);
    expect(await get('k')).toEqual(['old', copied.VersionId]);
    expect(await tagsOf()).toEqual(TagSet);
  });

  test('conditional writes look at the current version; a marker counts as nothing', async () => {
    await setVersioning('Enabled');
    await put('k', 'there');
    const write = (more: object) => s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x', ...more }));
    expect((await refusal(write({ IfNoneMatch: '*' }))).status).toBe(412);
    await remove('k');
    expect((await refusal(write({ IfMatch: '"e"' }))).code).toBe('NoSuchKey');
    expect((await write({ IfNoneMatch: '*' })).VersionId).toBeDefined();
  });

  test('made-up ids are refused, ids of other versions are not found, deleting them is no error', async () => {
    await setVersioning('Enabled');
    const other = await put('other', 'x');
    await put('k', 'x');
    expect(await refusal(get('k', 'HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD'))).toMatchObject({ code: 'InvalidArgument' });
    expect(await refusal(get('k', other))).toMatchObject({ code: 'NoSuchVersion', status: 404 });
    expect(await remove('k', other)).toEqual({ version: other, marker: undefined });
    expect(await get('k')).toEqual(['x', expect.any(String)]);
  });

  test('reading a version takes s3:GetObjectVersion, and policies may name the version', async () => {
    await setVersioning('Enabled');
    const [allowed, other] = [await put('k', '1'), await put('k', '2')];
    const reader = await actors.user(allow(['s3:ListAllMyBuckets']));
    const policy = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: reader.arn },
          Action: 's3:GetObjectVersion',
          Resource: `arn:aws:s3:::${Bucket}/*`,
          Condition: { StringEquals: { 's3:VersionId': allowed } },
        },
      ],
    };
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify(policy) }));
    const read = (VersionId?: string) => reader.s3.send(new HeadObjectCommand({ Bucket, Key: 'k', VersionId }));
    expect((await read(allowed)).VersionId).toBe(allowed);
    expect((await refusal(read(other))).status).toBe(403);
    expect((await refusal(read())).status).toBe(403);
  });
});
