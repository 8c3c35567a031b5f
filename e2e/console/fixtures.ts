/** What every browser test has: a console, an emulator account of its own, and an eye on what must never happen. */

import { createHash } from 'node:crypto';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { S3TablesClient } from '@aws-sdk/client-s3tables';
import { type BrowserContext, test as base, expect, type Page } from '@playwright/test';
import type { LedgerPage, LedgerRecord } from '../../lib/contract/ledger.ts';
import { connectTo, loadWorld } from './steps.ts';

export { expect };

export const REGION = 'us-east-1';

/** The SDK's clients as the root user of one account of the emulator, and the emulator's own interface for it. */
export interface Account {
  readonly id: string;
  readonly kms: KMSClient;
  readonly s3: S3Client;
  readonly s3tables: S3TablesClient;
  readonly iam: IAMClient;
  readonly cloudtrail: CloudTrailClient;
  /** GET of `/_emulator/PATH` for this account. */
  admin<Answer>(path: string): Promise<Answer>;
  /** Every request of this account so far to one operation, oldest first. */
  requests(operation: string): Promise<readonly LedgerRecord[]>;
}

/** What a page did that a page must not do. */
export class Watch {
  private readonly problems: string[] = [];
  private readonly allowed: RegExp[] = [];
  private readonly origin: string;

  constructor(origin: string) {
    this.origin = origin;
  }

  /** This test provokes messages like these; anything else is still a failure. */
  allow(message: RegExp): void {
    this.allowed.push(message);
  }

  follow(page: Page): void {
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') {
        this.note(`${message.type()} on ${page.url()}: ${message.text()} ${message.location().url}`);
      }
    });
    page.on('pageerror', (error) => this.note(`page error on ${page.url()}: ${error.stack ?? error.message}`));
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (/^https?:$/.test(url.protocol) && url.origin !== this.origin) {
        this.note(`request to another host from ${page.url()}: ${request.url()}`);
      }
    });
  }

  /** Fails where something happened that must not. */
  check(): void {
    expect(this.problems, 'console errors, page errors and requests to other hosts').toEqual([]);
  }

  private note(problem: string): void {
    if (!this.allowed.some((it) => it.test(problem))) this.problems.push(problem);
  }
}

export function environment(name: 'CONSOLE_URL' | 'TEST_EMULATOR_URL' | 'TEST_ADMIN_TOKEN'): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: the global set-up did not run.`);
  return value;
}

/** Twelve digits that belong to one name alone. */
export function accountOf(name: string): string {
  const number = createHash('sha256').update(name).digest().readBigUInt64BE() % 900_000_000_000n;
  return String(100_000_000_000n + number);
}

/** Clients for an account; `close` lets go of their sockets. */
export function openAccount(id: string): Account & { close(): void } {
  const url = environment('TEST_EMULATOR_URL');
  const settings = {
    endpoint: url,
    region: REGION,
    credentials: { accessKeyId: id, secretAccessKey: 'test' },
    maxAttempts: 1,
  };
  const clients = {
    kms: new KMSClient(settings),
    s3: new S3Client({ ...settings, forcePathStyle: true }),
    s3tables: new S3TablesClient(settings),
    iam: new IAMClient(settings),
    cloudtrail: new CloudTrailClient(settings),
  };
  async function admin<Answer>(path: string): Promise<Answer> {
    const address = new URL(`${url}/_emulator/${path}`);
    address.searchParams.set('account', id);
    const response = await fetch(address, {
      headers: { authorization: `Bearer ${environment('TEST_ADMIN_TOKEN')}` },
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  }
  return {
    id,
    ...clients,
    admin,
    async requests(operation) {
      const found: LedgerRecord[] = [];
      let after = '';
      do {
        const page: LedgerPage = await admin(`ledger?limit=200${after && `&after=${encodeURIComponent(after)}`}`);
        found.push(...page.records.filter((it) => it.operation === operation));
        after = page.next ?? '';
      } while (after !== '');
      return found.toReversed();
    },
    close() {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

interface TestFixtures {
  readonly watch: Watch;
  /** An account that no other test uses; `page` is connected to it. */
  readonly account: Account;
  readonly messages: ReturnType<Page['getByRole']>;
}

export const test = base.extend<TestFixtures, { world: World }>({
  watch: [
    async ({ baseURL, context }, use) => {
      const watch = new Watch(baseURL ?? '');
      context.on('page', (page) => watch.follow(page));
      await use(watch);
      watch.check();
    },
    { auto: true },
  ],

  account: async ({ page, watch: _watch }, use, info) => {
    const account = openAccount(accountOf(info.titlePath.join('\n')));
    await connectTo(page, account.id);
    await use(account);
    account.close();
  },

  messages: async ({ page }, use) => {
    await use(page.getByRole('region', { name: 'Messages' }));
  },

  world: [
    async ({ browser }, use, info) => {
      // A failed test ends its worker; the next one loads a world of its own.
      const account = openAccount(accountOf(`the demonstration world ${info.workerIndex}`));
      const context = await browser.newContext({ baseURL: environment('CONSOLE_URL') });
      const page = await context.newPage();
      await connectTo(page, account.id);
      await loadWorld(page);
      const state = await context.storageState();
      await context.close();
      await use({ account, state });
      account.close();
    },
    { scope: 'worker' },
  ],
});

/** The demonstration world, loaded once; tests that use it only read. */
export interface World {
  readonly account: Account;
  /** Cookies of a browser that is connected to it. */
  readonly state: Awaited<ReturnType<BrowserContext['storageState']>>;
}
