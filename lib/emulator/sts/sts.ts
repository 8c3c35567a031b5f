/** STS's parts, and how its operations ask and answer. */

import type { Credentials } from '@aws-sdk/client-sts';
import { denialMessage } from '../../access/index.ts';
import type { RequestContext } from '../context.ts';
import type { AuthorizationQuestion, IssuedCredentials, NewSession, SessionPort } from '../ports.ts';
import type { Surroundings } from '../service.ts';
import { accessDenied } from './errors.ts';

export interface Sts {
  readonly surroundings: Surroundings;
  readonly sessions: SessionPort;
}

/**
 * Asks whether the caller may.
 *
 * @throws AwsError AccessDenied in STS's words
 */
export function authorize(sts: Sts, context: RequestContext, question: AuthorizationQuestion): void {
  context.trail.resource = question.resource;
  const decision = sts.surroundings.authorizer.decide(context, question);
  if (decision.outcome === 'allow') return;
  const asked = context.trail.decisions.at(-1);
  if (asked === undefined) throw new Error('a decision was taken and not recorded');
  throw accessDenied(denialMessage(decision, asked.request));
}

/** Opens a session that lasts so many seconds of the caller's world. */
export function openSession(
  sts: Sts,
  context: RequestContext,
  seconds: number,
  session: Omit<NewSession, 'issuedAt' | 'expiresAt'>,
): IssuedCredentials {
  // A session lives by the clock of its own account, which for a role may be another than the caller's.
  const { accountId } = session.principal;
  const issuedAt = accountId === context.accountId ? context.now : sts.surroundings.world.now(accountId);
  return sts.sessions.open({ ...session, issuedAt, expiresAt: issuedAt + seconds * 1000 });
}

export function printCredentials(issued: IssuedCredentials): Credentials {
  return {
    AccessKeyId: issued.accessKeyId,
    SecretAccessKey: issued.secretAccessKey,
    SessionToken: issued.sessionToken,
    Expiration: new Date(issued.expiresAt),
  };
}

/** What the event says of credentials: no secret, no token. */
export function logCredentials(context: RequestContext, issued: IssuedCredentials, rest: object): void {
  const credentials = { accessKeyId: issued.accessKeyId, expiration: new Date(issued.expiresAt).toISOString() };
  context.trail.event = { responseElements: { credentials, ...rest } };
}
