/** What the operations of S3 share. */

import type { SessionPort } from '../ports.ts';
import type { Surroundings } from '../service.ts';
import { Access } from './access.ts';
import { Buckets } from './buckets/store.ts';
import { DataKeys } from './encryption/data-keys.ts';
import { Gate } from './gate.ts';
import { Journal } from './metadata/journal.ts';
import { BodyReader } from './objects/body.ts';
import { Objects } from './objects/rows.ts';
import { Uploads } from './objects/uploads.ts';
import { Versions } from './objects/versions.ts';
import { RenameTokens } from './operations/rename-tokens.ts';
import { ReplicationQueue } from './replication/queue.ts';
import { replicate } from './replication/replicate.ts';
import { Sessions } from './sessions/store.ts';
import { Zonal } from './sessions/zonal.ts';

export interface S3Parts {
  readonly surroundings: Surroundings;
  readonly buckets: Buckets;
  readonly objects: Objects;
  readonly versions: Versions;
  readonly uploads: Uploads;
  readonly reader: BodyReader;
  readonly keys: DataKeys;
  readonly sessions: Sessions;
  readonly access: Access;
  readonly zonal: Zonal;
  readonly gate: Gate;
  readonly replication: ReplicationQueue;
  readonly renames: RenameTokens;
  readonly journal: Journal;
}

/** @param roles IAM's side of role sessions: replication acts as a role */
export function createParts(surroundings: Surroundings, roles: SessionPort): S3Parts {
  const { state, bodies, vault } = surroundings;
  const buckets = new Buckets(state);
  const access = new Access(surroundings, buckets);
  const keys = new DataKeys(surroundings);
  const objects = new Objects(state, bodies);
  const sessions = new Sessions(state, vault);
  const zonal = new Zonal(surroundings, access, sessions, keys);
  const parts: S3Parts = {
    surroundings,
    buckets,
    objects,
    versions: new Versions(state, objects),
    uploads: new Uploads(state, bodies),
    reader: new BodyReader(state, bodies),
    keys,
    sessions,
    access,
    zonal,
    gate: new Gate(access, zonal),
    renames: new RenameTokens(),
    journal: new Journal(surroundings, buckets),
    replication: new ReplicationQueue(surroundings, (job) => replicate(parts, roles, job)),
  };
  return parts;
}
