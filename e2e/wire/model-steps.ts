/** Requests of a random sequence: each makes its call, holds the answer against the model, and changes the model. */

import { deepEqual, equal } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  RenameObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { ModelBucket, sorted } from './model.ts';

/** Few, so that requests meet each other. */
const KEYS = ['a', 'a/ü', 'b/..'];
const HOUR = 3600;

/** How a sequence reaches the emulator. */
export interface Reach {
  /** A client that knows no session yet. */
  open(): S3Client;
  /** Moves the world's clock forward. */
  advance(seconds: number): Promise<unknown>;
}

/** A bucket under test, its model, and a client that knows no session older than the last move of the clock. */
export class World {
  readonly model = new ModelBucket();
  readonly bucket: string;
  readonly #reach: Reach;
  #client: S3Client;

  constructor(bucket: string, reach: Reach) {
    this.bucket = bucket;
    this.#reach = reach;
    this.#client = reach.open();
  }

  get s3(): S3Client {
    return this.#client;
  }

  async advance(seconds: number): Promise<void> {
    await this.#reach.advance(seconds);
    this.#client.destroy();
    this.#client = this.#reach.open();
  }
}

type Step = (world: World) => Promise<void>;
export type Named = readonly [name: string, step: Step];

/** `done`, or the code of the refusal. */
export const outcome = async (call: Promise<unknown>): Promise<string> => {
  const failed = await call.then(
    () => undefined,
    (error: { name: string; $metadata?: { httpStatusCode?: number } }) => error,
  );
  if (failed === undefined) return 'done';
  // HEAD has no body to tell a code in.
  return failed.$metadata?.httpStatusCode === 404 ? 'NoSuchKey' : failed.name;
};

export const keys = fc.constantFrom(...KEYS);
const sizes = fc.constantFrom(0, 5, 1000, 90_000);

export const puts = fc
  .tuple(keys, sizes, fc.constantFrom('always', 'always', 'always', 'always', 'create', 'match', 'mismatch'))
  .map(
    ([Key, size, condition]): Named => [
      `put ${Key} ${size} ${condition}`,
      async ({ s3, bucket: Bucket, model }) => {
        const there = model.body(Key);
        const Body = `${randomUUID()}${'x'.repeat(size)}`;
        const etag =
          condition === 'match' && there !== undefined
            ? (await s3.send(new HeadObjectCommand({ Bucket, Key }))).ETag
            : '"no"';
        const conditions =
          condition === 'create' ? { IfNoneMatch: '*' } : condition === 'always' ? {} : { IfMatch: etag };
        const call = s3.send(new PutObjectCommand({ Bucket, Key, Body, ...conditions }));
        const expected =
          condition === 'create' && there !== undefined
            ? 'PreconditionFailed'
            : condition === 'match' || condition === 'mismatch'
              ? there === undefined
                ? 'NoSuchKey'
                : condition === 'mismatch'
                  ? 'PreconditionFailed'
                  : 'done'
              : 'done';
        equal(await outcome(call), expected);
        if (expected === 'done') model.put(Key, Body, (await call).VersionId);
      },
    ],
  );

export const uploads = fc.tuple(keys, sizes).map(
  ([Key, size]): Named => [
    `upload ${Key} ${size}`,
    async ({ s3, bucket: Bucket, model }) => {
      const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
      const Body = `${randomUUID()}${'x'.repeat(size)}`;
      const { ETag } = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 7, Body }));
      const MultipartUpload = { Parts: [{ PartNumber: 7, ETag }] };
      const made = await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload }));
      model.put(Key, Body, made.VersionId);
    },
  ],
);

export const gets = fc.tuple(keys, fc.option(fc.nat(20)), fc.nat(20)).map(
  ([Key, from, length]): Named => [
    `get ${Key} ${from === null ? '' : `${from}+${length}`}`,
    async ({ s3, bucket: Bucket, model }) => {
      const Range = from === null ? undefined : `bytes=${from}-${from + length}`;
      const there = model.body(Key);
      const call = s3.send(new GetObjectCommand({ Bucket, Key, Range }));
      if (there === undefined) return equal(await outcome(call), 'NoSuchKey');
      if (from !== null && from >= there.length) return equal(await outcome(call), 'InvalidRange');
      const text = await (await call).Body?.transformToString();
      equal(text, from === null ? there : there.slice(from, from + length + 1));
      const head = await s3.send(new HeadObjectCommand({ Bucket, Key }));
      equal(head.ContentLength, there.length);
    },
  ],
);

export const deletes = keys.map(
  (Key): Named => [
    `delete ${Key}`,
    async ({ s3, bucket: Bucket, model }) => {
      const deleted = await s3.send(new DeleteObjectCommand({ Bucket, Key }));
      equal(deleted.DeleteMarker, model.versioning === undefined ? undefined : true);
      model.delete(Key, deleted.VersionId);
    },
  ],
);

export const deletesOfMany = fc.uniqueArray(keys, { minLength: 1 }).map(
  (some): Named => [
    `delete ${some.join(' ')}`,
    async ({ s3, bucket: Bucket, model }) => {
      const Objects = some.map((Key) => ({ Key }));
      const { Deleted, Errors } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
      equal(Errors, undefined);
      for (const { Key = '', DeleteMarkerVersionId } of Deleted ?? []) model.delete(Key, DeleteMarkerVersionId);
    },
  ],
);

export const listsOf = (prefixes: readonly string[], delimiters: readonly string[]) =>
  fc.tuple(fc.constantFrom(...prefixes), fc.constantFrom(...delimiters), fc.integer({ min: 1, max: 4 })).map(
    ([Prefix, Delimiter, MaxKeys]): Named => [
      `list ${Prefix} ${Delimiter} ${MaxKeys}`,
      async ({ s3, bucket: Bucket, model }) => {
        const found: string[] = [];
        let ContinuationToken: string | undefined;
        do {
          const page = await s3.send(
            new ListObjectsV2Command({
              Bucket,
              MaxKeys,
              ...(Prefix !== '' && { Prefix }),
              ...(Delimiter !== '' && { Delimiter }),
              ContinuationToken,
            }),
          );
          found.push(...(page.Contents ?? []).map((one) => `${one.Key} ${one.Size}`));
          found.push(...(page.CommonPrefixes ?? []).map((one) => one.Prefix ?? ''));
          ContinuationToken = page.NextContinuationToken;
        } while (ContinuationToken !== undefined);
        deepEqual(sorted(found), model.list(Prefix, Delimiter));
      },
    ],
  );

export const copies = fc.tuple(keys, keys).map(
  ([from, to]): Named => [
    `copy ${from} ${to}`,
    async ({ s3, bucket: Bucket, model }) => {
      const body = model.body(from);
      const CopySource = `${Bucket}/${from.split('/').map(encodeURIComponent).join('/')}`;
      const call = s3.send(new CopyObjectCommand({ Bucket, Key: to, CopySource, MetadataDirective: 'REPLACE' }));
      if (body === undefined) return equal(await outcome(call), 'NoSuchKey');
      model.put(to, body, (await call).VersionId);
    },
  ],
);

export const clocks = fc
  .integer({ min: 1, max: 2 * HOUR })
  .map((seconds): Named => [`advance ${seconds}`, (world) => world.advance(seconds)]);

export const renames = fc.tuple(keys, keys).map(
  ([from, to]): Named => [
    `rename ${from} ${to}`,
    async ({ s3, bucket: Bucket, model }) => {
      const RenameSource = from.split('/').map(encodeURIComponent).join('/');
      const call = s3.send(new RenameObjectCommand({ Bucket, Key: to, RenameSource }));
      const there = model.body(from) !== undefined;
      equal(await outcome(call), there ? 'done' : 'NoSuchKey');
      if (there && from !== to) model.rename(from, to);
    },
  ],
);

export const appends = fc.tuple(keys, fc.constantFrom(1, 1000, 90_000), fc.boolean()).map(
  ([Key, size, right]): Named => [
    `append ${Key} ${size} ${right}`,
    async ({ s3, bucket: Bucket, model }) => {
      const there = model.body(Key);
      const Body = 'y'.repeat(size);
      const WriteOffsetBytes = (there?.length ?? 0) + (right ? 0 : 1);
      const call = s3.send(new PutObjectCommand({ Bucket, Key, Body, WriteOffsetBytes }));
      if (!right) return equal(await outcome(call), 'InvalidWriteOffset');
      equal((await call).Size, there === undefined ? undefined : there.length + size);
      model.put(Key, (there ?? '') + Body, undefined);
    },
  ],
);
