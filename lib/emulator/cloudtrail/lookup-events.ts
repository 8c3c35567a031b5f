/** LookupEvents (CT-09). */

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Event, LookupEventsRequest, LookupEventsResponse } from '@aws-sdk/client-cloudtrail';
import { denialMessage } from '../../access/index.ts';
import type { RequestContext } from '../context.ts';
import type { Surroundings } from '../service.ts';
import type { AuditStore, EventAttribute, EventQuery, StoredEvent } from '../storage/audit.ts';
import { resourceNameOf, usernameOf } from '../storage/audit-events.ts';
import type { Checked, Operation } from '../wire/operation.ts';
import * as errors from './errors.ts';
import { recordOf } from './record.ts';
import { RequestRate } from './request-rate.ts';

const DAY = 24 * 60 * 60 * 1000;
const KEPT_DAYS = 90;
const LARGEST_PAGE = 50;
const LONGEST_VALUE = 2000;
/** LIM-07 */
const REQUESTS_PER_SECOND = 2;

const ATTRIBUTES: ReadonlySet<string> = new Set<EventAttribute>([
  'EventId',
  'EventName',
  'ReadOnly',
  'Username',
  'ResourceType',
  'ResourceName',
  'EventSource',
  'AccessKeyId',
]);

type Lookup = Operation<LookupEventsRequest, LookupEventsResponse, RequestContext>;

/**
 * `tokenKey` signs the tokens of pages, so that a client can neither read nor make one. `clock` gives machine time in
 * milliseconds: the quota is one of the machine, the events are of the account's world.
 */
export function lookupEvents(
  surroundings: Surroundings,
  audit: AuditStore,
  tokenKey: Uint8Array,
  clock?: () => number,
): Lookup {
  const rate = new RequestRate(REQUESTS_PER_SECOND, clock);
  return (input, context) => {
    authorize(surroundings, context);
    const { accountId, region } = context;
    if (surroundings.world.values(accountId).quotasEnforced && !rate.take(`${accountId}/${region}`)) {
      throw errors.throttled();
    }
    const limit = input.MaxResults ?? LARGEST_PAGE;
    if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_PAGE) throw errors.invalidMaxResults();
    if (input.EventCategory !== undefined && input.EventCategory !== 'insight') throw errors.invalidEventCategory();
    const attribute = attributeOf(input);
    const from = input.StartTime?.getTime();
    const to = input.EndTime?.getTime();
    if (from !== undefined && to !== undefined && from > to) throw errors.invalidTimeRange();
    const tokens = new PageTokens(tokenKey, `${accountId}/${region}`, input);
    const before = input.NextToken === undefined ? undefined : tokens.read(input.NextToken);
    // Insights are not emulated: no trail here has them.
    if (input.EventCategory === 'insight') return { Events: [] };
    const found = audit.lookup({
      accountId,
      region,
      ...(attribute && { attribute }),
      from: Math.max(from ?? 0, context.now - KEPT_DAYS * DAY),
      // A whole second: the time of an event is printed without its fraction.
      to: to === undefined ? context.now : to + 999,
      ...(before && { before }),
      limit: limit + 1,
    });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return {
      Events: page.map(listed),
      ...(found.length > limit && last !== undefined && { NextToken: tokens.write(last) }),
    };
  };
}

function authorize({ authorizer }: Surroundings, context: RequestContext): void {
  const question = {
    action: 'cloudtrail:LookupEvents',
    resource: '*',
    resourceAccountId: context.accountId,
  };
  const decision = authorizer.decide(context, question);
  if (decision.outcome === 'allow') return;
  throw errors.accessDenied(
    denialMessage(decision, { ...question, principal: context.caller.principal, context: new Map() }),
  );
}

function attributeOf(input: Checked<LookupEventsRequest>): EventQuery['attribute'] {
  const [first, ...more] = input.LookupAttributes ?? [];
  if (first === undefined) return undefined;
  if (more.length > 0) throw errors.invalidLookupAttributes('Only one lookup attribute can be given.');
  const { AttributeKey: key, AttributeValue: value } = first;
  if (!isAttribute(key)) throw errors.invalidLookupAttributes(`${key} is not a lookup attribute.`);
  if (value === undefined || value === '' || value.length > LONGEST_VALUE) {
    throw errors.invalidLookupAttributes(`The value of ${key} must have 1 to ${LONGEST_VALUE} characters.`);
  }
  return { key, value };
}

function isAttribute(key: string | undefined): key is EventAttribute {
  return key !== undefined && ATTRIBUTES.has(key);
}

function listed(stored: StoredEvent): Event {
  const { event } = stored;
  const username = usernameOf(event.principal);
  return {
    EventId: event.eventId,
    EventName: event.eventName,
    ReadOnly: String(event.readOnly),
    ...(event.accessKeyId !== undefined && { AccessKeyId: event.accessKeyId }),
    EventTime: new Date(stored.time),
    EventSource: event.eventSource,
    ...(username !== undefined && { Username: username }),
    Resources: event.resources.map((resource) => ({
      ResourceType: resource.type,
      ResourceName: resourceNameOf(resource),
    })),
    CloudTrailEvent: JSON.stringify(recordOf(stored)),
  };
}

/** Tokens of the pages of one question: where the last page ended, with a mark of the question itself. */
class PageTokens {
  readonly #key: Uint8Array;
  readonly #question: string;

  constructor(key: Uint8Array, owner: string, input: Checked<LookupEventsRequest>) {
    this.#key = key;
    const { LookupAttributes, StartTime, EndTime, EventCategory } = input;
    this.#question = createHash('sha256')
      .update(JSON.stringify([owner, LookupAttributes, StartTime, EndTime, EventCategory]))
      .digest('hex');
  }

  write(last: StoredEvent): string {
    const place = `${last.time}.${last.sequence}`;
    return Buffer.from(`${place}.${this.#mark(place).toString('hex')}`).toString('base64url');
  }

  read(token: string): { time: number; sequence: number } {
    const match = /^(\d{1,16})\.(\d{1,16})\.([0-9a-f]{64})$/.exec(Buffer.from(token, 'base64url').toString('latin1'));
    const [, time, sequence, mark] = match ?? [];
    if (time === undefined || sequence === undefined || mark === undefined) throw errors.invalidNextToken();
    if (!timingSafeEqual(Buffer.from(mark, 'hex'), this.#mark(`${time}.${sequence}`))) throw errors.invalidNextToken();
    return { time: Number(time), sequence: Number(sequence) };
  }

  #mark(place: string): Buffer {
    return createHmac('sha256', this.#key).update(`${this.#question}/${place}`).digest();
  }
}
