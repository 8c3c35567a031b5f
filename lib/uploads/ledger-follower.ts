import type { LedgerPage, LedgerRecord } from '../contract/ledger.ts';

/** Reads a page of the account's ledger, newest first; `after` is the cursor of the page before. */
export type ReadLedger = (query: { from: string; after?: string }) => Promise<LedgerPage>;

const MAX_PAGES = 5000;

/**
 * Follows what an account does from a moment of world time on. Each `poll` gives the records that are new since the
 * last, oldest first, and reads only as many pages as hold new ones.
 */
export function followLedger(read: ReadLedger, from: string): { poll(): Promise<readonly LedgerRecord[]> } {
  const seen = new Set<string>();
  return {
    async poll() {
      const fresh: LedgerRecord[] = [];
      let after: string | undefined;
      for (let page = 0; page < MAX_PAGES; page += 1) {
        const { records, next } = await read({ from, ...(after !== undefined && { after }) });
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
