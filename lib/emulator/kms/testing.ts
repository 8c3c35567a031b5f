/** A KMS of a test's own, over real storage, vault, world and evaluator; only identities are a stub. Tests only. */

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parsePolicy } from '../../access/index.ts';
import type { Policy } from '../../access/policy.ts';
import type { Principal } from '../../access/types.ts';
import { createAuthorizer } from '../authorize.ts';
import type { Caller, RequestContext, TrailEvent } from '../context.ts';
import type { IdentityPort } from '../ports.ts';
import { openStorage } from '../storage/open.ts';
import { openVault } from '../vault/open.ts';
import { AwsError } from '../wire/error.ts';
import type { Operation } from '../wire/operation.ts';
import { openWorld } from '../world/open.ts';
import { createKmsService } from './service.ts';

export const ACCOUNT = '111122223333';
export const OTHER_ACCOUNT = '444455556666';
export const REGION = 'us-east-1';
export const DAY = 86_400;

const callerOf = (principal: Principal): Caller => ({ principal, accessKeyId: 'AKIATEST', requester: principal.arn });

export const root = (accountId = ACCOUNT): Caller =>
  callerOf({ kind: 'AccountRoot', arn: `arn:aws:iam::${accountId}:root`, accountId, userId: accountId });

export const user = (name: string, accountId = ACCOUNT): Caller =>
  callerOf({ kind: 'IAMUser', arn: `arn:aws:iam::${accountId}:user/${name}`, accountId, userId: `AIDA${name}` });

export const session = (role: string, name = 'session', accountId = ACCOUNT): Caller =>
  callerOf({
    kind: 'AssumedRole',
    arn: `arn:aws:sts::${accountId}:assumed-role/${role}/${name}`,
    accountId,
    userId: `AROA${role}:${name}`,
    roleArn: `arn:aws:iam::${accountId}:role/${role}`,
  });

export const service = (name: string): Caller =>
  callerOf({ kind: 'AWSService', arn: name, accountId: '', userId: name, serviceName: name });

/** A policy that allows actions on everything. */
export const allowing = (...actions: string[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] });

/** A key policy of statements, each `Allow` on `*` unless it says otherwise. */
export const keyPolicy = (...statements: object[]): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map((statement) => Object.assign({ Effect: 'Allow', Resource: '*' }, statement)),
  });

export interface Refusal {
  readonly code: string;
  readonly status: number;
  readonly message: string;
}

export type Kms = ReturnType<typeof startKms>;

export function startKms() {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'kms-test-'));
  const storage = openStorage({ dataDir });
  let machineNow = Date.parse('2026-11-21T00:00:00Z');
  const world = openWorld(storage.state, () => machineNow);
  /** Identity policies by principal ARN (of a session: of its role). */
  const identityPolicies = new Map<string, Policy>();
  const everything = parsePolicy(allowing('*'));
  const missing = new Set<string>();
  const appended: TrailEvent[] = [];
  const deletions: ((arn: string, uniqueId: string) => void)[] = [];
  const identity: IdentityPort = {
    credential: () => undefined,
    policiesOf: ({ principal }) => {
      const own =
        principal.kind === 'AccountRoot' ? everything : identityPolicies.get(principal.roleArn ?? principal.arn);
      return { identity: own === undefined ? [] : [{ source: 'identity', policy: own }] };
    },
    resourceControlOf: () => undefined,
    tagsOf: () => ({}),
    principalExists: (arn) => !missing.has(arn),
    uniqueIdOf: () => undefined,
    onPrincipalDeleted: (listener) => deletions.push(listener),
  };
  const unused = () => {
    throw new Error('KMS uses no other service');
  };
  const surroundings = {
    state: storage.state,
    bodies: storage.bodies,
    vault: openVault({ dataDir }),
    world,
    authorizer: createAuthorizer(() => identity),
    trail: {
      append: (_account: string, _region: string, _now: number, event: TrailEvent) => appended.push(event),
      request: () => {},
    },
    ports: {
      identity,
      get kms() {
        return unused();
      },
      get tables() {
        return unused();
      },
      get catalog() {
        return unused();
      },
      get metadataTables() {
        return unused();
      },
      get warehouses() {
        return unused();
      },
    },
  };
  const { service: kmsService, port } = createKmsService(surroundings);

  function context(caller: Caller = root(), region = REGION): RequestContext {
    const accountId = caller.principal.accountId || ACCOUNT;
    return {
      requestId: randomUUID(),
      service: 'kms',
      operation: '',
      caller,
      accountId,
      region,
      now: world.now(accountId),
      sourceIp: '192.0.2.1',
      userAgent: 'test',
      secureTransport: true,
      authType: 'header',
      signatureAge: 0,
      host: '127.0.0.1',
      headers: {},
      trail: { decisions: [], keyOperations: [], events: [] },
    };
  }

  /** Calls an operation as WIRE would, with input that is taken to be checked. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- a test names the output it expects
  async function run<Output = never>(name: string, input: object, where: RequestContext = context()): Promise<Output> {
    const operation = kmsService.operations[name];
    if (operation === undefined) throw new Error(`there is no ${name}`);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the table has forgotten the operations' types
    return (operation as unknown as Operation<object, Output, RequestContext>)(input, where);
  }

  /** What an operation is refused with; fails when it succeeds. */
  async function refusal(name: string, input: object, where?: RequestContext): Promise<Refusal> {
    return refused(async () => run(name, input, where));
  }

  return {
    world,
    port,
    appended,
    service: kmsService,
    state: storage.state,
    context,
    run,
    refusal,
    as: (caller: Caller, region?: string) => context(caller, region),
    grantIdentity: (caller: Caller, policy: string) =>
      identityPolicies.set(caller.principal.roleArn ?? caller.principal.arn, parsePolicy(policy)),
    removePrincipal: (arn: string) => missing.add(arn),
    /** As IAM tells of a user or role that was deleted. */
    deletePrincipal: (arn: string, uniqueId: string) => {
      missing.add(arn);
      for (const listener of deletions) listener(arn, uniqueId);
    },
    advance: (seconds: number, accountId = ACCOUNT) => world.advance(accountId, seconds),
    tick: (milliseconds: number) => {
      machineNow += milliseconds;
    },
    async close() {
      await storage.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** What `work` throws as KMS's error; fails when it does not throw one. */
export async function refused(work: () => unknown): Promise<Refusal> {
  try {
    await work();
  } catch (error) {
    if (error instanceof AwsError) return { code: error.code, status: error.status, message: error.message };
    throw error;
  }
  throw new Error('The call was not refused.');
}
