import type { NextRequest } from 'next/server';
import { loadAccess } from '@/app/(console)/access/load';
import { filterOf, focusOf, readAddress } from '@/app/(console)/access/question';
import { titleOf } from '@/app/(console)/access/sentences';
import { filterRows } from '@/components/graph/model/filter';

/** The answer of the access graph with every row, for other programs: the address is that of the page. */
export async function GET(request: NextRequest): Promise<Response> {
  const address = readAddress(Object.fromEntries(request.nextUrl.searchParams));
  const loaded = await loadAccess();
  const focus = focusOf(address, loaded);
  const rows = focus.unknown ? [] : filterRows(loaded.rows, loaded.thingInfos, filterOf(address, focus));
  return Response.json({
    question: titleOf(address, focus, loaded),
    readAt: loaded.readAt,
    notRead: loaded.notRead.map(({ what, action }) => ({ what, ...(action === undefined ? {} : { action }) })),
    keys: loaded.keyInfos,
    encrypts: loaded.thingInfos,
    ways: rows,
  });
}
