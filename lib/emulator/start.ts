import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { isIP } from 'node:net';
import path from 'node:path';
import { ADMIN_PREFIX, createAdminInterface } from './admin/interface.ts';
import { adminRoutes } from './admin/routes.ts';
import { adminToken } from './admin/token.ts';
import type { CredentialLookup } from './authenticate.ts';
import { createAuthorizer } from './authorize.ts';
import { createCloudTrailService } from './cloudtrail/service.ts';
import type { ListenOptions } from './http.ts';
import { listen } from './http.ts';
import { createIamService } from './iam/service.ts';
import { createIcebergService } from './iceberg/service.ts';
import { createKmsService } from './kms/service.ts';
import { answerCors } from './s3/cors/answer-cors.ts';
import { answerForms } from './s3/form/answer-form.ts';
import { createS3Service } from './s3/service.ts';
import { createS3TablesService } from './s3tables/service.ts';
import { createServer } from './server.ts';
import type { Service, Surroundings } from './service.ts';
import { createSnapshots, SNAPSHOT_LIMIT } from './snapshot/snapshot.ts';
import { StartError } from './storage/errors.ts';
import { makeDirectory, openStorage } from './storage/open.ts';
import { createStsService } from './sts/service.ts';
import { openVault } from './vault/open.ts';
import type { ServiceName } from './wire/index.ts';
import { checkStart, openWorld, WORLD_TABLES } from './world/open.ts';

export interface EmulatorOptions extends ListenOptions {
  /** Directory of all state; made when it is not there. */
  readonly dataDir: string;
  readonly environment?: NodeJS.ProcessEnv;
  readonly log?: (message: string, error: unknown) => void;
}

export interface Emulator {
  /** `http://127.0.0.1:4566` */
  readonly url: string;
  readonly port: number;
  readonly adminToken: string;
  readonly services: Readonly<Record<ServiceName, Service>>;
  /** Lets requests under way finish (at most five seconds), then closes the databases. */
  close(): Promise<void>;
}

const GRACE_MS = 5000;
const VERSION = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

/**
 * Opens storage, wires the services together and listens.
 * Rejects with StartError (one sentence for a person) or the system's error when the address can't be had; then nothing
 * has changed.
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const log = options.log ?? ((message, error) => console.error(message, error));
  const undo = prepareDirectory(options.dataDir);
  const storage = openStorage({ dataDir: options.dataDir });
  try {
    return await serve(options, storage, log);
  } catch (error) {
    // Only here: until its lock was taken the directory may have become another emulator's.
    await storage.close();
    undo();
    throw error;
  }
}

/** Makes the data directory where there is none. Gives how to leave it as it was: not there, empty, or untouched. */
function prepareDirectory(dataDir: string): () => void {
  let made: string | undefined;
  try {
    made = makeDirectory(dataDir);
  } catch (error) {
    throw new StartError(`The data directory ${dataDir} can't be made: ${(error as Error).message}.`, { cause: error });
  }
  if (made !== undefined) return () => rmSync(made, { recursive: true, force: true });
  if (readdirSync(dataDir).length > 0) return () => undefined;
  return () => {
    for (const name of readdirSync(dataDir)) rmSync(path.join(dataDir, name), { recursive: true, force: true });
  };
}

async function serve(
  options: EmulatorOptions,
  storage: ReturnType<typeof openStorage>,
  log: NonNullable<EmulatorOptions['log']>,
): Promise<Emulator> {
  const { state, bodies, audit } = storage;
  const environment = options.environment ?? process.env;
  const world = openWorld(state);
  const vault = openVault({ dataDir: options.dataDir, environment });
  const ports = {} as { -readonly [Name in keyof Surroundings['ports']]: Surroundings['ports'][Name] };
  const surroundings: Surroundings = {
    state,
    bodies,
    vault,
    world,
    authorizer: createAuthorizer(() => ports.identity),
    trail: {
      append: (accountId, region, now, event) => audit.appendEvent(accountId, region, now, event),
      request: (record) => audit.append(record),
    },
    ports,
  };
  const iam = createIamService(surroundings);
  ports.identity = iam.port;
  const kms = createKmsService(surroundings);
  ports.kms = kms.port;
  const s3tables = createS3TablesService(surroundings, (error) => log('scheduled maintenance broke off', error));
  ports.tables = s3tables.port;
  ports.catalog = s3tables.catalog;
  ports.metadataTables = s3tables.metadata;
  const s3 = createS3Service(surroundings, iam.sessions);
  ports.warehouses = s3.warehouses;
  const services: Readonly<Record<ServiceName, Service>> = {
    kms: kms.service,
    s3: s3.service,
    s3tables: s3tables.service,
    iceberg: createIcebergService(surroundings),
    iam: iam.service,
    sts: createStsService(surroundings, iam.sessions),
    cloudtrail: createCloudTrailService(surroundings, audit),
  };
  await state.settled();
  await s3.sweep();
  s3.resume();

  const credentials: CredentialLookup = {
    credential: (accessKeyId) => s3.sessions.credential(accessKeyId) ?? iam.port.credential(accessKeyId),
    now: (accountId) => world.now(accountId),
  };
  const answerAws = createServer({
    services,
    credentials,
    state,
    audit,
    world,
    log,
  });
  const empty = (accountId: string) => {
    for (const service of Object.values(services)) service.reset(accountId);
  };
  const snapshots = createSnapshots({
    state,
    bodies,
    vault,
    services: Object.values(services),
    tables: WORLD_TABLES,
    now: (accountId) => world.now(accountId),
    empty(accountId) {
      empty(accountId);
      world.reset(accountId);
    },
    async changed(accountId) {
      world.forget(accountId);
      await audit.forget(accountId);
    },
  });
  const answer = answerCors((bucket) => s3.corsOf(bucket), answerForms(credentials, answerAws));
  const token = adminToken(options.dataDir, environment);
  const answerAdmin = createAdminInterface({
    token,
    allowedHosts: new Set(['127.0.0.1', 'localhost', '[::1]', options.host.toLowerCase()]),
    settled: () => state.settled(),
    bodyLimits: { 'POST snapshot': SNAPSHOT_LIMIT },
    routes: adminRoutes({
      version: VERSION,
      world,
      audit,
      replicated: () => s3.replicated(),
      runMaintenance: (input) => s3tables.runMaintenance(input),
      async afterAdvance() {
        await s3tables.schedule.settled();
        await s3.journaled();
      },
      snapshots,
      setOrganizationPolicies: (accountId, policies) => iam.setOrganizationPolicies(accountId, policies),
      getOrganizationPolicies: (accountId) => iam.getOrganizationPolicies(accountId),
      async reset(accountId, start) {
        checkStart(start);
        state.write(() => empty(accountId));
        world.reset(accountId, start);
        await audit.forget(accountId);
      },
    }),
  });
  const listener = await listen(options, (request) =>
    request.rawPath.startsWith(ADMIN_PREFIX) ? answerAdmin(request) : answer(request),
  );
  return {
    url: `${options.tls ? 'https' : 'http'}://${isIP(options.host) === 6 ? `[${options.host}]` : options.host}:${listener.port}`,
    port: listener.port,
    adminToken: token,
    services,
    async close() {
      await listener.close(GRACE_MS);
      await s3tables.schedule.stop();
      await s3.stop();
      await storage.close();
    },
  };
}
