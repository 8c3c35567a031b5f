/** Metadata files of tables, read and written through S3 in the caller's name and with the table's key. */

import { gunzipSync } from 'node:zlib';
import { stringifyExact } from '../../iceberg/exact-json.ts';
import { IcebergError, nextVersion, parseMetadata, type TableMetadata } from '../../iceberg/metadata.ts';
import type { RequestContext } from '../context.ts';
import type { CatalogVersion, WarehousePort } from '../ports.ts';
import { newUuid } from '../world/id-source.ts';
import { badRequest } from './errors.ts';

/** The metadata at a location below the table's warehouse. Throws what KMS says, or BadRequestException. */
export async function readMetadataFile(
  warehouses: WarehousePort,
  context: RequestContext,
  version: CatalogVersion,
  location: string,
): Promise<TableMetadata> {
  const { warehouse } = version;
  const key = keyBelow(version, location);
  const body = await warehouses.read({ context, caller: context.caller, warehouse, key });
  if (body === undefined) throw badRequest(`The metadata file ${location} does not exist.`);
  try {
    const zipped = body[0] === 0x1f && body[1] === 0x8b;
    return parseMetadata(new TextDecoder().decode(zipped ? gunzipSync(body) : body));
  } catch (error) {
    throw badRequest(`The metadata file ${location} can't be read: ${error instanceof Error ? error.message : ''}`);
  }
}

/** Writes the next metadata file of a table; it counts only once it is committed. Gives its location. */
export async function writeMetadataFile(
  warehouses: WarehousePort,
  context: RequestContext,
  version: CatalogVersion,
  metadata: TableMetadata,
): Promise<string> {
  const number = String(nextVersion(version.metadataLocation)).padStart(5, '0');
  const key = `metadata/${number}-${newUuid()}.metadata.json`;
  const body = Buffer.from(stringifyExact(metadata));
  await warehouses.write({ context, caller: context.caller, warehouse: version.warehouse, key, body });
  return `${version.warehouseLocation}/${key}`;
}

/** Removes a file that was written for a commit that did not come to be. */
export function dropMetadataFile(warehouses: WarehousePort, version: CatalogVersion, location: string): void {
  warehouses.delete(version.warehouse, [keyBelow(version, location)]);
}

function keyBelow({ warehouseLocation }: CatalogVersion, location: string): string {
  if (!location.startsWith(`${warehouseLocation}/`)) throw badRequest('The specified metadata location is not valid.');
  return location.slice(warehouseLocation.length + 1);
}

/** Runs what checks or changes metadata; a contradiction in it is the caller's mistake. */
export function asCallersMistake<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof IcebergError ? badRequest(error.message) : error;
  }
}
