import type { Metadata } from 'next';
import { cookies } from 'next/headers';
import { NuqsAdapter } from 'nuqs/adapters/next/app';
import { type ReactNode, Suspense } from 'react';
import { stepHref } from '@/components/demos/places';
import { Flashes, FlashProvider } from '@/components/flash/flash';
import { EnvironmentBand } from '@/components/shell/environment-band';
import { known, readLists, THEMES } from '@/components/shell/preferences';
import { SideNav } from '@/components/shell/side-nav';
import { TopBar } from '@/components/shell/top-bar';
import { ListPreferencesProvider } from '@/components/ui/list/preferences';
import { runs } from '@/lib/aws/demos';
import { readClock } from '@/lib/aws/emulator';
import { callerIdentity } from '@/lib/aws/principals';
import { workplace } from '@/lib/aws/session';
import { BucketCount, DirectoryBucketCount, FindingCount, KeyCount, TableBucketCount } from './counts';

/** Title and icon carry the same mark as the band: what is real says so in every tab. */
export async function generateMetadata(): Promise<Metadata> {
  const { simulated, connection } = await workplace();
  const real = connection.kind === 'aws' ? 'real AWS' : 'real endpoint';
  const suffix = simulated ? 'SSE-KMS Console' : `SSE-KMS Console, ${real}`;
  return {
    title: { template: `%s · ${suffix}`, default: suffix },
    icons: { icon: { url: simulated ? '/icon.svg' : '/icon-real.svg', type: 'image/svg+xml' } },
  };
}

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const jar = await cookies();
  const counts = {
    tableBuckets: counted(<TableBucketCount />),
    directoryBuckets: counted(<DirectoryBucketCount />),
    buckets: counted(<BucketCount />),
    keys: counted(<KeyCount />),
    findings: counted(<FindingCount />),
  };
  return (
    <NuqsAdapter>
      <FlashProvider>
        <a className="skip-link" href="#main">
          Skip to main content
        </a>
        <header>
          <Band />
          <TopBar
            counts={counts}
            theme={known(jar.get('console-theme')?.value, THEMES, 'system')}
            shortcuts={jar.get('console-shortcuts')?.value !== 'off'}
          />
        </header>
        <div className="frame">
          <SideNav counts={counts} collapsed={jar.get('console-nav')?.value === 'collapsed'} />
          <main id="main" tabIndex={-1}>
            <Flashes />
            <ListPreferencesProvider initial={readLists(jar.get('console-lists')?.value)}>
              {children}
            </ListPreferencesProvider>
          </main>
        </div>
      </FlashProvider>
    </NuqsAdapter>
  );
}

function counted(count: ReactNode) {
  return <Suspense fallback={null}>{count}</Suspense>;
}

async function Band() {
  const place = await workplace();
  const [identity, clock] = await Promise.all([
    place.connection.kind === 'emulator' ? undefined : callerIdentity(place.aws),
    place.connection.kind === 'emulator' ? readClock(place.aws) : undefined,
  ]);
  const accountId =
    place.connection.kind === 'emulator'
      ? place.connection.accountId
      : identity?.ok
        ? identity.data.accountId
        : 'not read';
  const demo = place.world === undefined ? undefined : runs.current(place.world);
  return (
    <EnvironmentBand
      place={place}
      accountId={accountId}
      signedInAs={identity?.ok ? identity.data.arn : 'not read'}
      clock={clock?.ok ? clock.data.now : undefined}
      standing={clock?.ok ? clock.data.standing : undefined}
      demo={demo && stepHref(demo.scenario.id, demo.played, { world: accountId, speed: 0, notes: true })}
    />
  );
}
