import type { LedgerPage, LedgerRecord } from '../contract/ledger.ts';

/** Reads a page of the ledger, newest first; `after` is the cursor of the page before. */
export type ReadLedger = (query: { principalArn: string; from: string; after?: string }) => Promise<LedgerPage>;

const MAX_PAGES = 1000;

/**
 * Follows what one principal does from a moment on. Each `poll` gives the records that are new since the last, oldest
 * first, and reads only as many pages as hold new ones.
 */
export function followLedger(
  read: ReadLedger,
  principalArn: string,
  from: string,
): { poll(): Promise<readonly LedgerRecord[]> } {
  const seen = new Set<string>();
  return {
    async poll() {
      const fresh: LedgerRecord[] = [];
      let after: string | undefined;
      for (let page = 0; page < MAX_PAGES; page += 1) {
        const { records, next } = await read({ principalArn, from, ...(after !== undefined && { after }) });
        const unseen = records.filter(({ requestId }) => !seen.has(requestId));
        fresh.push(...unseen);
        if (next === undefined || unseen.length < records.length) break;
        after = next;
      }
      for (const { requestId } of fresh) seen.add(requestId);
      return fresh.reverse();
    },
  };
}
