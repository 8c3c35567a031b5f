/** CreateAlias, UpdateAlias, DeleteAlias, ListAliases (KMS-12). */

import type {
  AliasListEntry,
  CreateAliasRequest,
  DeleteAliasRequest,
  ListAliasesRequest,
  ListAliasesResponse,
  UpdateAliasRequest,
} from '@aws-sdk/client-kms';
import type { RequestContext } from '../../context.ts';
import type { Checked, OperationTable } from '../../wire/operation.ts';
import { authorizeAccount, authorizeKey } from '../authorize.ts';
import { directCall } from '../call.ts';
import { aliasNotFound, invalid, invalidKeyId, kmsError } from '../errors.ts';
import type { Kms } from '../kms.ts';
import { cutPage, readMarker } from '../pages.ts';
import { findKey, OWN_KEY, resolveKey, SHARED_KEY } from '../resolve.ts';
import type { AliasRow } from './alias-store.ts';
import { aliasArn, type KeyRecord } from './record.ts';
import { specFacts } from './specs.ts';
import { CHANGEABLE, demandState } from './states.ts';

/** LIM-05 */
const MAX_ALIASES_OF_KEY = 50;
const ALIAS_NAME = /^alias\/[a-zA-Z0-9:/_-]*$/;

export function aliasOperations(kms: Kms): OperationTable<RequestContext> {
  const entry = (context: RequestContext, alias: AliasRow): AliasListEntry => ({
    AliasName: alias.name,
    AliasArn: aliasArn(context.accountId, context.region, alias.name),
    TargetKeyId: alias.keyId,
    CreationDate: new Date(alias.createdAt),
    LastUpdatedDate: new Date(alias.updatedAt),
  });

  function demandRoom(key: KeyRecord): void {
    if (key.aliases.length >= MAX_ALIASES_OF_KEY) {
      throw kmsError('LimitExceededException', `The limit of ${MAX_ALIASES_OF_KEY} aliases of ${key.arn} is reached.`);
    }
  }

  return {
    CreateAlias(input: Checked<CreateAliasRequest>, context: RequestContext): void {
      checkAliasName(input.AliasName);
      const call = directCall(context);
      const arn = aliasArn(context.accountId, context.region, input.AliasName);
      const { key } = resolveKey(kms, call, input.TargetKeyId, 'CreateAlias', OWN_KEY);
      authorizeAccount(kms, call, 'CreateAlias', arn);
      authorizeKey(kms, call, { action: 'CreateAlias', key, alias: input.AliasName });
      demandState(key, CHANGEABLE);
      if (kms.aliases.find(context.accountId, context.region, input.AliasName) !== undefined) {
        throw kmsError('AlreadyExistsException', `An alias with the name ${arn} already exists`);
      }
      demandRoom(key);
      const now = kms.now(context.accountId);
      kms.write(() => {
        const alias = { name: input.AliasName, keyId: key.keyId, createdAt: now, updatedAt: now };
        kms.aliases.insert(context.accountId, context.region, alias);
        kms.keys.forget(key.region, key.keyId);
      });
    },

    UpdateAlias(input: Checked<UpdateAliasRequest>, context: RequestContext): void {
      checkAliasName(input.AliasName);
      const call = directCall(context);
      const arn = aliasArn(context.accountId, context.region, input.AliasName);
      const alias = kms.aliases.find(context.accountId, context.region, input.AliasName);
      const before = alias && findKey(kms, context.region, alias.keyId);
      if (before === undefined) throw aliasNotFound(arn);
      const { key } = resolveKey(kms, call, input.TargetKeyId, 'UpdateAlias', OWN_KEY);
      authorizeAccount(kms, call, 'UpdateAlias', arn);
      authorizeKey(kms, call, { action: 'UpdateAlias', key: before, alias: input.AliasName });
      authorizeKey(kms, call, { action: 'UpdateAlias', key, alias: input.AliasName });
      demandState(key, CHANGEABLE);
      if (kindOf(before) !== kindOf(key) || before.usage !== key.usage) {
        throw invalid(
          `The current and the new KMS key of ${input.AliasName} must be of the same type (symmetric, asymmetric or HMAC) and have the same key usage.`,
        );
      }
      if (before.keyId !== key.keyId) demandRoom(key);
      kms.write(() => {
        kms.aliases.retarget(context.accountId, context.region, input.AliasName, key.keyId, kms.now(context.accountId));
        kms.keys.forget(before.region, before.keyId);
        kms.keys.forget(key.region, key.keyId);
      });
    },

    DeleteAlias(input: Checked<DeleteAliasRequest>, context: RequestContext): void {
      checkAliasName(input.AliasName);
      const call = directCall(context);
      const arn = aliasArn(context.accountId, context.region, input.AliasName);
      const alias = kms.aliases.find(context.accountId, context.region, input.AliasName);
      const key = alias && findKey(kms, context.region, alias.keyId);
      if (key === undefined) throw aliasNotFound(arn);
      authorizeAccount(kms, call, 'DeleteAlias', arn);
      authorizeKey(kms, call, { action: 'DeleteAlias', key, alias: input.AliasName });
      kms.write(() => {
        kms.aliases.remove(context.accountId, context.region, input.AliasName);
        kms.keys.forget(key.region, key.keyId);
      });
    },

    ListAliases(input: Checked<ListAliasesRequest>, context: RequestContext): ListAliasesResponse {
      const call = directCall(context);
      authorizeAccount(kms, call, 'ListAliases');
      const after = readMarker(input.Marker, ALIAS_NAME, '');
      const limit = Math.min(input.Limit ?? 50, 100);
      const { accountId, region } = context;
      let rows: readonly AliasRow[];
      if (input.KeyId === undefined) {
        rows = kms.aliases.page(accountId, region, after, limit + 1);
      } else {
        const { key } = resolveKey(kms, call, input.KeyId, 'ListAliases', SHARED_KEY);
        if (key.accountId !== accountId) throw invalidKeyId(input.KeyId);
        rows = kms.aliases.pageOfKey(region, key.keyId, after, limit + 1);
      }
      const page = cutPage(rows, limit, (alias) => alias.name);
      return { Aliases: page.items.map((alias) => entry(context, alias)), ...page.next };
    },
  };
}

function checkAliasName(name: string): void {
  if (!name.startsWith('alias/')) {
    throw invalid(
      'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    );
  }
  if (name === 'alias/' || !ALIAS_NAME.test(name))
    throw kmsError('InvalidAliasNameException', `${name} is not a valid alias name.`);
  if (name.startsWith('alias/aws/')) {
    throw kmsError(
      'InvalidAliasNameException',
      'Aliases that begin with alias/aws/ are reserved for AWS managed keys.',
    );
  }
}

function kindOf(key: KeyRecord): 'symmetric' | 'hmac' | 'asymmetric' {
  const family = specFacts(key.spec)?.family;
  return family === 'symmetric' || family === 'hmac' ? family : 'asymmetric';
}
