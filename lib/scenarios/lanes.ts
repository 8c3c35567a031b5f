/** The life of bucket keys and table keys, one lane for each requester, out of the ledger. */

import type { LedgerRecord } from '../contract/ledger.ts';

export interface LanePoint {
  /** World time, milliseconds. */
  readonly at: number;
  /** Asked KMS; was answered by a key that S3 still held; was refused. */
  readonly kind: 'made' | 'spared' | 'refused';
  /** Accepted although the permission was gone by then. */
  readonly late: boolean;
}

export interface Lane {
  readonly principal: string;
  readonly points: readonly LanePoint[];
  /** From the birth of a key that S3 held until it expired, milliseconds of world time. */
  readonly keys: readonly { readonly from: number; readonly to: number }[];
}

export interface Lanes {
  readonly from: number;
  readonly to: number;
  readonly lanes: readonly Lane[];
  readonly marks: readonly { readonly at: number; readonly label: string; readonly principal?: string }[];
}

/**
 * @param lifetime seconds that S3 holds a key in this world
 * @param revoked when a principal lost its permission: what it was let do afterwards is late
 */
export function lanesOf(
  records: readonly LedgerRecord[],
  lifetime: number,
  marks: Lanes['marks'] = [],
  revoked?: { readonly principal: string; readonly at: number },
): Lanes {
  const byPrincipal = Map.groupBy(records, ({ principalArn }) => principalArn);
  const lanes = [...byPrincipal].map(([principal, own]): Lane => {
    const keys: Lane['keys'][number][] = [];
    const points = own.map((record): LanePoint => {
      const at = Date.parse(record.time);
      const made = record.keyOperations.some(({ kind }) => kind === 'made');
      const ok = record.status < 400;
      if (made && ok && record.keyOperations.some(({ cachedKeyId }) => cachedKeyId !== undefined)) {
        keys.push({ from: at, to: at + lifetime * 1000 });
      }
      const late = ok && revoked?.principal === principal && at >= revoked.at;
      return { at, kind: ok ? (made ? 'made' : 'spared') : 'refused', late };
    });
    return { principal, points, keys };
  });
  const times = [
    ...lanes.flatMap(({ points }) => points.map(({ at }) => at)),
    ...lanes.flatMap(({ keys }) => keys.map(({ to }) => to)),
    ...marks.map(({ at }) => at),
  ];
  const from = Math.min(...times);
  const to = Math.max(...times, from + 1000);
  const margin = Math.max(1000, (to - from) * 0.03);
  return { from: from - margin, to: to + margin, lanes, marks };
}
