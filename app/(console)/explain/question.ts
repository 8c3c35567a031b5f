import 'server-only';
import {
  type AccessRequest,
  conditionContext,
  namedPrincipal,
  type PolicySet,
  type SourcedPolicy,
  type Trace,
} from '@/lib/access/index';
import { everything, type KnownKey, type KnownPrincipal, policiesOn, situation } from '@/lib/access/reach/index';
import type { Loaded } from '../access/load';

/** A question to the evaluator, as it stands in the address. */
export interface ExplainAddress {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** ARN or name of what the key is asked for. */
  readonly data: string;
  /** `key = value` lines. */
  readonly context: string;
}

/** The question with everything that speaks on it. */
export interface Explained {
  readonly request: AccessRequest;
  readonly policies: PolicySet;
  readonly who: KnownPrincipal;
  readonly key?: KnownKey;
  /** What was not read and could change the answer. */
  readonly notKnown: readonly string[];
}

/** What is wrong with the question, for the field it concerns. */
export type Problems = Readonly<Partial<Record<'principal' | 'action' | 'resource' | 'data' | 'context', string>>>;

export function readExplain(params: Readonly<Record<string, string | readonly string[] | undefined>>): ExplainAddress {
  const text = (name: string): string => {
    const value = params[name];
    return (typeof value === 'string' ? value : (value?.[0] ?? '')).trim().slice(0, 4096);
  };
  return {
    principal: text('principal'),
    action: text('action'),
    resource: text('resource'),
    data: text('data'),
    context: text('context'),
  };
}

/** Finds everything by its name and builds the request; or says what can't be understood. */
export function explainQuestion(asked: ExplainAddress, loaded: Loaded): Explained | { readonly problems: Problems } {
  const problems: { -readonly [K in keyof Problems]: string } = {};
  const who = principalOf(asked.principal, loaded);
  if (who === undefined)
    problems.principal = 'This is no user, role, account or service. Give its ARN, or the name of one of this account.';
  if (!/^[a-z0-9-]+:[A-Za-z]+$/.test(asked.action))
    problems.action = 'An action is a service and an operation: kms:Decrypt.';
  const resource = resourceOf(asked.resource, loaded);
  if (resource === undefined) problems.resource = 'Give an ARN, a key’s alias, or the name of a bucket.';
  const thing = loaded.picture.things.find(({ arn, name }) => arn === asked.data || name === asked.data);
  if (asked.data !== '' && thing === undefined) problems.data = 'Nothing encrypted with a KMS key has this name here.';
  const extra = contextLines(asked.context);
  if (extra === undefined) problems.context = 'One key = value on each line.';
  if (who === undefined || resource === undefined || extra === undefined || Object.keys(problems).length > 0)
    return { problems };
  const key = loaded.picture.keys.find(({ arn }) => arn === resource);
  if (key !== undefined) {
    const found = situation(
      loaded.picture,
      key,
      who,
      { action: asked.action, ...(thing === undefined ? {} : { thing }) },
      everything(key, who),
    );
    return { ...found, request: withContext(found.request, extra), who, key, notKnown: [] };
  }
  const policies = policiesOn(loaded.picture, resource);
  const request = plainRequest(asked.action, resource, who, loaded.picture.accountId);
  const notKnown = policies === undefined ? [`The policy of ${resource} was not read: only IAM policies speak.`] : [];
  return {
    request: withContext(request, extra),
    policies: { ...callerSide(who), ...(policies === undefined ? {} : { resource: policies }) },
    who,
    notKnown,
  };
}

/** The question of a decision that was made, with the policies as they are now. */
export function explainTrace({ request }: Trace, loaded: Loaded): Explained {
  const { principal, action, resource, context } = request;
  const name = principal.roleArn ?? principal.arn;
  const known = loaded.picture.principals.find((one) => one.name === name || one.principal.arn === principal.arn);
  const who: KnownPrincipal = known ?? { name, kind: 'role', principal, identity: [], read: true };
  const entries = new Map(Object.entries(context));
  const encryptionContext: Record<string, string> = {};
  for (const [key, [value]] of entries) {
    if (key.startsWith(ENCRYPTION) && value !== undefined) encryptionContext[key.slice(ENCRYPTION.length)] = value;
  }
  const key = loaded.picture.keys.find(({ arn }) => arn === resource);
  const operation = action.slice(action.indexOf(':') + 1);
  const sourceArn = entries.get('aws:sourcearn')?.[0];
  const asked: AccessRequest = {
    principal,
    action,
    resource,
    resourceAccountId: resource.split(':')[4] || loaded.picture.accountId,
    context: entries,
    ...(key === undefined
      ? {}
      : {
          grant: {
            operation,
            encryptionContext,
            tokenGrantIds: new Set<string>(),
            now: loaded.picture.now ?? Number.MAX_SAFE_INTEGER,
            ...(sourceArn === undefined ? {} : { sourceArn }),
          },
        }),
  };
  const resourcePolicy = key?.policy ?? policiesOn(loaded.picture, resource);
  return {
    request: asked,
    policies: {
      ...callerSide(who),
      ...(resourcePolicy === undefined ? {} : { resource: resourcePolicy }),
      ...(key === undefined ? {} : { grants: key.grants }),
    },
    who,
    ...(key === undefined ? {} : { key }),
    notKnown: resourcePolicy === undefined ? [`The policy of ${resource} was not read.`] : [],
  };
}

const ENCRYPTION = 'kms:encryptioncontext:';

export function callerSide({ identity, boundary }: KnownPrincipal): {
  identity: readonly SourcedPolicy[];
  boundary?: SourcedPolicy;
} {
  return { identity, ...(boundary === undefined ? {} : { boundary }) };
}

function principalOf(text: string, { picture }: Loaded): KnownPrincipal | undefined {
  if (text === '') return undefined;
  const known =
    picture.principals.find(({ name }) => name === text) ??
    picture.principals.find(({ name }) => name.endsWith(`/${text}`));
  if (known !== undefined) return known;
  const principal = namedPrincipal(text);
  if (principal === undefined) return undefined;
  const name = principal.roleArn ?? principal.arn;
  const role = /:assumed-role\/([^/]+)\//.exec(name)?.[1];
  const behind = picture.principals.find((one) => one.kind === 'role' && one.name.endsWith(`/${role}`));
  if (role !== undefined && behind !== undefined) {
    return { ...behind, name, kind: 'session', principal: { ...principal, roleArn: behind.name } };
  }
  return { name, kind: principal.kind === 'AWSService' ? 'service' : 'external', principal, identity: [], read: false };
}

function resourceOf(text: string, { keyInfos, thingInfos }: Loaded): string | undefined {
  const known =
    keyInfos.find(({ arn, name }) => arn === text || name === text || arn.endsWith(`/${text}`)) ??
    thingInfos.find(({ arn, name }) => arn === text || name === text);
  if (known !== undefined && text !== '') return known.arn;
  return /^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+/.test(text) ? text : undefined;
}

function contextLines(text: string): readonly (readonly [string, string])[] | undefined {
  const entries: (readonly [string, string])[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const match = /^\s*([A-Za-z0-9-]+:[^\s=]+)\s*=\s*(.*?)\s*$/.exec(line);
    if (match === null) return undefined;
    entries.push([match[1] ?? '', match[2] ?? '']);
  }
  return entries;
}

function withContext(request: AccessRequest, extra: readonly (readonly [string, string])[]): AccessRequest {
  if (extra.length === 0) return request;
  const context = new Map([...request.context, ...conditionContext(extra)]);
  if (request.grant === undefined) return { ...request, context };
  const pairs: Record<string, string> = { ...request.grant.encryptionContext };
  for (const [key, value] of extra) {
    if (key.toLowerCase().startsWith(ENCRYPTION)) pairs[key.slice(ENCRYPTION.length)] = value;
  }
  const names = Object.keys(pairs);
  if (names.length > 0) context.set('kms:encryptioncontextkeys', names);
  return { ...request, context, grant: { ...request.grant, encryptionContext: pairs } };
}

function plainRequest(action: string, resource: string, { principal }: KnownPrincipal, account: string): AccessRequest {
  const isService = principal.kind === 'AWSService';
  return {
    principal,
    action,
    resource,
    resourceAccountId: resource.split(':')[4] || account,
    context: conditionContext([
      ['aws:PrincipalArn', principal.roleArn ?? principal.arn],
      ['aws:PrincipalAccount', isService ? undefined : principal.accountId],
      ['aws:PrincipalIsAWSService', String(isService)],
      ['aws:SecureTransport', 'true'],
    ]),
  };
}
