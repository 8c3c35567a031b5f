import type { UploadPlan, UploadTarget } from '@/lib/uploads/plan';
import type { UploadStatus } from '@/lib/uploads/record';
import type { Tone } from '../ui/badge';
import { formatBytes, plural } from '../ui/format';

/** Words for simulated uploads. */

export const STATUS: Readonly<Record<UploadStatus, { readonly tone: Tone; readonly word: string }>> = {
  running: { tone: 'info', word: 'Running' },
  done: { tone: 'good', word: 'Done' },
  cancelled: { tone: 'neutral', word: 'Stopped' },
  failed: { tone: 'bad', word: 'Failed' },
  interrupted: { tone: 'warn', word: 'Interrupted' },
};

/** The name of a target: bucket, or namespace and table. */
export function targetName(target: UploadTarget): string {
  return target.kind === 'table' ? `${target.namespace}.${target.name}` : target.bucket;
}

const KINDS = { table: 'Table', 'directory-bucket': 'Directory bucket', bucket: 'General purpose bucket' } as const;

export function targetKind(target: UploadTarget): string {
  return KINDS[target.kind];
}

/** "100 objects of 16.0 KiB, 8 at once". */
export function workload({ target, objects, size, concurrency }: UploadPlan): string {
  const what = target.kind === 'table' ? plural(objects, 'append') : plural(objects, 'object');
  return `${what} of ${formatBytes(size)}, ${concurrency} at once`;
}

/** The name of who uploads, until the run knows the principal. */
export function principalOf({ principal }: UploadPlan): string {
  if (principal.kind === 'root') return 'arn:aws:iam:::root';
  return principal.kind === 'user' ? `arn:aws:iam:::user/${principal.userName}` : principal.roleArn;
}
