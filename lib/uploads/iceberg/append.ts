/**
 * Appends rows to an Iceberg table in a table bucket as any engine does: data file, manifest, manifest list and
 * metadata under the table's warehouse location through S3, then the commit through S3 Tables.
 */

import { randomBytes, randomUUID } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import {
  ConflictException,
  GetTableCommand,
  GetTableMetadataLocationCommand,
  type S3TablesClient,
  UpdateTableMetadataLocationCommand,
} from '@aws-sdk/client-s3tables';
import { stringifyExact } from '../../iceberg/exact-json.ts';
import {
  type DataFile,
  type ManifestFile,
  manifestEntry,
  readManifestList,
  writeManifest,
  writeManifestList,
} from '../../iceberg/manifest.ts';
import {
  appendSnapshot,
  type Column,
  currentSchema,
  currentSnapshot,
  IcebergError,
  type Id,
  type NewColumn,
  newMetadata,
  nextVersion,
  readMetadata,
  type Snapshot,
  type TableMetadata,
  type TableSchema,
  withSnapshot,
} from '../../iceberg/metadata.ts';
import { encodeRows } from '../../iceberg/parquet.ts';
import { type Row, typeOfValue } from '../../iceberg/values.ts';
import { type ObjectEvent, openFiles, type TableFiles } from './storage.ts';

export type TableRef =
  | { readonly tableArn: string }
  | { readonly tableBucketARN: string; readonly namespace: string; readonly name: string };

export interface WriterOptions {
  readonly s3: S3Client;
  readonly s3tables: S3TablesClient;
  readonly table: TableRef;
  /** Schema for a table that has none yet; without it the first rows tell. */
  readonly columns?: readonly NewColumn[];
  /** Told of each object written or read and of each commit, failed ones too. Must not throw. */
  readonly onObject?: (event: ObjectEvent) => void;
  /** Ends the work between two calls and aborts the one that runs. */
  readonly signal?: AbortSignal;
  /** How often a commit is tried when others commit at the same time; default 8. */
  readonly commitAttempts?: number;
  /** Compression of data files; default SNAPPY. */
  readonly codec?: 'SNAPPY' | 'UNCOMPRESSED';
}

export interface Commit {
  readonly snapshotId: Id;
  readonly metadataLocation: string;
  readonly files: readonly DataFile[];
  /** 1 when nobody else was committing. */
  readonly attempts: number;
}

/** A table open for appends. It remembers the last commit, so that the next one need not read anything. */
export interface TableWriter {
  readonly warehouseLocation: string;
  /** Columns of the current schema; undefined while the table has none. */
  columns(): readonly Column[] | undefined;
  /** Writes rows as one data file; nothing shows in the table until it is committed. `name` ends the file's key. */
  writeDataFile(rows: readonly Row[], name?: string): Promise<DataFile>;
  /** Adds data files to the table as one snapshot. Calls wait for each other. */
  commit(files: readonly DataFile[]): Promise<Commit>;
}

interface Position {
  versionToken: string;
  metadataLocation?: string;
  metadata?: TableMetadata;
  /** Manifests of the current snapshot, once they are known. */
  manifests?: readonly ManifestFile[];
}

type Names = Exclude<TableRef, { readonly tableArn: string }>;

/** Opens a table. Throws the SDK's errors, and IcebergError for a table that cannot be appended to. */
export async function openTable(options: WriterOptions): Promise<TableWriter> {
  const { s3, s3tables, onObject, signal, commitAttempts = 8, codec = 'SNAPPY' } = options;
  const send = signal ? { abortSignal: signal } : {};
  const names = await namesOf(s3tables, options.table, send);
  const first = await s3tables.send(new GetTableMetadataLocationCommand(names), send);
  const files = openFiles(s3, first.warehouseLocation ?? '', onObject, signal);
  let position = await read(files, first, undefined);
  let last: Promise<unknown> = Promise.resolve();

  /** Metadata to write on; a table without any gets a schema from the options or from the rows. */
  const base = (rows: readonly Row[]): TableMetadata =>
    (position.metadata ??= newMetadata(files.location, options.columns ?? columnsOf(rows), Date.now()));

  async function refresh(): Promise<void> {
    position = await read(files, await s3tables.send(new GetTableMetadataLocationCommand(names), send), position);
  }

  async function commit(added: readonly DataFile[]): Promise<Commit> {
    if (added.length === 0) throw new IcebergError('A commit needs at least one data file.');
    const snapshotId = newSnapshotId();
    for (let attempt = 1; ; attempt += 1) {
      const { metadata, versionToken } = position;
      if (!metadata) throw new IcebergError('The table has no metadata: write a data file first.');
      for (const file of added) requireFit(file, currentSchema(metadata));
      const prepared = await prepare(files, position, metadata, snapshotId, attempt, added);
      try {
        const answer = await files.report(
          { operation: 'UpdateTableMetadataLocation', kind: 'metadata', key: prepared.key, bytes: 0 },
          () =>
            s3tables.send(
              new UpdateTableMetadataLocationCommand({ ...names, versionToken, metadataLocation: prepared.location }),
              send,
            ),
        );
        position = {
          versionToken: answer.versionToken ?? '',
          metadataLocation: prepared.location,
          metadata: prepared.metadata,
          manifests: prepared.manifests,
        };
        return { snapshotId, metadataLocation: prepared.location, files: added, attempts: attempt };
      } catch (error) {
        if (!(error instanceof ConflictException)) throw error;
        await refresh();
        // The client repeats calls whose answer was lost: then the conflict is with ourselves.
        if (position.metadataLocation === prepared.location) {
          return { snapshotId, metadataLocation: prepared.location, files: added, attempts: attempt };
        }
        if (attempt >= commitAttempts) throw error;
        await pause(attempt, signal);
      }
    }
  }

  return {
    warehouseLocation: files.location,
    columns: () => position.metadata && currentSchema(position.metadata).fields,
    async writeDataFile(rows, name = `${randomUUID()}.parquet`) {
      const schema = currentSchema(base(rows));
      const { body, figures } = encodeRows(schema, rows, codec);
      const path = await files.put('data', `data/${name}`, body);
      return { path, schema, ...figures };
    },
    commit(added) {
      const mine = last.then(() => commit(added));
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}

/** Appends rows as one data file and one snapshot. `fileName` ends the data file's key and must be new. */
export async function appendToTable(
  options: WriterOptions & { readonly rows: readonly Row[]; readonly fileName?: string },
): Promise<Commit> {
  const writer = await openTable(options);
  return writer.commit([await writer.writeDataFile(options.rows, options.fileName)]);
}

/** A file written for one schema can be added to a table of another if every column that both know is the same. */
function requireFit(file: DataFile, schema: TableSchema): void {
  if (file.schema === schema) return;
  const written = new Map(file.schema.fields.map((column) => [column.id, column]));
  for (const { id, name, type, required } of schema.fields) {
    const column = written.get(id);
    if (column ? JSON.stringify(column.type) !== JSON.stringify(type) : required) {
      throw new IcebergError(`The table's schema was changed: its column ${name} does not fit the data file any more.`);
    }
  }
}

interface Prepared {
  readonly key: string;
  readonly location: string;
  readonly metadata: TableMetadata;
  readonly manifests: readonly ManifestFile[];
}

/** Writes manifest, manifest list and metadata of a snapshot on top of `metadata`: none of them shows before the commit. */
async function prepare(
  files: TableFiles,
  position: Position,
  metadata: TableMetadata,
  snapshotId: Id,
  attempt: number,
  added: readonly DataFile[],
): Promise<Prepared> {
  const schema = currentSchema(metadata);
  const specId = metadata['default-spec-id'];
  const unique = randomUUID();
  const manifest = writeManifest(schema, specId, snapshotId, added);
  const manifestKey = `metadata/${unique}-m0.avro`;
  const listKey = `metadata/snap-${snapshotId}-${attempt}-${unique}.avro`;
  const key = `metadata/${String(nextVersion(position.metadataLocation)).padStart(5, '0')}-${unique}.metadata.json`;
  const snapshot = appendSnapshot(
    metadata,
    snapshotId,
    `${files.location}/${listKey}`,
    {
      files: added.length,
      records: added.reduce((sum, { records }) => sum + records, 0),
      bytes: added.reduce((sum, { bytes }) => sum + bytes, 0),
    },
    Date.now(),
  );
  const manifests = [
    manifestEntry(
      `${files.location}/${manifestKey}`,
      manifest.length,
      specId,
      snapshotId,
      snapshot['sequence-number'],
      added,
    ),
    ...(position.manifests ?? (await readManifests(files, currentSnapshot(metadata)))),
  ];
  const next = withSnapshot(metadata, snapshot, position.metadataLocation);
  await Promise.all([
    files.put('manifest', manifestKey, manifest),
    files.put('manifest-list', listKey, writeManifestList(snapshot, manifests)),
    files.put('metadata', key, Buffer.from(stringifyExact(next))),
  ]);
  return { key, location: `${files.location}/${key}`, metadata: next, manifests };
}

async function readManifests(files: TableFiles, snapshot: Snapshot | undefined): Promise<readonly ManifestFile[]> {
  return snapshot ? readManifestList(await files.get('manifest-list', snapshot['manifest-list'])) : [];
}

/** Where the table stands, reading its metadata file unless it is the known one. */
async function read(
  files: TableFiles,
  answer: { readonly versionToken: string | undefined; readonly metadataLocation?: string | undefined },
  known: Position | undefined,
): Promise<Position> {
  const { versionToken = '', metadataLocation } = answer;
  // The metadata of a table that has none lies nowhere yet; it stays what data files were written for.
  if (metadataLocation === undefined) return { versionToken, ...(known?.metadata && { metadata: known.metadata }) };
  if (known && known.metadataLocation === metadataLocation) return { ...known, versionToken };
  const text = (await files.get('metadata', metadataLocation)).toString();
  return { versionToken, metadataLocation, metadata: readMetadata(text) };
}

async function namesOf(
  s3tables: S3TablesClient,
  table: TableRef,
  send: { readonly abortSignal?: AbortSignal },
): Promise<Names> {
  if (!('tableArn' in table)) return table;
  const found = await s3tables.send(new GetTableCommand({ tableArn: table.tableArn }), send);
  return {
    tableBucketARN: table.tableArn.slice(0, table.tableArn.indexOf('/table/')),
    namespace: found.namespace?.[0] ?? '',
    name: found.name ?? '',
  };
}

/** Columns for rows of a table without a schema: every name that occurs, of the type of its first value. */
function columnsOf(rows: readonly Row[]): NewColumn[] {
  const columns = new Map<string, NewColumn>();
  for (const row of rows) {
    for (const [name, value] of Object.entries(row)) {
      if (value !== null && value !== undefined && !columns.has(name)) {
        columns.set(name, { name, type: typeOfValue(value) });
      }
    }
  }
  return [...columns.values()];
}

/** Positive and of 53 bits: every reader can hold it, JavaScript too. */
function newSnapshotId(): number {
  return Number(randomBytes(8).readBigUInt64BE() >> 11n) || 1;
}

/** Waits a random while, longer with every attempt, so that writers do not meet again. */
async function pause(attempt: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  const most = Math.min(1000, 20 * 2 ** attempt);
  await new Promise((resolve) => setTimeout(resolve, Math.random() * most));
}
