/** IAM's parts, and what every operation does with them: ask first, write as one, forget what was derived. */

import { denialMessage } from '../../access/index.ts';
import type { RequestContext } from '../context.ts';
import type { AuthorizationQuestion } from '../ports.ts';
import type { Surroundings } from '../service.ts';
import { Credentials } from './credentials.ts';
import { Entities, type Entity, type EntityKind } from './entities.ts';
import { accessDenied, noSuch } from './errors.ts';
import { Generations } from './generations.ts';
import { Identity } from './identity.ts';
import { entityArn } from './ids.ts';
import { Organization } from './organization.ts';
import { Policies } from './policy-store.ts';
import { MIGRATIONS } from './schema.ts';

/** Conditions and tags of a question; see AuthorizationQuestion. */
export type Asked = Pick<AuthorizationQuestion, 'conditions' | 'resourceTags'>;

export class Iam {
  readonly surroundings: Surroundings;
  readonly entities: Entities;
  readonly policies: Policies;
  readonly credentials: Credentials;
  readonly organization: Organization;
  readonly identity: Identity;
  readonly #generations = new Generations();

  constructor(surroundings: Surroundings) {
    const { state, vault } = surroundings;
    const generations = this.#generations;
    state.migrate('iam', MIGRATIONS);
    this.surroundings = surroundings;
    this.entities = new Entities(state);
    this.policies = new Policies(state);
    this.organization = new Organization(state, generations);
    this.credentials = new Credentials({ state, vault, entities: this.entities, generations });
    this.identity = new Identity({
      entities: this.entities,
      policies: this.policies,
      credentials: this.credentials,
      organization: this.organization,
      generations,
    });
  }

  /**
   * Asks whether the caller may do what its request says.
   *
   * @param action without `iam:`; the operation's own name unless it authorises as another
   * @throws AwsError AccessDenied with the evaluator's reason
   */
  authorize(context: RequestContext, resource: string, asked: Asked = {}, action = context.operation): void {
    context.trail.resource = resource;
    const decision = this.surroundings.authorizer.decide(context, {
      action: `iam:${action}`,
      resource,
      resourceAccountId: context.accountId,
      ...asked,
    });
    if (decision.outcome === 'allow') return;
    const question = context.trail.decisions.at(-1);
    if (question === undefined) throw new Error('a decision was taken and not recorded');
    throw accessDenied(denialMessage(decision, question.request));
  }

  /**
   * Authorises a request about an entity, then gives the entity.
   *
   * @throws AwsError AccessDenied before anything is told of the entity, NoSuchEntity
   */
  authorized(context: RequestContext, kind: EntityKind, name: string, asked: Asked = {}): Entity {
    const entity = this.entities.get(context.accountId, kind, name);
    this.authorize(context, entity?.arn ?? entityArn(context.accountId, kind, '/', name), {
      ...(entity !== undefined && { resourceTags: entity.tags }),
      ...asked,
    });
    if (entity === undefined) throw noSuch(kind, name);
    return entity;
  }

  /** Writes to the account's identities; whatever was derived from them is made anew afterwards. */
  change<T>(accountId: string, work: () => T): T {
    const result = this.surroundings.state.write(work);
    this.#generations.next(accountId);
    return result;
  }
}
