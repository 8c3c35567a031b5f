/** The record of an event, member by member as CloudTrail writes it (CT-05, CT-07, CT-08; cloudtrail-event-reference-record-contents). */

import type { Principal } from '../../access/types.ts';
import type { TrailEvent } from '../context.ts';
import type { StoredEvent } from '../storage/audit.ts';

const EVENT_VERSION = '1.11';
/** What stands for the address and agent of a service that calls on somebody's behalf (CT-05). */
const INTERNAL = 'AWS Internal';

/** A CloudTrail record: what `CloudTrailEvent` holds as a JSON string. */
export interface EventRecord {
  readonly eventVersion: string;
  readonly userIdentity: Readonly<Record<string, unknown>>;
  readonly eventTime: string;
  readonly eventSource: string;
  readonly eventName: string;
  readonly awsRegion: string;
  readonly sourceIPAddress: string;
  readonly userAgent: string;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly requestParameters: unknown;
  readonly responseElements: unknown;
  readonly additionalEventData?: unknown;
  readonly requestID?: string;
  readonly eventID: string;
  readonly readOnly: boolean;
  readonly resources?: readonly { readonly accountId?: string; readonly type: string; readonly ARN: string }[];
  readonly eventType: 'AwsApiCall' | 'AwsServiceEvent';
  readonly managementEvent: boolean;
  readonly recipientAccountId: string;
  readonly sharedEventID?: string;
  readonly serviceEventDetails?: unknown;
  readonly eventCategory: 'Management' | 'Data';
  readonly tlsDetails?: { readonly clientProvidedHostHeader: string };
}

export function recordOf(stored: StoredEvent): EventRecord {
  const { event, origin, requestId } = stored;
  const internal = event.invokedBy ?? (origin === undefined ? INTERNAL : undefined);
  const service = event.principal.kind === 'AWSService' ? event.invokedBy : undefined;
  return {
    eventVersion: EVENT_VERSION,
    userIdentity: userIdentity(event, stored.accountId),
    eventTime: isoSeconds(stored.time),
    eventSource: event.eventSource,
    eventName: event.eventName,
    awsRegion: stored.region,
    sourceIPAddress: internal === undefined ? (origin?.sourceIp ?? INTERNAL) : (service ?? INTERNAL),
    userAgent: internal === undefined ? (origin?.userAgent ?? INTERNAL) : (service ?? INTERNAL),
    ...(event.errorCode !== undefined && { errorCode: event.errorCode }),
    ...(event.errorMessage !== undefined && { errorMessage: event.errorMessage }),
    requestParameters: event.requestParameters ?? null,
    responseElements: event.responseElements ?? null,
    ...(event.additionalEventData !== undefined && { additionalEventData: event.additionalEventData }),
    ...(requestId !== undefined && { requestID: requestId }),
    eventID: event.eventId,
    readOnly: event.readOnly,
    ...(event.resources.length > 0 && { resources: event.resources }),
    eventType: event.serviceEventDetails === undefined ? 'AwsApiCall' : 'AwsServiceEvent',
    managementEvent: event.category === 'Management',
    recipientAccountId: event.recipientAccountId ?? stored.accountId,
    ...(event.sharedEventId !== undefined && { sharedEventID: event.sharedEventId }),
    ...(event.serviceEventDetails !== undefined && { serviceEventDetails: event.serviceEventDetails }),
    eventCategory: event.category,
    // Only what is known: the emulator does not invent a cipher suite.
    ...(internal === undefined &&
      origin?.secureTransport === true && { tlsDetails: { clientProvidedHostHeader: origin.host } }),
  };
}

function userIdentity(event: TrailEvent, recipient: string): Record<string, unknown> {
  const { principal, accessKeyId, session, invokedBy } = event;
  if (principal.kind === 'AWSService') {
    return { type: 'AWSService', invokedBy: invokedBy ?? principal.serviceName ?? principal.arn };
  }
  const by = invokedBy === undefined ? {} : { invokedBy };
  if (principal.kind === 'Anonymous') {
    return { type: 'AWSAccount', principalId: '', accountId: 'ANONYMOUS_PRINCIPAL', ...by };
  }
  // The owner of a resource learns the account and id of a foreign caller, not its name.
  if (event.sharedEventId !== undefined && (event.recipientAccountId ?? recipient) !== principal.accountId) {
    return { type: 'AWSAccount', principalId: principal.userId, accountId: principal.accountId, ...by };
  }
  return {
    type: TYPES[principal.kind],
    principalId: principal.userId,
    arn: principal.arn,
    accountId: principal.accountId,
    ...(accessKeyId !== undefined && { accessKeyId }),
    ...(principal.kind === 'IAMUser' && { userName: lastPart(principal.arn) }),
    ...(session !== undefined && { sessionContext: sessionContext(principal, session) }),
    ...by,
  };
}

const TYPES = {
  AccountRoot: 'Root',
  IAMUser: 'IAMUser',
  AssumedRole: 'AssumedRole',
  FederatedUser: 'FederatedUser',
} as const;

function sessionContext(principal: Principal, session: NonNullable<TrailEvent['session']>): Record<string, unknown> {
  return {
    ...(principal.roleArn !== undefined && {
      sessionIssuer: {
        type: 'Role',
        principalId: principal.userId.split(':')[0],
        arn: principal.roleArn,
        accountId: principal.accountId,
        userName: lastPart(principal.roleArn),
      },
    }),
    ...(session.sourceIdentity !== undefined && { sourceIdentity: session.sourceIdentity }),
    attributes: { creationDate: isoSeconds(session.issuedAt), mfaAuthenticated: String(session.mfa) },
  };
}

const lastPart = (arn: string) => arn.slice(arn.lastIndexOf('/') + 1);

/** `2024-07-02T00:22:11Z` */
function isoSeconds(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
