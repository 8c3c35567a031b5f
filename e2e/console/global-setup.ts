/** Starts emulator and console as `npm start` does, on free ports with an empty data directory, for all browser tests. */

import { ensureBuilt } from '../../bin/build.mjs';
import { makeDataDir, removeDataDir, startConsole, startEmulator } from './processes.ts';

export default async function setup(): Promise<() => Promise<void>> {
  await ensureBuilt();
  const dataDir = makeDataDir();
  const emulator = await startEmulator({ dataDir });
  const server = await startConsole({ emulator });
  process.env['CONSOLE_URL'] = server.url;
  process.env['TEST_EMULATOR_URL'] = emulator.url;
  process.env['TEST_ADMIN_TOKEN'] = emulator.adminToken;
  return async () => {
    await Promise.all([server.stop(), emulator.stop()]);
    removeDataDir(dataDir);
  };
}
