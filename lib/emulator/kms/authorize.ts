import type { Tag } from '@aws-sdk/client-kms';
import { denialMessage } from '../../access/index.ts';
import type { Decision, Grant, Principal, SourcedPolicy } from '../../access/types.ts';
import type { AwsError } from '../wire/error.ts';
import type { Call } from './call.ts';
import { kmsError } from './errors.ts';
import type { KeyRecord } from './keys/record.ts';
import type { Kms } from './kms.ts';

type Conditions = Readonly<Record<string, string | readonly string[] | undefined>>;
type EncryptionContext = Readonly<Record<string, string>>;

const NO_CONTEXT: EncryptionContext = {};

/** What an operation asks before it does anything to a key. */
export interface KeyQuestion {
  /** The action without `kms:`, `ReEncryptFrom`. */
  readonly action: string;
  readonly key: KeyRecord;
  /** The alias by which the request named the key. */
  readonly alias?: string | undefined;
  readonly encryptionContext?: EncryptionContext | undefined;
  /** Further condition keys in lower case, without `kms:`. */
  readonly conditions?: Conditions;
  /** Whether grants can allow it (KMS-42). */
  readonly grantable?: boolean;
  /** Takes the place of the grants that the key has for the caller (KMS-47). */
  readonly grants?: readonly Grant[];
  /** Takes the place of the key policy (RetireGrant). */
  readonly policy?: SourcedPolicy;
  /** Takes the place of the key's owner as the account whose resource it is (RetireGrant). */
  readonly ownerId?: string;
}

/** Throws AccessDeniedException unless the caller may (KMS-20…KMS-28). */
export function authorizeKey(kms: Kms, call: Call, question: KeyQuestion): Decision {
  const { key } = question;
  const action = `kms:${question.action}`;
  const now = kms.now(key.accountId);
  const encryptionContext = question.encryptionContext ?? NO_CONTEXT;
  const tokenGrantIds = kms.tokens.openAll(call.grantTokens);
  const decision = kms.surroundings.authorizer.decide(call.context, {
    action,
    resource: key.arn,
    resourceAccountId: question.ownerId ?? key.accountId,
    caller: call.caller,
    resourcePolicy: question.policy ?? key.policy,
    conditions: conditionsOf(call, question),
    resourceTags: key.tagMap,
    ...(call.viaService !== undefined && { viaService: call.viaService }),
    ...(question.grantable === true && {
      grants:
        question.grants ??
        kms.grants.candidates(key, {
          operation: question.action,
          grantees: granteeNames(call.caller.principal),
          encryptionContext,
          sourceArn: call.sourceArn,
          tokenGrantIds,
          now,
        }),
      grantQuestion: {
        operation: question.action,
        encryptionContext,
        tokenGrantIds,
        now,
        ...(call.sourceArn !== undefined && { sourceArn: call.sourceArn }),
      },
    }),
  });
  noteResource(call, key);
  if (decision.outcome !== 'allow') throw accessDenied(call, decision);
  return decision;
}

/** For what is about no key: CreateKey, ListKeys, ListAliases, GenerateRandom, and the alias side of alias operations. */
export function authorizeAccount(
  kms: Kms,
  call: Call,
  action: string,
  resource = '*',
  conditions: Conditions = {},
): void {
  const decision = kms.surroundings.authorizer.decide(call.context, {
    action: `kms:${action}`,
    resource,
    resourceAccountId: call.caller.principal.accountId,
    caller: call.caller,
    conditions: withConditions(callerConditions(call), conditions),
  });
  if (decision.outcome !== 'allow') throw accessDenied(call, decision);
}

/** Names under which a principal can stand as grantee: itself, its role, its account, the service. */
export function granteeNames(principal: Principal): readonly string[] {
  if (principal.kind === 'AWSService') return [principal.serviceName ?? principal.arn];
  const names = [principal.arn];
  if (principal.roleArn !== undefined) names.push(principal.roleArn);
  if (principal.kind !== 'AccountRoot' && principal.accountId !== '') {
    names.push(`${principal.arn.split(':').slice(0, 2).join(':')}:iam::${principal.accountId}:root`);
  }
  return names;
}

function accessDenied(call: Call, decision: Decision): AwsError {
  const asked = call.context.trail.decisions.at(-1);
  if (asked === undefined) throw new Error('a decision was taken and not recorded');
  return kmsError('AccessDeniedException', denialMessage(decision, asked.request));
}

function noteResource(call: Call, key: KeyRecord): void {
  if (call.viaService !== undefined) return;
  const { trail } = call.context;
  trail.resource = key.arn;
  trail.parent = key.arn;
  trail.event ??= { resources: [{ accountId: key.accountId, type: 'AWS::KMS::Key', ARN: key.arn }] };
}

function conditionsOf(call: Call, question: KeyQuestion): Map<string, readonly string[]> {
  const conditions = callerConditions(call);
  for (const [name, values] of question.key.conditions) conditions.set(name, values);
  if (question.alias !== undefined) conditions.set('kms:requestalias', [question.alias]);
  const { encryptionContext } = question;
  if (encryptionContext !== undefined) {
    const names = Object.keys(encryptionContext);
    if (names.length > 0) conditions.set('kms:encryptioncontextkeys', names);
    for (const name of names) {
      conditions.set(`kms:encryptioncontext:${name.toLowerCase()}`, [encryptionContext[name] ?? '']);
    }
  }
  return question.conditions === undefined ? conditions : withConditions(conditions, question.conditions);
}

function callerConditions(call: Call): Map<string, readonly string[]> {
  const conditions = new Map<string, readonly string[]>();
  const { accountId } = call.caller.principal;
  if (accountId !== '') conditions.set('kms:calleraccount', [accountId]);
  if (call.viaService !== undefined) conditions.set('kms:viaservice', [call.viaService]);
  if (call.sourceArn !== undefined) conditions.set('aws:sourcearn', [call.sourceArn]);
  if (call.sourceAccount !== undefined) conditions.set('aws:sourceaccount', [call.sourceAccount]);
  return conditions;
}

function withConditions(conditions: Map<string, readonly string[]>, more: Conditions): Map<string, readonly string[]> {
  for (const [name, value] of Object.entries(more)) {
    if (value === undefined) continue;
    conditions.set(name.startsWith('aws:') ? name : `kms:${name}`, typeof value === 'string' ? [value] : value);
  }
  return conditions;
}

/** Condition keys that tags in a request set. */
export function tagConditions(tags: readonly Tag[]): Conditions {
  const conditions: Record<string, string | readonly string[]> = {};
  for (const { TagKey, TagValue } of tags)
    conditions[`aws:requesttag/${(TagKey ?? '').toLowerCase()}`] = TagValue ?? '';
  if (tags.length > 0) conditions['aws:tagkeys'] = tags.map((tag) => tag.TagKey ?? '');
  return conditions;
}

export type { Conditions, EncryptionContext };
