/** A table as a service sees it: files read, written and committed in the name of its principal. */

import { gunzipSync } from 'node:zlib';
import { stringifyExact } from '../../../iceberg/exact-json.ts';
import { IcebergError, nextVersion, parseMetadata, type TableMetadata } from '../../../iceberg/metadata.ts';
import type { Caller, RequestContext } from '../../context.ts';
import type { Warehouse } from '../../ports.ts';
import { newUuid } from '../../world/id-source.ts';
import type { Desk } from '../desk.ts';
import { staleToken } from '../errors.ts';
import { MAINTAINER } from '../maintainer.ts';
import type { TableRow } from '../model.ts';
import { newVersionToken } from '../names.ts';
import { warehouseLocation } from '../warehouses.ts';

export interface TableFiles {
  readonly row: TableRow;
  readonly warehouse: Warehouse;
  /** `s3://…--table-s3` */
  readonly location: string;
  readonly now: number;
  /** The current metadata; undefined for a table without. Throws IcebergError for a file that is none. */
  metadata(): Promise<TableMetadata | undefined>;
  /** A file by its location. Throws IcebergError when it does not exist. */
  read(location: string): Promise<Buffer>;
  /** Gives the location. */
  write(key: string, body: Uint8Array): Promise<string>;
  /** Every object of the warehouse. */
  list(): readonly { readonly key: string; readonly size: number; readonly lastModified: number }[];
  remove(keys: readonly string[]): void;
  /** Key of a location in this warehouse, else undefined. */
  keyOf(location: string): string | undefined;
  /** Writes the metadata as the table's next and makes it current. Throws ConflictException when the table has moved on. */
  commit(metadata: TableMetadata): Promise<void>;
}

/** Opens a table at the version that stands in `row`. */
export function openTableFiles(
  desk: Desk,
  context: RequestContext,
  row: TableRow,
  warehouse: Warehouse,
  caller: Caller = MAINTAINER,
): TableFiles {
  const { state, ports } = desk.around;
  const location = warehouseLocation(row);
  const access = { context, caller, warehouse };
  const keyOf = (file: string): string | undefined =>
    file.startsWith(`${location}/`) ? file.slice(location.length + 1) : undefined;

  async function read(file: string): Promise<Buffer> {
    const key = keyOf(file);
    const body = key === undefined ? undefined : await ports.warehouses.read({ ...access, key });
    if (body === undefined) throw new IcebergError(`The file ${file} does not exist.`);
    return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  }

  async function write(key: string, body: Uint8Array): Promise<string> {
    await ports.warehouses.write({ ...access, key, body });
    return `${location}/${key}`;
  }

  const remove = (keys: readonly string[]): void => ports.warehouses.delete(warehouse, keys);

  return {
    row,
    warehouse,
    location,
    now: context.now,
    keyOf,
    read,
    write,
    remove,
    list: () => ports.warehouses.list(warehouse),
    async metadata() {
      if (row.metadataLocation === undefined) return undefined;
      const body = await read(row.metadataLocation);
      return parseMetadata((body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body) : body).toString());
    },
    async commit(metadata) {
      const number = String(nextVersion(row.metadataLocation)).padStart(5, '0');
      const key = `metadata/${number}-${newUuid()}.metadata.json`;
      const metadataLocation = await write(key, Buffer.from(stringifyExact(metadata)));
      const done = state.write(() => {
        if (desk.rows.tableById(row.id)?.versionToken !== row.versionToken) return false;
        desk.rows.changeTable(row.id, {
          metadata_location: metadataLocation,
          version_token: newVersionToken(),
          modified_at: context.now,
        });
        return true;
      });
      if (done) return;
      remove([key]);
      throw staleToken();
    },
  };
}
