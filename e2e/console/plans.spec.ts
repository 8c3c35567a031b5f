import { CreateRoleCommand } from '@aws-sdk/client-iam';
import {
  CreateAliasCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DecryptCommand,
  EncryptCommand,
  GetKeyPolicyCommand,
  ListGrantsCommand,
  PutKeyPolicyCommand,
} from '@aws-sdk/client-kms';
import { CreateBucketCommand, GetBucketEncryptionCommand, PutBucketEncryptionCommand } from '@aws-sdk/client-s3';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { type Account, expect, test } from './fixtures.ts';
import { applyPlan, message } from './steps.ts';

async function key({ kms }: Account, alias: string, policy?: object): Promise<string> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand(policy ? { Policy: JSON.stringify(policy) } : {}));
  const id = KeyMetadata?.KeyId ?? '';
  await kms.send(new CreateAliasCommand({ AliasName: `alias/${alias}`, TargetKeyId: id }));
  return id;
}

async function role({ iam, id }: Account, name: string): Promise<string> {
  const trust = { Effect: 'Allow', Principal: { AWS: id }, Action: 'sts:AssumeRole' };
  await iam.send(
    new CreateRoleCommand({
      RoleName: name,
      AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }),
    }),
  );
  return `arn:aws:iam::${id}:role/${name}`;
}

const owner = (id: string) => ({
  Sid: 'Account',
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${id}:root` },
  Action: 'kms:*',
  Resource: '*',
});
const reader = (arn: string, more: object = {}) => ({
  Sid: 'Readers',
  Effect: 'Allow',
  Principal: { AWS: arn },
  Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
  Resource: '*',
  ...more,
});
const policyOf = (...Statement: readonly object[]) => ({ Version: '2012-10-17', Statement });

async function write(page: Page, label: string, text: string): Promise<void> {
  const editor = page.getByRole('textbox', { name: label });
  await editor.click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.insertText(text);
}

async function axe(page: Page, what: string): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(
      violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
      `${what}, ${scheme}`,
    ).toEqual([]);
  }
}

test('a key policy: the plan tells who gains and loses before anything is written, and can be taken back', async ({
  page,
  account,
}) => {
  const [old, next] = [await role(account, 'Old'), await role(account, 'Next')];
  const before = policyOf(owner(account.id), reader(old));
  const id = await key(account, 'ledger', before);
  await page.goto(`/keys/${id}?tab=policy`);
  await page.getByRole('button', { name: 'Edit key policy' }).click();
  await write(page, 'Key policy', JSON.stringify(policyOf(owner(account.id), reader(next)), null, 2));
  await page.getByRole('button', { name: 'Review change' }).click();

  const plan = page.getByRole('dialog', { name: 'Change the key policy of alias/ledger' });
  const people = plan.getByRole('table', { name: 'Who gains and loses' });
  await expect(people.getByRole('row')).toHaveText([
    /Principal/,
    /1 gains access/,
    /Next.*Decrypt.*GenerateDataKey.*Key policy, Readers/s,
    /1 loses access/,
    /Old.*No use was found.*Decrypt.*no longer/s,
  ]);
  await axe(page, 'the plan');
  await plan.getByRole('tab', { name: /^Policy diff/ }).click();
  await expect(plan.getByRole('region', { name: 'Key policy of alias/ledger' })).toContainText('role/Old');
  await plan.getByRole('button', { name: 'Side by side' }).click();
  await expect(plan.getByRole('region', { name: 'Key policy of alias/ledger, side by side' })).toContainText(
    'role/Next',
  );
  await axe(page, 'the difference');
  await plan.getByRole('tab', { name: /^Policy diff/ }).press('ArrowRight');
  await expect(plan.getByRole('tab', { name: /^API calls/ })).toBeFocused();
  await expect(plan).toContainText('aws kms put-key-policy');
  await plan.getByRole('button', { name: 'HTTP' }).click();
  await expect(plan).toContainText('TrentService.PutKeyPolicy');
  expect(await account.requests('PutKeyPolicy')).toHaveLength(0);

  await applyPlan(page, 'Change the key policy of alias/ledger');
  const told = message(page, 'The key policy was changed');
  await told.getByRole('button', { name: 'Put it back' }).click();
  await expect(message(page, 'Taken back')).toBeVisible();
  const { Policy } = await account.kms.send(new GetKeyPolicyCommand({ KeyId: id }));
  expect(JSON.parse(Policy ?? '')).toEqual(before);
});

test('a plan against something that changed meanwhile is refused; the input stays and the plan is made anew', async ({
  page,
  account,
}) => {
  const id = await key(account, 'shared');
  await page.goto(`/keys/${id}?tab=policy`);
  await page.getByRole('button', { name: 'Edit key policy' }).click();
  const mine = policyOf(owner(account.id), { ...reader(await role(account, 'Mine')), Sid: 'Mine' });
  await write(page, 'Key policy', JSON.stringify(mine, null, 2));
  await page.getByRole('button', { name: 'Review change' }).click();
  const plan = page.getByRole('dialog', { name: 'Change the key policy of alias/shared' });
  await expect(plan).toBeVisible();
  const theirs = policyOf({ ...owner(account.id), Sid: 'Theirs' });
  await account.kms.send(new PutKeyPolicyCommand({ KeyId: id, Policy: JSON.stringify(theirs) }));
  await plan.getByRole('button', { name: /^Apply / }).click();
  await expect(plan.getByRole('alert')).toContainText('This changed while you were looking');
  expect(await account.requests('PutKeyPolicy')).toHaveLength(1);
  await plan.getByRole('button', { name: 'Reload the plan' }).click();
  await expect(plan.getByRole('alert')).toHaveCount(0);
  await plan.getByRole('tab', { name: /^Policy diff/ }).click();
  await expect(plan.getByRole('region', { name: 'Key policy of alias/shared' })).toContainText('"Theirs"');
  await applyPlan(page, 'Change the key policy of alias/shared');
  await expect(message(page, 'The key policy was changed')).toBeVisible();
  const { Policy } = await account.kms.send(new GetKeyPolicyCommand({ KeyId: id }));
  expect(JSON.parse(Policy ?? '')).toEqual(mine);
});

test('KMS-04 who used the key loses it: the plan wants the typed word', async ({ page, account }) => {
  const id = await key(account, 'used');
  const { CiphertextBlob } = await account.kms.send(
    new EncryptCommand({ KeyId: id, Plaintext: new TextEncoder().encode('x') }),
  );
  await account.kms.send(new DecryptCommand({ CiphertextBlob }));
  await page.goto(`/keys/${id}`);
  await page.getByRole('button', { name: 'Disable' }).click();
  const plan = page.getByRole('dialog', { name: 'Disable alias/used' });
  await expect(plan).toContainText('root used the key and loses');
  const apply = plan.getByRole('button', { name: /^Apply / });
  await expect(apply).toHaveAttribute('aria-disabled', 'true');
  // Not `click`, which waits for a button that can be used.
  await apply.dispatchEvent('click');
  expect(await account.requests('DisableKey')).toHaveLength(0);
  await plan.getByRole('textbox', { name: 'Type used to confirm' }).fill('used');
  await apply.click();
  await message(page, 'The key is disabled').getByRole('button', { name: 'Enable again' }).click();
  await expect(message(page, 'Taken back')).toBeVisible();
  expect(await account.requests('EnableKey')).toHaveLength(1);
});

test('GP-17 BK-05 a bucket key turned on: the statement on the object stops matching, and its reader loses', async ({
  page,
  account,
}) => {
  const bucket = `logs-${account.id}`;
  const arn = await role(account, 'ByObject');
  const context = { StringLike: { 'kms:EncryptionContext:aws:s3:arn': `arn:aws:s3:::${bucket}/*` } };
  const id = await key(account, 'logs', policyOf(owner(account.id), reader(arn, { Condition: context })));
  await account.s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const rule = (on: boolean) => ({
    ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID: id },
    BucketKeyEnabled: on,
  });
  await account.s3.send(
    new PutBucketEncryptionCommand({ Bucket: bucket, ServerSideEncryptionConfiguration: { Rules: [rule(false)] } }),
  );
  await page.goto(`/buckets/${bucket}`);
  await page.getByRole('button', { name: 'Change default' }).click();
  const dialog = page.getByRole('dialog', { name: `Default encryption of ${bucket}` });
  await dialog.getByRole('checkbox', { name: /^Bucket key/ }).check();
  await dialog.getByRole('button', { name: /^Change default/ }).click();
  const plan = page.getByRole('dialog', { name: `Change the default encryption of ${bucket}` });
  await expect(plan.getByRole('table', { name: 'Who gains and loses' })).toContainText('ByObject');
  await plan.getByRole('tab', { name: /^Encryption context/ }).click();
  await expect(
    plan
      .getByRole('table', { name: /by encryption context/ })
      .getByRole('row')
      .nth(1),
  ).toHaveText(/Key policy, Readers.*Stops matching/s);
  await plan.getByRole('button', { name: 'Back' }).click();
  await expect(dialog.getByRole('checkbox', { name: /^Bucket key/ })).toBeChecked();
  await dialog.getByRole('button', { name: /^Change default/ }).click();
  await applyPlan(page, `Change the default encryption of ${bucket}`);
  await message(page, 'Default encryption changed').getByRole('button', { name: 'Put it back' }).click();
  await expect(message(page, 'Taken back')).toBeVisible();
  const now = await account.s3.send(new GetBucketEncryptionCommand({ Bucket: bucket }));
  expect(now.ServerSideEncryptionConfiguration?.Rules?.[0]).toMatchObject(rule(false));
});

test('a revoked grant is made again as it was, and findings stand at their line with a repair', async ({
  page,
  account,
}) => {
  const grantee = await role(account, 'Nightly');
  const literal = { StringEquals: { 'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::logs/*' } };
  const id = await key(account, 'granted', policyOf(owner(account.id), reader(grantee, { Condition: literal })));
  const made = { KeyId: id, GranteePrincipal: grantee, Operations: ['Decrypt' as const], Name: 'nightly' };
  await account.kms.send(new CreateGrantCommand(made));
  await page.goto(`/keys/${id}?tab=grants`);
  await page.getByRole('button', { name: /^Open grant to/ }).click();
  await page.getByRole('complementary', { name: 'Grant' }).getByRole('button', { name: 'Revoke' }).click();
  const plan = page.getByRole('dialog', { name: 'Revoke a grant on alias/granted' });
  await expect(plan.getByRole('table', { name: 'Who gains and loses' })).toContainText(/Nightly.*Decrypt/s);
  await applyPlan(page, 'Revoke a grant on alias/granted');
  await message(page, 'The grant was revoked').getByRole('button', { name: 'Create it again' }).click();
  await expect(message(page, 'Taken back')).toBeVisible();
  const { Grants } = await account.kms.send(new ListGrantsCommand({ KeyId: id }));
  expect(Grants).toMatchObject([{ GranteePrincipal: grantee, Operations: ['Decrypt'], Name: 'nightly' }]);

  await page.goto(`/keys/${id}?tab=policy`);
  const document = page.getByRole('region', { name: 'Key policy' });
  await expect(document).toContainText(/Line \d+/);
  await axe(page, 'a policy with findings');
  await document.getByRole('button', { name: 'Show the change' }).first().click();
  const repair = document.getByRole('button', { name: 'Use StringLike' });
  await repair.click();
  await page.getByRole('button', { name: 'Review change' }).click();
  await applyPlan(page, 'Change the key policy of alias/granted');
  await expect(message(page, 'The key policy was changed')).toBeVisible();
  const { Policy } = await account.kms.send(new GetKeyPolicyCommand({ KeyId: id }));
  expect(Policy).toContain('StringLike');
});
