import type * as Sdk from '@aws-sdk/client-iam';
import type { RequestContext } from '../../context.ts';
import type { Operation } from '../../wire/operation.ts';
import type { Entity } from '../entities.ts';
import { alreadyExists, deleteConflict, validationError } from '../errors.ts';
import type { Iam } from '../iam.ts';
import { entityArn, uniqueId } from '../ids.ts';
import { page, pageOf } from '../pages.ts';
import { listed, tagConditions, withoutTags, withTags } from '../tags.ts';
import { boundaryCondition, requireBoundary, requireNoPolicies, requireRoom, unbounded } from './entity-rules.ts';
import { printGroup, printUser } from './shapes.ts';

type Op<Input, Output> = Operation<Input, Output, RequestContext>;

/** Users: made, read, changed, tagged, bounded, deleted. */
export function userOperations(iam: Iam) {
  const CreateUser: Op<Sdk.CreateUserRequest, Sdk.CreateUserResponse> = (input, context) => {
    const { accountId } = context;
    const path = input.Path ?? '/';
    const arn = entityArn(accountId, 'user', path, input.UserName);
    const conditions = new Map([...tagConditions(input.Tags), ...boundaryCondition(input.PermissionsBoundary)]);
    iam.authorize(context, arn, { conditions });
    const user: Entity = {
      kind: 'user',
      accountId,
      name: input.UserName,
      path,
      id: uniqueId('user'),
      arn,
      createdAt: context.now,
      tags: withTags({}, input.Tags),
      ...(input.PermissionsBoundary !== undefined && { boundary: input.PermissionsBoundary }),
    };
    iam.change(accountId, () => {
      requireRoom(iam, accountId, 'user', user.name);
      if (user.boundary !== undefined) requireBoundary(iam, accountId, user.boundary);
      iam.entities.insert(user);
    });
    return { User: printUser(user) };
  };

  const GetUser: Op<Sdk.GetUserRequest, Sdk.GetUserResponse> = (input, context) => {
    if (input.UserName !== undefined) return { User: printUser(iam.authorized(context, 'user', input.UserName)) };
    return { User: ownUser(iam, context) };
  };

  const ListUsers: Op<Sdk.ListUsersRequest, Sdk.ListUsersResponse> = (input, context) => {
    const prefix = input.PathPrefix ?? '/';
    iam.authorize(context, `arn:aws:iam::${context.accountId}:user${prefix}`);
    const { items, answer } = page(input, nameOf, (after, limit) =>
      iam.entities.list(context.accountId, 'user', prefix, after, limit),
    );
    return { Users: items.map((user) => printUser(user, 'listed')), ...answer };
  };

  const UpdateUser: Op<Sdk.UpdateUserRequest, object> = (input, context) => {
    const user = iam.authorized(context, 'user', input.UserName);
    const name = input.NewUserName ?? user.name;
    iam.change(context.accountId, () => {
      if (input.NewPath !== undefined) iam.entities.update({ ...user, path: input.NewPath });
      if (name === user.name) return;
      const sameButCase = name.toLowerCase() === user.name.toLowerCase();
      if (!sameButCase && iam.entities.isTaken(context.accountId, 'user', name)) throw alreadyExists('user', name);
      iam.entities.rename(user, name);
    });
    return {};
  };

  const DeleteUser: Op<Sdk.DeleteUserRequest, object> = (input, context) => {
    const user = iam.authorized(context, 'user', input.UserName);
    iam.change(context.accountId, () => {
      requireNoPolicies(iam, user);
      if (iam.credentials.keysOf(user.accountId, user.name).length > 0) {
        throw deleteConflict('Cannot delete entity, must delete access keys first.');
      }
      if (iam.entities.groupsOf(user.accountId, user.name, '', 1).length > 0) {
        throw deleteConflict('Cannot delete entity, must remove users from group first.');
      }
      iam.entities.delete(user);
    });
    iam.identity.tellDeleted(user);
    return {};
  };

  const TagUser: Op<Sdk.TagUserRequest, object> = (input, context) => {
    const user = iam.authorized(context, 'user', input.UserName, { conditions: tagConditions(input.Tags) });
    iam.change(context.accountId, () => iam.entities.update({ ...user, tags: withTags(user.tags, input.Tags) }));
    return {};
  };

  const UntagUser: Op<Sdk.UntagUserRequest, object> = (input, context) => {
    const conditions = tagConditions([], input.TagKeys);
    const user = iam.authorized(context, 'user', input.UserName, { conditions });
    iam.change(context.accountId, () => iam.entities.update({ ...user, tags: withoutTags(user.tags, input.TagKeys) }));
    return {};
  };

  const ListUserTags: Op<Sdk.ListUserTagsRequest, Sdk.ListUserTagsResponse> = (input, context) => {
    const user = iam.authorized(context, 'user', input.UserName);
    const { items, answer } = pageOf(input, ({ Key = '' }) => Key, sortedTags(user));
    return { Tags: [...items], ...answer };
  };

  const PutUserPermissionsBoundary: Op<Sdk.PutUserPermissionsBoundaryRequest, object> = (input, context) => {
    const conditions = new Map(boundaryCondition(input.PermissionsBoundary));
    const user = iam.authorized(context, 'user', input.UserName, { conditions });
    iam.change(context.accountId, () => {
      requireBoundary(iam, context.accountId, input.PermissionsBoundary);
      iam.entities.update({ ...user, boundary: input.PermissionsBoundary });
    });
    return {};
  };

  const DeleteUserPermissionsBoundary: Op<Sdk.DeleteUserPermissionsBoundaryRequest, object> = (input, context) => {
    const user = iam.authorized(context, 'user', input.UserName);
    iam.change(context.accountId, () => iam.entities.update(unbounded(user)));
    return {};
  };

  const ListGroupsForUser: Op<Sdk.ListGroupsForUserRequest, Sdk.ListGroupsForUserResponse> = (input, context) => {
    const user = iam.authorized(context, 'user', input.UserName);
    const { items, answer } = page(input, nameOf, (after, limit) =>
      iam.entities.groupsOf(user.accountId, user.name, after, limit),
    );
    return { Groups: items.map(printGroup), ...answer };
  };

  return {
    CreateUser,
    GetUser,
    ListUsers,
    UpdateUser,
    DeleteUser,
    TagUser,
    UntagUser,
    ListUserTags,
    PutUserPermissionsBoundary,
    DeleteUserPermissionsBoundary,
    ListGroupsForUser,
  };
}

export const nameOf = (entity: Entity): string => entity.name;

/** Tags in the order that pages go by. */
export function sortedTags(entity: Pick<Entity, 'tags'>): Sdk.Tag[] {
  return (listed(entity.tags) ?? []).sort((a, b) => ((a.Key ?? '') < (b.Key ?? '') ? -1 : 1));
}

/** GetUser without a name: the user who asks. */
function ownUser(iam: Iam, context: RequestContext): Sdk.User {
  const { principal } = context.caller;
  iam.authorize(context, principal.arn);
  if (principal.kind === 'AccountRoot') {
    return {
      Path: '/',
      UserName: 'root',
      UserId: principal.accountId,
      Arn: principal.arn,
      CreateDate: new Date(0),
    };
  }
  return printUser(callingUser(iam, context));
}

/**
 * The IAM user who calls, for operations whose UserName may be left out.
 *
 * @throws AwsError ValidationError for callers that are no user
 */
export function callingUser(iam: Iam, context: RequestContext): Entity {
  const { principal } = context.caller;
  const user = principal.kind === 'IAMUser' ? iam.entities.byArn(principal.arn) : undefined;
  if (user === undefined) throw validationError('Must specify userName when calling with non-User credentials');
  return user;
}
