import 'server-only';
import type { Result } from './result.ts';

/** A list that may have been cut off. */
export interface Listing<T> {
  readonly items: readonly T[];
  /** More exist than were read. */
  readonly cutOff: boolean;
}

/** No list is longer than this many pages, unless its reader knows better; a service that never ends can't hang a page. */
const MAX_PAGES = 400;

/**
 * Reads a paginated list to its end, or until `limit` items are there.
 * @param read one page; gets the token of the page before
 */
export async function readAll<Page, T>(
  read: (token: string | undefined) => Promise<Result<Page>>,
  pick: (page: Page) => { items: readonly T[] | undefined; next: string | undefined },
  limit = Number.POSITIVE_INFINITY,
  maxPages = MAX_PAGES,
): Promise<Result<Listing<T>>> {
  const items: T[] = [];
  let token: string | undefined;
  for (let page = 0; page < maxPages; page++) {
    const answer = await read(token);
    if (!answer.ok) return answer;
    const { items: more = [], next } = pick(answer.data);
    for (const item of more) items.push(item);
    const done = !next || next === token;
    if (done || items.length >= limit) {
      const { call, requestId } = answer;
      return {
        ok: true,
        data: { items, cutOff: !done },
        ...(call === undefined ? {} : { call }),
        ...(requestId === undefined ? {} : { requestId }),
      };
    }
    token = next;
  }
  return { ok: true, data: { items, cutOff: true } };
}
