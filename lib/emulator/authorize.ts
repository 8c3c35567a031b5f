import { evaluate } from '../access/index.ts';
import type { ConditionContext } from '../access/types.ts';
import type { Caller, RequestContext } from './context.ts';
import type { AuthorizationQuestion, Authorizer, IdentityPort } from './ports.ts';

/**
 * Puts a question to the evaluator with everything that speaks for or against the caller, and keeps what it was
 * decided on, so that `GET /_emulator/decisions/REQUESTID` can make the same trace again.
 */
export function createAuthorizer(identity: () => IdentityPort): Authorizer {
  return {
    decide(context, question) {
      const caller = question.caller ?? context.caller;
      const request = {
        principal: caller.principal,
        action: question.action,
        resource: question.resource,
        resourceAccountId: question.resourceAccountId,
        context: conditionContext(context, caller, question, identity()),
        ...(question.grantQuestion && { grant: question.grantQuestion }),
      };
      const resourceControl = identity().resourceControlOf(question.resourceAccountId);
      const policies = {
        ...identity().policiesOf(caller),
        ...(resourceControl && { resourceControl }),
        ...(question.resourcePolicy && { resource: question.resourcePolicy }),
        ...(question.grants && { grants: question.grants }),
      };
      const decision = evaluate(request, policies);
      context.trail.decisions.push({ request, policies, decision });
      return decision;
    },
  };
}

const TRUE = ['true'];
const FALSE = ['false'];
const bool = (value: boolean) => (value ? TRUE : FALSE);

/**
 * Global condition keys of a request (IAMUG reference_policies_condition-keys), then those of the service.
 * `aws:SourceIp` is left out when a service calls on somebody's behalf: it would be the service's own address.
 */
function conditionContext(
  context: RequestContext,
  caller: Caller,
  question: AuthorizationQuestion,
  identity: IdentityPort,
): ConditionContext {
  const { principal, session } = caller;
  const keys = new Map<string, readonly string[]>();
  const isService = principal.kind === 'AWSService';
  keys.set('aws:currenttime', [new Date(context.now).toISOString()]);
  keys.set('aws:epochtime', [String(Math.floor(context.now / 1000))]);
  keys.set('aws:securetransport', bool(context.secureTransport));
  keys.set('aws:requestedregion', [context.region]);
  keys.set('aws:useragent', [context.userAgent]);
  keys.set('aws:viaawsservice', bool(question.viaService !== undefined && !isService));
  keys.set('aws:principalisawsservice', bool(isService));
  keys.set('aws:resourceaccount', [question.resourceAccountId]);
  if (question.viaService === undefined) keys.set('aws:sourceip', [context.sourceIp]);
  else if (!isService) keys.set('aws:calledvia', [serviceDomain(question.viaService)]);
  if (context.headers['referer'] !== undefined) keys.set('aws:referer', [context.headers['referer']]);
  if (isService) keys.set('aws:principalservicename', [principal.serviceName ?? principal.arn]);
  else if (principal.kind !== 'Anonymous') describePrincipal(keys, caller, identity);
  if (session !== undefined) {
    keys.set('aws:tokenissuetime', [new Date(session.issuedAt).toISOString()]);
    keys.set('aws:multifactorauthpresent', bool(session.mfa));
    if (session.sourceIdentity !== undefined) keys.set('aws:sourceidentity', [session.sourceIdentity]);
  }
  for (const [name, value] of Object.entries(question.resourceTags ?? {})) {
    keys.set(`aws:resourcetag/${name.toLowerCase()}`, [value]);
  }
  for (const [name, values] of question.conditions ?? []) keys.set(name, values);
  return keys;
}

function describePrincipal(keys: Map<string, readonly string[]>, caller: Caller, identity: IdentityPort): void {
  const { principal, session } = caller;
  // A role session is its role here; the session itself stands in aws:userid.
  keys.set('aws:principalarn', [principal.roleArn ?? principal.arn]);
  keys.set('aws:principalaccount', [principal.accountId]);
  keys.set('aws:principaltype', [PRINCIPAL_TYPES[principal.kind]]);
  keys.set('aws:userid', [principal.userId]);
  if (principal.kind === 'IAMUser') keys.set('aws:username', [principal.arn.slice(principal.arn.lastIndexOf('/') + 1)]);
  for (const [name, value] of Object.entries(identity.tagsOf(principal))) {
    keys.set(`aws:principaltag/${name.toLowerCase()}`, [value]);
  }
  for (const [name, value] of Object.entries(session?.tags ?? {})) {
    keys.set(`aws:principaltag/${name.toLowerCase()}`, [value]);
  }
}

const PRINCIPAL_TYPES = {
  AccountRoot: 'Account',
  IAMUser: 'User',
  AssumedRole: 'AssumedRole',
  FederatedUser: 'FederatedUser',
  AWSService: 'Service',
  Anonymous: 'Anonymous',
} as const;

/** `s3.us-east-1.amazonaws.com` → `s3.amazonaws.com`, the form of `aws:CalledVia`. */
function serviceDomain(viaService: string): string {
  const [service = '', ...rest] = viaService.split('.');
  return rest.length === 3 ? `${service}.amazonaws.com` : viaService;
}
