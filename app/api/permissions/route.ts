import { policyFor, readsOf } from '@/lib/aws/permissions';
import operations from '@/lib/aws/sent-operations.json';
import { workplace } from '@/lib/aws/session';

/** The console's own least-privilege policy as a file: `access` is `read` or `full`. */
export async function GET(request: Request) {
  await workplace();
  const full = new URL(request.url).searchParams.get('access') === 'full';
  const name = `sse-kms-console-${full ? 'full' : 'read'}.json`;
  return new Response(`${JSON.stringify(policyFor(full ? operations : readsOf(operations)), null, 2)}\n`, {
    headers: { 'content-type': 'application/json', 'content-disposition': `attachment; filename="${name}"` },
  });
}
