import { workplace } from '@/lib/aws/session';
import { lastScan } from '@/lib/findings/registry';

/** How the scan stands, for the page that follows it. */
export async function GET() {
  const { aws } = await workplace();
  const { status, done, total } = lastScan(aws) ?? { status: 'done', done: 0, total: 0 };
  return Response.json({ status, done, total }, { headers: { 'cache-control': 'no-store' } });
}
