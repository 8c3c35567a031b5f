/** Object bytes of table warehouses, for S3 Tables itself: the probe of CreateTable (TB-17) and maintenance. */

import type { Caller, RequestContext } from '../context.ts';
import type { Warehouse, WarehousePort } from '../ports.ts';
import type { BodySource } from '../wire/operation.ts';
import type { Bucket } from './buckets/store.ts';
import { receive, receiveWhole } from './objects/body.ts';
import type { S3Parts } from './parts.ts';
import { schemeOf } from './sessions/rules.ts';
import { allRows } from './stored.ts';

/** Objects that `put` may write: table metadata and probes, not data files. */
const INLINE = 1024 * 1024;

export function createWarehouses(s3: S3Parts): WarehousePort {
  const { state, bodies } = s3.surroundings;

  function bucketOf(warehouse: Warehouse, now: number): Bucket {
    const { bucketAlias: name, accountId: account, region } = warehouse;
    const bucket =
      s3.buckets.find(name) ?? s3.buckets.create({ name, kind: 'table', account, region, created: now, config: {} });
    return { ...bucket, account, region, warehouse };
  }

  function request(input: { context: RequestContext; caller: Caller; warehouse: Warehouse; key: string }) {
    const { context, caller, key } = input;
    return { context, caller, key, bucket: bucketOf(input.warehouse, context.now) };
  }

  return {
    put(input) {
      if (input.body.length > INLINE) throw new RangeError('A warehouse object written by maintenance is too large.');
      const asked = request(input);
      const { dataKey, columns } = s3.keys.create(asked, schemeOf(input.warehouse.encryption));
      const { size, etag, sealed } = receiveWhole(bodies, dataKey, input.body, { md5: false, crc: false });
      const row = { ...columns, ...NO_HEAD, size, etag, sealed, modified: input.context.now };
      state.write(() => s3.objects.put(asked.bucket.id, input.key, row));
    },
    get(input) {
      const asked = request(input);
      const row = s3.objects.find(asked.bucket.id, input.key);
      if (row === undefined) return undefined;
      const dataKey = s3.keys.open(asked, row);
      if (row.sealed === null) throw new RangeError(`${input.key} is too large to be read at once.`);
      return bodies.open(dataKey, row.sealed);
    },
    async read(input) {
      const asked = request(input);
      const row = s3.objects.find(asked.bucket.id, input.key);
      if (row === undefined) return undefined;
      const { bytes } = await s3.reader.read(row, s3.keys.open(asked, row));
      if (bytes instanceof Uint8Array) return bytes;
      const chunks: Uint8Array[] = [];
      for await (const chunk of bytes) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
    async write(input) {
      const asked = request(input);
      const { dataKey, columns } = s3.keys.create(asked, schemeOf(input.warehouse.encryption));
      const { crc: _, ...body } = await receive(bodies, dataKey, sourceOf(input.body), { md5: false, crc: false });
      const row = { ...columns, ...NO_HEAD, ...body, modified: input.context.now };
      state.write(() => s3.objects.put(asked.bucket.id, input.key, row));
    },
    list(warehouse) {
      const bucket = s3.buckets.find(warehouse.bucketAlias);
      if (bucket === undefined) return [];
      return allRows(
        state.statement('SELECT key, size, modified AS lastModified FROM s3_object WHERE bucket = ? ORDER BY key'),
        bucket.id,
      );
    },
    delete(warehouse, keys) {
      const bucket = s3.buckets.find(warehouse.bucketAlias);
      if (bucket === undefined) return;
      state.write(() => {
        for (const key of keys) s3.objects.remove(bucket.id, key);
      });
    },
    drop(warehouse) {
      const bucket = s3.buckets.find(warehouse.bucketAlias);
      if (bucket !== undefined) s3.buckets.remove(bucket);
    },
  };
}

/** Bytes in memory as the body of a request. */
function sourceOf(bytes: Uint8Array): BodySource {
  return {
    length: bytes.length,
    whole: bytes,
    trailers: new Map(),
    async *[Symbol.asyncIterator]() {
      yield bytes;
    },
  };
}

const NO_HEAD = {
  storage_class: null,
  content_type: null,
  head: null,
  tags: null,
  checksum: null,
  file: null,
  upload: null,
  lock: null,
  replication: null,
} as const;
