/** Ledger records as audit rows. */

import type { KeyOperation, LedgerRecord } from '../../contract/ledger.ts';
import type { RequestRecord } from './audit.ts';
import { parseStored } from './stored-json.ts';

type Row = [
  requestId: string,
  accountId: string,
  region: string,
  service: string,
  operation: string,
  principalArn: string,
  accessKeyId: string,
  status: number,
  durationMs: number,
  keyOperations: readonly KeyOperation[],
  resource: string | null,
  parent: string | null,
  bytes: number | null,
  errorCode: string | null,
  errorMessage: string | null,
];

export function encodeLedger(ledger: RequestRecord['ledger']): string {
  const row: Row = [
    ledger.requestId,
    ledger.accountId,
    ledger.region,
    ledger.service,
    ledger.operation,
    ledger.principalArn,
    ledger.accessKeyId,
    ledger.status,
    Math.round(ledger.durationMs * 1000) / 1000,
    ledger.keyOperations,
    ledger.resource ?? null,
    ledger.parent ?? null,
    ledger.bytes ?? null,
    ledger.error?.code ?? null,
    ledger.error?.message ?? null,
  ];
  return JSON.stringify(row);
}

/** The record without `time`, `decisions` and `eventIds`, which stand in other columns. */
export function decodeLedger(text: unknown): Omit<LedgerRecord, 'time' | 'decisions' | 'eventIds'> {
  const [requestId, accountId, region, service, operation, principalArn, accessKeyId, status, durationMs, ...rest] =
    parseStored<Row>(text);
  const [keyOperations, resource, parent, bytes, code, message] = rest;
  return {
    requestId,
    accountId,
    region,
    service,
    operation,
    principalArn,
    accessKeyId,
    ...(resource === null ? {} : { resource }),
    ...(parent === null ? {} : { parent }),
    ...(bytes === null ? {} : { bytes }),
    status,
    ...(code === null ? {} : { error: { code, message: message ?? '' } }),
    durationMs,
    keyOperations,
  };
}
