/** The sessions of a requester: credentials, clients, and sessions of directory buckets, renewed by the world's clock. */

import { CreateSessionCommand, type S3Client } from '@aws-sdk/client-s3';
import type { S3TablesClient } from '@aws-sdk/client-s3tables';
import type { Requester } from './plan.ts';
import { type BorrowedCredentials, becomePrincipal, type UploadCredentials } from './principal.ts';
import type { UploadConnection } from './run.ts';
import { type Timed, timed } from './timed.ts';
import type { WorldTime } from './world-time.ts';

/** Who makes a request. */
export interface Actor {
  readonly s3: S3Client;
  readonly s3tables: S3TablesClient;
  /** Undefined: the connection's own. */
  readonly accessKeyId?: string;
}

/** Credentials of a session of a directory bucket, as the SDK asks for them. */
export interface BucketIdentity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

export type BucketIdentities = (bucket: string) => Promise<BucketIdentity>;

/** Sessions are renewed when this much of their life is left, in milliseconds of world time. */
const MARGIN = 60_000;

export interface Sessions {
  readonly principalArn: string;
  /** Access keys of all sessions so far. */
  readonly accessKeyIds: ReadonlySet<string>;
  /** The session that makes the turn; opened on first use, and anew when it is about to end. */
  actor(turn: number): Promise<Actor>;
  giveBack(): Promise<void>;
}

/** Opens the first session at once: rejects with the SDK's error when the principal can't be had. */
export async function openSessions(
  requester: Requester,
  runId: string,
  connection: UploadConnection,
  world: WorldTime,
  tell: (request: Timed & { readonly accessKeyId?: string }) => void,
): Promise<Sessions> {
  const accessKeyIds = new Set<string>();
  const borrowed: BorrowedCredentials[] = [];
  const clients: { destroy(): void }[] = [];
  const actors: (Promise<{ readonly actor: Actor; readonly expiresAt: number }> | undefined)[] = [];

  async function open(session: number) {
    const taken = await becomePrincipal(requester, session, runId, connection);
    borrowed.push(taken);
    const { credentials } = taken;
    if (credentials !== undefined) accessKeyIds.add(credentials.accessKeyId);
    const actor = makeActor(credentials);
    clients.push(actor.s3, actor.s3tables);
    return { actor, expiresAt: credentials?.expiresAt ?? Number.POSITIVE_INFINITY };
  }

  function makeActor(credentials: UploadCredentials | undefined): Actor {
    const sessions = new Map<string, Promise<BucketIdentity>>();
    const own = connection.clientsFor(credentials, async (bucket) => {
      const known = await sessions.get(bucket);
      if (known !== undefined && world.now() < known.expiration.getTime() - MARGIN) return known;
      const opened = openBucketSession(own.s3, bucket, (request) =>
        tell({ ...request, ...(credentials && { accessKeyId: credentials.accessKeyId }) }),
      ).then((identity) => {
        accessKeyIds.add(identity.accessKeyId);
        return identity;
      });
      sessions.set(bucket, opened);
      // The next request tries again.
      opened.catch(() => sessions.delete(bucket));
      return opened;
    });
    return { ...own, ...(credentials && { accessKeyId: credentials.accessKeyId }) };
  }

  const firstSession = open(0);
  actors[0] = firstSession;
  await firstSession;
  return {
    principalArn: borrowed[0]?.principalArn ?? '',
    accessKeyIds,
    async actor(turn) {
      const session = turn % requester.sessions;
      const known = await actors[session];
      if (known !== undefined && world.now() < known.expiresAt - MARGIN) return known.actor;
      const opened = open(session);
      actors[session] = opened;
      opened.catch(() => (actors[session] = undefined));
      return (await opened).actor;
    },
    async giveBack() {
      for (const client of clients) client.destroy();
      await Promise.all(borrowed.map((it) => it.giveBack().catch(() => undefined)));
    },
  };
}

async function openBucketSession(
  s3: S3Client,
  bucket: string,
  tell: (request: Timed) => void,
): Promise<BucketIdentity> {
  let made: BucketIdentity | undefined;
  let thrown: unknown;
  const request = await timed('CreateSession', async () => {
    try {
      const answer = await s3.send(new CreateSessionCommand({ Bucket: bucket }));
      made = {
        accessKeyId: answer.Credentials?.AccessKeyId ?? '',
        secretAccessKey: answer.Credentials?.SecretAccessKey ?? '',
        sessionToken: answer.Credentials?.SessionToken ?? '',
        expiration: answer.Credentials?.Expiration ?? new Date(0),
      };
      return answer;
    } catch (error) {
      thrown = error;
      throw error;
    }
  });
  tell(request);
  if (made === undefined) throw thrown;
  return made;
}
