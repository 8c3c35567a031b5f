import 'server-only';
import * as sdk from '@aws-sdk/client-cloudtrail';
import type { Aws } from './connection.ts';
import { mapResult, type Result } from './result.ts';
import { send } from './send.ts';

export interface TrailEvent {
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly time?: string;
  readonly username?: string;
  readonly accessKeyId?: string;
  readonly readOnly: boolean;
  readonly resources: readonly { readonly type: string; readonly name: string }[];
  /** The whole event as CloudTrail keeps it, JSON. */
  readonly json: string;
}

/** What LookupEvents can filter by; one at a time, as on AWS. */
export const LOOKUP_KEYS = [
  'EventName',
  'EventSource',
  'Username',
  'ResourceName',
  'ResourceType',
  'EventId',
  'AccessKeyId',
  'ReadOnly',
] as const;
export type LookupKey = (typeof LOOKUP_KEYS)[number];

export interface EventPage {
  readonly events: readonly TrailEvent[];
  readonly next?: string;
}

/** Calls that only look: a console makes many of them, and they hide what happened. */
const ROUTINE = /^(List|Describe|Lookup|Head|Get(?!Object$))/;

/** Whether an operation only looks. */
export function isRoutine(operation: string): boolean {
  return ROUTINE.test(operation);
}

/** Pages that are read on to fill one with events that changed or used something. On AWS, two calls a second are allowed. */
const ROUTINE_PAGES = { emulator: 12, other: 2 };

/** Events that changed or used something: routine reads are left out, further pages are read until there are enough. */
export async function lookupDeeds(aws: Aws, query: Parameters<typeof lookupEvents>[1]): Promise<Result<EventPage>> {
  const found: TrailEvent[] = [];
  let { token } = query;
  const pages = aws.connection.kind === 'emulator' ? ROUTINE_PAGES.emulator : ROUTINE_PAGES.other;
  for (let page = 0; page < pages; page++) {
    const answer = await lookupEvents(aws, { ...query, ...(token ? { token } : {}) });
    if (!answer.ok) return answer;
    found.push(...answer.data.events.filter((event) => !isRoutine(event.name)));
    token = answer.data.next;
    if (!token || found.length >= 50) break;
  }
  return { ok: true, data: { events: found, ...(token ? { next: token } : {}) } };
}

/** One page of the audit trail, newest first, 50 events at most. */
export async function lookupEvents(
  aws: Aws,
  query: { by?: { key: LookupKey; value: string }; from?: Date; to?: Date; token?: string; limit?: number },
): Promise<Result<EventPage>> {
  const command = new sdk.LookupEventsCommand({
    MaxResults: query.limit ?? 50,
    ...(query.by ? { LookupAttributes: [{ AttributeKey: query.by.key, AttributeValue: query.by.value }] } : {}),
    ...(query.from ? { StartTime: query.from } : {}),
    ...(query.to ? { EndTime: query.to } : {}),
    ...(query.token ? { NextToken: query.token } : {}),
  });
  return mapResult(await send(aws, 'cloudtrail', command), (output) => ({
    events: (output.Events ?? []).map((event) => ({
      id: event.EventId ?? '',
      name: event.EventName ?? '',
      source: event.EventSource ?? '',
      readOnly: event.ReadOnly === 'true',
      resources: (event.Resources ?? []).map((resource) => ({
        type: resource.ResourceType ?? '',
        name: resource.ResourceName ?? '',
      })),
      json: event.CloudTrailEvent ?? '{}',
      ...(event.EventTime ? { time: event.EventTime.toISOString() } : {}),
      ...(event.Username ? { username: event.Username } : {}),
      ...(event.AccessKeyId ? { accessKeyId: event.AccessKeyId } : {}),
    })),
    ...(output.NextToken ? { next: output.NextToken } : {}),
  }));
}
