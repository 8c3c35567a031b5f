import { workplace } from '@/lib/aws/session';
import { findUpload } from '@/lib/aws/uploads';

/** How a run stands, for the page that follows it. */
export async function GET(_request: Request, { params }: RouteContext<'/api/uploads/[id]'>) {
  const { aws } = await workplace();
  const run = findUpload(aws, (await params).id);
  if (run === undefined) return Response.json({ error: 'There is no such upload.' }, { status: 404 });
  const { status, counters, series, halts = [] } = run;
  return Response.json(
    { status, counters, series, halted: halts.length },
    { headers: { 'cache-control': 'no-store' } },
  );
}
