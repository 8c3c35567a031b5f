import { evaluate } from '../../access/index.ts';
import { recordOf } from '../cloudtrail/record.ts';
import { keyOf, trailFile, trailFiles } from '../cloudtrail/trail-files.ts';
import type { RecordedDecision } from '../context.ts';
import type { Snapshots } from '../snapshot/snapshot.ts';
import type { AuditStore, LedgerQuery } from '../storage/audit.ts';
import type { World, WorldStart } from '../world/world.ts';
import type { AdminCall, AdminRoute } from './interface.ts';
import { AdminError, AdminFile } from './interface.ts';

/** What a person may do to an account that AWS has no call for. */
export interface AdminActions {
  readonly version: string;
  readonly world: World;
  readonly audit: AuditStore;
  /** Runs the table's maintenance now; resolves with its status. */
  runMaintenance(input: {
    accountId: string;
    region: string;
    tableBucketARN: string;
    namespace: string;
    name: string;
  }): unknown;
  /** Resolves when what the moved clock has set off is done. */
  afterAdvance(): Promise<void>;
  /** Resolves when S3 has replicated everything that waits for it. */
  replicated(): Promise<void>;
  /** Documents of the account's organisation, one list per level (service control) and one of resource control policies. */
  setOrganizationPolicies(accountId: string, policies: { scp: string[][]; rcp: string[][] }): void;
  getOrganizationPolicies(accountId: string): unknown;
  readonly snapshots: Snapshots;
  /** Empties the account; with a start, its world begins the same each time. */
  reset(accountId: string, start: WorldStart): Promise<void>;
}

/** The routes of `/_emulator/*` (README, "the emulator's own interface"). */
export function adminRoutes(actions: AdminActions): Readonly<Record<string, AdminRoute>> {
  const { world, audit } = actions;
  return {
    'GET health': () => ({
      status: 'ready',
      version: actions.version,
      clock: new Date(world.now('111122223333')).toISOString(),
    }),
    'GET clock': ({ account }) => world.clock(account),
    'POST clock': async ({ account, body }) => {
      const clock = world.advance(account, Number(members(body)['advanceSeconds']));
      await actions.afterAdvance();
      return clock;
    },
    'GET settings': ({ account }) => world.settings(account),
    'PUT settings': ({ account, body }) => {
      const { account: _, ...changes } = members(body);
      return world.change(account, changes);
    },
    'POST maintenance': (call) => {
      const { tableBucketARN, namespace, name } = members(call.body);
      const arn = text(tableBucketARN, 'tableBucketARN');
      const [, , , region = '', accountId = ''] = arn.split(':');
      return actions.runMaintenance({
        accountId,
        region,
        tableBucketARN: arn,
        namespace: text(namespace, 'namespace'),
        name: text(name, 'name'),
      });
    },
    'POST replication': async () => {
      await actions.replicated();
      return { status: 'settled' };
    },
    'GET ledger': (call) => audit.ledger(ledgerQuery(call)),
    'GET ledger/totals': ({ account, query }) => {
      const to = time(query, 'to') ?? world.now(account) + 1;
      const parent = query.get('parent');
      return audit.totals({
        accountId: account,
        from: time(query, 'from') ?? to - 86_400_000,
        to,
        ...(parent !== null && { parent }),
        ...number(query, 'intervals'),
      });
    },
    'GET decisions/': ({ account, rest }) => {
      const decisions = audit.decisionsOf(account, rest);
      if (decisions.length === 0 && audit.ledger({ accountId: account, requestId: rest }).records.length === 0) {
        throw new AdminError(404, `Account ${account} has no request ${JSON.stringify(rest)}.`);
      }
      return { requestId: rest, decisions: decisions.map(explain) };
    },
    // Data events too, which LookupEvents never shows (CT-06).
    'GET events/': ({ account, rest }) => ({ requestId: rest, events: audit.eventsOf(account, rest).map(recordOf) }),
    // The log files of a trail; with a Region and a day the file itself.
    'GET trail': ({ account, query }) => {
      const region = query.get('region');
      const day = query.get('day');
      if (region === null && day === null) return { files: trailFiles(audit, account) };
      const folder = { accountId: account, region: regionName(region), day: dayOf(day) };
      const key = keyOf(folder);
      return new AdminFile(key.slice(key.lastIndexOf('/') + 1), 'application/gzip', trailFile(audit, folder));
    },
    'GET organization-policies': ({ account }) => actions.getOrganizationPolicies(account),
    'PUT organization-policies': ({ account, body }) => {
      const { scp, rcp } = members(body);
      actions.setOrganizationPolicies(account, { scp: documents(scp, 'scp'), rcp: documents(rcp, 'rcp') });
    },
    'POST reset': ({ account, body }) => actions.reset(account, startOf(body)),
    'GET snapshot': ({ account }) => actions.snapshots.take(account),
    // A snapshot names its account; an account that was asked for must be that one.
    'POST snapshot': ({ account, query, body }) => actions.snapshots.restore(query.get('account') ?? account, body),
  };
}

/** `seed` and `clock` of a reset; none of them begins an ordinary world. */
function startOf(body: unknown): WorldStart {
  if (body === undefined) return {};
  const { seed, clock } = members(body);
  return {
    ...(seed !== undefined && { seed: text(seed, 'seed') }),
    ...(clock !== undefined && { clock: Date.parse(text(clock, 'clock')) }),
  };
}

/** A decision as it was taken, with the trace made again from the same question and the same documents. */
function explain({ request, policies, decision }: RecordedDecision) {
  return {
    action: request.action,
    resource: request.resource,
    principalArn: request.principal.arn,
    outcome: decision.outcome,
    decidedBy: decision.decidedBy,
    ...(decision.source !== undefined && { source: decision.source }),
    ...(decision.statement !== undefined && { statement: decision.statement }),
    trace: evaluate(request, policies, { trace: true }).trace,
  };
}

function ledgerQuery({ account, query }: AdminCall): LedgerQuery {
  const from = time(query, 'from');
  const to = time(query, 'to');
  return {
    accountId: account,
    ...word(query, 'requestId'),
    ...word(query, 'resource'),
    ...word(query, 'parent'),
    ...word(query, 'principalArn'),
    ...word(query, 'after'),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...number(query, 'limit'),
  };
}

function word<Name extends string>(query: URLSearchParams, name: Name): { [K in Name]?: string } {
  const value = query.get(name);
  return (value === null || value === '' ? {} : { [name]: value }) as { [K in Name]?: string };
}

function number<Name extends string>(query: URLSearchParams, name: Name): { [K in Name]?: number } {
  const value = query.get(name);
  if (value === null) return {};
  if (!/^\d{1,9}$/.test(value)) throw new AdminError(400, `${name} takes a whole number.`);
  return { [name]: Number(value) } as { [K in Name]?: number };
}

function time(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null) return undefined;
  const milliseconds = Date.parse(value);
  if (Number.isNaN(milliseconds)) throw new AdminError(400, `${name} takes an ISO 8601 time.`);
  return milliseconds;
}

function regionName(value: string | null): string {
  if (value === null || !/^[a-z]{2}(?:-[a-z]+)+-\d{1,2}$/.test(value)) {
    throw new AdminError(400, 'region takes the name of a Region.');
  }
  return value;
}

function dayOf(value: string | null): string {
  const start = value !== null && /^\d{4}-\d\d-\d\d$/.test(value) ? Date.parse(value) : Number.NaN;
  // `2026-02-30` is read as the second of March.
  if (value === null || Number.isNaN(start) || !new Date(start).toISOString().startsWith(value)) {
    throw new AdminError(400, 'day takes a day as YYYY-MM-DD.');
  }
  return value;
}

function members(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new AdminError(400, 'The body takes a JSON object.');
  return body as Readonly<Record<string, unknown>>;
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') throw new AdminError(400, `${name} takes a string.`);
  return value;
}

function documents(value: unknown, name: string): string[][] {
  if (value === undefined) return [];
  const ok =
    Array.isArray(value) && value.every((level) => Array.isArray(level) && level.every((it) => typeof it === 'string'));
  if (!ok) throw new AdminError(400, `${name} takes a list of levels, each a list of policy documents.`);
  return value;
}
