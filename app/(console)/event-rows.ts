import 'server-only';
import { z } from 'zod';
import type { EventRow } from '@/components/audit/event-row';
import type { TrailEvent } from '@/lib/aws/events';

/** What is read out of a CloudTrail record; everything else stays in its JSON. */
const record = z.object({
  requestID: z.string().optional(),
  errorCode: z.string().optional(),
  userIdentity: z
    .object({ arn: z.string().optional(), invokedBy: z.string().optional(), accountId: z.string().optional() })
    .optional(),
});

export function toEventRow(event: TrailEvent): EventRow {
  let parsed: z.infer<typeof record> = {};
  let json = event.json;
  try {
    const value: unknown = JSON.parse(event.json);
    parsed = record.safeParse(value).data ?? {};
    json = JSON.stringify(value, null, 2);
  } catch {
    // Shown as it came.
  }
  const identity = parsed.userIdentity;
  return {
    id: event.id,
    time: event.time ?? '1970-01-01T00:00:00Z',
    name: event.name,
    source: event.source.replace('.amazonaws.com', ''),
    principal: identity?.arn ?? identity?.invokedBy ?? event.username ?? 'unknown',
    resource: event.resources[0]?.name ?? '',
    json,
    ...(parsed.requestID ? { requestId: parsed.requestID } : {}),
    ...(parsed.errorCode ? { errorCode: parsed.errorCode } : {}),
  };
}
