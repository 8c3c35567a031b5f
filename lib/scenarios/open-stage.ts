import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { S3TablesClient } from '@aws-sdk/client-s3tables';
import { STSClient } from '@aws-sdk/client-sts';
import type { Trace } from '../access/types.ts';
import type { LedgerPage, LedgerRecord } from '../contract/ledger.ts';
import type { WorldClock } from '../contract/world.ts';
import type { ActorCredentials, Clients, Stage } from './stage.ts';

/** Asks `/_emulator/PATH` for one account; rejects with the emulator's sentence. */
export type AskEmulator = <T>(
  account: string,
  method: 'GET' | 'PUT' | 'POST',
  path: string,
  options?: { readonly query?: Readonly<Record<string, string>>; readonly body?: unknown },
) => Promise<T>;

export interface StageOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly home: string;
  readonly partner: string;
  readonly ask: AskEmulator;
}

/** Records read for one picture at most: a step makes some hundred requests. */
const PAGES = 10;
const PAGE = 200;

/** Opens a stage at an emulator; `close` lets go of the sockets of all its clients. */
export function openStage({ endpoint, region, home, partner, ask }: StageOptions): Stage & { close(): void } {
  const opened: { destroy(): void }[] = [];
  const roots = new Map<string, Clients>();
  const keep = <Client extends { destroy(): void }>(client: Client): Client => {
    opened.push(client);
    return client;
  };
  // Each refusal is told as it came, so nothing is tried twice.
  const settings = (credentials: ActorCredentials) => ({ endpoint, region, credentials, maxAttempts: 1 });
  // Without a provider, requests to directory buckets are signed by the caller itself: only CreateSession takes that.
  const s3 = (credentials: ActorCredentials, session?: SessionProvider): S3Client =>
    keep(
      new S3Client({
        ...settings(credentials),
        forcePathStyle: true,
        ...(session === undefined ? { disableS3ExpressSessionAuth: true } : { s3ExpressIdentityProvider: session }),
      }),
    );
  const as = (credentials: ActorCredentials): Clients => ({
    iam: keep(new IAMClient(settings(credentials))),
    kms: keep(new KMSClient(settings(credentials))),
    s3: s3(credentials),
    s3tables: keep(new S3TablesClient(settings(credentials))),
    sts: keep(new STSClient(settings(credentials))),
  });
  const record = async (requestId: string, account = home): Promise<LedgerRecord> => {
    const { records } = await ask<LedgerPage>(account, 'GET', '/ledger', { query: { requestId } });
    const [found] = records;
    if (found === undefined) throw new Error(`The ledger of ${account} has no request ${requestId}.`);
    return found;
  };
  return {
    region,
    home,
    partner,
    as,
    record,
    root(account) {
      let clients = roots.get(account);
      // Twelve digits as access key are the root user of that account.
      clients ??= as({ accessKeyId: account, secretAccessKey: 'test' });
      roots.set(account, clients);
      return clients;
    },
    inSession(credentials) {
      // The SDK would renew a session by the machine's clock, and worlds have their own.
      const identity = { ...credentials, sessionToken: credentials.sessionToken ?? '', expiration: NEVER };
      return s3(credentials, { getS3ExpressIdentity: () => Promise.resolve(identity) });
    },
    async begin({ seed, clock }) {
      for (const account of [home, partner]) await ask(account, 'POST', '/reset', { body: { seed, clock } });
    },
    async advance(advanceSeconds) {
      for (const account of [home, partner]) await ask(account, 'POST', '/clock', { body: { advanceSeconds } });
    },
    now: async () => (await ask<WorldClock>(home, 'GET', '/clock')).now,
    async change(values) {
      for (const account of [home, partner]) await ask(account, 'PUT', '/settings', { body: values });
    },
    async records(parent, account = home) {
      const found: LedgerRecord[] = [];
      let after: string | undefined;
      for (let page = 0; page < PAGES; page += 1) {
        const query = { parent, limit: String(PAGE), ...(after !== undefined && { after }) };
        const answer: LedgerPage = await ask(account, 'GET', '/ledger', { query });
        found.push(...answer.records);
        after = answer.next;
        if (after === undefined) break;
      }
      return found.toReversed();
    },
    async decisions(requestId, account = home) {
      const { decisions } = await ask<{ decisions: readonly { trace?: Trace }[] }>(
        account,
        'GET',
        `/decisions/${encodeURIComponent(requestId)}`,
      );
      // Condition keys such as the age of a signature follow the machine's clock: no two worlds share them.
      return decisions.flatMap(({ trace }) =>
        trace === undefined ? [] : [{ ...trace, request: { ...trace.request, context: {} } }],
      );
    },
    async maintain(table) {
      const { requestId } = await ask<{ requestId: string }>(home, 'POST', '/maintenance', { body: table });
      return record(requestId);
    },
    replicated: () => ask(home, 'POST', '/replication'),
    close() {
      for (const client of opened.splice(0)) client.destroy();
      roots.clear();
    },
  };
}

const NEVER = new Date('2999-01-01T00:00:00Z');

interface SessionProvider {
  getS3ExpressIdentity(): Promise<{
    accessKeyId: string;
    secretAccessKey: string;
    sessionToken: string;
    expiration: Date;
  }>;
}
