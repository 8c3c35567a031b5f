import { expect, test } from './fixtures';
import { createKey, message, open, pickKey, upload } from './steps';

test('the main job, from nothing to every use of the key explained', async ({ page, account }) => {
  await test.step('the overview of an empty account offers the first steps', async () => {
    await page.goto('/');
    await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
    await expect(page.getByText('There is nothing in this account and Region yet.')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Load the demonstration world' })).toBeVisible();
    await page.getByRole('link', { name: 'Create a KMS key' }).click();
  });
  await test.step('a customer managed key', async () => {
    await createKey(page, 'lakehouse');
  });
  await test.step('a table bucket with that key', async () => {
    await open(page, 'Table buckets');
    await page.getByRole('main').getByRole('link', { name: 'Create table bucket' }).first().click();
    await page.getByRole('textbox', { name: 'Name' }).fill('sales');
    await page.getByRole('radio', { name: 'SSE-KMS' }).check();
    await pickKey(page, 'lakehouse');
    await page.getByRole('button', { name: /^Create table bucket/ }).click();
    await expect(message(page, 'The table bucket sales was created')).toBeVisible();
    await expect(page.getByRole('heading', { level: 1, name: 'sales' })).toBeVisible();
  });
  await test.step('its key policy lacks the maintenance principal; one click adds the statement', async () => {
    await expect(page.getByText('Missing', { exact: true })).toBeVisible();
    await page.getByRole('button', { name: 'Apply to the key policy' }).click();
    await expect(message(page, 'The maintenance principal may use the key')).toBeVisible();
    await expect(page.getByText('Allowed', { exact: true })).toBeVisible();
  });
  await test.step('a namespace and a table', async () => {
    await page
      .getByRole('navigation', { name: /sections/ })
      .getByRole('link', { name: /^Tables/ })
      .click();
    await page.getByRole('button', { name: 'Create namespace' }).click();
    const dialog = page.getByRole('dialog', { name: 'Create a namespace' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill('web');
    await dialog.getByRole('button', { name: /^Create namespace/ }).click();
    await expect(message(page, 'The namespace web was created')).toBeVisible();
    await page.getByRole('main').getByRole('link', { name: 'Create table' }).first().click();
    await page.getByRole('textbox', { name: 'Name' }).fill('clicks');
    await page.getByRole('button', { name: /^Create table/ }).click();
    await expect(message(page, 'clicks was created')).toBeVisible();
  });
  await test.step('a directory bucket with a key', async () => {
    await open(page, 'Directory buckets');
    await page.getByRole('main').getByRole('link', { name: 'Create directory bucket' }).first().click();
    await page.getByRole('textbox', { name: 'Name' }).fill('features');
    await pickKey(page, 'lakehouse');
    await page.getByRole('button', { name: /^Create directory bucket/ }).click();
    await expect(message(page, 'The directory bucket features--use1-az4--x-s3 was created')).toBeVisible();
  });
  await test.step('a general purpose bucket with a bucket key', async () => {
    await open(page, 'General purpose buckets');
    await page.getByRole('main').getByRole('link', { name: 'Create bucket' }).first().click();
    await page.getByRole('textbox', { name: 'Name' }).fill(`raw-${account.id}`);
    await pickKey(page, 'lakehouse');
    await expect(page.getByRole('checkbox', { name: /^Bucket key/ })).toBeChecked();
    await page.getByRole('button', { name: /^Create bucket/ }).click();
    await expect(message(page, `The bucket raw-${account.id} was created`)).toBeVisible();
  });
  for (const to of ['sales, web.clicks', 'features--use1-az4--x-s3', `raw-${account.id}`]) {
    await test.step(`upload to ${to}`, async () => {
      await upload(page, { to, objects: 3 });
      await page.screenshot({ path: `/tmp/shot-${to.slice(0, 5)}.png`, fullPage: true });
    });
  }
});
