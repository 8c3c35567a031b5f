import 'server-only';
import { cache } from 'react';
import { listAliases } from '@/lib/aws/aliases';
import { listBuckets } from '@/lib/aws/buckets';
import { listDirectoryBuckets } from '@/lib/aws/directory-buckets';
import { readClock, readSettings } from '@/lib/aws/emulator';
import { listKeyIds, listKeys } from '@/lib/aws/keys';
import { callerIdentity } from '@/lib/aws/principals';
import { workplace } from '@/lib/aws/session';
import { listTableBuckets } from '@/lib/aws/table-buckets';

/** Reads that layout and pages share: each runs once for a rendered page. */

export const tableBuckets = cache(async () => listTableBuckets((await workplace()).aws));
export const directoryBuckets = cache(async () => listDirectoryBuckets((await workplace()).aws));
export const generalBuckets = cache(async () => listBuckets((await workplace()).aws));
export const keyIds = cache(async () => listKeyIds((await workplace()).aws));
export const keysWithDetails = cache(async () => listKeys((await workplace()).aws));
export const aliases = cache(async () => listAliases((await workplace()).aws));

/** World time in milliseconds; the machine's where no emulator is asked. */
export const worldNow = cache(async (): Promise<number> => {
  const { aws, connection } = await workplace();
  if (connection.kind !== 'emulator') return Date.now();
  const clock = await readClock(aws);
  return clock.ok ? Date.parse(clock.data.now) : Date.now();
});

/** The account behind the connection. */
export const ownAccount = cache(async (): Promise<string> => {
  const { aws, connection } = await workplace();
  if (connection.kind === 'emulator') return connection.accountId;
  const identity = await callerIdentity(aws);
  return identity.ok ? identity.data.accountId : '';
});

/** "in the emulator", "in real AWS": every button that writes says where. */
export const writeTarget = cache(async (): Promise<string> => {
  const { connection, simulated } = await workplace();
  if (connection.kind === 'emulator') return 'in the emulator';
  if (simulated) return 'at the endpoint';
  return connection.kind === 'aws' ? 'in real AWS' : 'at the real endpoint';
});

/** Why nothing can be written now; undefined where it can. */
export const readOnlyReason = cache(
  async (): Promise<string | undefined> =>
    (await workplace()).mayWrite ? undefined : 'This is real and read-only until you unlock writing',
);

/** AWS says that a grant is known everywhere within five minutes. */
const GRANT_DELAY_SECONDS = 300;

/** Seconds until a new grant counts without its token: the world's own setting in the emulator. */
export const grantDelay = cache(async (): Promise<number> => {
  const { aws, connection } = await workplace();
  if (connection.kind !== 'emulator') return GRANT_DELAY_SECONDS;
  const settings = await readSettings(aws);
  const delay = settings.ok
    ? settings.data.find((setting) => setting.name === 'grantPropagationDelay')?.value
    : undefined;
  return typeof delay === 'number' ? delay : GRANT_DELAY_SECONDS;
});
