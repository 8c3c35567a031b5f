import type * as Sdk from '@aws-sdk/client-iam';
import type { RequestContext } from '../../context.ts';
import type { Operation } from '../../wire/operation.ts';
import type { AccessKey } from '../credentials.ts';
import type { Entity } from '../entities.ts';
import { limitExceeded, noSuchEntity, validationError } from '../errors.ts';
import type { Iam } from '../iam.ts';
import { pageOf } from '../pages.ts';
import { callingUser } from './users.ts';

type Op<Input, Output> = Operation<Input, Output, RequestContext>;

const KEYS_PER_USER = 2;

/** Access keys of users. A name may be left out: then it is the caller's own. */
export function accessKeyOperations(iam: Iam) {
  const CreateAccessKey: Op<Sdk.CreateAccessKeyRequest, Sdk.CreateAccessKeyResponse> = (input, context) => {
    const user = userOf(iam, context, input.UserName);
    const key = iam.change(context.accountId, () => {
      if (iam.credentials.keysOf(user.accountId, user.name).length >= KEYS_PER_USER) {
        throw limitExceeded(`Cannot exceed quota for AccessKeysPerUser: ${KEYS_PER_USER}`);
      }
      return iam.credentials.addKey(user.accountId, user.name, context.now);
    });
    const shown = print(key);
    // The event carries everything but the secret.
    context.trail.event = { responseElements: { accessKey: lowerCamel(shown) } };
    return { AccessKey: { ...shown, SecretAccessKey: key.secretAccessKey } };
  };

  const ListAccessKeys: Op<Sdk.ListAccessKeysRequest, Sdk.ListAccessKeysResponse> = (input, context) => {
    const user = userOf(iam, context, input.UserName);
    const { items, answer } = pageOf(input, ({ id }) => id, iam.credentials.keysOf(user.accountId, user.name));
    return {
      AccessKeyMetadata: items.map(print),
      ...answer,
    };
  };

  const UpdateAccessKey: Op<Sdk.UpdateAccessKeyRequest, object> = (input, context) => {
    const user = userOf(iam, context, input.UserName);
    const { id } = requireKey(iam, user, input.AccessKeyId);
    if (input.Status !== 'Active' && input.Status !== 'Inactive') {
      throw validationError(`Status ${input.Status} cannot be set.`);
    }
    iam.change(context.accountId, () => iam.credentials.setActive(id, input.Status === 'Active'));
    return {};
  };

  const DeleteAccessKey: Op<Sdk.DeleteAccessKeyRequest, object> = (input, context) => {
    const user = userOf(iam, context, input.UserName);
    const { id } = requireKey(iam, user, input.AccessKeyId);
    iam.change(context.accountId, () => iam.credentials.deleteKey(id));
    return {};
  };

  // What a key was last used for is not kept: N/A is what AWS answers for a key without a known use.
  const GetAccessKeyLastUsed: Op<Sdk.GetAccessKeyLastUsedRequest, Sdk.GetAccessKeyLastUsedResponse> = (
    input,
    context,
  ) => {
    const key = iam.credentials.key(input.AccessKeyId);
    const user = key?.accountId === context.accountId ? key.userName : undefined;
    iam.authorize(context, user === undefined ? '*' : userArn(iam, context, user));
    if (user === undefined) throw noSuchKey(input.AccessKeyId);
    return { UserName: user, AccessKeyLastUsed: { ServiceName: 'N/A', Region: 'N/A', LastUsedDate: undefined } };
  };

  return { CreateAccessKey, ListAccessKeys, UpdateAccessKey, DeleteAccessKey, GetAccessKeyLastUsed };
}

function userOf(iam: Iam, context: RequestContext, name: string | undefined): Entity {
  return iam.authorized(context, 'user', name ?? callingUser(iam, context).name);
}

const userArn = (iam: Iam, { accountId }: RequestContext, name: string): string =>
  iam.entities.get(accountId, 'user', name)?.arn ?? '*';

function requireKey(iam: Iam, user: Entity, id: string): AccessKey {
  const key = iam.credentials.key(id);
  if (key === undefined || key.accountId !== user.accountId || key.userName !== user.name) throw noSuchKey(id);
  return key;
}

const noSuchKey = (id: string) => noSuchEntity(`The Access Key with id ${id} cannot be found.`);

function print(
  key: AccessKey,
): Sdk.AccessKeyMetadata & { UserName: string; AccessKeyId: string; Status: Sdk.StatusType } {
  return {
    UserName: key.userName,
    AccessKeyId: key.id,
    Status: key.active ? 'Active' : 'Inactive',
    CreateDate: new Date(key.createdAt),
  };
}

const lowerCamel = (shape: object): object =>
  Object.fromEntries(
    Object.entries(shape).map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), value]),
  );
