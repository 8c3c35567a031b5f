import { Plus, Table2 } from 'lucide-react';
import { keyIdOf, keyName } from '@/components/keys/key-option';
import { routes } from '@/components/routes';
import { TableList, type TableRow } from '@/components/tables/table-list';
import { ButtonLink } from '@/components/ui/button';
import { ConfirmButton, FormDialogButton } from '@/components/ui/confirm';
import { TextField } from '@/components/ui/form';
import { formatCount } from '@/components/ui/format';
import { Card, Split } from '@/components/ui/layout';
import { Empty, Failure } from '@/components/ui/states';
import type { Aws } from '@/lib/aws/connection';
import type { Listing } from '@/lib/aws/paginate';
import type { Result } from '@/lib/aws/result';
import { getTableBucketEncryption, listNamespaces, type TableBucket } from '@/lib/aws/table-buckets';
import type { TableSummary } from '@/lib/aws/tables';
import { readOnlyReason, writeTarget } from '../../reads';
import { createNamespace, deleteNamespace } from '../actions';
import { differs, type TableWithEncryption } from '../table-encryptions';

/** Namespaces and tables of a bucket. */
export async function TablesTab({
  aws,
  bucket,
  tables,
  listed,
  names,
}: {
  aws: Aws;
  bucket: TableBucket;
  tables: readonly TableWithEncryption[];
  listed: Result<Listing<TableSummary>>;
  names: ReadonlyMap<string, readonly string[]>;
}) {
  const [namespaces, encryption, readOnly, target] = await Promise.all([
    listNamespaces(aws, bucket.arn),
    getTableBucketEncryption(aws, bucket.arn),
    readOnlyReason(),
    writeTarget(),
  ]);
  const rows = tables.map((table): TableRow => {
    const found = table.encryption;
    const id = found.ok && found.data.keyId ? keyIdOf(found.data.keyId) : undefined;
    return {
      bucket: bucket.name,
      namespace: table.namespace,
      name: table.name,
      asDefault: !differs(found, encryption),
      ...(table.createdAt ? { createdAt: table.createdAt } : {}),
      ...(found.ok ? { encryption: found.data.kind } : { refused: found.error }),
      ...(id ? { key: keyName({ id, alias: names.get(id)?.[0] }) } : {}),
    };
  });
  const counts = new Map<string, number>();
  if (listed.ok)
    for (const table of listed.data.items) counts.set(table.namespace, (counts.get(table.namespace) ?? 0) + 1);
  return (
    <Split
      main={
        <Card bare>
          {!listed.ok ? (
            <Failure title="Tables could not be listed" error={listed.error} />
          ) : rows.length === 0 ? (
            <Empty
              icon={Table2}
              title="No tables yet"
              actions={
                <ButtonLink href={routes.newTable(bucket.name)} kind="primary">
                  Create table
                </ButtonLink>
              }
            >
              A table lies in a namespace and takes the bucket's default encryption, unless it names another when it is
              created.
            </Empty>
          ) : (
            <TableList rows={rows} />
          )}
        </Card>
      }
      side={
        <Card
          title="Namespaces"
          count={namespaces.ok ? formatCount(namespaces.data.items.length) : undefined}
          end={
            <FormDialogButton
              label={
                <>
                  <Plus size={14} aria-hidden />
                  Create namespace
                </>
              }
              size="small"
              title="Create a namespace"
              action={createNamespace}
              submit="Create namespace"
              target={target}
              unavailable={readOnly}
            >
              <input type="hidden" name="arn" value={bucket.arn} />
              <TextField
                name="namespace"
                label="Name"
                mono
                hint="Lower-case letters, digits and underscores."
                focusFirst
              />
            </FormDialogButton>
          }
        >
          {!namespaces.ok ? (
            <Failure title="Namespaces could not be listed" error={namespaces.error} />
          ) : namespaces.data.items.length === 0 ? (
            <p className="text-ink-2">A namespace groups tables, as a schema does in a database. Create one first.</p>
          ) : (
            <ul className="grid gap-1.5">
              {namespaces.data.items.map((namespace) => {
                const count = counts.get(namespace.name) ?? 0;
                return (
                  <li key={namespace.name} className="flex items-center justify-between gap-2">
                    <span className="mono min-w-0 truncate">{namespace.name}</span>
                    <span className="flex items-center gap-2 text-ink-2">
                      {formatCount(count)}
                      <ConfirmButton
                        label="Delete"
                        kind="ghost"
                        size="small"
                        unavailable={readOnly ?? (count > 0 ? 'Delete its tables first' : undefined)}
                        title={`Delete namespace ${namespace.name}`}
                        consequence={{ title: 'The namespace is gone', detail: 'It has no tables.' }}
                        word={namespace.name}
                        action={deleteNamespace}
                        input={{ arn: bucket.arn, namespace: namespace.name }}
                        submit="Delete namespace"
                        target={target}
                      />
                    </span>
                  </li>
                );
              })}
            </ul>
          )}
        </Card>
      }
    />
  );
}
