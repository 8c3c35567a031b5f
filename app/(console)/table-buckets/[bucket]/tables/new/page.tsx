import type { Metadata } from 'next';
import { EncryptionFields } from '@/components/keys/encryption-fields';
import { keyIdOf, keyName } from '@/components/keys/key-option';
import { routes } from '@/components/routes';
import { Alert } from '@/components/ui/alert';
import { ButtonLink } from '@/components/ui/button';
import { ActionForm, SelectField, TextArea, TextField } from '@/components/ui/form';
import { Card, PageHeader } from '@/components/ui/layout';
import { dataOr } from '@/lib/aws/result';
import { workplace } from '@/lib/aws/session';
import { getTableBucketEncryption, getTableBucketPolicy, listNamespaces } from '@/lib/aws/table-buckets';
import { aliasesByKey, keyOptions } from '../../../../key-options';
import { tableBuckets, writeTarget } from '../../../../reads';
import { readRequiredPrincipals } from '../../../required-principals';
import { createTable } from '../../../table-actions';

export const metadata: Metadata = { title: 'Create table · Table buckets' };

export default async function NewTablePage({ params }: PageProps<'/table-buckets/[bucket]/tables/new'>) {
  const [{ bucket: encoded }, { aws }, listed] = await Promise.all([params, workplace(), tableBuckets()]);
  const name = decodeURIComponent(encoded);
  const arn = listed.ok ? (listed.data.items.find((one) => one.name === name)?.arn ?? '') : '';
  const [namespaces, encryption, keys, names, target] = await Promise.all([
    listNamespaces(aws, arn),
    getTableBucketEncryption(aws, arn),
    keyOptions(),
    aliasesByKey(),
    writeTarget(),
  ]);
  const key = encryption.ok ? encryption.data.keyId : undefined;
  const required = key
    ? await readRequiredPrincipals(aws, key, { bucketArn: arn, resourcePolicy: await getTableBucketPolicy(aws, arn) })
    : undefined;
  const missing =
    required?.rows.some(({ family, status }) => family === 'maintenance' && status === 'missing') === true;
  const inherited = !encryption.ok
    ? 'The default could not be read.'
    : key
      ? `${encryption.data.kind} with ${keyName({ id: keyIdOf(key), alias: names.get(keyIdOf(key))?.[0] })}`
      : 'SSE-S3';
  const items = dataOr(namespaces, { items: [], cutOff: false }).items;
  return (
    <>
      <PageHeader title="Create table" sub={<span>in {name}</span>} />
      <div className="stack max-w-[760px]">
        {missing && (
          <Alert tone="bad" title="A table with the bucket's default can't be created">
            The maintenance principal can't use the default key.{' '}
            <ButtonLink href={routes.tableBucket(name)} size="small">
              Repair the key policy
            </ButtonLink>
          </Alert>
        )}
        {items.length === 0 && (
          <Alert tone="warn" title="This bucket has no namespace yet">
            A table lies in a namespace.{' '}
            <ButtonLink href={routes.tableBucket(name, 'tables')} size="small">
              Create one
            </ButtonLink>
          </Alert>
        )}
        <Card className="page-form">
          <ActionForm
            action={createTable}
            submit="Create table"
            target={target}
            guard="The table you began"
            cancel={<ButtonLink href={routes.tableBucket(name, 'tables')}>Cancel</ButtonLink>}
          >
            <input type="hidden" name="bucket" value={name} />
            <input type="hidden" name="arn" value={arn} />
            <SelectField
              name="namespace"
              label="Namespace"
              options={items.map((namespace) => ({ value: namespace.name, label: namespace.name }))}
            />
            <TextField name="name" label="Name" mono hint="Lower-case letters, digits and underscores." />
            <TextArea
              name="columns"
              label="Columns"
              rows={5}
              defaultValue={'id long required\ntime timestamp\npayload string'}
              hint="One in each line: name, Iceberg type and, if it must be there, required."
            />
            <EncryptionFields bucket="table" keys={keys} legend="Encryption" inherit={inherited} />
            <p className="text-ink-2">The encryption can't be changed after the table is created.</p>
          </ActionForm>
        </Card>
      </div>
    </>
  );
}
