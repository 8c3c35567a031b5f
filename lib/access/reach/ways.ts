/** Every way to a key, told by the evaluator: who, because of what, for which data, and only if what. */

import { evaluate } from '../evaluate.ts';
import type { Decision } from '../types.ts';
import { ASKED_ACTIONS, DATA_ACTIONS, usesKey } from './actions.ts';
import { classesOf } from './classes.ts';
import { isAllow, partOf } from './parts.ts';
import { type Candidate, candidatesOf, KeyParts } from './reasons.ts';
import { type Asked, everything, policyOf, type Speaking, situation } from './situations.ts';
import type { Given, KnownKey, KnownPrincipal, Picture, Thing, Way } from './types.ts';

/** Conditions that hold for one thing and not for another. */
const OF_DATA = /kms:EncryptionContext|kms:ViaService|aws:SourceArn|aws:ViaAWSService|aws:CalledVia/i;

/**
 * The ways of everybody in the picture to one key. A way is there if its reason alone, beside everything that denies or
 * limits, would allow (or would under the conditions it names); so somebody can do something exactly if one of his ways
 * gives it. Pure and deterministic, in the order of the principals, reasons as they are evaluated.
 */
export function waysTo(picture: Picture, key: KnownKey): readonly Way[] {
  const parts = new KeyParts(key);
  const things = picture.things.filter(({ keyArn }) => keyArn === key.arn);
  const account = accountOf(key.arn);
  const ways: Way[] = [];
  for (const { first, members } of classesOf(key, picture.principals)) {
    const found = waysOf({ picture, key, who: first, things }, candidatesOf(key, parts, first, account));
    if (found.length === 0) continue;
    for (const { name } of members)
      for (const way of found) ways.push(name === first.name ? way : { ...way, principal: name });
  }
  return ways;
}

function accountOf(arn: string): string {
  return arn.split(':')[4] ?? '';
}

interface Case {
  readonly picture: Picture;
  readonly key: KnownKey;
  readonly who: KnownPrincipal;
  readonly things: readonly Thing[];
}

function waysOf(one: Case, candidates: readonly Candidate[]): Way[] {
  const ways = candidates.flatMap((candidate) => wayOf(one, candidate) ?? []);
  const given = new Set(ways.flatMap(({ actions }) => actions));
  return [...ways, ...deniedWays(one, candidates, given)];
}

/** What one reason gives by itself. */
function wayOf(one: Case, candidate: Candidate): Way | undefined {
  const gives: Given[] = [];
  const except = new Set<string>();
  const ask = (asked: Asked): boolean => {
    const decision = decideAlone(one, candidate, asked);
    if (decision?.outcome === 'explicit-deny') except.add(denyText(decision));
    return decision?.outcome === 'allow';
  };
  for (const action of ASKED_ACTIONS) {
    if (!candidate.speaksOn(action.toLowerCase())) continue;
    const direct = ask({ action });
    const things = isDataAction(action) ? openedBy(one, candidate, action, ask).map(({ arn }) => arn) : [];
    // Where nothing here meets its conditions, somebody who does would be let in.
    if (direct || things.length > 0 || decideMet(one, candidate, action)) gives.push({ action, direct, things });
  }
  if (gives.length === 0) return undefined;
  const actions = gives.map(({ action }) => action);
  return {
    principal: one.who.name,
    key: one.key.arn,
    reason: candidate.reason,
    verdict: actions.some(usesKey) ? 'uses' : 'administers',
    actions,
    gives,
    things: one.things.map(({ arn }) => arn).filter((arn) => gives.some(({ things }) => things.includes(arn))),
    onlyIf: candidate.onlyIf,
    except: [...except],
  };
}

function isDataAction(action: string): boolean {
  return (DATA_ACTIONS as readonly string[]).includes(action);
}

/** The things whose data the action opens; where no condition can tell them apart, one is asked for all. */
function openedBy(one: Case, candidate: Candidate, action: string, ask: (asked: Asked) => boolean): readonly Thing[] {
  const { things } = one;
  const [first] = things;
  if (first === undefined) return [];
  if (candidate.anyContext && !tellsDataApart(one)) return ask({ action, thing: first }) ? things : [];
  return things.filter((thing) => ask({ action, thing }));
}

const apart = new WeakMap<object, boolean>();

/** Whether a policy that denies or limits has conditions on the data. */
function tellsDataApart({ key, who }: Case): boolean {
  const all = [policyOf(key), ...who.identity, ...(who.boundary === undefined ? [] : [who.boundary])];
  return all.some(({ policy }) => {
    let known = apart.get(policy);
    if (known === undefined) {
      known = OF_DATA.test(policy.text);
      apart.set(policy, known);
    }
    return known;
  });
}

function decideAlone({ picture, key, who }: Case, candidate: Candidate, asked: Asked): Decision | undefined {
  const { request } = situation(picture, key, who, asked, everything(key, who));
  const speaking = candidate.alone(request);
  return speaking === undefined ? undefined : decide(request, speaking);
}

function decide(request: Parameters<typeof evaluate>[0], speaking: Speaking): Decision {
  const { policy, grants, identity, boundary } = speaking;
  return evaluate(request, { identity, resource: policy, grants, ...(boundary === undefined ? {} : { boundary }) });
}

/** Whether it would allow a request that meets its own conditions. */
function decideMet({ picture, key, who }: Case, candidate: Candidate, action: string): boolean {
  if (candidate.met === undefined) return false;
  const { request } = situation(picture, key, who, { action }, everything(key, who));
  const asked = candidate.met(request);
  const speaking = candidate.alone(asked);
  return speaking !== undefined && decide(asked, speaking).outcome === 'allow';
}

/** What somebody would have, had no statement denied it, by the statement that denies. */
function deniedWays(one: Case, candidates: readonly Candidate[], given: ReadonlySet<string>): Way[] {
  const { picture, key, who, things } = one;
  const denied = new Map<string, { decision: Decision; actions: string[] }>();
  for (const action of ASKED_ACTIONS) {
    if (given.has(action)) continue;
    const asked: readonly Asked[] = [
      { action },
      ...(isDataAction(action) ? things.slice(0, 1).map((thing) => ({ action, thing })) : []),
    ];
    for (const question of asked) {
      const { request, policies } = situation(picture, key, who, question, everything(key, who));
      const decision = evaluate(request, policies);
      if (decision.outcome !== 'explicit-deny') continue;
      const named = decision.decidedBy === 'resource-policy' && isNamed(one, decision);
      if (!named && !candidates.some((candidate) => givesWithoutDenies(candidate, request))) continue;
      const id = `${decision.decidedBy} ${decision.source} ${decision.statement}`;
      const entry = denied.get(id);
      if (entry === undefined) denied.set(id, { decision, actions: [action] });
      else if (!entry.actions.includes(action)) entry.actions.push(action);
      break;
    }
  }
  return [...denied.values()].map(({ decision, actions }) => ({
    principal: who.name,
    key: key.arn,
    reason: {
      kind: 'deny',
      layer: decision.decidedBy,
      source: decision.source ?? '',
      statement: decision.statement ?? '',
    },
    verdict: 'denied',
    actions,
    gives: [],
    things: [],
    onlyIf: [],
    except: [],
  }));
}

function isNamed({ key, who }: Case, decision: Decision): boolean {
  const statement = policyOf(key).policy.statements.find(({ label }) => label === decision.statement);
  const set = statement?.principal;
  return (
    set !== undefined && !set.not && (set.names.has(who.name) || set.names.has(`account:${who.principal.accountId}`))
  );
}

function givesWithoutDenies(candidate: Candidate, request: Parameters<typeof evaluate>[0]): boolean {
  if (!candidate.speaksOn(request.action.toLowerCase())) return false;
  const asked = candidate.met?.(request) ?? request;
  const speaking = candidate.alone(asked);
  if (speaking === undefined) return false;
  const allowing: Speaking = {
    policy: partOf(speaking.policy, isAllow),
    grants: speaking.grants,
    identity: speaking.identity.map((policy) => partOf(policy, isAllow)),
  };
  return decide(asked, allowing).outcome === 'allow';
}

function denyText({ source, statement }: Decision): string {
  return statement === undefined ? (source ?? '') : `${statement} in ${source ?? 'a policy'}`;
}
