import 'server-only';
import { createHash, timingSafeEqual } from 'node:crypto';
import { getIronSession, type SessionOptions } from 'iron-session';
import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import { type Aws, type Connection, connect, DEFAULT_CONNECTION, isReal } from './connection.ts';
import { consolePassword, listensOnLoopback, secureCookies, sessionSecret } from './env.ts';
import { savedConnection } from './saved-connections.ts';
import { WORLD_HEADER } from './world-parameter.ts';

/** What the sealed cookie holds. */
export interface ConsoleSession {
  connection?: Connection;
  /** Instead: the id of a connection that holds secrets and is kept on this machine. */
  savedConnection?: string;
  /** Machine time in milliseconds until which a real connection may be written to. */
  writingUntil?: number;
  /** Fingerprint of the password that was given: a changed password signs everybody out. */
  signedInWith?: string;
}

/** How long "Unlock writing" lasts on a real connection. */
export const WRITING_MINUTES = 15;

export function sessionOptions(): SessionOptions {
  return {
    password: sessionSecret(),
    cookieName: 'sse-kms-console',
    ttl: 60 * 60 * 24 * 30,
    cookieOptions: { httpOnly: true, sameSite: 'strict', secure: secureCookies(), path: '/' },
  };
}

/** The session of this request; `save()` works in server actions and route handlers only. */
export async function openSession() {
  return getIronSession<ConsoleSession>(await cookies(), sessionOptions());
}

/** Whether visitors must sign in: always where other machines can reach the console, and where a password is set. */
export function passwordDemanded(): boolean {
  return consolePassword() !== undefined || !listensOnLoopback();
}

function fingerprint(password: string): string {
  return createHash('sha256').update('console-password\0').update(password).digest('base64url');
}

/** Compares in constant time. False where no password is set at all. */
export function passwordIsRight(given: string): boolean {
  const wanted = consolePassword();
  if (wanted === undefined) return false;
  return timingSafeEqual(Buffer.from(fingerprint(given)), Buffer.from(fingerprint(wanted)));
}

/** Marks the session as signed in; the caller saves it. */
export function markSignedIn(session: ConsoleSession): void {
  const password = consolePassword();
  if (password !== undefined) session.signedInWith = fingerprint(password);
}

/** Whether this session may see anything. */
export function isSignedIn(session: ConsoleSession): boolean {
  if (!passwordDemanded()) return true;
  const password = consolePassword();
  return password !== undefined && session.signedInWith === fingerprint(password);
}

/** What a page or action works with: the connection, its clients, and whether it may write. */
export interface Workplace {
  readonly aws: Aws;
  readonly connection: Connection;
  /** The embedded emulator, or an endpoint that a person declared a simulation. */
  readonly simulated: boolean;
  /** The account in the address of this tab, where there is one. */
  readonly world?: string;
  readonly mayWrite: boolean;
  readonly writingUntil?: number;
}

/** The connection of this request. Sends a visitor who has not signed in to the login page. */
export const workplace = cache(async (): Promise<Workplace> => {
  const session = await openSession();
  if (!isSignedIn(session)) redirect('/login');
  const world = (await headers()).get(WORLD_HEADER);
  const saved = session.savedConnection ? await savedConnection(session.savedConnection) : undefined;
  const connection: Connection = world
    ? { kind: 'emulator', accountId: world, region: 'us-east-1' }
    : (saved ?? session.connection ?? DEFAULT_CONNECTION);
  const writingUntil = session.writingUntil ?? 0;
  const real = isReal(connection);
  const mayWrite = !real || writingUntil > Date.now();
  return {
    aws: await connect(connection, !mayWrite),
    connection,
    simulated: !real,
    ...(world ? { world } : {}),
    mayWrite,
    ...(real && writingUntil > Date.now() ? { writingUntil } : {}),
  };
});
