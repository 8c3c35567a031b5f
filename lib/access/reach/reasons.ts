/** Everything that could give somebody the use of a key, each with what must speak beside it. */

import { grantsFor } from '../grants.ts';
import { principalMatches, subjectOf } from '../layers.ts';
import { count } from '../names.ts';
import type { Statement } from '../policy.ts';
import { namesPrincipal } from '../principal.ts';
import type { AccessRequest, Grant, SourcedPolicy } from '../types.ts';
import { meeting, meetingGrant } from './assume.ts';
import { fitting, grantGroups } from './grant-groups.ts';
import { isDeny, partOf } from './parts.ts';
import { policyOf, type Speaking } from './situations.ts';
import type { GrantGroup, KnownKey, KnownPrincipal, Reason } from './types.ts';

/** A reason with the policies that remain when nothing else gives. */
export interface Candidate {
  readonly reason: Reason;
  /** The action can be given at all; in lower case. */
  readonly speaksOn: (action: string) => boolean;
  /** With this reason alone, beside everything that denies or limits. Undefined when no grant of a group fits. */
  readonly alone: (request: AccessRequest) => Speaking | undefined;
  /** The request changed so that the reason's own conditions hold; undefined where it has none. */
  readonly met: ((request: AccessRequest) => AccessRequest) | undefined;
  readonly onlyIf: readonly string[];
  /** Whether encryption context or the asking service can matter. */
  readonly anyContext: boolean;
}

/** Reduced policies of one key, made once for all principals. */
export class KeyParts {
  readonly policy: SourcedPolicy;
  readonly denies: SourcedPolicy;
  readonly groups: readonly GrantGroup[];
  readonly #single = new Map<number, SourcedPolicy>();
  readonly #byGrantee = new Map<string, GrantGroup[]>();

  constructor(key: KnownKey) {
    this.policy = policyOf(key);
    this.denies = partOf(this.policy, isDeny);
    this.groups = grantGroups(key.grants);
    for (const group of this.groups) {
      const list = this.#byGrantee.get(group.grantee);
      if (list === undefined) this.#byGrantee.set(group.grantee, [group]);
      else list.push(group);
    }
  }

  /** Denies and one statement that allows. */
  with(statement: Statement): SourcedPolicy {
    const known = this.#single.get(statement.position);
    if (known !== undefined) return known;
    const part = partOf(this.policy, (one) => isDeny(one) || one === statement);
    this.#single.set(statement.position, part);
    return part;
  }

  groupsOf(grantees: Iterable<string>): readonly GrantGroup[] {
    return [...new Set(grantees)].flatMap((grantee) => this.#byGrantee.get(grantee) ?? []);
  }
}

/** All of them, in the order: key policy, IAM policies, grants. */
export function candidatesOf(key: KnownKey, parts: KeyParts, who: KnownPrincipal, account: string): Candidate[] {
  const subject = subjectOf({
    principal: who.principal,
    action: '',
    resource: key.arn,
    resourceAccountId: account,
    context: new Map(),
  });
  const ownAccount = who.principal.accountId === account;
  const boundary = who.boundary === undefined ? {} : { boundary: who.boundary };
  const withheld = who.identity.map((policy) => partOf(policy, isDeny));
  const found: Candidate[] = [];
  const leavesToIam: Statement[] = [];
  for (const statement of parts.policy.policy.statements) {
    if (statement.effect === 'Deny') continue;
    const match = principalMatches(statement, subject);
    if (match === undefined) continue;
    if (match === 'account' && ownAccount) {
      leavesToIam.push(statement);
      continue;
    }
    // In another account its own IAM policies must allow as well.
    const identity = ownAccount ? withheld : who.identity;
    found.push({
      reason: { kind: 'statement', statement: statement.label, position: statement.position },
      speaksOn: (action) => matches(statement, action),
      alone: () => ({ policy: parts.with(statement), grants: [], identity, ...boundary }),
      met: statement.conditions.length === 0 ? undefined : (request) => meeting(request, statement),
      onlyIf: [...conditionTexts(statement), ...unread(who)],
      anyContext: statement.conditions.length === 0,
    });
  }
  found.push(...throughIam(parts, who, leavesToIam, withheld));
  const own = new Set(
    grantsFor(who.principal, key.grants).map((grant) => grant.granteePrincipal ?? grant.granteeServicePrincipal ?? ''),
  );
  for (const group of parts.groupsOf(own)) {
    const forAccount = namesPrincipal(group.grantee, who.principal) === 'account';
    const identity = forAccount ? who.identity : withheld;
    found.push({
      reason: { kind: 'grant', group },
      speaksOn: (action) => group.operations.some((operation) => `kms:${operation.toLowerCase()}` === action),
      alone: (request) => {
        const grant = request.grant === undefined ? undefined : fitting(group, request.grant);
        return grant === undefined ? undefined : { policy: parts.denies, grants: [grant], identity, ...boundary };
      },
      met: group.constraint === 'none' ? undefined : (request) => meetingGrant(request, firstOf(group)),
      onlyIf: [...constraintTexts(group), ...(forAccount ? unread(who) : [])],
      anyContext: group.constraint === 'none',
    });
  }
  return found;
}

function throughIam(
  parts: KeyParts,
  who: KnownPrincipal,
  leavesToIam: readonly Statement[],
  withheld: readonly SourcedPolicy[],
): Candidate[] {
  const [first] = leavesToIam;
  if (first === undefined || who.principal.kind === 'AccountRoot') return [];
  const gate = partOf(parts.policy, (one) => isDeny(one) || leavesToIam.includes(one));
  const gated = leavesToIam.every(({ conditions }) => conditions.length > 0);
  const boundary = who.boundary === undefined ? {} : { boundary: who.boundary };
  return who.identity.flatMap((policy, index) =>
    policy.policy.statements
      .filter((statement) => statement.effect === 'Allow')
      .map((statement): Candidate => {
        const identity = withheld.map((denies, at) =>
          at === index ? partOf(policy, (one) => isDeny(one) || one === statement) : denies,
        );
        const conditional = statement.conditions.length > 0 || gated;
        return {
          reason: {
            kind: 'identity',
            source: policy.source,
            hash: policy.policy.hash,
            statement: statement.label,
            position: statement.position,
            through: first.label,
          },
          speaksOn: (action) => matches(statement, action) && leavesToIam.some((one) => matches(one, action)),
          alone: () => ({ policy: gate, grants: [], identity, ...boundary }),
          met: conditional ? (request) => meeting(gated ? meeting(request, first) : request, statement) : undefined,
          onlyIf: [...conditionTexts(statement), ...(gated ? conditionTexts(first) : []), ...unread(who)],
          anyContext:
            statement.conditions.length === 0 && leavesToIam.every(({ conditions }) => conditions.length === 0),
        };
      }),
  );
}

function matches({ action }: Statement, name: string): boolean {
  return action.globs.some((glob) => glob.test(name)) !== action.not;
}

function unread(who: KnownPrincipal): readonly string[] {
  if (who.read || who.principal.kind === 'AWSService' || who.principal.kind === 'Anonymous') return [];
  return [`the IAM policies of ${who.principal.accountId}, which were not read, allow it too`];
}

/** `kms:ViaService StringEquals s3.us-east-1.amazonaws.com`. */
export function conditionTexts({ conditions }: Statement): readonly string[] {
  return conditions.map(({ operator, keyText, expects }) => {
    const more = expects.length > 1 ? ` or ${count(expects.length - 1, 'more value')}` : '';
    return `${keyText} ${operator.full} ${expects[0] ?? ''}${more}`;
  });
}

function firstOf(group: GrantGroup): Grant {
  // A group is made with its first grant.
  return group.grants[0]!;
}

function constraintTexts(group: GrantGroup): readonly string[] {
  const { constraints } = firstOf(group);
  const more = group.grants.length > 1 ? ', or as another of these grants says' : '';
  const pairs = (of: Readonly<Record<string, string>>) =>
    Object.entries(of)
      .map(([name, value]) => `${name} = ${value}`)
      .join(', ');
  const { encryptionContextEquals: equals, encryptionContextSubset: subset, sourceArn } = constraints ?? {};
  return [
    ...(equals === undefined ? [] : [`the encryption context is exactly ${pairs(equals)}${more}`]),
    ...(subset === undefined ? [] : [`the encryption context has ${pairs(subset)}${more}`]),
    ...(sourceArn === undefined ? [] : [`it is asked on behalf of ${sourceArn}${more}`]),
  ];
}
