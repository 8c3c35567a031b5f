import { readLedger, readTrailRecords } from '@/lib/aws/emulator';
import { workplace } from '@/lib/aws/session';
import { findUpload, uploadStore } from '@/lib/aws/uploads';
import { hopsOf } from '@/lib/uploads/hops';

/** One request of a run, hop by hop: what the client saw, and what the emulator recorded of it. */
export async function GET(request: Request, { params }: RouteContext<'/api/uploads/[id]/hops'>) {
  const { aws } = await workplace();
  const { id } = await params;
  const index = Number(new URL(request.url).searchParams.get('object'));
  const object = findUpload(aws, id) && Number.isInteger(index) ? uploadStore().object(id, index) : undefined;
  if (object === undefined) return Response.json({ error: 'There is no such request.' }, { status: 404 });
  const { requestId } = object;
  const [ledger, events] = await Promise.all([readLedger(aws, { requestId }), readTrailRecords(aws, requestId)]);
  const story = hopsOf(object, ledger.ok ? ledger.data.records[0] : undefined, events.ok ? events.data : []);
  return Response.json(story, { headers: { 'cache-control': 'private, max-age=3600' } });
}
