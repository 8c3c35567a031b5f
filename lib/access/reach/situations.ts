/** How somebody's wish to use a key reaches the evaluator, with everything or with parts of what is known. */

import { keyVersion } from '../compare/key-version.ts';
import type { Question } from '../compare/types.ts';
import { parsePolicy } from '../parse.ts';
import type { AccessRequest, Grant, PolicySet, SourcedPolicy } from '../types.ts';
import type { KnownKey, KnownPrincipal, Picture, Thing } from './types.ts';

/** What is asked: an action, of one's own or for the data of a thing. */
export interface Asked {
  readonly action: string;
  readonly thing?: Thing;
}

/** The parts of a picture that speak; what is left out does not. */
export interface Speaking {
  readonly policy: SourcedPolicy;
  readonly grants: readonly Grant[];
  readonly identity: readonly SourcedPolicy[];
  readonly boundary?: SourcedPolicy;
}

const NOTHING: SourcedPolicy = {
  source: 'key policy',
  policy: parsePolicy(
    '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":{"AWS":"000000000000"},"Action":"kms:None","Resource":"*"}}',
    'key',
  ),
};

/** A key policy that was not read says nothing. */
export function policyOf(key: KnownKey): SourcedPolicy {
  return key.policy ?? NOTHING;
}

/** Data of a thing as questions name it: an object of a bucket, else the thing itself. */
export function dataOf(thing: Thing): string {
  return thing.kind === 'bucket' ? `${thing.arn}/example` : thing.arn;
}

export function everything(key: KnownKey, { identity, boundary }: KnownPrincipal): Speaking {
  return { policy: policyOf(key), grants: key.grants, identity, ...(boundary === undefined ? {} : { boundary }) };
}

/**
 * Request and policies of one question. The key is taken as enabled: its state refuses everybody alike, and is told
 * beside it.
 */
export function situation(
  picture: Picture,
  key: KnownKey,
  who: KnownPrincipal,
  { action, thing }: Asked,
  speaking: Speaking,
): { readonly request: AccessRequest; readonly policies: PolicySet } {
  const { policy, grants, identity, boundary } = speaking;
  const bucketKeys = thing?.bucketKey === true ? new Set([thing.name]) : new Set<string>();
  const question: Question = {
    principal: who.principal,
    action,
    resource: key.arn,
    ...(thing === undefined ? {} : { data: dataOf(thing) }),
  };
  const made = keyVersion({
    keyArn: key.arn,
    policy,
    grants,
    bucketKeys,
    callerSide: () => ({ identity, ...(boundary === undefined ? {} : { boundary }) }),
    ...(picture.now === undefined ? {} : { now: picture.now }),
  })(question);
  // Only a key that is not enabled has no situation, and here every key is.
  if ('unavailable' in made) throw new RangeError(made.unavailable);
  return made;
}
