import type { Call } from './call.ts';
import { aliasNotFound, foreignRegion, hiddenKey, invalidKeyId, keyNotFound } from './errors.ts';
import { aliasArn, type KeyRecord, keyArn, partition } from './keys/record.ts';
import { settleKey } from './keys/time.ts';
import type { Kms } from './kms.ts';

/** A key, and the alias by which the request named it. */
export interface Reference {
  readonly key: KeyRecord;
  readonly alias?: string;
}

/** Who looks, and where bare ids and alias names are looked up. */
export type Place = Pick<Call, 'caller' | 'accountId' | 'region'>;

/** Which kinds of identifiers an operation takes. */
export interface Accepted {
  /** Alias names and alias ARNs. */
  readonly aliases: boolean;
  /** Keys of other accounts (SDK: "Cross-account use"). */
  readonly otherAccounts: boolean;
}

/** Cryptographic operations, DescribeKey, GetPublicKey. */
export const ANY_KEY: Accepted = { aliases: true, otherAccounts: true };
/** Key id or key ARN of the own account. */
export const OWN_KEY: Accepted = { aliases: false, otherAccounts: false };
/** Key id or key ARN of any account. */
export const SHARED_KEY: Accepted = { aliases: false, otherAccounts: true };

const KEY_ID = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/;

/**
 * Finds the key behind an identifier (KMS-02). Throws NotFoundException; AccessDeniedException for what another account
 * has or has not, so that nobody learns which (ERR-06). `action` is named in that denial.
 */
export function resolveKey(kms: Kms, call: Place, identifier: string, action: string, accepted: Accepted): Reference {
  let { accountId } = call;
  let name = identifier;
  if (identifier.startsWith('arn:')) {
    const parts = identifier.split(':');
    const [, arnPartition, service, region = '', account = ''] = parts;
    const resource = parts.slice(5).join(':');
    if (service !== 'kms' || !/^\d{12}$/.test(account) || !/^(?:key|alias)\/./.test(resource)) {
      throw invalidKeyId(identifier);
    }
    if (region !== call.region || arnPartition !== partition(region)) throw foreignRegion(region);
    accountId = account;
    name = resource.startsWith('key/') ? resource.slice(4) : resource;
  }
  const foreign = accountId !== call.accountId;
  if (foreign && !accepted.otherAccounts) throw hiddenKey(call.caller.principal.arn, `kms:${action}`);
  if (name.startsWith('alias/')) {
    if (!accepted.aliases) throw invalidKeyId(identifier);
    return byAlias(kms, call, accountId, name, action);
  }
  if (!KEY_ID.test(name)) throw invalidKeyId(identifier.startsWith('arn:') ? name : identifier);
  const key = findKey(kms, call.region, name);
  if (key?.accountId === accountId) return { key };
  throw foreign
    ? hiddenKey(call.caller.principal.arn, `kms:${action}`)
    : keyNotFound(keyArn(accountId, call.region, name));
}

function byAlias(kms: Kms, call: Place, accountId: string, alias: string, action: string): Reference {
  const keyId = kms.aliases.target(accountId, call.region, alias);
  const key = keyId === undefined ? undefined : findKey(kms, call.region, keyId);
  if (key !== undefined) return { key, alias };
  if (accountId !== call.accountId) throw hiddenKey(call.caller.principal.arn, `kms:${action}`);
  throw aliasNotFound(aliasArn(accountId, call.region, alias));
}

/** The key of this id as it is now: what time has done to it is done first. */
export function findKey(kms: Kms, region: string, keyId: string): KeyRecord | undefined {
  const key = kms.keys.find(region, keyId);
  if (key === undefined || key.dueAt === null) return key;
  return settleKey(kms, key, kms.now(key.accountId));
}
