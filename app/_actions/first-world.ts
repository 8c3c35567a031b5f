import 'server-only';
import { type Aws, clientsWith } from '@/lib/aws/connection';
import { callerIdentity } from '@/lib/aws/principals';
import type { Result } from '@/lib/aws/result';
import { isEmptyWorld, loadFirstWorld as load } from '@/lib/scenarios/first-world';

const ACTION = 'scenarios:loadFirstWorld';

/**
 * The one place where the console calls `lib/scenarios`. Answers with one sentence about what there is to see.
 */
export async function loadFirstWorld(aws: Aws): Promise<Result<string>> {
  const identity = await callerIdentity(aws);
  if (!identity.ok) return identity;
  try {
    if (!(await isEmptyWorld(aws))) {
      const message = 'This account has keys already. Reset it first, or switch to an account that is empty.';
      return { ok: false, error: { code: 'NotEmpty', message, action: ACTION } };
    }
    const world = await load({
      ...aws,
      accountId: identity.data.accountId,
      s3As: (credentials) => clientsWith(aws, credentials).s3,
    });
    return {
      ok: true,
      data: `${world.keys.length} keys, buckets of each kind, four tables, roles and grants. Uploads were made and two were refused: begin with the overview.`,
    };
  } catch (thrown) {
    const error = thrown as { name?: string; message?: string; $metadata?: { requestId?: string } };
    const requestId = error.$metadata?.requestId;
    return {
      ok: false,
      error: {
        code: error.name ?? 'Error',
        message: error.message ?? 'The world could not be loaded.',
        action: ACTION,
        ...(requestId === undefined ? {} : { requestId }),
      },
    };
  }
}
