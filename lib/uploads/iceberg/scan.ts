/** Reads an Iceberg table as a query does: metadata, manifest list, manifests, data files. */

import { GetTableMetadataLocationCommand } from '@aws-sdk/client-s3tables';
import { readContainer } from '../../iceberg/avro.ts';
import { readManifestList } from '../../iceberg/manifest.ts';
import { currentSnapshot, readMetadata } from '../../iceberg/metadata.ts';
import type { TableRef, WriterOptions } from './append.ts';
import { openFiles } from './storage.ts';

/**
 * Scans the newest manifests of the table's current snapshot and reads their data files. Reports each object to
 * `onObject`; throws the SDK's errors. A table without a snapshot is an empty result.
 */
export async function scanTable(
  options: Pick<WriterOptions, 's3' | 's3tables' | 'onObject'> & {
    readonly table: Exclude<TableRef, { tableArn: string }>;
    readonly mostManifests: number;
  },
): Promise<void> {
  const { s3, s3tables, table, onObject, mostManifests } = options;
  const { metadataLocation, warehouseLocation = '' } = await s3tables.send(new GetTableMetadataLocationCommand(table));
  if (metadataLocation === undefined) return;
  const files = openFiles(s3, warehouseLocation, onObject, undefined);
  const snapshot = currentSnapshot(readMetadata((await files.get('metadata', metadataLocation)).toString()));
  if (snapshot === undefined) return;
  const manifests = readManifestList(await files.get('manifest-list', snapshot['manifest-list']));
  for (const { manifest_path: path } of manifests.slice(0, mostManifests)) {
    for (const record of readContainer(await files.get('manifest', path)).records) {
      const location = (record as { data_file?: { file_path?: string } }).data_file?.file_path;
      if (location !== undefined) await files.get('data', location);
    }
  }
}
