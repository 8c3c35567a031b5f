import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { CreateAliasCommand, CreateKeyCommand, DisableKeyCommand } from '@aws-sdk/client-kms';
import { CreateTableBucketCommand, GetTableEncryptionCommand } from '@aws-sdk/client-s3tables';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { type Account, expect, REGION, test } from './fixtures.ts';
import { pickKey } from './steps.ts';

test.use({ contextOptions: { reducedMotion: 'reduce' } });

/** Begins a wizard from its card. */
async function beginWizard(page: Page, button: string): Promise<void> {
  await page.goto('/setup');
  await page.getByRole('button', { name: button, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Choose the bucket' })).toBeVisible();
}

/** Leaves a step and waits for the one that follows. */
async function next(page: Page, heading: string): Promise<void> {
  await page.getByRole('button', { name: 'Next', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
}

/** From the key with what stands there to the end of the proof. */
async function throughToProof(page: Page, role: string): Promise<void> {
  await next(page, 'Check principals');
  await page.getByRole('textbox', { name: /role to make|make a role/i }).fill(role);
  await next(page, 'Write policies');
  await next(page, 'Enforce encryption');
  await next(page, 'Review and apply');
  await applyAndProve(page);
}

async function applyAndProve(page: Page): Promise<void> {
  const know = page.getByRole('checkbox', { name: /^I know that/ });
  if ((await know.count()) > 0) await know.check();
  await page.getByRole('button', { name: /^Apply \d+ calls? in the emulator$/ }).click();
  await expect(page.getByText('Everything was made')).toBeVisible();
  await page.getByRole('main').getByRole('link', { name: 'Prove it' }).last().click();
  await page.getByRole('button', { name: 'Run the proof' }).click();
  await expect(page.getByText(/^Proven: all \d+ attempts came out as they must$/)).toBeVisible();
}

async function expectAccessible(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  expect
    .soft(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map((it) => it.html).join(' ')}`),
      where,
    )
    .toEqual([]);
}

test('a newcomer comes from an empty world to a proven table bucket', async ({ page, account }) => {
  // Seven steps, an audit of most, and a proof: more than the one thing that a test does otherwise.
  test.setTimeout(150_000);
  await page.goto('/');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Guided set-up' }).click();
  await beginWizard(page, 'Set up a table bucket');
  const steps = page.getByRole('navigation', { name: 'Steps' });
  await expect(steps.getByRole('listitem')).toHaveCount(7);
  await expect(steps.locator('[aria-current="step"]')).toContainText('Choose the bucket');

  await test.step('what is wrong stands at its field, and the input is kept', async () => {
    const name = page.getByRole('textbox', { name: 'Table bucket' });
    await name.fill('Not_A_Name');
    await page.getByRole('button', { name: 'Next', exact: true }).click();
    await expect(name).toBeFocused();
    await expect(name).toHaveAttribute('aria-invalid', 'true');
    await expect(name).toHaveAccessibleDescription(/lower-case letters, digits and dashes/);
    await expect(name).toHaveValue('Not_A_Name');
    await name.fill('clickstream-lake');
  });
  await next(page, 'Choose the key');
  await expect(page.getByRole('textbox', { name: 'Alias' })).toHaveValue('clickstream-lake');
  await expectAccessible(page, 'key');
  await next(page, 'Check principals');
  await page.getByRole('textbox', { name: 'Role to make' }).fill('ClickstreamWriter');
  const needs = page.getByRole('list', { name: 'Who must be able to use the key' });
  await expect(needs.getByRole('listitem').filter({ hasText: 'maintenance.s3tables.amazonaws.com' })).toContainText(
    'Will be added',
  );
  await expect(needs.getByRole('listitem').filter({ hasText: 'ClickstreamWriter' })).toBeVisible();
  await expectAccessible(page, 'principals');

  await test.step('a reload loses nothing, and a step ahead of its time leads back', async () => {
    await page.reload();
    await expect(page.getByRole('textbox', { name: 'Role to make' })).toHaveValue('ClickstreamWriter');
    await page.goto(page.url().replace('/principals', '/review'));
    await expect(page.getByRole('heading', { level: 1, name: 'Check principals' })).toBeVisible();
  });

  await next(page, 'Write policies');
  await expect(page.getByRole('region', { name: 'Key policy of alias/clickstream-lake' })).toContainText(
    'AllowS3TablesMaintenance',
  );
  await expect(page.getByText('The linter finds nothing wrong.').first()).toBeVisible();
  await expectAccessible(page, 'policies');
  await next(page, 'Enforce encryption');
  await expect(page.getByRole('region', { name: 'Policy of clickstream-lake' })).toContainText('DenyOtherKeys');
  await next(page, 'Review and apply');
  await expect(page.getByRole('table', { name: 'Who gains and loses' })).toContainText('ClickstreamWriter');
  await expectAccessible(page, 'review');
  await page.getByRole('link', { name: 'Edit Enforcement' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Enforce encryption' })).toBeVisible();
  await next(page, 'Review and apply');
  await applyAndProve(page);
  const attempts = page.getByRole('table', { name: 'Attempts of the proof' });
  // An append reads the table's metadata first.
  await expect(attempts.getByRole('row').filter({ hasText: 'setup-proof-outsider' })).toContainText('kms:Decrypt');
  await expect(attempts.getByRole('row').filter({ hasText: 'with SSE-S3' })).toContainText('explicit deny');
  await expect(attempts.getByRole('row').filter({ hasText: 'maintenance.s3tables' })).toContainText('none failed');
  await expectAccessible(page, 'proof');

  const { encryptionConfiguration } = await account.s3tables.send(
    new GetTableEncryptionCommand({
      tableBucketARN: `arn:aws:s3tables:${REGION}:${account.id}:bucket/clickstream-lake`,
      namespace: 'main',
      name: 'events',
    }),
  );
  expect(encryptionConfiguration?.sseAlgorithm).toBe('aws:kms');
});

test('a directory bucket: its key for life is said before, then it is proven', async ({ page, account }) => {
  await beginWizard(page, 'Set up a directory bucket');
  await expect(page.getByText('A directory bucket keeps its key for life')).toBeVisible();
  await page.getByRole('textbox', { name: 'Name' }).fill(`features-${account.id}`);
  await next(page, 'Choose the key');
  await expect(page.getByText('This is for life')).toBeVisible();
  await throughToProof(page, 'FeatureWriter');
});

test('a general purpose bucket is proven, and its export says the same calls', async ({ page, account }) => {
  await beginWizard(page, 'Set up a bucket');
  await page.getByRole('textbox', { name: 'Name' }).fill(`events-${account.id}`);
  await next(page, 'Choose the key');
  await throughToProof(page, 'EventWriter');
  await page.getByRole('link', { name: 'Export plan' }).click();
  const forms = page.getByRole('navigation', { name: 'Forms of the export' });
  await expect(page.getByRole('main')).toContainText('aws s3api put-bucket-encryption');
  for (const [form, text] of [
    ['CloudFormation', 'AWS::S3::Bucket'],
    ['Terraform', 'aws_s3_bucket_server_side_encryption_configuration'],
    ['Hadoop', `fs.s3a.bucket.events-${account.id}.encryption.algorithm`],
  ] as const) {
    await forms.getByRole('link', { name: form }).click();
    await expect(page.getByRole('main')).toContainText(text);
  }
});

test('what is there is secured with a key that exists: what is missing is found and added', async ({
  page,
  account,
}) => {
  await makeKey(account, 'there');
  await account.iam.send(new CreateRoleCommand({ RoleName: 'Analyst', AssumeRolePolicyDocument: trust(account) }));
  await account.s3tables.send(new CreateTableBucketCommand({ name: 'old-lake' }));
  await beginWizard(page, 'Secure what I have');
  await page.getByRole('checkbox', { name: /old-lake/ }).check();
  await next(page, 'Choose the key');
  await page.getByRole('radio', { name: /Use a key that exists/ }).check();
  await pickKey(page, 'there');
  await expect(page.getByRole('list', { name: 'Checks of this key' })).toContainText('It is enabled.');
  await next(page, 'Check principals');
  await page.getByRole('checkbox', { name: /Analyst/ }).check();
  const needs = page.getByRole('list', { name: 'Who must be able to use the key' });
  await expect(needs.getByRole('listitem').filter({ hasText: 'Analyst' })).toContainText(
    'Missing: GenerateDataKey, Decrypt',
  );
  await next(page, 'Write policies');
  await next(page, 'Enforce encryption');
  await next(page, 'Review and apply');
  await applyAndProve(page);
});

test('a second tab does not write over the first', async ({ page, context }) => {
  await beginWizard(page, 'Set up a bucket');
  const second = await context.newPage();
  await second.goto(page.url());
  await second.getByRole('textbox', { name: 'Name' }).fill('from-the-second-tab');
  await next(second, 'Choose the key');
  await page.getByRole('textbox', { name: 'Name' }).fill('from-the-first-tab');
  await expect(page.getByRole('alert').filter({ hasText: 'Another tab changed this draft' })).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('from-the-first-tab');
  const address = page.url();
  await page.getByRole('button', { name: 'Go on with a copy of mine' }).click();
  await expect(page).not.toHaveURL(address);
  await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('from-the-first-tab');
  await second.goto(address);
  await expect(second.getByRole('textbox', { name: 'Name' })).toHaveValue('from-the-second-tab');
  await page.goto('/setup');
  await expect(page.getByRole('table', { name: 'Set-ups' }).getByRole('row')).toHaveCount(3);
});

test('a key that can not be used is refused with the reason', async ({ page, account }) => {
  const key = await makeKey(account, 'asleep');
  await account.kms.send(new DisableKeyCommand({ KeyId: key }));
  await beginWizard(page, 'Set up a table bucket');
  await page.getByRole('textbox', { name: 'Table bucket' }).fill('sleepy-lake');
  await next(page, 'Choose the key');
  await page.getByRole('radio', { name: /Use a key that exists/ }).check();
  await page.getByRole('combobox', { name: 'KMS key' }).fill(key);
  await page.getByRole('button', { name: 'Next', exact: true }).click();
  await expect(page.getByRole('alert').filter({ hasText: "This key can't be used here" })).toContainText(
    'Enable it first',
  );
});

test('HD-12 a core-site.xml is checked in the browser, and every other kind of file is refused', async ({ page }) => {
  await page.goto('/setup/hadoop');
  const text = page.getByRole('textbox', { name: 'Text of the file' });
  const check = page.getByRole('button', { name: 'Check the file' });
  await text.fill('<!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/passwd">]><configuration>&x;</configuration>');
  await check.click();
  await expect(page.getByRole('alert').filter({ hasText: 'document type' })).toBeVisible();
  await text.fill(
    '<configuration><property><name>fs.s3a.encryption.algorithm</name><value>DES</value></property></configuration>',
  );
  await check.click();
  await expect(page.getByRole('table', { name: 'Findings' })).toContainText('no encryption algorithm DES');
  await expectAccessible(page, 'hadoop');
});

function trust(account: Account): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: account.id } }],
  });
}

async function makeKey(account: Account, alias: string): Promise<string> {
  const { KeyMetadata } = await account.kms.send(new CreateKeyCommand({}));
  const TargetKeyId = KeyMetadata?.Arn ?? '';
  await account.kms.send(new CreateAliasCommand({ AliasName: `alias/${alias}`, TargetKeyId }));
  return TargetKeyId;
}
