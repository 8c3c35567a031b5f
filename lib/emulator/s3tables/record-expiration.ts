/** Expiration of records (TB-53). The setting is kept; no record expires yet. */

import type {
  GetTableRecordExpirationConfigurationRequest,
  GetTableRecordExpirationConfigurationResponse,
  GetTableRecordExpirationJobStatusRequest,
  GetTableRecordExpirationJobStatusResponse,
  PutTableRecordExpirationConfigurationRequest,
} from '@aws-sdk/client-s3tables';
import type { RequestContext } from '../context.ts';
import type { Checked } from '../wire/operation.ts';
import { openTable } from './decide.ts';
import type { Desk } from './desk.ts';
import { badRequest } from './errors.ts';

export function recordExpirationOperations(desk: Desk) {
  const { rows, around } = desk;
  return {
    PutTableRecordExpirationConfiguration(
      input: Checked<PutTableRecordExpirationConfigurationRequest>,
      context: RequestContext,
    ): Record<string, never> {
      const { table } = openTable(desk, context, input, ['s3tables:PutTableRecordExpirationConfiguration']);
      const status = input.value.status ?? 'disabled';
      const days = input.value.settings?.days ?? table.recordExpiration?.days;
      if (status === 'enabled' && days === undefined) {
        throw badRequest('The record expiration configuration is not valid: enabled requires days.');
      }
      around.state.write(() =>
        rows.changeTable(table.id, { record_expiration: { status, ...(days !== undefined && { days }) } }),
      );
      return {};
    },

    GetTableRecordExpirationConfiguration(
      input: Checked<GetTableRecordExpirationConfigurationRequest>,
      context: RequestContext,
    ): GetTableRecordExpirationConfigurationResponse {
      const { table } = openTable(desk, context, input, ['s3tables:GetTableRecordExpirationConfiguration']);
      const { status, days } = table.recordExpiration ?? { status: 'disabled' as const };
      return { configuration: { status, ...(days !== undefined && { settings: { days } }) } };
    },

    GetTableRecordExpirationJobStatus(
      input: Checked<GetTableRecordExpirationJobStatusRequest>,
      context: RequestContext,
    ): GetTableRecordExpirationJobStatusResponse {
      const { table } = openTable(desk, context, input, ['s3tables:GetTableRecordExpirationJobStatus']);
      return { status: table.recordExpiration?.status === 'enabled' ? 'NotYetRun' : 'Disabled' };
    },
  };
}
