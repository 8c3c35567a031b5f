import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, type Page, type Request, request } from '@playwright/test';
import { expect, test, Watch } from './fixtures.ts';
import { type Console, type Emulator, makeDataDir, removeDataDir, startConsole, startEmulator } from './processes.ts';
import { message } from './steps.ts';

const PASSWORD = 'correct horse battery staple';

/** An emulator and a console with a password, for these tests alone. */
let emulator: Emulator;
let server: Console;

test.beforeAll(async () => {
  emulator = await startEmulator({ dataDir: makeDataDir() });
  server = await startConsole({ emulator, password: PASSWORD, quiet: true });
});

test.afterAll(async () => {
  await server.stop();
  await emulator.stop();
  removeDataDir(emulator.dataDir);
});

async function signIn(browser: Browser): Promise<{ context: BrowserContext; page: Page; watch: Watch }> {
  const context = await browser.newContext({ baseURL: server.url });
  const page = await context.newPage();
  const watch = new Watch(server.url);
  watch.follow(page);
  await page.goto('/keys');
  await expect(page).toHaveURL(/\/login$/);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  return { context, page, watch };
}

/** Seconds by which the world's clock is ahead: what the action under test changes. */
async function ahead(): Promise<number> {
  const answer = await fetch(`${emulator.url}/_emulator/clock`, {
    headers: { authorization: `Bearer ${emulator.adminToken}` },
  });
  return ((await answer.json()) as { ahead: number }).ahead;
}

test('a console with a password shows nothing before it was given', async ({ browser }) => {
  const visitor = await request.newContext({ baseURL: server.url });
  expect((await visitor.get('/api/palette')).status()).toBe(401);
  expect((await visitor.get('/keys', { maxRedirects: 0 })).status()).toBe(303);
  await visitor.dispose();

  const context = await browser.newContext({ baseURL: server.url });
  const page = await context.newPage();
  const watch = new Watch(server.url);
  watch.follow(page);
  await page.goto('/');
  await expect(page).toHaveTitle('Sign in · SSE-KMS Console');
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  expect(violations).toEqual([]);
  await page.getByLabel('Password').fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'The password is wrong.' })).toBeVisible();
  await expect(page.getByLabel('Password')).toHaveValue('wrong');
  watch.check();
  await context.close();
});

test('server actions answer only to pages of this console with a session', async ({ browser }) => {
  const { context, page, watch } = await signIn(browser);
  const sent = page.waitForRequest((it) => it.headers()['next-action'] !== undefined);
  await page.getByRole('button', { name: 'Move clock' }).click();
  await page.getByRole('button', { name: '+ 1 minute' }).click();
  const action = await sent;
  await expect(message(page, 'The world clock moved')).toBeVisible();
  const before = await ahead();
  expect(before).toBeGreaterThanOrEqual(60);

  const cookies = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  for (const { from, headers } of [
    { from: 'another site', headers: { origin: 'https://attacker.example', cookie: cookies } },
    { from: 'an opaque origin', headers: { origin: 'null', cookie: cookies } },
    { from: 'no origin', headers: { cookie: cookies } },
    { from: 'no session', headers: { origin: server.url } },
    { from: 'a forged session', headers: { origin: server.url, cookie: 'sse-kms-console=Fe26.2*1*forged' } },
  ]) {
    await test.step(from, async () => {
      await replay(action, headers);
      expect(await ahead(), from).toBe(before);
    });
  }
  await test.step('the same request from our own page is obeyed', async () => {
    await replay(action, { origin: server.url, cookie: cookies });
    expect(await ahead()).toBe(before + 60);
  });
  watch.check();
  await context.close();
});

/** Sends an action's request again with other headers; gives the status. */
async function replay(action: Request, headers: Record<string, string>): Promise<number> {
  const visitor = await request.newContext();
  const own = action.headers();
  const answer = await visitor.post(action.url(), {
    maxRedirects: 0,
    headers: {
      'content-type': own['content-type'] ?? '',
      'next-action': own['next-action'] ?? '',
      accept: 'text/x-component',
      ...headers,
    },
    data: action.postDataBuffer() ?? '',
  });
  await visitor.dispose();
  return answer.status();
}

test('with the emulator gone the console says so, keeps what was typed, and goes on when it is back', async ({
  browser,
}) => {
  const { context, page, watch } = await signIn(browser);
  await page.goto('/keys/new');
  await page.getByRole('textbox', { name: 'Alias' }).fill('patient');
  await emulator.stop();
  await page.getByRole('button', { name: /^Create key/ }).click();
  const failure = page.getByRole('main').getByRole('alert');
  await expect(failure).toContainText('does not answer');
  await expect(page.getByRole('textbox', { name: 'Alias' })).toHaveValue('patient');

  await test.step('pages stand, and offer to try again', async () => {
    const other = await context.newPage();
    watch.follow(other);
    for (const path of ['/', '/keys', '/table-buckets', '/buckets', '/audit', '/world']) {
      await other.goto(path);
      await expect(other.getByRole('heading', { level: 1 }), path).toBeVisible();
      await expect(other.getByRole('main'), path).toContainText('does not answer');
    }
    await other.goto('/keys');
    emulator = await startEmulator({ dataDir: emulator.dataDir, port: emulator.port });
    await other
      .getByRole('button', { name: /try again|retry/i })
      .first()
      .click();
    await expect(other.getByText('does not answer')).toHaveCount(0);
    await other.close();
  });

  await page.getByRole('button', { name: /^Create key/ }).click();
  await expect(message(page, 'The key alias/patient was created')).toBeVisible();
  watch.check();
  await context.close();
});
