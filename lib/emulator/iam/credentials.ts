/** Credentials: access keys of users, sessions of STS, and the root users that need no row. */

import { createHash } from 'node:crypto';
import type { Principal } from '../../access/types.ts';
import { BoundedMap } from '../bounded-map.ts';
import type { Caller, CallerSession } from '../context.ts';
import type { IssuedCredentials, NewSession, StoredCredential } from '../ports.ts';
import type { StateStore } from '../storage/store.ts';
import type { Vault } from '../vault/vault.ts';
import type { Entities } from './entities.ts';
import type { Generations } from './generations.ts';
import { accessKeyId, secretAccessKey, sessionToken } from './ids.ts';
import { blob, integer, optionalText, type Row, text, textList, textMap } from './rows.ts';

/** The account behind `test`/`test`. */
const DEFAULT_ACCOUNT = '111122223333';
const DEFAULT_KEY = 'test';
const ROOT_SECRET = 'test';
const CACHED = 10_000;
/** Expired sessions are kept a day of world time, so that their owner is told of the expiry, and then swept, a few at a time. */
const KEPT_AFTER_EXPIRY = 86_400_000;
const SWEPT_AT_ONCE = 100;

export interface AccessKey {
  readonly id: string;
  readonly accountId: string;
  readonly userName: string;
  readonly active: boolean;
  readonly createdAt: number;
}

interface Cached {
  readonly generation: number;
  readonly accountId: string;
  readonly credential: StoredCredential | undefined;
}

export class Credentials {
  readonly #state: StateStore;
  readonly #vault: Vault;
  readonly #entities: Entities;
  readonly #generations: Generations;
  readonly #cache = new BoundedMap<string, Cached>(CACHED);
  /** Session policies that were given, even none at all, by the caller they were given to. */
  readonly #scoped = new WeakSet<Caller>();

  constructor(parts: { state: StateStore; vault: Vault; entities: Entities; generations: Generations }) {
    this.#state = parts.state;
    this.#vault = parts.vault;
    this.#entities = parts.entities;
    this.#generations = parts.generations;
  }

  /** Whether the session behind a caller was made with session policies (an empty list of them allows nothing). */
  isScoped(caller: Caller): boolean {
    return this.#scoped.has(caller) || (caller.session?.policies.length ?? 0) > 0;
  }

  /** See IdentityPort. The same object as long as nothing in its account changes, so that callers can be told by identity. */
  find(id: string): StoredCredential | undefined {
    const cached = this.#cache.get(id);
    if (cached !== undefined && cached.generation === this.#generations.of(cached.accountId)) return cached.credential;
    const accountId = rootAccount(id);
    const found = accountId === undefined ? (this.#ofUser(id) ?? this.#ofSession(id)) : rootCredential(id, accountId);
    // Unknown ids are not remembered: they may be made the next moment, and anybody can send any number of them.
    if (found !== undefined) {
      const owner = found.caller.principal.accountId;
      this.#cache.set(id, { generation: this.#generations.of(owner), accountId: owner, credential: found });
    }
    return found;
  }

  #ofUser(id: string): StoredCredential | undefined {
    const row = this.#state.statement('SELECT * FROM iam_access_keys WHERE id = ?').get(id);
    if (row === undefined) return undefined;
    const user = this.#entities.get(text(row, 'account'), 'user', text(row, 'user_name'));
    if (user === undefined) return undefined;
    return {
      secretAccessKey: Buffer.from(this.#vault.unwrap(blob(row, 'secret'), purpose(id))).toString(),
      active: row['active'] === 1,
      caller: {
        principal: { kind: 'IAMUser', arn: user.arn, accountId: user.accountId, userId: user.id },
        accessKeyId: id,
        requester: user.arn,
      },
    };
  }

  #ofSession(id: string): StoredCredential | undefined {
    const row = this.#state.statement('SELECT * FROM iam_sessions WHERE id = ?').get(id);
    if (row === undefined) return undefined;
    const principal = this.#livingPrincipal(row);
    if (principal === undefined) return undefined;
    const [secret = '', token = ''] = Buffer.from(this.#vault.unwrap(blob(row, 'secrets'), purpose(id)))
      .toString()
      .split(' ');
    const session = readSession(row);
    const caller: Caller = { principal, accessKeyId: id, session, requester: requesterOf(principal, session.policies) };
    if (row['policies'] !== null) this.#scoped.add(caller);
    return { secretAccessKey: secret, active: true, caller, sessionToken: token, expiresAt: session.expiresAt };
  }

  /** The principal of a session with its owner's present ARN; undefined when the owner is gone. */
  #livingPrincipal(row: Row): Principal | undefined {
    const principal = readPrincipal(row);
    const ownerId = text(row, 'owner_id');
    if (ownerId === principal.accountId) return principal;
    const owner = this.#entities.byId(ownerId);
    if (owner === undefined) return undefined;
    if (principal.kind === 'IAMUser') return { ...principal, arn: owner.arn };
    return principal.kind === 'AssumedRole' ? { ...principal, roleArn: owner.arn } : principal;
  }

  /** The IAM user that a federated session is of, if it is one's. */
  ownerOf(id: string): string | undefined {
    const row = this.#state.statement('SELECT owner_id FROM iam_sessions WHERE id = ?').get(id);
    return row === undefined ? undefined : text(row, 'owner_id');
  }

  /** The account of any access key that ever was made. */
  accountOf(id: string): string | undefined {
    const root = rootAccount(id);
    if (root !== undefined) return root;
    const row =
      this.#state.statement('SELECT account FROM iam_access_keys WHERE id = ?').get(id) ??
      this.#state.statement('SELECT account FROM iam_sessions WHERE id = ?').get(id);
    return row === undefined ? undefined : text(row, 'account');
  }

  /** Tags that a session hands on. */
  transitiveTags(id: string): Readonly<Record<string, string>> {
    const row = this.#state.statement('SELECT tags, transitive FROM iam_sessions WHERE id = ?').get(id);
    if (row === undefined) return {};
    const keys = new Set(textList(row, 'transitive'));
    return Object.fromEntries(Object.entries(textMap(row, 'tags')).filter(([key]) => keys.has(key)));
  }

  /** Opens a session. See SessionPort. */
  open(session: NewSession): IssuedCredentials {
    const issued = {
      accessKeyId: accessKeyId('ASIA'),
      secretAccessKey: secretAccessKey(),
      sessionToken: sessionToken(),
      expiresAt: session.expiresAt,
    };
    const secrets = this.#vault.wrap(
      Buffer.from(`${issued.secretAccessKey} ${issued.sessionToken}`),
      purpose(issued.accessKeyId),
    );
    const { accountId } = session.principal;
    this.#state.write(() => {
      this.#sweep(accountId, session.issuedAt);
      this.#state
        .statement('INSERT INTO iam_sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
        .run(
          issued.accessKeyId,
          accountId,
          session.ownerId,
          secrets,
          JSON.stringify(session.principal),
          session.issuedAt,
          session.expiresAt,
          session.policies === undefined ? null : JSON.stringify(session.policies),
          JSON.stringify(session.tags),
          JSON.stringify(session.transitiveTagKeys),
          session.sourceIdentity ?? null,
          session.mfa ? 1 : 0,
        );
    });
    return issued;
  }

  #sweep(accountId: string, now: number): void {
    this.#state
      .statement(
        'DELETE FROM iam_sessions WHERE id IN (SELECT id FROM iam_sessions WHERE account = ? AND expires_at < ? LIMIT ?)',
      )
      .run(accountId, now - KEPT_AFTER_EXPIRY, SWEPT_AT_ONCE);
  }

  /** Access keys of a user, by id. */
  keysOf(accountId: string, userName: string): AccessKey[] {
    return this.#state
      .statement('SELECT * FROM iam_access_keys WHERE account = ? AND user_name = ? ORDER BY id')
      .all(accountId, userName)
      .map(readAccessKey);
  }

  key(id: string): AccessKey | undefined {
    const row = this.#state.statement('SELECT * FROM iam_access_keys WHERE id = ?').get(id);
    return row === undefined ? undefined : readAccessKey(row);
  }

  /** Makes an access key; the secret is given this once. Runs inside the caller's write. */
  addKey(accountId: string, userName: string, now: number): AccessKey & { readonly secretAccessKey: string } {
    const id = accessKeyId('AKIA');
    const secret = secretAccessKey();
    this.#state
      .statement('INSERT INTO iam_access_keys VALUES (?, ?, ?, ?, 1, ?)')
      .run(id, accountId, userName, this.#vault.wrap(Buffer.from(secret), purpose(id)), now);
    return { id, accountId, userName, active: true, createdAt: now, secretAccessKey: secret };
  }

  setActive(id: string, active: boolean): void {
    this.#state.statement('UPDATE iam_access_keys SET active = ? WHERE id = ?').run(active ? 1 : 0, id);
  }

  deleteKey(id: string): void {
    this.#state.statement('DELETE FROM iam_access_keys WHERE id = ?').run(id);
  }
}

/** Binds a wrapped secret to its access key. */
const purpose = (id: string): string => `iam ${id}`;

function rootAccount(id: string): string | undefined {
  if (id === DEFAULT_KEY) return DEFAULT_ACCOUNT;
  return id.length === 12 && /^\d{12}$/.test(id) ? id : undefined;
}

function rootCredential(id: string, accountId: string): StoredCredential {
  const arn = `arn:aws:iam::${accountId}:root`;
  return {
    secretAccessKey: ROOT_SECRET,
    active: true,
    caller: {
      principal: { kind: 'AccountRoot', arn, accountId, userId: accountId },
      accessKeyId: id,
      requester: arn,
    },
  };
}

/**
 * Whom S3 takes for one requester (BK-06): sessions of one role are the same one, unless session policies scope them
 * differently.
 */
function requesterOf(principal: Principal, policies: readonly string[]): string {
  const identity = principal.roleArn ?? principal.arn;
  if (policies.length === 0) return identity;
  const hash = createHash('sha256');
  for (const policy of policies) hash.update(`${policy.length} ${policy}`);
  return `${identity}#${hash.digest('hex')}`;
}

function readSession(row: Row): CallerSession {
  const sourceIdentity = optionalText(row, 'source_identity');
  return {
    issuedAt: integer(row, 'issued_at'),
    expiresAt: integer(row, 'expires_at'),
    policies: row['policies'] === null ? [] : textList(row, 'policies'),
    tags: textMap(row, 'tags'),
    mfa: row['mfa'] === 1,
    ...(sourceIdentity !== undefined && { sourceIdentity }),
  };
}

function readPrincipal(row: Row): Principal {
  const { kind = '', arn = '', accountId = '', userId = '', roleArn } = textMap(row, 'principal');
  if (kind !== 'AccountRoot' && kind !== 'IAMUser' && kind !== 'AssumedRole' && kind !== 'FederatedUser') {
    throw new TypeError(`a session of a principal of kind ${kind}`);
  }
  return { kind, arn, accountId, userId, ...(roleArn !== undefined && { roleArn }) };
}

function readAccessKey(row: Row): AccessKey {
  return {
    id: text(row, 'id'),
    accountId: text(row, 'account'),
    userName: text(row, 'user_name'),
    active: row['active'] === 1,
    createdAt: integer(row, 'created_at'),
  };
}
