import type * as Sdk from '@aws-sdk/client-iam';
import type { RequestContext } from '../../context.ts';
import type { Operation } from '../../wire/operation.ts';
import type { Entity } from '../entities.ts';
import { alreadyExists, deleteConflict, limitExceeded, noSuch } from '../errors.ts';
import type { Iam } from '../iam.ts';
import { entityArn, uniqueId } from '../ids.ts';
import { page } from '../pages.ts';
import { requireNoPolicies, requireRoom } from './entity-rules.ts';
import { printGroup, printUser } from './shapes.ts';
import { nameOf } from './users.ts';

type Op<Input, Output> = Operation<Input, Output, RequestContext>;

const GROUPS_PER_USER = 10;

/** Groups and who is in them. */
export function groupOperations(iam: Iam) {
  const CreateGroup: Op<Sdk.CreateGroupRequest, Sdk.CreateGroupResponse> = (input, context) => {
    const { accountId } = context;
    const path = input.Path ?? '/';
    const arn = entityArn(accountId, 'group', path, input.GroupName);
    iam.authorize(context, arn);
    const group: Entity = {
      kind: 'group',
      accountId,
      name: input.GroupName,
      path,
      id: uniqueId('group'),
      arn,
      createdAt: context.now,
      tags: {},
    };
    iam.change(accountId, () => {
      requireRoom(iam, accountId, 'group', group.name);
      iam.entities.insert(group);
    });
    return { Group: printGroup(group) };
  };

  const GetGroup: Op<Sdk.GetGroupRequest, Sdk.GetGroupResponse> = (input, context) => {
    const group = iam.authorized(context, 'group', input.GroupName);
    const { items, answer } = page(input, nameOf, (after, limit) =>
      iam.entities.membersOf(group.accountId, group.name, after, limit),
    );
    return { Group: printGroup(group), Users: items.map((user) => printUser(user, 'listed')), ...answer };
  };

  const ListGroups: Op<Sdk.ListGroupsRequest, Sdk.ListGroupsResponse> = (input, context) => {
    const prefix = input.PathPrefix ?? '/';
    iam.authorize(context, `arn:aws:iam::${context.accountId}:group${prefix}`);
    const { items, answer } = page(input, nameOf, (after, limit) =>
      iam.entities.list(context.accountId, 'group', prefix, after, limit),
    );
    return { Groups: items.map(printGroup), ...answer };
  };

  const UpdateGroup: Op<Sdk.UpdateGroupRequest, object> = (input, context) => {
    const group = iam.authorized(context, 'group', input.GroupName);
    const name = input.NewGroupName ?? group.name;
    iam.change(context.accountId, () => {
      if (input.NewPath !== undefined) iam.entities.update({ ...group, path: input.NewPath });
      if (name === group.name) return;
      const sameButCase = name.toLowerCase() === group.name.toLowerCase();
      if (!sameButCase && iam.entities.isTaken(context.accountId, 'group', name)) throw alreadyExists('group', name);
      iam.entities.rename(group, name);
    });
    return {};
  };

  const DeleteGroup: Op<Sdk.DeleteGroupRequest, object> = (input, context) => {
    const group = iam.authorized(context, 'group', input.GroupName);
    iam.change(context.accountId, () => {
      requireNoPolicies(iam, group);
      if (iam.entities.membersOf(group.accountId, group.name, '', 1).length > 0) {
        throw deleteConflict('Cannot delete entity, must remove users from group first.');
      }
      iam.entities.delete(group);
    });
    return {};
  };

  const AddUserToGroup: Op<Sdk.AddUserToGroupRequest, object> = (input, context) => {
    const group = iam.authorized(context, 'group', input.GroupName);
    const user = requireUser(iam, context, input.UserName);
    iam.change(context.accountId, () => {
      const groups = iam.entities.groupsOf(user.accountId, user.name);
      if (groups.length >= GROUPS_PER_USER && !groups.some(({ name }) => name === group.name)) {
        throw limitExceeded(`Cannot exceed quota for GroupsPerUser: ${GROUPS_PER_USER}`);
      }
      iam.entities.join(group.accountId, group.name, user.name);
    });
    return {};
  };

  const RemoveUserFromGroup: Op<Sdk.RemoveUserFromGroupRequest, object> = (input, context) => {
    const group = iam.authorized(context, 'group', input.GroupName);
    const user = requireUser(iam, context, input.UserName);
    iam.change(context.accountId, () => iam.entities.leave(group.accountId, group.name, user.name));
    return {};
  };

  return { CreateGroup, GetGroup, ListGroups, UpdateGroup, DeleteGroup, AddUserToGroup, RemoveUserFromGroup };
}

function requireUser(iam: Iam, context: RequestContext, name: string): Entity {
  const user = iam.entities.get(context.accountId, 'user', name);
  if (user === undefined) throw noSuch('user', name);
  return user;
}
