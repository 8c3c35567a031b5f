import 'server-only';
import type { Aws } from './connection.ts';
import { type KeyGrant, listGrants } from './grants.ts';
import { processWide } from './process-wide.ts';
import { mapResult, type Result } from './result.ts';

/**
 * Windows on the grants of a key. KMS has no filter beyond one grantee and no order, and a key may have 50,000 grants:
 * the list is read once, kept for a short while, and searched here.
 */

export interface GrantQuery {
  readonly search: string;
  readonly operation: string;
  readonly sort: string;
  readonly offset: number;
  readonly limit: number;
}

interface Kept {
  readonly aws: Aws;
  readonly keyId: string;
  readonly readAt: number;
  readonly list: Promise<Result<{ items: readonly KeyGrant[] }>>;
}

/** How long a list counts as fresh, and how many are kept. */
const FRESH_MILLISECONDS = 15_000;
const KEPT_LISTS = 3;
const memory = processWide<{ kept: readonly Kept[] }>('grants', () => ({ kept: [] }));

/** Forgets a key's list; called after a grant was made or ended. */
export function forgetGrants(keyId: string): void {
  memory.kept = memory.kept.filter((one) => !keyId.endsWith(one.keyId) && !one.keyId.endsWith(keyId));
}

/** All grants of a key, as they were read a moment ago. `fresh` reads them again. */
export async function readGrants(
  aws: Aws,
  keyId: string,
  fresh = false,
): Promise<Result<{ items: readonly KeyGrant[] }>> {
  if (fresh) forgetGrants(keyId);
  const now = Date.now();
  let entry = memory.kept.find(
    (one) => one.aws === aws && one.keyId === keyId && now - one.readAt < FRESH_MILLISECONDS,
  );
  if (!entry) {
    entry = { aws, keyId, readAt: now, list: listGrants(aws, keyId) };
    memory.kept = [entry, ...memory.kept.filter((one) => one.aws !== aws || one.keyId !== keyId)].slice(0, KEPT_LISTS);
  }
  const answer = await entry.list;
  if (!answer.ok) forgetGrants(keyId);
  return answer;
}

/** One window, with the numbers of all grants and of those that match. */
export async function readGrantWindow(
  aws: Aws,
  keyId: string,
  query: GrantQuery,
  fresh = false,
): Promise<Result<{ total: number; matching: number; offset: number; grants: readonly KeyGrant[] }>> {
  const answer = await readGrants(aws, keyId, fresh);
  return mapResult(answer, ({ items }) => {
    const search = query.search.trim().toLowerCase();
    const matching = items.filter(
      (grant) =>
        (query.operation === '' || grant.operations.includes(query.operation)) &&
        (search === '' ||
          `${grant.id} ${grant.name ?? ''} ${grant.grantee} ${grant.retiring ?? ''}`.toLowerCase().includes(search)),
    );
    const ordered = matching.toSorted(compareBy(query.sort));
    return {
      total: items.length,
      matching: matching.length,
      offset: query.offset,
      grants: ordered.slice(query.offset, query.offset + query.limit),
    };
  });
}

function compareBy(sort: string): (a: KeyGrant, b: KeyGrant) => number {
  const text = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  if (sort === 'grantee') return (a, b) => text(a.grantee, b.grantee) || text(a.id, b.id);
  if (sort === 'name') return (a, b) => text(a.name ?? '\uffff', b.name ?? '\uffff') || text(a.id, b.id);
  return (a, b) => text(b.createdAt ?? '', a.createdAt ?? '') || text(a.id, b.id);
}
