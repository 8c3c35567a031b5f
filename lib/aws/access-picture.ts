import 'server-only';
import { type Grant, grantList, namedPrincipal, type Principal } from '../access/index.ts';
import type { KnownKey, KnownPrincipal, Picture, Thing } from '../access/reach/index.ts';
import { type Alias, listAliases } from './aliases.ts';
import { type AuthorizationDetail, compilePolicy, readAuthorizationDetails } from './authorization-details.ts';
import type { Aws } from './connection.ts';
import { readGrants } from './grant-window.ts';
import type { KeyGrant } from './grants.ts';
import { describeKey, getKeyPolicy, type Key, listKeyIds } from './keys.ts';
import { listRoles, listUsers } from './principals.ts';
import { processWide } from './process-wide.ts';
import { type NotRead, readProtectedThings } from './protected-things.ts';
import { mapLimited } from './result.ts';

/** Everything that decides on the use of keys, read from one connection. */

export interface KeyDetail {
  readonly key: Key;
  readonly alias?: string;
  /** By id, as KMS lists them. */
  readonly grants: ReadonlyMap<string, KeyGrant>;
}

export interface AccessPicture {
  readonly picture: Picture;
  readonly details: ReadonlyMap<string, KeyDetail>;
  readonly notRead: readonly NotRead[];
  /** Keys of the Region, and how many of them were read. */
  readonly keys: { readonly read: number; readonly all: number };
  /** Machine time, ISO 8601. */
  readonly readAt: string;
}

/** Beyond this many keys only those that encrypt something here are read, then the first of the rest. */
const MOST_KEYS = 24;

interface Kept {
  readonly aws: Aws;
  readonly keyId: string | undefined;
  readonly until: number;
  readonly read: Promise<AccessPicture>;
}

const memory = processWide<{ kept: readonly Kept[] }>('access-pictures', () => ({ kept: [] }));
/** A picture is good for twenty times as long as it took to read, at most a minute: a small account is always read anew. */
const KEPT_FACTOR = 20;
const KEPT_MILLISECONDS = 60_000;
const KEPT_PICTURES = 4;

/** Forgets what was read of a connection; called after the console changed something there. */
export function forgetAccessPictures(aws: Aws): void {
  memory.kept = memory.kept.filter((one) => one.aws !== aws);
}

/** The picture as it was read a moment ago, or read now. Takes what `readAccessPicture` takes. */
export async function accessPicture(aws: Aws, input: Parameters<typeof readAccessPicture>[1]): Promise<AccessPicture> {
  const begun = Date.now();
  const known = memory.kept.find((one) => one.aws === aws && one.keyId === input.keyId && begun < one.until);
  if (known) return known.read;
  const read = readAccessPicture(aws, input);
  const keep = (until: number) => {
    const others = memory.kept.filter((one) => one.aws !== aws || one.keyId !== input.keyId);
    memory.kept = [{ aws, keyId: input.keyId, until, read }, ...others].slice(0, KEPT_PICTURES);
  };
  keep(begun + KEPT_MILLISECONDS);
  try {
    await read;
    const end = Date.now();
    keep(end + Math.min(KEPT_MILLISECONDS, KEPT_FACTOR * (end - begun)));
  } catch (error) {
    keep(0);
    throw error;
  }
  return read;
}

/**
 * Reads the account. What is refused is told, and the rest stands.
 * @param keyId only this key: its id or ARN
 * @param now world time in milliseconds
 */
async function readAccessPicture(
  aws: Aws,
  input: { accountId: string; now: number; grantDelay: number; keyId?: string },
): Promise<AccessPicture> {
  const [people, found, aliases, keyIds] = await Promise.all([
    readPeople(aws),
    readProtectedThings(aws),
    listAliases(aws),
    listKeyIds(aws),
  ]);
  const notRead: NotRead[] = [...people.notRead, ...found.notRead];
  if (!aliases.ok) notRead.push({ what: 'aliases', action: aliases.error.action, error: aliases.error });
  if (!keyIds.ok) notRead.push({ what: 'the list of keys', action: keyIds.error.action, error: keyIds.error });
  const names = aliases.ok ? aliases.data.items : [];
  const all = keyIds.ok ? keyIds.data.items.map(({ arn }) => arn) : [];
  const resolved = found.things.map((thing) => ({ thing, arn: resolve(thing.keyId, names, all) }));
  const wanted = chooseKeys(
    input.keyId,
    resolved.map(({ arn }) => arn),
    all,
  );
  const keys = await mapLimited(wanted, 6, (arn) => readKey(aws, arn, names, input));
  const details = new Map<string, KeyDetail>();
  const known: KnownKey[] = [];
  for (const one of keys) {
    notRead.push(...one.notRead);
    if (one.known === undefined || one.detail === undefined) continue;
    known.push(one.known);
    details.set(one.known.arn, one.detail);
  }
  const things = resolved
    .filter(({ arn }) => details.has(arn))
    .map(({ thing: { keyId: _named, ...thing }, arn }): Thing => ({ ...thing, keyArn: arn }));
  return {
    picture: {
      accountId: input.accountId,
      principals: withNamed(people.principals, known, input.accountId),
      keys: known,
      things,
      now: input.now,
    },
    details,
    notRead,
    keys: { read: known.length, all: Math.max(all.length, known.length) },
    readAt: new Date().toISOString(),
  };
}

/** The ARN of the key that an id, alias or ARN means; what is unknown stays as it is. */
function resolve(keyId: string, aliases: readonly Alias[], arns: readonly string[]): string {
  const alias = aliases.find(({ name, arn }) => name === keyId || arn === keyId);
  const id = alias?.keyId ?? keyId;
  return arns.find((arn) => arn === id || arn.endsWith(`/${id}`)) ?? id;
}

function chooseKeys(asked: string | undefined, used: readonly string[], all: readonly string[]): readonly string[] {
  if (asked !== undefined) return [all.find((arn) => arn === asked || arn.endsWith(`/${asked}`)) ?? asked];
  return [...new Set([...used, ...all])].slice(0, MOST_KEYS);
}

interface ReadKey {
  readonly known?: KnownKey;
  readonly detail?: KeyDetail;
  readonly notRead: readonly NotRead[];
}

async function readKey(
  aws: Aws,
  arn: string,
  aliases: readonly Alias[],
  { now, grantDelay }: { now: number; grantDelay: number },
): Promise<ReadKey> {
  const [key, policy, grants] = await Promise.all([
    describeKey(aws, arn),
    getKeyPolicy(aws, arn),
    readGrants(aws, arn),
  ]);
  const notRead: NotRead[] = [];
  const id = arn.slice(arn.lastIndexOf('/') + 1);
  const alias = aliases.find(({ keyId }) => keyId === id)?.name;
  const label = alias ?? `key …${id.slice(-12)}`;
  if (!key.ok) return { notRead: [{ what: label, action: key.error.action, error: key.error }] };
  if (!policy.ok)
    notRead.push({ what: `the key policy of ${label}`, action: policy.error.action, error: policy.error });
  if (!grants.ok) notRead.push({ what: `the grants of ${label}`, action: grants.error.action, error: grants.error });
  const compiled = policy.ok ? compilePolicy(policy.data, 'key') : undefined;
  if (policy.ok && compiled === undefined)
    notRead.push({ what: `the key policy of ${label}, which this console can’t parse` });
  const list = grants.ok ? grants.data.items : [];
  return {
    known: {
      arn: key.data.arn,
      state: key.data.state,
      ...(compiled === undefined ? {} : { policy: { source: 'key policy', policy: compiled } }),
      grants: grantList(list.map((grant) => toGrant(grant, now, grantDelay))),
    },
    detail: {
      key: key.data,
      ...(alias === undefined ? {} : { alias }),
      grants: new Map(list.map((grant) => [grant.id, grant])),
    },
    notRead,
  };
}

/** A grant counts everywhere some minutes after it was made (KMS-44). */
function toGrant(grant: KeyGrant, now: number, delaySeconds: number): Grant {
  const service = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(grant.grantee);
  const made = grant.createdAt === undefined ? 0 : Date.parse(grant.createdAt) + delaySeconds * 1000;
  const constraints = {
    ...(grant.contextEquals === undefined ? {} : { encryptionContextEquals: grant.contextEquals }),
    ...(grant.contextSubset === undefined ? {} : { encryptionContextSubset: grant.contextSubset }),
  };
  return {
    grantId: grant.id,
    ...(grant.name === undefined ? {} : { name: grant.name }),
    ...(service ? { granteeServicePrincipal: grant.grantee } : { granteePrincipal: grant.grantee }),
    ...(grant.retiring === undefined ? {} : { retiringPrincipal: grant.retiring }),
    operations: grant.operations,
    ...(Object.keys(constraints).length === 0 ? {} : { constraints }),
    effectiveAt: Math.min(made, now + delaySeconds * 1000),
  };
}

async function readPeople(aws: Aws): Promise<{ principals: KnownPrincipal[]; notRead: NotRead[] }> {
  const details = await readAuthorizationDetails(aws);
  // Organizations has no place in this console's clients; the emulator applies its policies all the same.
  const notRead: NotRead[] = [{ what: 'service and resource control policies of the organization' }];
  if (details.ok) return { principals: details.data.items.map(toPrincipal), notRead };
  notRead.push({
    what: 'IAM policies, so no way through IAM is told',
    action: details.error.action,
    error: details.error,
  });
  const [roles, users] = await Promise.all([listRoles(aws), listUsers(aws)]);
  const principals: KnownPrincipal[] = [];
  for (const list of [roles, users]) {
    if (!list.ok) notRead.push({ what: 'users and roles', action: list.error.action, error: list.error });
    else
      for (const { kind, name, arn } of list.data.items)
        principals.push(toPrincipal({ kind, name, arn, id: '', identity: [] }));
  }
  return { principals, notRead };
}

function toPrincipal({ kind, arn, id, identity, boundary }: AuthorizationDetail): KnownPrincipal {
  const named = namedPrincipal(arn);
  const userId = kind === 'role' && id !== '' ? `${id}:session` : id;
  const principal: Principal = named === undefined ? UNKNOWN : { ...named, userId };
  return { name: arn, kind, principal, identity, ...(boundary === undefined ? {} : { boundary }), read: true };
}

const UNKNOWN: Principal = { kind: 'Anonymous', arn: 'anonymous', accountId: '', userId: '' };
const ALL = compilePolicy(
  '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}',
  'identity',
);

/** Everybody whom key policies and grants name beside the users and roles of the account, in the order of their names. */
function withNamed(people: readonly KnownPrincipal[], keys: readonly KnownKey[], accountId: string): KnownPrincipal[] {
  const known = new Set(people.map(({ name }) => name));
  const ids = new Set(people.map(({ principal }) => principal.userId.split(':')[0]));
  const names = new Set<string>();
  let everyone = false;
  for (const { policy, grants } of keys) {
    for (const { principal, effect } of policy?.policy.statements ?? []) {
      if (principal?.everyone === true && effect === 'Allow') everyone = true;
      for (const raw of principal?.raw ?? []) names.add(raw.replace(/^[A-Za-z]+: /, ''));
    }
    for (const grant of grants) names.add(grant.granteePrincipal ?? grant.granteeServicePrincipal ?? '');
  }
  const more: KnownPrincipal[] = [];
  for (const name of [...names].sort()) {
    const principal = namedPrincipal(name);
    if (principal === undefined || ids.has(name)) continue;
    const one = fromName(principal, people, accountId);
    if (known.has(one.name)) continue;
    known.add(one.name);
    more.push(one);
  }
  if (everyone) more.push({ name: '*', kind: 'everyone', principal: UNKNOWN, identity: [], read: true });
  return [...people.toSorted((a, b) => (a.name < b.name ? -1 : 1)), ...more];
}

function fromName(principal: Principal, people: readonly KnownPrincipal[], accountId: string): KnownPrincipal {
  const name = principal.roleArn ?? principal.arn;
  if (principal.kind === 'AWSService') return { name, kind: 'service', principal, identity: [], read: true };
  if (principal.accountId !== accountId) {
    const identity = ALL === undefined ? [] : [{ source: `IAM policies of ${principal.accountId}`, policy: ALL }];
    return { name, kind: 'external', principal, identity, read: false };
  }
  if (principal.kind === 'AccountRoot') return { name, kind: 'account', principal, identity: [], read: true };
  const role = /:assumed-role\/([^/]+)\//.exec(principal.arn)?.[1];
  const behind =
    role === undefined || principal.roleArn !== undefined
      ? undefined
      : people.find(({ name: arn, kind }) => kind === 'role' && arn.endsWith(`/${role}`));
  if (role !== undefined && principal.roleArn === undefined) {
    const session: Principal = {
      ...principal,
      ...(behind === undefined ? {} : { roleArn: behind.name, userId: behind.principal.userId }),
    };
    const boundary = behind?.boundary === undefined ? {} : { boundary: behind.boundary };
    return { name, kind: 'session', principal: session, identity: behind?.identity ?? [], ...boundary, read: true };
  }
  // Named here and not in IAM: it was deleted, or it is of a name that never was.
  return { name, kind: principal.kind === 'IAMUser' ? 'user' : 'role', principal, identity: [], read: true };
}
