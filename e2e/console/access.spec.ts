import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateAliasCommand, CreateGrantCommand, CreateKeyCommand, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { type Account, expect, test } from './fixtures.ts';

test.use({ contextOptions: { reducedMotion: 'reduce' } });

const node = (page: Page, name: string | RegExp) =>
  page.getByRole('region', { name: 'Graph' }).getByRole('button', { name });
const panel = (page: Page) => page.getByRole('complementary', { name: 'Explanation' });

async function role(account: Account, name: string, actions?: readonly string[]): Promise<string> {
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: account.id }, Action: 'sts:AssumeRole' }],
  };
  const made = await account.iam.send(
    new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  if (actions) {
    const policy = {
      Version: '2012-10-17',
      Statement: [{ Sid: 'Keys', Effect: 'Allow', Action: actions, Resource: '*' }],
    };
    await account.iam.send(
      new PutRolePolicyCommand({ RoleName: name, PolicyName: 'UseKeys', PolicyDocument: JSON.stringify(policy) }),
    );
  }
  return made.Role?.Arn ?? '';
}

/** A key with a name, an account statement, and whatever else. */
async function key(account: Account, alias: string, ...statements: readonly object[]): Promise<string> {
  const { KeyMetadata } = await account.kms.send(new CreateKeyCommand({}));
  const id = KeyMetadata?.KeyId ?? '';
  await account.kms.send(new CreateAliasCommand({ AliasName: `alias/${alias}`, TargetKeyId: id }));
  const own = {
    Sid: 'Account',
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${account.id}:root` },
    Action: 'kms:*',
    Resource: '*',
  };
  const document = JSON.stringify({ Version: '2012-10-17', Statement: [own, ...statements] }, null, 2);
  await account.kms.send(new PutKeyPolicyCommand({ KeyId: id, Policy: document }));
  return KeyMetadata?.Arn ?? '';
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode(true)
    .withTags(['wcag2a', 'wcag2aa', 'wcag22aa', 'best-practice'])
    .analyze();
  expect(violations.flatMap(({ id, nodes }) => nodes.map((it) => `${id}: ${it.html}`))).toEqual([]);
}

/** Applies the plan that is shown, with the word that a risky one asks for. */
async function applyPlan(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog');
  const apply = dialog.getByRole('button', { name: /^Apply / });
  await expect(apply).toBeVisible();
  const word = dialog.getByRole('textbox', { name: /to confirm$/ });
  if ((await word.count()) > 0) await word.fill((await dialog.locator('.plan-word .mono').first().textContent()) ?? '');
  await apply.click();
}

/** Where every node stands on the screen. */
function places(page: Page) {
  return page.locator('[data-node]').evaluateAll((all) =>
    all.map((one) => {
      const { x, y, width, height } = one.getBoundingClientRect();
      return [one.getAttribute('data-node'), Math.round(x), Math.round(y), Math.round(width), Math.round(height)].join(
        ' ',
      );
    }),
  );
}

test('the graph shows each way, tells why, and holds the same rows as its table', async ({ page, account }) => {
  const reader = await role(account, 'GlueReader');
  await role(account, 'AthenaReader', ['kms:Decrypt']);
  const banned = await role(account, 'Banned', ['kms:Decrypt']);
  const deny = { Sid: 'NotThem', Effect: 'Deny', Principal: { AWS: banned }, Action: 'kms:*', Resource: '*' };
  const arn = await key(account, 'lake', deny);
  await account.kms.send(
    new CreateGrantCommand({ KeyId: arn, GranteePrincipal: reader, Operations: ['Decrypt'], Name: 'curated-reader' }),
  );
  await page.goto(`/access?ask=use&about=${encodeURIComponent(arn)}`);
  await expect(page.getByRole('heading', { level: 1, name: 'Who can use alias/lake' })).toBeVisible();

  await test.step('select a grant and read it', async () => {
    await node(page, 'curated-reader').click();
    await expect(
      panel(page).getByRole('heading', { name: 'GlueReader may Decrypt, because of one grant' }),
    ).toBeVisible();
    await expect(panel(page).getByText('One path allows it. If the grant goes, the access goes.')).toBeVisible();
    await expect(panel(page).getByText('Grants, decides')).toBeVisible();
    await expect(page).toHaveURL(/sel=grant\./);
    await expectAccessible(page);
  });
  await test.step('select a deny', async () => {
    await node(page, /NotThem/).click();
    await expect(panel(page).getByRole('heading', { name: 'Banned may not Decrypt, because of a Deny' })).toBeVisible();
  });
  await test.step('the table has a row for each joined principal and reason', async () => {
    await page.keyboard.press('Escape');
    const edges = await page
      .locator('[data-node^="grant."], [data-node^="iam."], [data-node^="statement."], [data-node^="deny."]')
      .evaluateAll((all) => all.map((one) => one.getAttribute('data-node')));
    await page.getByRole('button', { name: 'Table' }).click();
    const table = page.getByRole('table', { name: 'Ways to the keys' });
    await expect(table).toBeVisible();
    const reasons = await table
      .locator('tbody tr')
      .evaluateAll((all) => all.map((one) => one.getAttribute('data-reason')));
    expect(new Set(reasons)).toEqual(new Set(edges));
    await expectAccessible(page);
  });
  await test.step('revoke from the panel, and the way is gone', async () => {
    await page.getByRole('table').getByRole('link', { name: 'curated-reader' }).click();
    await panel(page).getByRole('button', { name: 'Revoke grant…' }).click();
    await applyPlan(page);
    await expect(page.getByRole('status').filter({ hasText: 'The grant was revoked' })).toBeVisible();
    await expect(page.getByRole('table').getByRole('link', { name: 'curated-reader' })).toHaveCount(0);
  });
});

test('keys walk the graph: Tab columns, arrows follow edges, Enter selects, Escape clears; twice the same places', async ({
  browser,
  world,
  watch,
}) => {
  const context = await browser.newContext({
    storageState: world.state,
    reducedMotion: 'reduce',
    viewport: { width: 1440, height: 900 },
  });
  const page = await context.newPage();
  watch.follow(page);
  await page.goto('/access?ask=use&about=alias/lakehouse');
  const first = node(page, /IcebergClient/).first();
  await expect(first).toBeVisible();
  await first.focus();
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-node')?.split('.')[0]);
  expect(await focused()).toBe('principal');
  await page.keyboard.press('ArrowRight');
  expect(await focused()).toMatch(/^(?:iam|grant)$/);
  await page.keyboard.press('ArrowRight');
  expect(await focused()).toBe('key');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/sel=key\./);
  await expect(panel(page).getByRole('heading', { name: 'alias/lakehouse' })).toBeVisible();
  await page.keyboard.press('ArrowRight');
  expect(await focused()).toBe('thing');
  await page.keyboard.press('Shift+Tab');
  expect(await focused()).toBe('key');
  await page.keyboard.press('Escape');
  await expect(page).not.toHaveURL(/sel=/);

  const before = await places(page);
  await page.reload();
  await expect(first).toBeVisible();
  await expect.poll(() => places(page)).toEqual(before);
  await test.step('after fit every node is in sight', async () => {
    await page.goto('/access');
    await expect(node(page, /IcebergClient/).first()).toBeVisible();
    await page.getByRole('button', { name: 'Fit', exact: true }).click();
    for (const one of await page.locator('[data-node]').all()) await expect(one).toBeInViewport({ ratio: 0.99 });
  });
  await test.step('a narrow screen begins with the table', async () => {
    await page.setViewportSize({ width: 360, height: 800 });
    await expect(page.getByRole('table', { name: 'Ways to the keys' })).toBeVisible();
    await expect(page.getByRole('region', { name: 'Graph' })).toBeHidden();
  });
  await test.step('exports', async () => {
    await page.setViewportSize({ width: 1440, height: 900 });
    for (const [name, ending] of [
      ['PNG', '.png'],
      ['SVG', '.svg'],
      ['Mermaid', '.mmd'],
      ['JSON', '.json'],
    ] as const) {
      await page.getByRole('button', { name: 'Export' }).click();
      const download = page.waitForEvent('download');
      await page.getByRole('group', { name: 'Export' }).getByRole('button', { name }).click();
      expect((await download).suggestedFilename()).toBe(`who-can-use-which-key${ending}`);
    }
  });
  await context.close();
});

test('questions have an address: what stops without a key, and what a role reaches', async ({
  browser,
  world,
  watch,
}) => {
  const context = await browser.newContext({ storageState: world.state });
  const page = await context.newPage();
  watch.follow(page);
  await page.goto('/access');
  await page.getByRole('combobox', { name: 'Question' }).selectOption('What stops without key');
  await page.getByRole('combobox', { name: 'About' }).fill('alias/lakehouse');
  await page.getByRole('button', { name: 'Ask' }).click();
  await expect(
    page.getByRole('heading', { level: 1, name: 'What stops if alias/lakehouse is disabled' }),
  ).toBeVisible();
  await expect(
    panel(page).getByRole('heading', { name: /3 principals lose access, to 4 buckets and tables/ }),
  ).toBeVisible();
  await page.goto('/access?ask=reach&about=IcebergClient');
  await expect(page.getByRole('heading', { level: 1, name: 'What IcebergClient can reach' })).toBeVisible();
  await page.goto('/access?ask=use&about=alias/nothing');
  await expect(page.getByText('Nothing here is called alias/nothing')).toBeVisible();
  await context.close();
});

test('a refusal is explained, and the smallest repair that was applied changes the answer', async ({
  page,
  account,
}) => {
  const writer = await role(account, 'IngestWriter', ['kms:DescribeKey']);
  const onObjects = { StringLike: { 'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::raw/*' } };
  const arn = await key(account, 'raw', {
    Sid: 'AllowIngest',
    Effect: 'Allow',
    Principal: { AWS: writer },
    Action: 'kms:GenerateDataKey',
    Resource: '*',
    Condition: onObjects,
  });
  await page.goto('/explain');
  await page.getByRole('combobox', { name: 'Principal' }).fill('IngestWriter');
  await page.getByRole('combobox', { name: 'Action' }).fill('kms:GenerateDataKey');
  await page.getByRole('combobox', { name: 'Resource' }).fill('alias/raw');
  await page
    .getByRole('textbox', { name: 'Condition context' })
    .fill('kms:EncryptionContext:aws:s3:arn = arn:aws:s3:::raw');
  await page.getByRole('button', { name: 'Explain' }).click();
  await expect(
    page.getByRole('heading', { name: /^Nothing allows IngestWriter to call kms:GenerateDataKey/ }),
  ).toBeVisible();
  await expect(page.getByText('Accept arn:aws:s3:::raw too, in AllowIngest')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Review and apply' }).first().click();
  await applyPlan(page);
  await expect(page.getByRole('status').filter({ hasText: 'The key policy was changed' })).toBeVisible();
  await expect(
    page.getByRole('heading', { name: /^The key policy lets IngestWriter call kms:GenerateDataKey/ }),
  ).toBeVisible();
  await page.goto(`/explain?principal=%20&action=decrypt&resource=${encodeURIComponent(arn)}`);
  await expect(page.getByText('An action is a service and an operation: kms:Decrypt.')).toBeVisible();
});

test('a pasted error is read, and its repair is proven in the emulator', async ({ page, account }) => {
  await page.goto('/decode');
  const text = `An error occurred (AccessDenied) when calling the GetObject operation: User: arn:aws:sts::${account.id}:assumed-role/Reader/x is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:us-east-1:${account.id}:key/c05f6b83-2e9d-47a1-9b74-e8d1a03c5f62 because no session policy allows the kms:Decrypt action`;
  await page.getByRole('textbox', { name: 'Error text' }).fill(text);
  await expect(
    page.getByRole('heading', { name: 'The session was made with a policy that does not allow it.' }),
  ).toBeVisible();
  await expect(page.getByText('Session policy, which does not allow')).toBeVisible();
  await page.getByRole('button', { name: 'Rebuild and prove the fix' }).click();
  await expect(page.getByText('Proven: the repair changes the answer')).toBeVisible();
  await expect(page.getByText(/is refused: AccessDenied/)).toBeVisible();
  await expectAccessible(page);
});
