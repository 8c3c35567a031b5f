/** The commit of an Iceberg table: which metadata file is the current one (TB-46). */

import type {
  GetTableMetadataLocationRequest,
  GetTableMetadataLocationResponse,
  UpdateTableMetadataLocationRequest,
  UpdateTableMetadataLocationResponse,
} from '@aws-sdk/client-s3tables';
import type { RequestContext } from '../context.ts';
import type { Checked } from '../wire/operation.ts';
import { openTable } from './decide.ts';
import type { Desk } from './desk.ts';
import { badRequest, staleToken } from './errors.ts';
import { newVersionToken } from './names.ts';
import { warehouseLocation } from './warehouses.ts';

const METADATA_FILE = /\.metadata\.json(\.gz)?$/;

export function metadataLocationOperations(desk: Desk) {
  const { rows, around } = desk;
  return {
    GetTableMetadataLocation(
      input: Checked<GetTableMetadataLocationRequest>,
      context: RequestContext,
    ): GetTableMetadataLocationResponse {
      const { table } = openTable(desk, context, input, ['s3tables:GetTableMetadataLocation']);
      return {
        versionToken: table.versionToken,
        warehouseLocation: warehouseLocation(table),
        ...(table.metadataLocation !== undefined && { metadataLocation: table.metadataLocation }),
      };
    },

    /** Compare and swap: of two commits on one version token, one wins and the other gets ConflictException. */
    UpdateTableMetadataLocation(
      input: Checked<UpdateTableMetadataLocationRequest>,
      context: RequestContext,
    ): UpdateTableMetadataLocationResponse {
      const { table, arn } = openTable(desk, context, input, ['s3tables:UpdateTableMetadataLocation']);
      const { metadataLocation } = input;
      if (!metadataLocation.startsWith(`${warehouseLocation(table)}/`) || !METADATA_FILE.test(metadataLocation)) {
        throw badRequest('The specified metadata location is not valid.');
      }
      if (input.versionToken !== table.versionToken) throw staleToken();
      const versionToken = newVersionToken();
      around.state.write(() =>
        rows.changeTable(table.id, {
          metadata_location: metadataLocation,
          version_token: versionToken,
          modified_at: context.now,
          modified_by: context.accountId,
        }),
      );
      return { name: table.name, tableARN: arn, namespace: [table.namespace], versionToken, metadataLocation };
    },
  };
}
