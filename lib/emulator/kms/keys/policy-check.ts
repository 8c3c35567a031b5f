/** Whether a text may become a key policy (KMS-24). */

import { PolicySyntaxError, parsePolicy } from '../../../access/index.ts';
import type { Policy } from '../../../access/policy.ts';
import type { Caller, RequestContext } from '../../context.ts';
import { kmsError } from '../errors.ts';
import type { Kms } from '../kms.ts';
import { parsed } from '../rows.ts';

/** Bytes of a key policy, not adjustable (LIM-05). */
const MAX_POLICY_BYTES = 32_768;

/** The policy of a key that was made without one (KMS-21). */
export function defaultPolicy(accountId: string, arnPartition: string): string {
  return JSON.stringify(
    {
      Version: '2012-10-17',
      Id: 'key-default-1',
      Statement: [
        {
          Sid: 'Enable IAM User Permissions',
          Effect: 'Allow',
          Principal: { AWS: `arn:${arnPartition}:iam::${accountId}:root` },
          Action: 'kms:*',
          Resource: '*',
        },
      ],
    },
    null,
    2,
  );
}

/** Throws unless the text is a key policy that fits, names only principals that exist, and keeps the caller in. */
export function checkPolicy(
  kms: Kms,
  context: RequestContext,
  keyArn: string,
  text: string,
  bypassLockoutCheck: boolean | undefined,
): void {
  if (Buffer.byteLength(text) > MAX_POLICY_BYTES) {
    throw kmsError('LimitExceededException', `The key policy must not be longer than ${MAX_POLICY_BYTES} bytes.`);
  }
  const policy = compile(text);
  for (const statement of statementsOf(text)) checkPrincipals(kms, statement);
  if (bypassLockoutCheck !== true && !keepsCallerIn(kms, context, keyArn, policy)) {
    throw kmsError(
      'MalformedPolicyDocumentException',
      'The new key policy will not allow you to update the key policy in the future.',
    );
  }
}

/** GetKeyPolicy, PutKeyPolicy: the only name is `default`. */
export function checkPolicyName(name: string | undefined): void {
  if (name !== undefined && name !== 'default') throw kmsError('NotFoundException', 'No such policy exists');
}

function compile(text: string): Policy {
  try {
    return parsePolicy(text, 'key');
  } catch (error) {
    if (error instanceof PolicySyntaxError) throw kmsError('MalformedPolicyDocumentException', error.message);
    throw error;
  }
}

type RawPrincipals = '*' | Readonly<Record<string, string | readonly string[]>>;

/** What `parsePolicy` has found in order. */
interface RawStatement {
  readonly Principal?: RawPrincipals;
  readonly NotPrincipal?: RawPrincipals;
}

function statementsOf(text: string): readonly RawStatement[] {
  const { Statement } = parsed<{ Statement?: RawStatement | RawStatement[] }>(text);
  return Array.isArray(Statement) ? Statement : Statement === undefined ? [] : [Statement];
}

/** Each statement names principals, and they exist (SDK PutKeyPolicy). */
function checkPrincipals(kms: Kms, statement: RawStatement): void {
  const principals = statement.Principal ?? statement.NotPrincipal;
  if (principals === undefined) {
    throw kmsError('MalformedPolicyDocumentException', 'Policy contains a statement with no principal.');
  }
  if (principals === '*') return;
  for (const [kind, value] of Object.entries(principals)) {
    for (const name of typeof value === 'string' ? [value] : value) {
      if (!exists(kms, kind, name)) {
        throw kmsError(
          'MalformedPolicyDocumentException',
          'Policy contains a statement with one or more invalid principals.',
        );
      }
    }
  }
}

function exists(kms: Kms, kind: string, name: string): boolean {
  switch (kind) {
    case 'AWS':
      return (
        name === '*' ||
        /^\d{12}$/.test(name) ||
        (name.startsWith('arn:') && kms.surroundings.ports.identity.principalExists(name))
      );
    case 'Service':
      return /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?$/.test(name);
    default:
      // Federated and CanonicalUser: nobody here can be asked.
      return name !== '';
  }
}

/**
 * Whether the caller could change the policy again. A policy that delegates to the caller's account passes too, even if
 * the caller's own IAM policies do not allow PutKeyPolicy: somebody in the account can still be let in.
 */
function keepsCallerIn(kms: Kms, context: RequestContext, keyArn: string, policy: Policy): boolean {
  const { caller } = context;
  const outcome = ask(kms, context, caller, keyArn, policy);
  if (outcome !== 'implicit-deny' || caller.principal.kind === 'AccountRoot') return outcome === 'allow';
  const { accountId } = caller.principal;
  const root: Caller = {
    principal: { kind: 'AccountRoot', arn: `arn:aws:iam::${accountId}:root`, accountId, userId: accountId },
    accessKeyId: '',
    requester: accountId,
  };
  return ask(kms, context, root, keyArn, policy) === 'allow';
}

/** What would be decided; nothing of it stands in the request's own trail, because nobody asked for it yet. */
function ask(kms: Kms, context: RequestContext, caller: Caller, keyArn: string, policy: Policy) {
  const aside = { ...context, trail: { decisions: [], keyOperations: [], events: [] } };
  return kms.surroundings.authorizer.decide(aside, {
    action: 'kms:PutKeyPolicy',
    resource: keyArn,
    resourceAccountId: context.accountId,
    caller,
    resourcePolicy: { source: 'key policy', policy },
    conditions: new Map([['kms:calleraccount', [caller.principal.accountId]]]),
  }).outcome;
}
