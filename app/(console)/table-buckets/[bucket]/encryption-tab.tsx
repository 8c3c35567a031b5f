import { ListFilter } from 'lucide-react';
import Link from 'next/link';
import { KeyLink } from '@/components/keys/key-link';
import type { KeyOption } from '@/components/keys/key-option';
import { routes } from '@/components/routes';
import { Alert } from '@/components/ui/alert';
import { Arn } from '@/components/ui/arn';
import { Assumed, KeyState } from '@/components/ui/badge';
import { ButtonLink } from '@/components/ui/button';
import { ConfirmButton } from '@/components/ui/confirm';
import { EncryptionBadge } from '@/components/ui/encryption';
import { Card, Fact, Facts, Split } from '@/components/ui/layout';
import { Failure, RefusedCell } from '@/components/ui/states';
import type { Encryption } from '@/lib/aws/encryption';
import type { Result } from '@/lib/aws/result';
import { workplace } from '@/lib/aws/session';
import type { TableBucket } from '@/lib/aws/table-buckets';
import { KeyUseCard } from '../../key-use-card';
import { readOnlyReason, writeTarget } from '../../reads';
import { deleteBucket } from '../actions';
import { type RequiredPrincipals, RequiredPrincipalsCard } from '../required-principals';
import { differs, type TableWithEncryption } from '../table-encryptions';
import { MaintenanceSummary } from './maintenance-card';

/** The default, who needs its key, and which tables have another one. */
export async function EncryptionTab({
  bucket,
  encryption,
  keyState,
  required,
  tables,
  names,
  account,
}: {
  bucket: TableBucket;
  encryption: Result<Encryption>;
  keyState: KeyOption | undefined;
  required: RequiredPrincipals | undefined;
  tables: readonly TableWithEncryption[];
  names: ReadonlyMap<string, readonly string[]>;
  account: string;
}) {
  const [{ aws }, readOnly, target] = await Promise.all([workplace(), readOnlyReason(), writeTarget()]);
  const others = tables.filter((table) => differs(table.encryption, encryption));
  const keyId = encryption.ok ? encryption.data.keyId : undefined;
  const owner = keyId?.split(':')[4] ?? '';
  return (
    <Split
      main={
        <>
          {required && keyId && <RequiredPrincipalsCard required={required} bucketArn={bucket.arn} />}
          {encryption.ok && !keyId && (
            <Alert tone="info" title="New tables are encrypted with SSE-S3">
              No key of yours is involved, so no key policy or grant decides who can read them. Change the default
              before the first table if you want to decide.
            </Alert>
          )}
          <Card
            title="Tables with another key"
            count={`${others.length} of ${tables.length}`}
            end={
              <ButtonLink href={routes.tableBucket(bucket.name, 'tables')} kind="ghost" size="small">
                <ListFilter size={14} aria-hidden />
                Show all tables
              </ButtonLink>
            }
            rule
            bare
          >
            {others.length === 0 ? (
              <p className="p-4 text-ink-2">
                {tables.length === 0
                  ? 'This bucket has no tables yet.'
                  : 'Every table has the encryption that is the default now.'}
              </p>
            ) : (
              <div className="table-scroll">
                <table aria-label="Tables with another key" className="stack-small">
                  <thead>
                    <tr>
                      <th scope="col">Table</th>
                      <th scope="col">Encryption</th>
                      <th scope="col">Key</th>
                    </tr>
                  </thead>
                  <tbody>
                    {others.map((table) => (
                      <tr key={table.arn}>
                        <td>
                          <Link
                            className="mono hover:underline"
                            href={routes.table(bucket.name, table.namespace, table.name)}
                          >
                            <span className="text-ink-3">{table.namespace}.</span>
                            {table.name}
                          </Link>
                        </td>
                        <td>
                          {table.encryption.ok ? (
                            <EncryptionBadge kind={table.encryption.data.kind} />
                          ) : (
                            <RefusedCell error={table.encryption.error} />
                          )}
                        </td>
                        <td>
                          {table.encryption.ok && table.encryption.data.keyId ? (
                            <KeyLink reference={table.encryption.data.keyId} aliases={names} />
                          ) : (
                            <span className="text-ink-3">none of yours</span>
                          )}
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )}
          </Card>
        </>
      }
      side={
        <>
          <Card title="Default for new tables">
            {!encryption.ok ? (
              <Failure title="The default could not be read" error={encryption.error} />
            ) : (
              <Facts>
                <Fact label="Encryption">
                  <EncryptionBadge kind={encryption.data.kind} />
                </Fact>
                {keyId ? (
                  <>
                    <Fact label="Key">
                      <KeyLink reference={keyId} aliases={names} />
                    </Fact>
                    <Fact label="Key ARN" oneLine>
                      <Arn value={keyId} />
                    </Fact>
                    <Fact label="Key state">
                      {keyState ? (
                        <KeyState state={keyState.state} plain />
                      ) : (
                        <span className="text-ink-3">not read</span>
                      )}
                    </Fact>
                    <Fact label="Key owner">
                      <span className="mono">{owner}</span>
                      <span className="text-ink-2">{owner === account ? 'this account' : 'another account'}</span>
                    </Fact>
                    <Fact label="Table keys">
                      On, one per table <Assumed>Lifetime assumed</Assumed>
                    </Fact>
                  </>
                ) : (
                  <Fact label="Key">
                    <span className="text-ink-3">none of yours</span>
                  </Fact>
                )}
              </Facts>
            )}
          </Card>
          <Alert tone="info" title="Changes apply to new tables only">
            A table keeps the encryption it was created with. To move to another key, create a new table and copy its
            rows.
          </Alert>
          <MaintenanceSummary aws={aws} bucket={bucket} tables={tables} />
          <KeyUseCard parents={[bucket.arn, ...tables.map(({ arn }) => arn)]} spared="Spared by table keys" />
          <Card title="Delete this bucket">
            <p className="mb-3 text-ink-2">
              Only an empty table bucket can be deleted: first its tables, then its namespaces.
            </p>
            <ConfirmButton
              label="Delete table bucket"
              unavailable={readOnly ?? (tables.length > 0 ? 'Delete its tables first' : undefined)}
              title={`Delete ${bucket.name}`}
              consequence={{
                title: 'The table bucket and its policy are gone',
                detail: 'The name becomes free. The key stays.',
              }}
              word={bucket.name}
              action={deleteBucket}
              input={{ arn: bucket.arn }}
              submit="Delete table bucket"
              target={target}
            />
          </Card>
        </>
      }
    />
  );
}
