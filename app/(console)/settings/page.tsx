import type { Metadata } from 'next';
import { cookies } from 'next/headers';
import { AppearanceForm } from '@/components/settings/appearance-form';
import { ConnectionForm } from '@/components/settings/connection-form';
import { DENSITIES, known, THEMES } from '@/components/shell/preferences';
import { Alert } from '@/components/ui/alert';
import { ButtonLink } from '@/components/ui/button';
import { Card, Fact, Facts, PageHeader, Split } from '@/components/ui/layout';
import { Principal } from '@/components/ui/principal';
import type { Connection } from '@/lib/aws/connection';
import { emulatorUrl } from '@/lib/aws/env';
import { callerIdentity } from '@/lib/aws/principals';
import { workplace } from '@/lib/aws/session';

/** What the form may be filled with: a secret never goes back to a browser. */
function withoutSecrets(connection: Connection): Connection {
  if (connection.kind !== 'endpoint') return connection;
  const { sessionToken: _token, ...rest } = connection;
  return { ...rest, secretAccessKey: '' };
}

export const metadata: Metadata = { title: 'Settings' };

export default async function SettingsPage() {
  const [jar, { aws, connection }] = await Promise.all([cookies(), workplace()]);
  const identity = await callerIdentity(aws);
  const shown = withoutSecrets(connection);
  return (
    <>
      <PageHeader title="Settings" sub="Where this console points, and how it looks. Kept in this browser only." />
      <Split
        main={
          <Card title="Connection">
            <ConnectionForm key={JSON.stringify(shown)} connection={shown} emulator={emulatorUrl()} />
          </Card>
        }
        side={
          <>
            <Card title="Now">
              {identity.ok ? (
                <Facts>
                  <Fact label="Account">
                    <span className="mono">{identity.data.accountId}</span>
                  </Fact>
                  <Fact label="Signed in as" oneLine>
                    <Principal principal={identity.data.arn} account={identity.data.accountId} />
                  </Fact>
                  <Fact label="Region">
                    <span className="mono">{connection.region}</span>
                  </Fact>
                  <Fact label="Endpoint">
                    <span className="mono wrap-anywhere">{aws.endpoint ?? 'AWS'}</span>
                  </Fact>
                </Facts>
              ) : (
                <Alert tone="bad" title="The connection does not work">
                  {identity.error.message}
                  <span className="mono block text-ink-3">{identity.error.code}</span>
                </Alert>
              )}
            </Card>
            <Card title="Permissions">
              <p className="mb-3 text-ink-2">
                The smallest IAM policies with which this console can read an account, or change it too.
              </p>
              <ButtonLink href="/settings/permissions">Show the policies</ButtonLink>
            </Card>
            <Card title="Appearance">
              <AppearanceForm
                theme={known(jar.get('console-theme')?.value, THEMES, 'system')}
                density={known(jar.get('console-density')?.value, DENSITIES, 'default')}
                shortcuts={jar.get('console-shortcuts')?.value !== 'off'}
              />
            </Card>
          </>
        }
      />
    </>
  );
}
