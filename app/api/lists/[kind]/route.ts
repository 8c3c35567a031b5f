import { z } from 'zod';
import { readBucketRows } from '@/app/(console)/bucket-rows';
import { readKeyRows } from '@/app/(console)/key-rows';
import { workplace } from '@/lib/aws/session';

const body = z.object({
  items: z
    .array(
      z.object({
        name: z.string().max(2048),
        arn: z.string().max(2048).optional(),
        createdAt: z.string().max(40).optional(),
      }),
    )
    .max(200),
});

const kinds = z.enum(['table-buckets', 'directory-buckets', 'buckets', 'keys']);

/** Details of the rows of a long list, a piece at a time. It reads; it is a POST because the names are many. */
export async function POST(request: Request, { params }: RouteContext<'/api/lists/[kind]'>) {
  const [{ aws }, { kind: asked }] = await Promise.all([workplace(), params]);
  const kind = kinds.safeParse(asked);
  const input = body.safeParse(await request.json().catch(() => undefined));
  if (!kind.success || !input.success) {
    return Response.json({ error: 'Send the items of a list of buckets or keys.' }, { status: 400 });
  }
  const { items } = input.data;
  const rows =
    kind.data === 'keys'
      ? await readKeyRows(
          aws,
          items.map(({ name, arn = '' }) => ({ id: name, arn })),
        )
      : await readBucketRows(aws, kind.data, items);
  return Response.json({ rows }, { headers: { 'cache-control': 'no-store' } });
}
