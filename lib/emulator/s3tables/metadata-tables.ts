/** Tables that S3 Metadata makes and writes, in the AWS managed table bucket `aws-s3` or in a customer's own (TB-22). */

import { randomBytes } from 'node:crypto';
import { stringifyExact } from '../../iceberg/exact-json.ts';
import { manifestEntry, readManifestList, writeManifest, writeManifestList } from '../../iceberg/manifest.ts';
import {
  appendSnapshot,
  currentSchema,
  currentSnapshot,
  newMetadata,
  type TableMetadata,
  withSnapshot,
} from '../../iceberg/metadata.ts';
import { encodeRows } from '../../iceberg/parquet.ts';
import type { Row } from '../../iceberg/values.ts';
import type { RequestContext } from '../context.ts';
import type { MetadataTable, MetadataTablePort, NewMetadataTable } from '../ports.ts';
import { AwsError } from '../wire/error.ts';
import { newUuid } from '../world/id-source.ts';
import { authorizeBucket, authorizeTable, withRow } from './decide.ts';
import type { Desk } from './desk.ts';
import { inspectKeyForTable } from './encryption.ts';
import { conflict, noSuchBucket, noSuchTable } from './errors.ts';
import { openTableFiles } from './jobs/table-files.ts';
import { checkKey, proveMaintenanceAccess } from './maintainer.ts';
import type { BucketRow, NamespaceRow, TableRow } from './model.ts';
import {
  bucketArn,
  isManaged,
  newId,
  newVersionToken,
  newWarehouseAlias,
  parseBucketArn,
  parseTableArn,
} from './names.ts';
import { serviceCaller, serviceContext } from './service-caller.ts';
import { tableArn, warehouseLocation, warehouseOf } from './warehouses.ts';

const METADATA_PRINCIPAL = 'metadata.s3.amazonaws.com';
const WRITER = serviceCaller(METADATA_PRINCIPAL);
const MANAGED_BUCKET = 'aws-s3';
const ATTEMPTS = 3;

export function createMetadataTables(desk: Desk): MetadataTablePort {
  const { rows, around } = desk;

  /** Asks for every permission that S3 Metadata names for whoever configures it (ErrorDetails, PERM-07). */
  function authorize(context: RequestContext, wanted: NewMetadataTable, arn: string): void {
    // The rule that only services write there is not meant for S3 Metadata, which asks about its person's permissions.
    const { row: existing, ...named } = withRow(desk, context, parseBucketArn(arn));
    const target = { ...named, row: existing && isManaged(existing) ? undefined : existing };
    const needed = [
      ...(wanted.tableBucketARN === undefined && !existing ? ['s3tables:CreateTableBucket'] : []),
      's3tables:CreateNamespace',
    ];
    authorizeBucket(desk, context, target, needed);
    const { namespace, name } = wanted;
    authorizeTable(desk, context, { bucket: target, namespace, name, table: undefined, arn: tableArn(target, name) }, [
      's3tables:CreateTable',
      's3tables:GetTable',
      's3tables:PutTablePolicy',
      ...(wanted.encryption ? ['s3tables:PutTableEncryption'] : []),
    ]);
  }

  function bucketFor(context: RequestContext, wanted: NewMetadataTable, name: string): BucketRow {
    const { accountId, region } = context;
    const found = rows.bucket(accountId, region, name);
    if (found) return found;
    if (wanted.tableBucketARN !== undefined) throw noSuchBucket();
    rows.addBucket({
      id: newId(),
      accountId,
      region,
      name,
      createdAt: context.now,
      encryption: wanted.encryption ?? { algorithm: 'AES256' },
      storageClass: 'STANDARD',
      tags: {},
    });
    const made = rows.bucket(accountId, region, name);
    if (!made) throw noSuchBucket();
    return made;
  }

  function namespaceFor(context: RequestContext, bucket: BucketRow, name: string): NamespaceRow {
    const found = rows.namespace(bucket.id, name);
    if (found) return found;
    const made = { id: newId(), bucketId: bucket.id, name, createdAt: context.now, createdBy: context.accountId };
    rows.addNamespace(made);
    return made;
  }

  return {
    create(requested, wanted): MetadataTable {
      const context: RequestContext = { ...requested, service: 's3tables', operation: 'CreateTable' };
      const { accountId, region } = context;
      const named = wanted.tableBucketARN === undefined ? undefined : parseBucketArn(wanted.tableBucketARN);
      if (named && (named.accountId !== accountId || named.region !== region)) throw noSuchBucket();
      const arn = named?.arn ?? bucketArn(region, accountId, MANAGED_BUCKET);
      authorize(context, wanted, arn);
      if (wanted.encryption)
        inspectKeyForTable(around.ports.kms, wanted.encryption, context, { accountId, region }, true);
      // One write: a refused key leaves nothing behind.
      return around.state.write(() => {
        const bucket = bucketFor(context, wanted, named?.name ?? MANAGED_BUCKET);
        const namespace = namespaceFor(context, bucket, wanted.namespace);
        if (rows.table(bucket.id, namespace.name, wanted.name)) {
          throw conflict('A table with an identical name already exists in the namespace.');
        }
        const id = newId();
        const table: TableRow = {
          id,
          bucketId: bucket.id,
          namespace: namespace.name,
          namespaceId: namespace.id,
          name: wanted.name,
          createdAt: context.now,
          createdBy: METADATA_PRINCIPAL,
          modifiedAt: context.now,
          modifiedBy: METADATA_PRINCIPAL,
          versionToken: newVersionToken(),
          warehouseAlias: newWarehouseAlias(id, region),
          // Fixed at creation, over the bucket's default (TB-22).
          encryption: wanted.encryption ?? (named ? bucket.encryption : { algorithm: 'AES256' }),
          storageClass: bucket.storageClass,
          tags: {},
        };
        const warehouse = warehouseOf(bucket, table);
        const key = `metadata/00000-${newUuid()}.metadata.json`;
        const document = newMetadata(warehouseLocation(table), wanted.columns, context.now);
        rows.addTable({ ...table, metadataLocation: `${warehouseLocation(table)}/${key}` });
        proveMaintenanceAccess(around.ports, context, warehouse);
        checkKey(around.ports.kms, context, warehouse, 'Decrypt', WRITER);
        around.ports.warehouses.put({
          context,
          caller: WRITER,
          warehouse,
          key,
          body: Buffer.from(stringifyExact(document)),
        });
        return { tableBucketArn: bucket.arn, tableArn: tableArn(bucket, id) };
      });
    },

    async append(arn, added): Promise<void> {
      const { bucket: named, tableId } = parseTableArn(arn);
      for (let attempt = 1; ; attempt += 1) {
        const row = rows.tableById(tableId);
        const bucket = row && rows.bucketById(row.bucketId);
        if (!row || !bucket) throw noSuchTable();
        const context = serviceContext(desk, WRITER, 'PutTableData', named);
        const warehouse = warehouseOf(bucket, row);
        const begun = performance.now();
        let failure: AwsError | undefined;
        try {
          // A table key that S3 still holds would hide that the key can no longer be used (TB-12).
          checkKey(around.ports.kms, context, warehouse, 'GenerateDataKey', WRITER);
          const files = openTableFiles(desk, context, row, warehouse, WRITER);
          const metadata = await files.metadata();
          if (!metadata) throw noSuchTable();
          return await appendRows(files, metadata, added);
        } catch (error) {
          if (error instanceof AwsError) failure = error;
          if (failure?.code !== 'ConflictException' || attempt >= ATTEMPTS) throw error;
        } finally {
          around.trail.request({
            ledger: {
              requestId: context.requestId,
              accountId: named.accountId,
              region: named.region,
              service: 's3tables',
              operation: context.operation,
              principalArn: METADATA_PRINCIPAL,
              accessKeyId: '',
              resource: arn,
              parent: bucket.arn,
              status: failure?.status ?? 200,
              ...(failure && { error: { code: failure.code, message: failure.message } }),
              durationMs: performance.now() - begun,
              keyOperations: context.trail.keyOperations,
            },
            time: context.now,
            origin: context,
            events: context.trail.events,
            decisions: context.trail.decisions,
          });
        }
      }
    },
  };
}

/** One data file and one snapshot. */
async function appendRows(
  files: ReturnType<typeof openTableFiles>,
  metadata: TableMetadata,
  added: readonly Row[],
): Promise<void> {
  const schema = currentSchema(metadata);
  const specId = metadata['default-spec-id'];
  const { body, figures } = encodeRows(schema, added, 'SNAPPY');
  const unique = newUuid();
  const snapshotId = Number(randomBytes(8).readBigUInt64BE() >> 11n) || 1;
  const file = { path: await files.write(`data/${unique}.parquet`, body), schema, ...figures };
  const manifest = writeManifest(schema, specId, snapshotId, [file]);
  const manifestPath = await files.write(`metadata/${unique}-m0.avro`, manifest);
  const listKey = `metadata/snap-${snapshotId}-1-${unique}.avro`;
  const sum = { files: 1, records: figures.records, bytes: figures.bytes };
  const snapshot = appendSnapshot(metadata, snapshotId, `${files.location}/${listKey}`, sum, files.now);
  const before = currentSnapshot(metadata);
  const manifests = [
    manifestEntry(manifestPath, manifest.length, specId, snapshotId, snapshot['sequence-number'], [file]),
    ...(before ? readManifestList(await files.read(before['manifest-list'])) : []),
  ];
  await files.write(listKey, writeManifestList(snapshot, manifests));
  await files.commit(withSnapshot(metadata, snapshot, files.row.metadataLocation));
}
