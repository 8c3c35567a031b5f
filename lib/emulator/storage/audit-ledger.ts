/** Ledger records as audit rows. */

import type { KeyOperation, LedgerRecord } from '../../contract/ledger.ts';
import type { RequestRecord } from './audit.ts';
import type { AuditParts } from './audit-parts.ts';
import { parseStored } from './stored-json.ts';

/** What many requests of one caller share; a part. */
type Head = [
  accountId: string,
  region: string,
  service: string,
  operation: string,
  principalArn: string,
  accessKeyId: string,
  parent: string | null,
];

/** A key operation: whole, or for a spared one a part without its age, and the age. */
type OperationEntry = KeyOperation | [part: number, age: number];

type Row = [
  requestId: string,
  head: number,
  status: number,
  durationMs: number,
  keyOperations: OperationEntry[],
  resource: string | null,
  bytes: number | null,
  errorCode: string | null,
  errorMessage: string | null,
];

export class LedgerRows {
  readonly #parts: AuditParts;

  constructor(parts: AuditParts) {
    this.#parts = parts;
  }

  encode(ledger: RequestRecord['ledger']): string {
    const head: Head = [
      ledger.accountId,
      ledger.region,
      ledger.service,
      ledger.operation,
      ledger.principalArn,
      ledger.accessKeyId,
      ledger.parent ?? null,
    ];
    const row: Row = [
      ledger.requestId,
      this.#parts.ofText(JSON.stringify(head)),
      ledger.status,
      Math.round(ledger.durationMs * 1000) / 1000,
      ledger.keyOperations.map((operation) => this.#operation(operation)),
      ledger.resource ?? null,
      ledger.bytes ?? null,
      ledger.error?.code ?? null,
      ledger.error?.message ?? null,
    ];
    return JSON.stringify(row);
  }

  /** The record without `time`, `decisions` and `eventIds`, which stand in other columns. */
  decode(text: unknown): Omit<LedgerRecord, 'time' | 'decisions' | 'eventIds'> {
    const [requestId, head, status, durationMs, operations, resource, bytes, code, message] = parseStored<Row>(text);
    const [accountId, region, service, operation, principalArn, accessKeyId, parent] = parseStored<Head>(
      this.#parts.text(head),
    );
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
      keyOperations: operations.map((entry) => this.#revive(entry)),
    };
  }

  #operation(operation: KeyOperation): OperationEntry {
    if (operation.kind !== 'spared' || operation.cachedKeyAge === undefined) return operation;
    const { cachedKeyAge, ...rest } = operation;
    const part = this.#parts.ofRepeated(JSON.stringify(rest));
    return part === undefined ? operation : [part, cachedKeyAge];
  }

  #revive(entry: OperationEntry): KeyOperation {
    if (!isShared(entry)) return entry;
    const [part, cachedKeyAge] = entry;
    return { ...parseStored<KeyOperation>(this.#parts.text(part)), cachedKeyAge };
  }
}

function isShared(entry: OperationEntry): entry is [part: number, age: number] {
  return Array.isArray(entry);
}
