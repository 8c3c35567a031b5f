import { expect, test, vi } from 'vitest';
import type { Grant } from '../../access/index.ts';
import { conditionContext, evaluate, parsePolicy } from '../../access/index.ts';
import type { RecordedDecision } from '../context.ts';
import type { LedgerQuery } from './audit.ts';
import { temporaryStorage } from './testing/directory.ts';
import {
  ACCOUNT,
  ALICE,
  BUCKET_ARN,
  decisionOn,
  eventOf,
  KEY_ARN,
  MADE,
  NOON,
  putRecord,
  REGION,
  SPARED,
} from './testing/records.ts';

const MINUTE = 60_000;

test('a record comes back as it was written, also after a restart', async () => {
  const storage = temporaryStorage();
  const records = [0, 1, 2].map((index) => putRecord({ keyOperations: [MADE, { ...SPARED, cachedKeyAge: index }] }));
  for (const record of records) storage.audit.append(record);
  await storage.state.settled();
  await storage.close();
  const { audit } = temporaryStorage({ dataDir: storage.dataDir });
  for (const { ledger, events } of records) {
    expect(audit.ledger({ accountId: ACCOUNT, requestId: ledger.requestId }).records).toEqual([
      {
        ...ledger,
        time: '2026-11-21T00:00:00.000Z',
        eventIds: [events[0]?.eventId],
        decisions: [
          {
            action: 's3:PutObject',
            resource: `${BUCKET_ARN}/a.jpg`,
            principalArn: ALICE.arn,
            outcome: 'allow',
            decidedBy: 'identity-policy',
            statement: 'Write',
          },
        ],
      },
    ]);
    expect(audit.eventsOf(ACCOUNT, ledger.requestId).map(({ event }) => event)).toEqual(events);
  }
});

test('a record that cannot be written does not take those of other requests with it', async () => {
  const { audit, state } = temporaryStorage();
  const told = vi.spyOn(console, 'error').mockReturnValue();
  const [before, bad, after] = [putRecord(), putRecord(), putRecord()];
  const endless: Record<string, unknown> = {};
  endless['self'] = endless;
  audit.append(before);
  audit.append({ ...bad, events: [eventOf({ requestParameters: endless })] });
  audit.append(after);
  await state.settled();
  const kept = audit.ledger({ accountId: ACCOUNT }).records.map(({ requestId }) => requestId);
  expect(kept.toSorted()).toEqual([before.ledger.requestId, after.ledger.requestId].toSorted());
  expect(told).toHaveBeenCalledWith(expect.stringContaining(bad.ledger.requestId), expect.anything());
  told.mockRestore();
});

test('an answer that was waited for has its row in the log', async () => {
  const { audit, state } = temporaryStorage();
  const record = putRecord();
  audit.append(record);
  let settled = false;
  const wait = state.settled().then(() => {
    settled = true;
  });
  await Promise.resolve();
  expect(settled).toBe(false);
  await wait;
  expect(audit.ledger({ accountId: ACCOUNT }).records).toHaveLength(1);
});

test('the ledger is read by resource, parent, principal, account and time, and all of them together', () => {
  const { audit } = temporaryStorage();
  const bob = `arn:aws:iam::${ACCOUNT}:user/bob`;
  audit.append(putRecord({ key: 'one' }));
  audit.append(putRecord({ key: 'two', principalArn: bob, time: NOON + MINUTE }));
  audit.append(putRecord({ key: 'one', parent: 'arn:aws:s3:::other', time: NOON + 2 * MINUTE }));
  audit.append(putRecord({ key: 'one', accountId: '444455556666', time: NOON + 3 * MINUTE }));
  const found = (query: Partial<LedgerQuery>) =>
    audit.ledger({ accountId: ACCOUNT, ...query }).records.map(({ resource }) => resource);
  const [one, two, other] = [`${BUCKET_ARN}/one`, `${BUCKET_ARN}/two`, 'arn:aws:s3:::other/one'];
  expect(found({})).toEqual([other, two, one]);
  expect(found({ resource: one })).toEqual([one]);
  expect(found({ parent: BUCKET_ARN })).toEqual([two, one]);
  expect(found({ principalArn: bob })).toEqual([two]);
  expect(found({ principalArn: ALICE.arn, parent: BUCKET_ARN })).toEqual([one]);
  expect(found({ from: NOON + MINUTE })).toEqual([other, two]);
  expect(found({ to: NOON + MINUTE })).toEqual([one]);
  expect(found({ from: NOON + MINUTE, to: NOON + 2 * MINUTE, parent: BUCKET_ARN })).toEqual([two]);
  expect(found({ accountId: '444455556666' })).toEqual([one]);
  expect(found({ accountId: '999999999999' })).toEqual([]);
});

test('pages follow each other without a gap or a repetition, also within one millisecond', () => {
  const { audit } = temporaryStorage();
  for (let index = 0; index < 95; index++) audit.append(putRecord({ key: String(index), time: NOON + (index >> 3) }));
  const seen: (string | undefined)[] = [];
  let after: string | undefined;
  do {
    const page = audit.ledger({ accountId: ACCOUNT, parent: BUCKET_ARN, limit: 10, ...(after && { after }) });
    seen.push(...page.records.map(({ resource }) => resource));
    after = page.next;
  } while (after !== undefined);
  expect(seen).toEqual(Array.from({ length: 95 }, (_, index) => `${BUCKET_ARN}/${94 - index}`));
});

test.each([{ limit: 0 }, { limit: 201 }, { limit: 1.5 }, { after: 'x' }, { after: '1.2.3' }])(
  'a ledger query with %j is a RangeError',
  (query) => {
    const { audit } = temporaryStorage();
    expect(() => audit.ledger({ accountId: ACCOUNT, ...query })).toThrow(RangeError);
  },
);

test('totals count requests, operations made and spared, and refusals, in intervals of the span', () => {
  const { audit } = temporaryStorage();
  const denied: RecordedDecision = {
    ...decisionOn(`${BUCKET_ARN}/secret/x`),
    decision: { outcome: 'explicit-deny', decidedBy: 'identity-policy' },
  };
  audit.append(putRecord({ keyOperations: [MADE] }));
  audit.append(putRecord({ keyOperations: [SPARED], time: NOON + MINUTE }));
  audit.append(putRecord({ keyOperations: [SPARED], time: NOON + MINUTE, parent: 'arn:aws:s3:::other' }));
  audit.append(
    putRecord({ decisions: [denied], error: { code: 'AccessDenied', message: 'no' }, time: NOON + 2 * MINUTE }),
  );
  audit.append(putRecord({ error: { code: 'NoSuchBucket', message: 'none' }, time: NOON + 2 * MINUTE }));
  const span = { accountId: ACCOUNT, from: NOON, to: NOON + 3 * MINUTE, intervals: 3 };
  expect(audit.totals(span)).toEqual({
    requests: 5,
    made: 1,
    spared: 2,
    refused: 1,
    series: [
      { time: '2026-11-21T00:00:00.000Z', requests: 1, made: 1, spared: 0, refused: 0 },
      { time: '2026-11-21T00:01:00.000Z', requests: 2, made: 0, spared: 2, refused: 0 },
      { time: '2026-11-21T00:02:00.000Z', requests: 2, made: 0, spared: 0, refused: 1 },
    ],
  });
  expect(audit.totals({ ...span, parent: BUCKET_ARN })).toMatchObject({ requests: 4, spared: 1 });
  expect(audit.totals({ ...span, accountId: '444455556666' })).toMatchObject({ requests: 0 });
  expect(() => audit.totals({ ...span, to: NOON })).toThrow(RangeError);
  expect(() => audit.totals({ ...span, intervals: 501 })).toThrow(RangeError);
});

test('a decision comes back with everything it was taken on, and gives the same trace', () => {
  const { audit } = temporaryStorage();
  const grant: Grant = {
    grantId: 'g-1',
    granteePrincipal: ALICE.arn,
    operations: ['GenerateDataKey'],
    constraints: { encryptionContextSubset: { team: 'red' } },
    // Counts by its token only.
    effectiveAt: NOON + 60 * MINUTE,
  };
  const source = (text: object, kind?: 'key' | 'scp' | 'resource') => parsePolicy(JSON.stringify(text), kind);
  const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
  const request = {
    principal: ALICE,
    action: 'kms:GenerateDataKey',
    resource: KEY_ARN,
    resourceAccountId: ACCOUNT,
    context: conditionContext([
      ['kms:EncryptionContext:team', 'red'],
      ['aws:CurrentTime', '2026-11-21T00:00:00Z'],
    ]),
    grant: {
      operation: 'GenerateDataKey',
      encryptionContext: { team: 'red' },
      tokenGrantIds: new Set(['g-1']),
      now: NOON,
    },
  };
  const policies = {
    serviceControl: [[{ source: 'root', policy: source(everything, 'scp') }]],
    boundary: { source: 'boundary', policy: source(everything) },
    session: [{ source: 'session', policy: source(everything) }],
    identity: [],
    resource: {
      source: 'key policy',
      policy: source(
        {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'kms:DescribeKey', Resource: '*' }],
        },
        'key',
      ),
    },
    grants: [grant],
  };
  // Three times: what repeats is stored otherwise than what comes first.
  const records = [0, 1, 2].map(() =>
    putRecord({ decisions: [{ request, policies, decision: evaluate(request, policies) }] }),
  );
  for (const record of records) audit.append(record);
  const expected = evaluate(request, policies, { trace: true });
  expect(expected.outcome).toBe('allow');
  for (const { ledger } of records) {
    const [again] = audit.decisionsOf(ACCOUNT, ledger.requestId);
    if (again === undefined) throw new Error('the decision is lost');
    expect(evaluate(again.request, again.policies, { trace: true })).toEqual(expected);
    expect(again.decision).toEqual(evaluate(request, policies));
    expect(audit.ledger({ accountId: ACCOUNT, requestId: ledger.requestId }).records[0]?.decisions).toEqual([
      {
        action: 'kms:GenerateDataKey',
        resource: KEY_ARN,
        principalArn: ALICE.arn,
        outcome: 'allow',
        decidedBy: 'grant',
        statement: 'g-1',
      },
    ]);
  }
});

test('decisions that differ in little from those before come back as they were taken', () => {
  const { audit } = temporaryStorage();
  const say = (effect: string) => parsePolicy(`{"Statement":[{"Effect":"${effect}","Action":"*","Resource":"*"}]}`);
  const allows = { identity: [{ source: 'allows', policy: say('Allow') }] };
  const denies = { identity: [{ source: 'denies', policy: say('Deny') }] };
  const usual: [string, string][] = [
    ['aws:UserAgent', 'cli'],
    ['aws:SourceIp', '192.0.2.1'],
  ];
  const decide = (policies: typeof allows, ...pairs: [string, string | string[]][]) => {
    const context = conditionContext([['aws:CurrentTime', '2026-11-21T00:00:00Z'], ...pairs]);
    const request = {
      principal: ALICE,
      action: 's3:GetObject',
      resource: BUCKET_ARN,
      resourceAccountId: ACCOUNT,
      context,
    };
    return { request, policies, decision: evaluate(request, policies) };
  };
  const decisions = [
    decide(allows, ...usual),
    decide(allows, ...usual),
    decide(allows, ...usual),
    decide(denies, ...usual),
    decide(allows, ['aws:UserAgent', 'cli'], ['aws:SourceIp', '192.0.2.2']),
    decide(allows, ['aws:UserAgent', 'cli']),
    decide(allows, ...usual, ['aws:TagKeys', ['a', 'b']]),
    decide(allows, ...usual, ['aws:TagKeys', ['a', 'c']]),
    decide(allows, ...usual),
    decide(denies, ...usual),
    decide(denies, ...usual),
  ];
  const records = decisions.map((decision) => putRecord({ decisions: [decision] }));
  for (const record of records) audit.append(record);
  for (const [index, { ledger }] of records.entries()) {
    const [again] = audit.decisionsOf(ACCOUNT, ledger.requestId);
    expect(again?.decision).toEqual(decisions[index]?.decision);
    expect(new Map(again?.request.context)).toEqual(new Map(decisions[index]?.request.context));
    expect(again?.policies.identity[0]?.source).toBe(decisions[index]?.policies.identity[0]?.source);
  }
});

test('management events are found by each attribute, newest first; data events are not', () => {
  const { audit } = temporaryStorage();
  const older = eventOf();
  const newer = eventOf({ eventName: 'Decrypt' });
  audit.append(putRecord({ events: [older] }));
  audit.append(putRecord());
  audit.append(putRecord({ events: [newer], time: NOON + 1 }));
  audit.appendEvent(ACCOUNT, 'eu-west-1', NOON, eventOf());
  const find = (attribute?: Parameters<typeof audit.lookup>[0]['attribute'], region = REGION) =>
    audit
      .lookup({ accountId: ACCOUNT, region, from: 0, to: NOON + 10, limit: 50, ...(attribute && { attribute }) })
      .map(({ event }) => event.eventId);
  expect(find()).toEqual([newer.eventId, older.eventId]);
  for (const [key, value] of [
    ['EventSource', 'kms.amazonaws.com'],
    ['ReadOnly', 'true'],
    ['Username', 'alice'],
    ['AccessKeyId', 'AKIAALICE'],
    ['ResourceType', 'AWS::KMS::Key'],
    ['ResourceName', KEY_ARN],
  ] as const) {
    expect([key, find({ key, value })]).toEqual([key, [newer.eventId, older.eventId]]);
    expect([key, find({ key, value: `${value.toUpperCase()}x` })]).toEqual([key, []]);
  }
  expect(find({ key: 'EventName', value: 'Decrypt' })).toEqual([newer.eventId]);
  expect(find({ key: 'EventId', value: older.eventId })).toEqual([older.eventId]);
  expect(find({ key: 'EventName', value: 'PutObject' })).toEqual([]);
  expect(find(undefined, 'eu-west-1')).toHaveLength(1);
  expect(find({ key: 'EventId', value: older.eventId }, 'eu-west-1')).toEqual([]);
});

test('a forgotten account is empty at once, and others keep what they have', async () => {
  const { audit, state } = temporaryStorage();
  for (let index = 0; index < 120; index++) {
    audit.append(putRecord({ key: String(index), events: [eventOf()] }));
    audit.append(putRecord({ accountId: '444455556666', events: [eventOf()] }));
  }
  audit.appendEvent(ACCOUNT, REGION, NOON, eventOf());
  await state.settled();
  const done = audit.forget(ACCOUNT);
  const events = (accountId: string) => audit.lookup({ accountId, region: REGION, from: 0, to: NOON, limit: 1000 });
  expect(audit.ledger({ accountId: ACCOUNT }).records).toEqual([]);
  expect(events(ACCOUNT)).toEqual([]);
  expect(audit.totals({ accountId: ACCOUNT, from: NOON, to: NOON + MINUTE }).requests).toBe(0);
  audit.append(putRecord({ key: 'new life', events: [eventOf()] }));
  await done;
  expect(audit.ledger({ accountId: ACCOUNT }).records).toHaveLength(1);
  expect(events(ACCOUNT)).toHaveLength(1);
  expect(audit.ledger({ accountId: '444455556666', limit: 200 }).records).toHaveLength(120);
  expect(events('444455556666')).toHaveLength(120);
});

test('with a limit the oldest requests and their events go', async () => {
  const { audit, state, close, dataDir } = temporaryStorage({ auditRequests: 500 });
  for (let index = 0; index < 2000; index++) {
    audit.append(putRecord({ key: String(index), events: [eventOf()], time: NOON + index }));
    if (index % 50 === 49) await state.settled();
  }
  // Removals are done between turns; each turn here is one slice at least.
  let left = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < 1000 && left > 1000; turn++) {
    await new Promise((resolve) => void setImmediate(resolve));
    left = audit.lookup({ accountId: ACCOUNT, region: REGION, from: 0, to: NOON + 2000, limit: 5000 }).length;
  }
  await close();
  const { audit: reopened } = temporaryStorage({ dataDir });
  const first = reopened.ledger({ accountId: ACCOUNT, to: NOON + 1000 });
  expect(first.records).toEqual([]);
  expect(reopened.ledger({ accountId: ACCOUNT, limit: 200 }).records).toHaveLength(200);
  expect(left).toBeLessThanOrEqual(1000);
});
