import { CreateAliasCommand, CreateKeyCommand, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateNamespaceCommand, CreateTableBucketCommand } from '@aws-sdk/client-s3tables';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { applyPlan, message, open } from './steps.ts';

interface BadForm {
  readonly form: string;
  readonly path: string;
  readonly button: RegExp;
  readonly fill: Readonly<Record<string, string>>;
  /** Field and sentence, in the order of the page. */
  readonly errors: readonly (readonly [string, RegExp])[];
}

const BAD: readonly BadForm[] = [
  {
    form: 'key',
    path: '/keys/new',
    button: /^Create key/,
    fill: { Alias: 'aws/mine', Description: 'kept', 'Key policy': 'not JSON' },
    errors: [
      ['Alias', /alias\/aws\/ are for AWS managed keys/],
      ['Key policy', /not a JSON object/],
    ],
  },
  {
    form: 'table bucket',
    path: '/table-buckets/new',
    button: /^Create table bucket/,
    fill: { Name: 'Sales!' },
    errors: [['Name', /lower-case letters, digits and dashes/]],
  },
  {
    form: 'table bucket without a key',
    path: '/table-buckets/new',
    button: /^Create table bucket/,
    fill: { Name: 'sales' },
    errors: [['KMS key', /Choose a customer managed key/]],
  },
  {
    form: 'table',
    path: '/table-buckets/lake/tables/new',
    button: /^Create table/,
    fill: { Name: 'No-Dashes', Columns: 'id' },
    errors: [['Name', /lower-case letters, digits and underscores/]],
  },
  {
    form: 'directory bucket',
    path: '/directory-buckets/new',
    button: /^Create directory bucket/,
    fill: { Name: 'two--dashes', Zone: 'nowhere' },
    errors: [
      ['Name', /Two dashes in a row/],
      ['Zone', /A zone id looks like/],
    ],
  },
  {
    form: 'general purpose bucket',
    path: '/buckets/new',
    button: /^Create bucket/,
    fill: { Name: 'Upper_Case' },
    errors: [['Name', /lower-case letters, digits, dots and dashes/]],
  },
  {
    form: 'upload',
    path: '/uploads/new',
    button: /^Start the upload/,
    fill: { Objects: '0', 'At once': '65' },
    errors: [
      ['Objects', /./],
      ['At once', /./],
    ],
  },
  {
    form: 'connection',
    path: '/settings',
    button: /^Use this connection/,
    fill: { Account: '12', Region: 'the moon' },
    errors: [
      ['Account', /twelve digits/],
      ['Region', /looks like us-east-1/],
    ],
  },
];

function field(page: Page, label: string) {
  return page
    .getByRole('main')
    .getByLabel(new RegExp(`^${label}( optional)?$`))
    .and(page.locator('input, textarea, select'));
}

test('bad input in each form: the sentence stands at the field, the first has the focus, nothing is lost or sent', async ({
  page,
  account,
}) => {
  const lake = await account.s3tables.send(new CreateTableBucketCommand({ name: 'lake' }));
  await account.s3tables.send(new CreateNamespaceCommand({ tableBucketARN: lake.arn, namespace: ['web'] }));
  await account.s3.send(new CreateBucketCommand({ Bucket: `target-${account.id}` }));
  for (const { form, path, button, fill, errors } of BAD) {
    await test.step(form, async () => {
      await page.goto(path);
      for (const [label, text] of Object.entries(fill)) await field(page, label).fill(text);
      await page.getByRole('button', { name: button }).click();
      for (const [label, sentence] of errors) {
        await expect(field(page, label), label).toHaveAttribute('aria-invalid', 'true');
        await expect(field(page, label), label).toHaveAccessibleDescription(sentence);
      }
      await expect(field(page, errors[0]?.[0] ?? ''), 'the first wrong field').toBeFocused();
      await expect(page.getByRole('alert').filter({ hasText: /need(s)? a change/ })).toBeVisible();
      for (const [label, text] of Object.entries(fill)) await expect(field(page, label), label).toHaveValue(text);
      // Leaving is asked about only where something would be lost; the browser's own question is not wanted here.
      await page.evaluate(() =>
        window.addEventListener('beforeunload', (event) => event.stopImmediatePropagation(), { capture: true }),
      );
    });
  }
  for (const operation of ['CreateKey', 'CreateAlias', 'CreateTable'])
    expect(await account.requests(operation), operation).toHaveLength(0);
  expect(await account.requests('CreateTableBucket')).toHaveLength(1);
  expect(await account.requests('CreateBucket')).toHaveLength(1);
});

test('what AWS refuses is told with code, cause, next step and request id, and the input stays', async ({
  page,
  account,
}) => {
  await account.s3tables.send(new CreateTableBucketCommand({ name: 'taken' }));
  await page.goto('/table-buckets/new');
  await page.getByRole('radio', { name: 'SSE-S3' }).check();
  await page.getByRole('textbox', { name: 'Name' }).fill('taken');
  await page.getByRole('button', { name: /^Create table bucket/ }).click();
  const refusal = page.getByRole('main').getByRole('alert');
  await expect(refusal).toContainText('The table bucket was not created');
  await expect(refusal).toContainText('ConflictException');
  await expect(refusal).toContainText('Choose another name');
  const refused = (await account.requests('CreateTableBucket')).at(-1);
  expect(refused?.error?.code).toBe('ConflictException');
  await expect(refusal).toContainText(`request ${refused?.requestId}`);
  await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('taken');
  await expect(page.getByRole('radio', { name: 'SSE-S3' })).toBeChecked();

  await page.getByRole('textbox', { name: 'Name' }).fill('free');
  await page.getByRole('button', { name: /^Create table bucket/ }).click();
  await expect(message(page, 'The table bucket free was created')).toBeVisible();
});

test('a double click makes one request', async ({ page, account }) => {
  await page.goto('/buckets/new');
  await page.getByRole('textbox', { name: 'Name' }).fill(`once-${account.id}`);
  await page.getByRole('radio', { name: 'SSE-S3' }).check();
  await page.getByRole('button', { name: /^Create bucket/ }).dblclick();
  await expect(message(page, `The bucket once-${account.id} was created`)).toBeVisible();
  // Actions of a page run one after the other: once this one is done, a second CreateBucket would be too.
  await page.getByRole('button', { name: 'Move clock' }).click();
  await page.getByRole('button', { name: '+ 1 minute' }).click();
  await expect(message(page, 'The world clock moved')).toBeVisible();
  expect(await account.requests('CreateBucket')).toHaveLength(1);
});

test('markup in names, descriptions and policies is shown and never run', async ({ page, account }) => {
  const markup = `<img src=x onerror="document.title='run'"><script>document.title='run'</script>`;
  const { KeyMetadata } = await account.kms.send(new CreateKeyCommand({ Description: markup }));
  const keyId = KeyMetadata?.KeyId ?? '';
  await account.kms.send(new CreateAliasCommand({ AliasName: 'alias/marked', TargetKeyId: keyId }));
  const statement = { Effect: 'Allow', Principal: { AWS: account.id }, Action: 'kms:*', Resource: '*' };
  await account.kms.send(
    new PutKeyPolicyCommand({
      KeyId: keyId,
      Policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ ...statement, Condition: { StringNotEquals: { 'kms:EncryptionContext:x': markup } } }],
      }),
    }),
  );
  await account.s3.send(new CreateBucketCommand({ Bucket: `marked-${account.id}` }));
  await account.s3.send(new PutObjectCommand({ Bucket: `marked-${account.id}`, Key: markup, Body: 'x' }));
  for (const path of [
    '/keys',
    `/keys/${keyId}`,
    `/keys/${keyId}?tab=policy`,
    `/buckets/marked-${account.id}?tab=objects`,
    '/audit',
  ]) {
    await page.goto(path);
    await expect(page.getByRole('main')).toContainText(path === '/audit' ? 'PutKeyPolicy' : 'onerror=');
    await expect(page).not.toHaveTitle('run');
    expect(await page.locator('main img, main script:not([nonce])').count(), path).toBe(0);
  }
});

test('deleting takes the typed word; Cancel has the focus and Enter does nothing before', async ({ page, account }) => {
  const bucket = `gone-${account.id}`;
  await account.s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await page.goto(`/buckets/${bucket}`);
  await page.getByRole('button', { name: 'Delete bucket' }).click();
  const dialog = page.getByRole('dialog', { name: `Delete ${bucket}` });
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  const confirm = dialog.getByRole('button', { name: /^Delete/ });
  await expect(confirm).toHaveAttribute('aria-disabled', 'true');
  const word = dialog.getByRole('textbox', { name: `Type ${bucket} to confirm` });
  await word.fill('gone');
  await word.press('Enter');
  await expect(dialog).toBeVisible();
  expect(await account.requests('DeleteBucket')).toHaveLength(0);
  await word.fill(bucket);
  await expect(confirm).toHaveAttribute('aria-disabled', 'false');
  await word.press('Enter');
  await expect(message(page, `${bucket} was deleted`)).toBeVisible();
  expect(await account.requests('DeleteBucket')).toHaveLength(1);
});

test('leaving a changed form asks first; an unchanged one never does', async ({ page, account: _account }) => {
  await page.goto('/keys/new');
  await open(page, 'Table buckets');
  await page.goto('/keys/new');
  await page.getByRole('textbox', { name: 'Alias' }).fill('unsaved');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Table buckets' }).click();
  const question = page.getByRole('dialog', { name: 'Leave this page?' });
  await expect(question).toContainText('The key you began');
  await question.getByRole('button', { name: 'Stay' }).click();
  await expect(page.getByRole('textbox', { name: 'Alias' })).toHaveValue('unsaved');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Table buckets' }).click();
  await question.getByRole('button', { name: 'Leave' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Table buckets' })).toBeVisible();
});

test('a scheduled deletion explains the wait, stands on the page, and can be cancelled', async ({ page, account }) => {
  const { KeyMetadata } = await account.kms.send(new CreateKeyCommand({}));
  await account.kms.send(new CreateAliasCommand({ AliasName: 'alias/old', TargetKeyId: KeyMetadata?.KeyId }));
  await page.goto(`/keys/${KeyMetadata?.KeyId}`);
  await page.getByRole('button', { name: 'Schedule deletion' }).click();
  const dialog = page.getByRole('dialog', { name: 'Schedule deletion of alias/old' });
  await expect(dialog).toContainText('becomes unreadable');
  await dialog.getByRole('spinbutton', { name: 'Waiting period' }).fill('3');
  await dialog.getByRole('button', { name: /^Review/ }).click();
  await expect(dialog.getByRole('spinbutton', { name: 'Waiting period' })).toHaveAccessibleDescription(/At least 7/);
  await dialog.getByRole('spinbutton', { name: 'Waiting period' }).fill('7');
  await dialog.getByRole('button', { name: /^Review/ }).click();
  await applyPlan(page, 'Schedule the deletion of alias/old', 'old');
  await expect(message(page, 'The deletion is scheduled')).toBeVisible();
  await page.getByRole('button', { name: 'Cancel deletion' }).first().click();
  await expect(message(page, 'The deletion was cancelled')).toBeVisible();
  await page.getByRole('button', { name: 'Enable' }).first().click();
  await expect(message(page, 'The key is enabled')).toBeVisible();
});

test('each write can be shown as the API calls that were made', async ({ page, account: _account }) => {
  await page.goto('/keys/new');
  await page.getByRole('textbox', { name: 'Alias' }).fill('shown');
  await page.getByRole('button', { name: /^Create key/ }).click();
  const told = message(page, 'The key alias/shown was created');
  await told.getByRole('button', { name: 'Show API calls' }).click();
  const dialog = page.getByRole('dialog', { name: 'API calls' });
  await expect(dialog.getByRole('heading', { name: 'CreateKey' })).toBeVisible();
  await expect(dialog).toContainText('aws kms create-key');
  await dialog.getByRole('button', { name: 'TypeScript' }).click();
  await expect(dialog).toContainText('CreateAliasCommand');
  await dialog.getByRole('button', { name: 'HTTP' }).click();
  await expect(dialog).toContainText('TrentService.CreateAlias');
});
