import type { S3Client } from '@aws-sdk/client-s3';
import { GetTableMetadataLocationCommand, type S3TablesClient } from '@aws-sdk/client-s3tables';
import { type DataFile, readManifestList } from '../iceberg/manifest.ts';
import { currentSchema, currentSnapshot, IcebergError, readMetadata, type TableSchema } from '../iceberg/metadata.ts';
import { canRewrite, readRows } from '../iceberg/read-rows.ts';
import { DELETES, liveEntries, readManifest } from '../iceberg/rewrite.ts';
import { openTable } from '../uploads/iceberg/append.ts';
import { openFiles, type TableFiles } from '../uploads/iceberg/storage.ts';
import type { CopyProgress } from './record.ts';

/** A table by the ARN of its bucket, its namespace and its name, as the API takes it. */
export interface TableNames {
  readonly tableBucketARN: string;
  readonly namespace: string;
  readonly name: string;
}

interface Clients {
  readonly s3: S3Client;
  readonly s3tables: S3TablesClient;
}

interface Source {
  readonly files: TableFiles;
  /** Undefined for a table that was never written to and has no schema. */
  readonly schema: TableSchema | undefined;
  /** Data files of the current snapshot. */
  readonly paths: readonly string[];
}

/** Reads where a table stands. Throws IcebergError for one whose rows can't be written again without loss. */
export async function openSource({ s3, s3tables }: Clients, table: TableNames, signal?: AbortSignal): Promise<Source> {
  const found = await s3tables.send(
    new GetTableMetadataLocationCommand({ ...table }),
    signal ? { abortSignal: signal } : {},
  );
  const files = openFiles(s3, found.warehouseLocation ?? '', undefined, signal);
  if (found.metadataLocation === undefined) return { files, schema: undefined, paths: [] };
  const metadata = readMetadata((await files.get('metadata', found.metadataLocation)).toString());
  const schema = currentSchema(metadata);
  if (!canRewrite(schema))
    throw new IcebergError('The table has columns of nested, decimal, time or fixed types: copy it with an engine.');
  const snapshot = currentSnapshot(metadata);
  if (!snapshot) return { files, schema, paths: [] };
  const paths: string[] = [];
  for (const listed of readManifestList(await files.get('manifest-list', snapshot['manifest-list']))) {
    const manifest = readManifest(await files.get('manifest', listed.manifest_path), listed);
    const live = liveEntries(manifest);
    if (listed.content === DELETES && live.length > 0)
      throw new IcebergError('The table has delete files: compact it first, or copy it with an engine.');
    paths.push(...live.map(({ data_file: file }) => file.file_path));
  }
  return { files, schema, paths };
}

/**
 * Copies the rows of a table's current snapshot into another table, as one snapshot of its own: until the commit nothing
 * shows there, so a copy that is stopped leaves an empty table. Rejects with AWS's errors and IcebergError.
 */
export async function copyTable(
  clients: Clients,
  from: TableNames,
  to: TableNames,
  signal: AbortSignal,
  report: (progress: CopyProgress) => void,
): Promise<void> {
  const { files, schema, paths } = await openSource(clients, from, signal);
  report({ total: paths.length });
  if (!schema || paths.length === 0) return;
  const target = await openTable({ ...clients, table: to, signal });
  const written: DataFile[] = [];
  let [bytes, rows] = [0, 0];
  for (const path of paths) {
    signal.throwIfAborted();
    const some = await readRows(await files.get('data', path), schema);
    const file = await target.writeDataFile(some);
    written.push(file);
    bytes += file.bytes;
    rows += file.records;
    report({ done: written.length, bytes, rows });
  }
  await target.commit(written);
}
