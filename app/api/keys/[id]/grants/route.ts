import type { NextRequest } from 'next/server';
import { z } from 'zod';
import { readGrantWindow } from '@/lib/aws/grant-window';
import { workplace } from '@/lib/aws/session';

const query = z.object({
  q: z.string().max(200).default(''),
  operation: z.string().max(64).default(''),
  sort: z.enum(['made', 'grantee', 'name']).default('made'),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
  limit: z.coerce.number().int().min(1).max(500).default(200),
});

/** A window of a key's grants, for the table that scrolls through them. */
export async function GET(request: NextRequest, { params }: RouteContext<'/api/keys/[id]/grants'>) {
  const { aws } = await workplace();
  const asked = query.safeParse(Object.fromEntries(request.nextUrl.searchParams));
  if (!asked.success) return Response.json({ error: 'The query is not understood.' }, { status: 400 });
  const { q: search, ...rest } = asked.data;
  const answer = await readGrantWindow(aws, (await params).id, { search, ...rest });
  if (!answer.ok) return Response.json({ error: answer.error }, { status: 502 });
  return Response.json(answer.data, { headers: { 'cache-control': 'no-store' } });
}
