import 'server-only';
import type { Aws } from '@/lib/aws/connection';
import type { Result } from '@/lib/aws/result';

/**
 * The one place where the console calls `lib/scenarios`. Answers with one sentence about what there is to see.
 */
export function loadFirstWorld(_aws: Aws): Promise<Result<string>> {
  return Promise.resolve({
    ok: false,
    error: {
      code: 'NotBuilt',
      message: 'This build has no demonstration world yet.',
      action: 'scenarios:loadFirstWorld',
    },
  });
}
