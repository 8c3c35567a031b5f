/** CloudTrail events as audit rows, and the attributes under which LookupEvents finds them. */

import type { Principal } from '../../access/types.ts';
import type { CallerSession, TrailEvent } from '../context.ts';
import type { EventAttribute } from './audit.ts';
import type { AuditParts } from './audit-parts.ts';
import { idNumber, nameHash } from './audit-schema.ts';
import { parseStored } from './stored-json.ts';

type Identity = [principal: Principal, accessKeyId: string | null, session: CallerSession | null];

/** Caller, access key and session of the events of one principal object, as long as they stay the same. */
interface KnownIdentity {
  readonly accessKeyId: string | undefined;
  readonly session: CallerSession | undefined;
  readonly part: number;
}

/** The ARN is 0 for the resource of the request and 1 for its parent, where the event stands in the request's own row. */
type ResourceEntry = [type: string, arn: string | 0 | 1, accountId: string | null];

/** What the row of the request says already. */
export interface RequestNames {
  readonly resource?: string | undefined;
  readonly parent?: string | undefined;
}

const NO_NAMES: RequestNames = {};

/** An event as a row holds it. */
export type EventRow = [
  eventId: string,
  data: 0 | 1,
  eventSource: string,
  eventName: string,
  readOnly: 0 | 1,
  identity: number,
  requestParameters: unknown,
  /** A part where the same elements came before. */
  responseElements: unknown,
  additionalEventData: unknown,
  resources: ResourceEntry[],
  errorCode: string | null,
  errorMessage: string | null,
  invokedBy: string | null,
  recipientAccountId: string | null,
  serviceEventDetails: unknown,
  sharedEventId: string | null,
];

export class EventRows {
  readonly #parts: AuditParts;
  #identities = new WeakMap<Principal, KnownIdentity>();

  constructor(parts: AuditParts) {
    this.#parts = parts;
  }

  encode(event: TrailEvent, request: RequestNames = NO_NAMES): string {
    const row: EventRow = [
      event.eventId,
      event.category === 'Data' ? 1 : 0,
      event.eventSource,
      event.eventName,
      event.readOnly ? 1 : 0,
      this.#identity(event),
      event.requestParameters ?? null,
      this.#shared(event.responseElements),
      event.additionalEventData ?? null,
      event.resources.map(
        ({ type, ARN, accountId }): ResourceEntry => [
          type,
          ARN === request.resource ? 0 : ARN === request.parent ? 1 : ARN,
          accountId ?? null,
        ],
      ),
      event.errorCode ?? null,
      event.errorMessage ?? null,
      event.invokedBy ?? null,
      event.recipientAccountId ?? null,
      event.serviceEventDetails ?? null,
      event.sharedEventId ?? null,
    ];
    return JSON.stringify(row);
  }

  decode(row: EventRow, request: RequestNames = NO_NAMES): TrailEvent {
    const [
      eventId,
      data,
      eventSource,
      eventName,
      readOnly,
      identity,
      parameters,
      response,
      additional,
      resources,
      ...rest
    ] = row;
    const [errorCode, errorMessage, invokedBy, recipientAccountId, serviceEventDetails, sharedEventId] = rest;
    const [principal, accessKeyId, session] = parseStored<Identity>(this.#parts.text(identity));
    return {
      eventId,
      category: data === 1 ? 'Data' : 'Management',
      eventSource,
      eventName,
      readOnly: readOnly === 1,
      principal,
      ...(accessKeyId === null ? {} : { accessKeyId }),
      ...(session === null ? {} : { session }),
      requestParameters: parameters,
      responseElements: typeof response === 'number' ? parseStored(this.#parts.text(response)) : response,
      ...(additional === null ? {} : { additionalEventData: additional }),
      resources: resources.map(([type, arn, accountId]) => {
        const ARN = arn === 0 ? (request.resource ?? '') : arn === 1 ? (request.parent ?? '') : arn;
        return accountId === null ? { type, ARN } : { accountId, type, ARN };
      }),
      ...(errorCode === null ? {} : { errorCode }),
      ...(errorMessage === null ? {} : { errorMessage }),
      ...(invokedBy === null ? {} : { invokedBy }),
      ...(recipientAccountId === null ? {} : { recipientAccountId }),
      ...(serviceEventDetails === null ? {} : { serviceEventDetails }),
      ...(sharedEventId === null ? {} : { sharedEventId }),
    };
  }

  #shared(elements: unknown): unknown {
    if (elements === null || elements === undefined) return null;
    return this.#parts.ofRepeated(JSON.stringify(elements)) ?? elements;
  }

  rolledBack(): void {
    this.#identities = new WeakMap();
  }

  #identity(event: TrailEvent): number {
    const { principal, accessKeyId, session } = event;
    const known = this.#identities.get(principal);
    if (known !== undefined && known.accessKeyId === accessKeyId && known.session === session) return known.part;
    const identity: Identity = [principal, accessKeyId ?? null, session ?? null];
    const part = this.#parts.ofText(JSON.stringify(identity));
    this.#identities.set(principal, { accessKeyId, session, part });
    return part;
  }
}

/** Name under which CloudTrail lists a caller: user name, session name, `root`. */
export function usernameOf(principal: Principal): string | undefined {
  switch (principal.kind) {
    case 'AccountRoot':
      return 'root';
    case 'IAMUser':
    case 'AssumedRole':
    case 'FederatedUser':
      return principal.arn.slice(principal.arn.lastIndexOf('/') + 1);
    default:
      return undefined;
  }
}

/** Name of a resource in LookupEvents: that of a bucket of S3, the ARN of everything else. */
export function resourceNameOf(resource: TrailEvent['resources'][number]): string {
  return resource.type === 'AWS::S3::Bucket' ? resource.ARN.slice('arn:aws:s3:::'.length) : resource.ARN;
}

/** What LookupEvents can be asked about an event (CT-09). */
export function attributesOf(event: TrailEvent): [EventAttribute, string][] {
  const attributes: [EventAttribute, string][] = [
    ['EventId', event.eventId],
    ['EventName', event.eventName],
    ['ReadOnly', String(event.readOnly)],
    ['EventSource', event.eventSource],
  ];
  const username = usernameOf(event.principal);
  if (username !== undefined) attributes.push(['Username', username]);
  if (event.accessKeyId !== undefined) attributes.push(['AccessKeyId', event.accessKeyId]);
  for (const resource of event.resources) {
    attributes.push(['ResourceType', resource.type], ['ResourceName', resourceNameOf(resource)]);
  }
  return attributes;
}

/** Where `term` lists an event: under its account and Region, and under each attribute value within them. */
export function termsOf(accountId: string, region: string, event: TrailEvent): number[] {
  const terms = [termOf(accountId, region, undefined)];
  for (const [key, value] of attributesOf(event)) {
    const term = termOf(accountId, region, { key, value });
    if (!terms.includes(term)) terms.push(term);
  }
  return terms;
}

/** The number of an attribute value, or of all events of the account and Region. */
export function termOf(
  accountId: string,
  region: string,
  attribute: { readonly key: EventAttribute; readonly value: string } | undefined,
): number {
  if (attribute === undefined) return nameHash(`${accountId}/${region}`);
  if (attribute.key === 'EventId') return idNumber(attribute.value);
  return nameHash(`${accountId}/${region}/${attribute.key}/${attribute.value}`);
}
