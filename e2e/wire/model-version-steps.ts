/** Requests about versions in a random sequence (see `model-steps.ts`). */

import { deepEqual, equal } from 'node:assert/strict';
import {
  type DeleteMarkerEntry,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { keys, type Named, outcome, type World } from './model-steps.ts';

const setVersioning = async ({ s3, bucket: Bucket, model }: World, Status: 'Enabled' | 'Suspended') => {
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
  model.versioning = Status;
};

/** Begins a sequence with versioning. */
export const enable = (world: World) => setVersioning(world, 'Enabled');

export const versionings = fc
  .constantFrom('Enabled' as const, 'Suspended' as const)
  .map((Status): Named => [`versioning ${Status}`, (world) => setVersioning(world, Status)]);

const indexes = fc.constantFrom(0, 0, 1, 2);

export const versionReads = fc.tuple(keys, indexes).map(
  ([Key, index]): Named => [
    `version ${Key} ${index}`,
    async ({ s3, bucket: Bucket, model }) => {
      const version = model.versions(Key)[index];
      if (version === undefined) return;
      const call = s3.send(new GetObjectCommand({ Bucket, Key, VersionId: version.id }));
      if (version.body === undefined) return equal(await outcome(call), 'MethodNotAllowed');
      equal(await (await call).Body?.transformToString(), version.body);
    },
  ],
);

export const versionDeletes = fc.tuple(keys, indexes).map(
  ([Key, index]): Named => [
    `delete version ${Key} ${index}`,
    async ({ s3, bucket: Bucket, model }) => {
      const version = model.versions(Key)[index];
      if (version === undefined) return;
      await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId: version.id }));
      model.deleteVersion(Key, version.id);
    },
  ],
);

export const versionLists = fc.integer({ min: 1, max: 5 }).map(
  (MaxKeys): Named => [
    `list versions ${MaxKeys}`,
    async ({ s3, bucket: Bucket, model }) => {
      const found: string[] = [];
      let next: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined = {};
      while (next !== undefined) {
        const page: ListObjectVersionsCommandOutput = await s3.send(
          new ListObjectVersionsCommand({ Bucket, MaxKeys, ...next }),
        );
        const told = (mark: string) => (one: DeleteMarkerEntry) =>
          `${one.Key} ${one.VersionId}${one.IsLatest === true ? '*' : ''}${mark}`;
        found.push(...(page.Versions ?? []).map(told('')), ...(page.DeleteMarkers ?? []).map(told('-')));
        next =
          page.IsTruncated === true
            ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
            : undefined;
      }
      deepEqual(found.toSorted(), model.listVersions().toSorted());
    },
  ],
);
