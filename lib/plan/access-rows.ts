/** A comparison of two versions as rows that a person reads: who, what, when it holds, because of what. */
import type { Change as AccessChange, Answer, Comparison, Thing } from '../access/index.ts';
import type { AccessChanges, AccessRow } from './types.ts';

/** More rows than this say no more than their number. */
const MOST = 200;

/**
 * Gains first, losers last, those who used it most recently at the very end.
 * @param lastUsed world time of the last use, by ARN of role, user or service
 */
export function accessRows(
  { changes, complete }: Comparison,
  { lastUsed = new Map(), keep = 0 }: { lastUsed?: ReadonlyMap<string, string>; keep?: number } = {},
): AccessChanges {
  const rows = merged(changes.flatMap((change) => rowsOf(change, lastUsed)));
  const rank = (row: AccessRow) => `${row.direction === 'gains' ? 0 : 1}${row.lastUsed ?? ''}`;
  const ordered = rows.toSorted((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
  // Losers are the ones not to miss: where rows are cut, gains go first.
  const shown = ordered.slice(-MOST);
  return { rows: shown, keep, more: ordered.length - shown.length, complete };
}

function rowsOf(change: AccessChange, lastUsed: ReadonlyMap<string, string>): AccessRow[] {
  const { direction, principals, actions, things } = change;
  const because = direction === 'gains' ? placeOf(change.after) : lostBecause(change);
  return principals.map((principal) => {
    const name = principal.roleArn ?? principal.arn;
    const used = lastUsed.get(name);
    return {
      direction,
      principal: name,
      actions: [...actions].toSorted(),
      holdsWhen: describeThings(things),
      because,
      ...(used ? { lastUsed: used } : {}),
    };
  });
}

/** One row for what differs in its actions alone. */
function merged(rows: readonly AccessRow[]): AccessRow[] {
  const byKey = new Map<string, AccessRow>();
  for (const row of rows) {
    const key = JSON.stringify([row.direction, row.principal, row.holdsWhen, row.because]);
    const known = byKey.get(key);
    byKey.set(key, known ? { ...known, actions: [...new Set([...known.actions, ...row.actions])].toSorted() } : row);
  }
  return [...byKey.values()];
}

const LAYERS: Readonly<Record<string, string>> = {
  'identity-policy': 'IAM',
  'permissions-boundary': 'Permissions boundary',
  'session-policy': 'Session policy',
  'service-control-policy': 'SCP',
  'resource-control-policy': 'Resource control policy',
};

/** "Key policy, AllowIngest", "Grant 1a2b…", "IAM, inline WriteRaw". */
function placeOf({ decidedBy, source = '', statement, reason }: Answer): string {
  if (decidedBy === undefined) return reason;
  if (decidedBy === 'grant') return `Grant ${source.slice(0, 8)}`;
  const place = LAYERS[decidedBy];
  const where = place ? `${place}, ${source.split('/').at(-1) ?? source}` : capital(source);
  return statement ? `${where}, ${statement}` : where;
}

function lostBecause({ before, after }: AccessChange): string {
  if (after.outcome === 'unavailable') return after.reason;
  if (after.outcome === 'explicit-deny') return `${placeOf(after)} denies`;
  return `${placeOf(before)}, no longer`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "Any call", "Only through S3, for logs", "Any call, and through S3 for 3 things". */
function describeThings(things: readonly Thing[]): string {
  const direct = things.filter(({ data }) => data === undefined);
  const data = [...new Set(things.flatMap((thing) => (thing.data === undefined ? [] : [dataName(thing.data)])))];
  const resources = [...new Set(direct.map(({ resource }) => resource))];
  const aboutKeys = things.every(({ resource }) => resource.includes(':kms:') || !resource.startsWith('arn:'));
  if (!aboutKeys)
    return listed(
      things.map(({ resource, data: header }) => [resourceName(resource), header].filter(Boolean).join(', ')),
    );
  if (data.length === 0) return resources.length > 0 ? 'Direct calls' : '';
  const through = `through S3 for ${listed(data)}`;
  return direct.length > 0 ? `Direct calls, and ${through}` : `Only ${through}`;
}

function listed(names: readonly string[]): string {
  const all = [...new Set(names)];
  return all.length <= 2 ? all.join(' and ') : `${all[0]} and ${all.length - 1} more`;
}

/** What a person calls the bucket, table or object behind an ARN. */
function dataName(arn: string): string {
  const [, , service = '', , , resource = ''] = arn.split(':');
  if (service === 's3') return `objects of ${resource.split('/')[0]}`;
  const bucket = resource.replace(/^bucket\//, '').split('/')[0] ?? resource;
  return service === 's3tables' ? `tables of ${bucket}` : bucket;
}

function resourceName(arn: string): string {
  const [, , service = '', , , resource = ''] = arn.split(':');
  if (service === 's3')
    return resource.includes('/') ? `objects of ${resource.split('/')[0]}` : `the bucket ${resource}`;
  if (service === 's3tables') return resource.includes('/table/') ? 'its tables' : 'the table bucket';
  return resource.replace(/^bucket\//, 'the bucket ');
}
