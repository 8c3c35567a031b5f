/** A small world for the tests of IAM and STS: real storage and vault in a directory of their own, a clock that obeys. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthorizer } from '../authorize.ts';
import type { Caller, RequestContext } from '../context.ts';
import { createIamService, type IamParts } from '../iam/service.ts';
import type { Service, Surroundings } from '../service.ts';
import { openStorage } from '../storage/open.ts';
import { createStsService } from '../sts/service.ts';
import { openVault } from '../vault/open.ts';
import { AwsError } from '../wire/error.ts';
import { openWorld } from '../world/open.ts';

export const ACCOUNT = '111122223333';

/** Members of an answer, however deep, for tests that need only some. */
export type Answer = Readonly<Record<string, unknown>>;

export interface TestIdentities {
  readonly iam: IamParts;
  readonly sts: Service;
  readonly surroundings: Surroundings;
  /** Credentials that must be there. */
  caller(accessKeyId?: string): Caller;
  /** Calls an operation of IAM, as the root user unless said otherwise. */
  call(operation: string, input?: object, caller?: Caller, conditions?: Partial<RequestContext>): unknown;
  assume(input: object, caller?: Caller): { accessKeyId: string; answer: Answer };
  /** The refusal of an operation as one line. */
  refusal(operation: string, input?: object, caller?: Caller): string;
  advance(seconds: number): void;
  /** Context of the last call. */
  last(): RequestContext;
  close(): Promise<void>;
}

export function openIdentities(): TestIdentities {
  const dataDir = mkdtempSync(join(tmpdir(), 'identities-'));
  const storage = openStorage({ dataDir });
  const world = openWorld(storage.state);
  const surroundings: Surroundings = {
    state: storage.state,
    bodies: storage.bodies,
    vault: openVault({ dataDir }),
    world,
    authorizer: createAuthorizer(() => iam.port),
    trail: { append() {}, request() {} },
    get ports(): never {
      throw new Error('no other service is here');
    },
  };
  const iam = createIamService(surroundings);
  const sts = createStsService(surroundings, iam.sessions);
  let context: RequestContext | undefined;

  const caller = (accessKeyId = 'test'): Caller => {
    const found = iam.port.credential(accessKeyId);
    if (found === undefined) throw new Error(`no credential ${accessKeyId}`);
    return found.caller;
  };
  const call: TestIdentities['call'] = (operation, input = {}, by = caller(), more = {}) => {
    const service = sts.operations[operation] === undefined ? iam.service : sts;
    const run = service.operations[operation];
    if (run === undefined) throw new Error(`no operation ${operation}`);
    context = contextOf(service, operation, by, { now: world.now(by.principal.accountId), ...more });
    // The table's type says `never`, because each operation has an input type of its own.
    return Reflect.apply(run, undefined, [input, context]);
  };

  return {
    iam,
    sts,
    surroundings,
    caller,
    call,
    assume(input, by) {
      const answer = members(call('AssumeRole', { RoleSessionName: 'session', ...input }, by));
      return { accessKeyId: String(members(answer['Credentials'])['AccessKeyId']), answer };
    },
    refusal(operation, input, by) {
      try {
        call(operation, input, by);
      } catch (error) {
        if (error instanceof AwsError) return `${error.code} ${error.status} ${error.message}`;
        throw error;
      }
      throw new Error(`${operation} was not refused`);
    },
    advance: (seconds) => void world.advance(ACCOUNT, seconds),
    last() {
      if (context === undefined) throw new Error('nothing was called');
      return context;
    },
    async close() {
      await storage.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** An answer as an object of unknown members. */
export function members(value: unknown): Answer {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function contextOf(service: Service, operation: string, caller: Caller, more: Partial<RequestContext>): RequestContext {
  return {
    requestId: 'request',
    service: service.name,
    operation,
    caller,
    accountId: caller.principal.accountId,
    region: 'us-east-1',
    now: 0,
    sourceIp: '127.0.0.1',
    userAgent: 'test',
    secureTransport: true,
    authType: 'header',
    signatureAge: 0,
    host: '127.0.0.1',
    headers: {},
    trail: { decisions: [], keyOperations: [], events: [] },
    ...more,
  };
}

export const document = (...statements: object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });

export const allow = (action: string | string[], resource = '*'): object => ({
  Effect: 'Allow',
  Action: action,
  Resource: resource,
});

export const trust = (principal: unknown, more: object = {}): string =>
  document({ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole', ...more });
