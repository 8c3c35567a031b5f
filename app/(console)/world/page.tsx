import type { Metadata } from 'next';
import { EmulatorActions } from '@/components/shell/environment-actions';
import { WorldClock } from '@/components/shell/world-clock';
import { Assumed, Badge } from '@/components/ui/badge';
import { formatDuration } from '@/components/ui/format';
import { Card, Fact, Facts, PageHeader, Split } from '@/components/ui/layout';
import { Failure } from '@/components/ui/states';
import { SettingRow } from '@/components/world/setting-row';
import { readClock, readHealth, readSettings } from '@/lib/aws/emulator';
import { workplace } from '@/lib/aws/session';
import type { WorldSetting } from '@/lib/contract/world';
import { LoadWorldButton } from '../load-world-button';

export const metadata: Metadata = { title: 'World' };

export default async function WorldPage() {
  const { aws, connection } = await workplace();
  const [clock, settings, health] = await Promise.all([readClock(aws), readSettings(aws), readHealth(aws)]);
  return (
    <>
      <PageHeader
        title="World"
        sub="The clock and the assumptions of this account in the emulator. Other accounts have worlds of their own."
      />
      <Split
        main={
          settings.ok ? (
            <>
              <SettingsCard
                title="Assumptions and settings"
                settings={settings.data.filter((setting) => !setting.name.startsWith('fault'))}
                count={`${settings.data.filter((setting) => !setting.published && !setting.name.startsWith('fault')).length} that AWS does not publish`}
              />
              <SettingsCard
                title="Faults"
                count="to see what a client does"
                settings={settings.data.filter((setting) => setting.name.startsWith('fault'))}
              />
            </>
          ) : (
            <Card bare>
              <Failure title="The settings could not be read" error={settings.error} />
            </Card>
          )
        }
        side={
          <>
            <Card title="World clock">
              {clock.ok ? (
                <>
                  <p className="text-xl font-semibold tracking-tight">
                    <WorldClock now={clock.data.now} />
                  </p>
                  <p className="mb-3 text-ink-2">
                    {clock.data.ahead === 0
                      ? 'As the clock of this machine.'
                      : `${formatDuration(clock.data.ahead)} ahead of this machine.`}
                  </p>
                  {connection.kind === 'emulator' && (
                    <div className="env-sim-plain flex flex-wrap gap-2">
                      <EmulatorActions accountId={connection.accountId} />
                    </div>
                  )}
                </>
              ) : (
                <Failure title="The clock could not be read" error={clock.error} />
              )}
            </Card>
            <Card title="What the marks mean">
              <ul className="grid gap-2 text-ink-2">
                <li>
                  <Assumed /> AWS publishes nothing. The value is this project's best reading and can be changed.
                </li>
                <li>
                  <Badge tone="good">Published</Badge> The default is what AWS says.
                </li>
              </ul>
            </Card>
            <Card title="Emulator">
              <Facts>
                <Fact label="Address">
                  <span className="mono wrap-anywhere">{aws.endpoint ?? 'none'}</span>
                </Fact>
                <Fact label="Version">{health.ok ? health.data.version : 'not read'}</Fact>
              </Facts>
              <div className="mt-3 flex flex-wrap gap-2">
                <LoadWorldButton />
              </div>
            </Card>
          </>
        }
      />
    </>
  );
}

function SettingsCard({ title, count, settings }: { title: string; count: string; settings: readonly WorldSetting[] }) {
  return (
    <Card title={title} count={count} rule bare>
      <ul>
        {settings.map((setting) => (
          <SettingRow key={`${setting.name}:${String(setting.value)}`} setting={setting} />
        ))}
      </ul>
    </Card>
  );
}
