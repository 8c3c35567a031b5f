import 'server-only';
import * as sdk from '@aws-sdk/client-kms';
import type { Aws } from './connection.ts';
import { lookupEvents } from './events.ts';
import { mapResult, type Result } from './result.ts';
import { send } from './send.ts';

/** When a key was used, and by whom. */

export interface LastUse {
  /** As in KMS: `Decrypt`. */
  readonly operation: string;
  readonly at: string;
  readonly eventId?: string;
}

/** What KMS itself tells (KMS-13): the last successful cryptographic operation, and since when it is recorded. */
export async function getLastUse(aws: Aws, keyId: string): Promise<Result<{ last?: LastUse; trackedSince?: string }>> {
  const answer = await send(aws, 'kms', new sdk.GetKeyLastUsageCommand({ KeyId: keyId }));
  return mapResult(answer, ({ KeyLastUsage: last, TrackingStartDate: since }) => ({
    ...(last?.Timestamp && last.Operation
      ? {
          last: {
            operation: last.Operation,
            at: last.Timestamp.toISOString(),
            ...(last.CloudTrailEventId ? { eventId: last.CloudTrailEventId } : {}),
          },
        }
      : {}),
    ...(since ? { trackedSince: since.toISOString() } : {}),
  }));
}

/** Pages of events about a key that are read; on AWS, two calls a second are allowed. */
const PAGES = { emulator: 20, other: 2 };
const USES = /^(Decrypt|Encrypt|GenerateDataKey\w*|ReEncrypt\w*|Sign|Verify\w*|GenerateMac)$/;

export interface Users {
  /** World time of the last use that CloudTrail shows, by ARN of the role, user or service. */
  readonly lastUsed: ReadonlyMap<string, string>;
  /** Whether all events of the key were read; otherwise somebody may have used it before. */
  readonly complete: boolean;
}

/** Who used a key, as far as CloudTrail's last 90 days tell. */
export async function readKeyUsers(aws: Aws, keyArn: string): Promise<Result<Users>> {
  const lastUsed = new Map<string, string>();
  let token: string | undefined;
  const pages = aws.connection.kind === 'emulator' ? PAGES.emulator : PAGES.other;
  for (let page = 0; page < pages; page++) {
    const answer = await lookupEvents(aws, {
      by: { key: 'ResourceName', value: keyArn },
      ...(token ? { token } : {}),
    });
    if (!answer.ok) return answer;
    for (const event of answer.data.events) {
      const who = USES.test(event.name) ? userOf(event.json) : undefined;
      if (who !== undefined && event.time !== undefined && !lastUsed.has(who)) lastUsed.set(who, event.time);
    }
    token = answer.data.next;
    if (!token) return { ok: true, data: { lastUsed, complete: true } };
  }
  return { ok: true, data: { lastUsed, complete: false } };
}

interface EventIdentity {
  readonly errorCode?: string;
  readonly userIdentity?: {
    readonly type?: string;
    readonly arn?: string;
    readonly invokedBy?: string;
    readonly sessionContext?: { readonly sessionIssuer?: { readonly arn?: string } };
  };
}

/** The role behind a session, a user, root, or a service. Refused calls are no use. */
function userOf(json: string): string | undefined {
  try {
    const { errorCode, userIdentity: identity } = JSON.parse(json) as EventIdentity;
    if (errorCode !== undefined) return undefined;
    return identity?.sessionContext?.sessionIssuer?.arn ?? identity?.arn ?? identity?.invokedBy;
  } catch {
    return undefined;
  }
}
