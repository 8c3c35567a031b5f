/** What IAM tells the other services of a caller (contract: IdentityPort). On the path of every request, hence the caches. */

import type { PolicySet, Principal, SourcedPolicy } from '../../access/types.ts';
import { BoundedMap } from '../bounded-map.ts';
import type { Caller } from '../context.ts';
import type { IdentityPort, StoredCredential } from '../ports.ts';
import type { Credentials } from './credentials.ts';
import { compile } from './documents.ts';
import type { Entities, Entity } from './entities.ts';
import type { Generations } from './generations.ts';
import type { Organization } from './organization.ts';
import type { Policies } from './policy-store.ts';

type CallerPolicies = Omit<PolicySet, 'resource' | 'grants' | 'endpoint'>;

/** What hangs on a user or role. */
interface OwnPolicies {
  readonly generation: number;
  readonly identity: readonly SourcedPolicy[];
  readonly boundary?: SourcedPolicy;
  readonly tags: Readonly<Record<string, string>>;
}

const NO_TAGS: Readonly<Record<string, string>> = {};
const NOTHING: readonly SourcedPolicy[] = [];
const CACHED = 10_000;

export class Identity implements IdentityPort {
  readonly #entities: Entities;
  readonly #policies: Policies;
  readonly #credentials: Credentials;
  readonly #organization: Organization;
  readonly #generations: Generations;
  readonly #deletionListeners: ((arn: string, uniqueId: string) => void)[] = [];
  readonly #own = new BoundedMap<string, OwnPolicies>(CACHED);
  readonly #sets = new WeakMap<Caller, { readonly generation: number; readonly set: CallerPolicies }>();

  constructor(parts: {
    entities: Entities;
    policies: Policies;
    credentials: Credentials;
    organization: Organization;
    generations: Generations;
  }) {
    this.#entities = parts.entities;
    this.#policies = parts.policies;
    this.#credentials = parts.credentials;
    this.#organization = parts.organization;
    this.#generations = parts.generations;
  }

  credential(accessKeyId: string): StoredCredential | undefined {
    return this.#credentials.find(accessKeyId);
  }

  policiesOf(caller: Caller): CallerPolicies {
    const generation = this.#generations.of(caller.principal.accountId);
    const known = this.#sets.get(caller);
    if (known?.generation === generation) return known.set;
    const set = this.#assemble(caller);
    this.#sets.set(caller, { generation, set });
    return set;
  }

  tagsOf(principal: Principal): Readonly<Record<string, string>> {
    const owner = principal.roleArn ?? (principal.kind === 'IAMUser' ? principal.arn : undefined);
    return owner === undefined ? NO_TAGS : this.#ownPolicies(owner, principal.accountId).tags;
  }

  principalExists(arn: string): boolean {
    if (/^(?:\d{12}|arn:aws:iam::\d{12}:root)$/.test(arn)) return true;
    const session = /^arn:aws:sts::(\d{12}):(assumed-role|federated-user)\/([^/]+)(?:\/[^/]+)?$/.exec(arn);
    if (session === null) return this.uniqueIdOf(arn) !== undefined;
    const [, accountId = '', kind, name = ''] = session;
    return kind === 'federated-user' || this.#entities.get(accountId, 'role', name) !== undefined;
  }

  uniqueIdOf(arn: string): string | undefined {
    const entity = this.#entities.byArn(arn);
    return entity === undefined || entity.kind === 'group' ? undefined : entity.id;
  }

  onPrincipalDeleted(listener: (arn: string, uniqueId: string) => void): void {
    this.#deletionListeners.push(listener);
  }

  /** Call it after a user or role was deleted. */
  tellDeleted({ arn, id }: Entity): void {
    for (const listener of this.#deletionListeners) listener(arn, id);
  }

  resourceControlOf(accountId: string): PolicySet['resourceControl'] {
    return this.#organization.layers(accountId).resourceControl;
  }

  /** What hangs on a user, with its groups, a role or a group: for simulations. */
  policiesOfEntity(entity: Entity): Pick<CallerPolicies, 'identity' | 'boundary'> {
    return this.#read(entity);
  }

  #assemble(caller: Caller): CallerPolicies {
    const { principal } = caller;
    if (principal.kind === 'AWSService' || principal.kind === 'Anonymous') return { identity: NOTHING };
    const owner = this.#ownerArn(caller);
    const own = owner === undefined ? undefined : this.#ownPolicies(owner, principal.accountId);
    const { serviceControl } = this.#organization.layers(principal.accountId);
    // A federated user without session policies has no permissions of its own (STS, GetFederationToken).
    const scoped = principal.kind === 'FederatedUser' || this.#credentials.isScoped(caller);
    return {
      identity: own?.identity ?? NOTHING,
      ...(own?.boundary !== undefined && { boundary: own.boundary }),
      ...(scoped && { session: sessionPolicies(caller) }),
      ...(serviceControl !== undefined && { serviceControl }),
    };
  }

  /** ARN of the user or role whose policies count; undefined for the root user. */
  #ownerArn(caller: Caller): string | undefined {
    const { principal } = caller;
    if (principal.kind === 'IAMUser') return principal.arn;
    if (principal.kind === 'AssumedRole') return principal.roleArn;
    if (principal.kind !== 'FederatedUser') return undefined;
    const ownerId = this.#credentials.ownerOf(caller.accessKeyId);
    return ownerId === undefined ? undefined : this.#entities.byId(ownerId)?.arn;
  }

  #ownPolicies(arn: string, accountId: string): OwnPolicies {
    const generation = this.#generations.of(accountId);
    const known = this.#own.get(arn);
    if (known?.generation === generation) return known;
    const entity = this.#entities.byArn(arn);
    const made: OwnPolicies =
      entity === undefined ? { generation, identity: NOTHING, tags: NO_TAGS } : { generation, ...this.#read(entity) };
    this.#own.set(arn, made);
    return made;
  }

  #read(entity: Entity): Omit<OwnPolicies, 'generation'> {
    const identity = this.#speakingFor(entity, '');
    if (entity.kind === 'user') {
      for (const group of this.#entities.groupsOf(entity.accountId, entity.name)) {
        identity.push(...this.#speakingFor(group, ` of group ${group.name}`));
      }
    }
    const boundary =
      entity.boundary === undefined ? undefined : this.#managed(entity.boundary, entity.accountId, 'boundary');
    return { identity, tags: entity.tags, ...(boundary !== undefined && { boundary }) };
  }

  #speakingFor({ accountId, kind, name }: Entity, origin: string): SourcedPolicy[] {
    const found: SourcedPolicy[] = this.#policies
      .inline(accountId, kind, name)
      .map((policy) => ({ source: `inline ${policy.name}${origin}`, policy: compile(policy.document, 'identity') }));
    for (const arn of this.#policies.attached(accountId, kind, name)) {
      const policy = this.#managed(arn, accountId, 'identity');
      if (policy !== undefined) found.push(policy);
    }
    return found;
  }

  #managed(arn: string, accountId: string, kind: 'identity' | 'boundary'): SourcedPolicy | undefined {
    const policy = this.#policies.get(arn, accountId);
    return policy && { source: arn, policy: compile(this.#policies.defaultDocument(policy), kind) };
  }
}

function sessionPolicies(caller: Caller): SourcedPolicy[] {
  return (caller.session?.policies ?? []).map((document, position) => ({
    source: `session policy ${position + 1}`,
    policy: compile(document, 'session'),
  }));
}
