import { randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * The token of the emulator's own interface: EMULATOR_ADMIN_TOKEN, else the file `admin-token` in the data directory,
 * made with mode 0600 at first start.
 */
export function adminToken(dataDir: string, environment: NodeJS.ProcessEnv = process.env): string {
  const given = environment['EMULATOR_ADMIN_TOKEN'];
  if (given !== undefined && given !== '') return given;
  const file = path.join(dataDir, 'admin-token');
  try {
    const kept = readFileSync(file, 'utf8').trim();
    if (kept !== '') return kept;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const token = randomBytes(32).toString('base64url');
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
  return token;
}

/** Whether an Authorization header bears the token; takes as long for a wrong one as for the right one. */
export function bearsToken(header: string | undefined, token: string): boolean {
  const sent = Buffer.from(header ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return sent.length === wanted.length && timingSafeEqual(sent, wanted);
}
