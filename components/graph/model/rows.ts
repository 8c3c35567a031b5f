/** Ways of `lib/access` as rows, with the names that people know. */

import type { Reason, Thing, Way } from '@/lib/access/reach/types';
import { plural } from '../../ui/format';
import { shortHash } from './ids';
import type { ThingInfo, WayRow } from './types';

/** The last part of an ARN, or the whole name. */
export function shortName(arn: string): string {
  if (arn === '*') return 'Everyone';
  const account = /^arn:[^:]+:iam::(\d{12}):root$/.exec(arn)?.[1];
  if (account !== undefined) return account;
  const session = /:assumed-role\/(.+)$/.exec(arn)?.[1];
  return session ?? arn.slice(arn.lastIndexOf('/') + 1).replace(/\.amazonaws\.com$/, '');
}

/** What a reason is called in the address; the same for the same reason in every run. */
export function reasonId(key: string, reason: Reason): string {
  const id = key.slice(-12);
  switch (reason.kind) {
    case 'statement':
      return `statement.${id}.${reason.position}`;
    case 'identity':
      return `iam.${shortHash(`${reason.source} ${reason.hash}`)}.${reason.position}`;
    case 'grant': {
      const { grantee, operations, constraint } = reason.group;
      return `grant.${id}.${shortHash(`${grantee} ${operations.join()} ${constraint}`)}`;
    }
    case 'deny':
      return `deny.${id}.${shortHash(`${reason.layer} ${reason.source} ${reason.statement}`)}`;
  }
}

function policyName(source: string): string {
  return source.startsWith('arn:') ? source.slice(source.lastIndexOf('/') + 1) : source.replace(/^inline /, '');
}

function reasonText(reason: Reason): { title: string; about: string } {
  switch (reason.kind) {
    case 'statement':
      return { title: reason.statement, about: 'key policy' };
    case 'identity':
      return { title: policyName(reason.source), about: 'IAM policy' };
    case 'grant': {
      const { grants } = reason.group;
      const [first] = grants;
      if (grants.length > 1) return { title: plural(grants.length, 'grant'), about: 'same grantee and operations' };
      return { title: first?.name ?? `grant …${first?.grantId.slice(-8) ?? ''}`, about: 'grant' };
    }
    case 'deny':
      return {
        title: reason.statement,
        about: reason.layer === 'resource-policy' ? 'key policy, Deny' : `${policyName(reason.source)}, Deny`,
      };
  }
}

/** One row for each way, in the order of the ways. */
export function rowsOf(
  ways: readonly Way[],
  kinds: ReadonlyMap<string, WayRow['principalKind']>,
  keyNames: ReadonlyMap<string, string>,
): readonly WayRow[] {
  const reasons = new Map<Reason, { id: string; title: string; about: string }>();
  return ways.map((way): WayRow => {
    let named = reasons.get(way.reason);
    if (named === undefined) {
      named = { id: reasonId(way.key, way.reason), ...reasonText(way.reason) };
      reasons.set(way.reason, named);
    }
    const conditions = way.onlyIf.length > 0 ? `, ${plural(way.onlyIf.length, 'condition')}` : '';
    return {
      id: `${named.id}.${shortHash(way.principal)}`,
      principal: way.principal,
      principalName: shortName(way.principal),
      principalKind: kinds.get(way.principal) ?? 'role',
      reasonId: named.id,
      reasonKind: way.reason.kind,
      reason: named.title,
      about: `${named.about}${conditions}`,
      grants: way.reason.kind === 'grant' ? way.reason.group.grants.length : 1,
      key: way.key,
      keyName: keyNames.get(way.key) ?? way.key.slice(-12),
      verdict: way.verdict,
      actions: way.actions,
      onlyIf: way.onlyIf,
      except: way.except,
      things: way.things,
    };
  });
}

const ABOUT: Readonly<Record<Thing['kind'], string>> = {
  bucket: 'bucket',
  'directory-bucket': 'directory bucket',
  'table-bucket': 'table bucket',
  table: 'table',
};

export function thingsOf(things: readonly Thing[]): readonly ThingInfo[] {
  return things.map(({ arn, name, kind, keyArn, bucketKey }) => ({
    arn,
    name,
    kind,
    keyArn,
    about: bucketKey === undefined ? ABOUT[kind] : `bucket key ${bucketKey ? 'on' : 'off'}`,
  }));
}
