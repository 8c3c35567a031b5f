/** The trace as the console shows it: what is said, which part fails, and what came closest. */

import { expect, test } from 'vitest';
import type { AccessRequest, Grant, PolicySet, Principal, Trace } from './index.ts';
import { conditionContext, evaluate, parsePolicy } from './index.ts';

const ACCOUNT = '111122223333';
const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/c05f6b83-2e9d-47a1-9b74-e8d1a03c5f62`;
const CONTEXT = 'kms:EncryptionContext:aws:s3:arn';
const writer: Principal = {
  kind: 'AssumedRole',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/IngestWriter/i-0f3c`,
  accountId: ACCOUNT,
  userId: 'AROAEXAMPLEINGEST0001:i-0f3c',
  roleArn: `arn:aws:iam::${ACCOUNT}:role/IngestWriter`,
};
const request: AccessRequest = {
  principal: writer,
  action: 'kms:GenerateDataKey',
  resource: KEY,
  resourceAccountId: ACCOUNT,
  context: conditionContext([
    [CONTEXT, 'arn:aws:s3:::raw-events-111122223333'],
    ['kms:ViaService', 's3.us-east-1.amazonaws.com'],
  ]),
  grant: {
    operation: 'GenerateDataKey',
    encryptionContext: { 'aws:s3:arn': 'arn:aws:s3:::raw-events-111122223333' },
    tokenGrantIds: new Set(),
    now: 1_000,
  },
};

const keyPolicy = (...statements: object[]) => ({
  source: 'key policy',
  policy: parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }, null, 2), 'key'),
});
const administrators = {
  Sid: 'KeyAdministrators',
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/mia` },
  Action: 'kms:*',
  Resource: '*',
};
const ingest = {
  Sid: 'AllowIngest',
  Effect: 'Allow',
  Principal: { AWS: writer.roleArn },
  Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
  Resource: '*',
  Condition: {
    StringEquals: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' },
    StringLike: { [CONTEXT]: 'arn:aws:s3:::raw-events-111122223333/*' },
  },
};
const account = {
  Sid: 'Enable IAM',
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
  Action: 'kms:*',
  Resource: '*',
};
const identity = [
  {
    source: 'inline IngestWrite',
    policy: parsePolicy('{"Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*"}}'),
  },
];
const grant = (over: Partial<Grant>): Grant => ({
  grantId: 'g1',
  granteePrincipal: writer.roleArn ?? '',
  operations: ['GenerateDataKey'],
  effectiveAt: 0,
  ...over,
});

function traceOf(policies: PolicySet, asked: AccessRequest = request): Trace {
  const { trace } = evaluate(asked, policies, { trace: true });
  if (trace === undefined) throw new Error('no trace');
  return trace;
}
const layerOf = (trace: Trace, name: string) => trace.layers.find(({ layer }) => layer === name);

test('BK-16 the trace shows the one condition that fails, and what was sent for it', () => {
  const trace = traceOf({
    identity,
    resource: keyPolicy(administrators, ingest),
    grants: [grant({ granteePrincipal: 'arn:aws:iam::111122223333:role/X' })],
  });
  expect(trace.summary).toBe(
    'Nothing allows IngestWriter to call kms:GenerateDataKey. The key policy would let IngestWriter, in AllowIngest, but StringLike kms:EncryptionContext:aws:s3:arn expects arn:aws:s3:::raw-events-111122223333/*, the request sent arn:aws:s3:::raw-events-111122223333.',
  );
  expect(trace.nearest).toMatchObject({ layer: 'resource-policy', source: 'key policy', statement: 'AllowIngest' });
  const key = layerOf(trace, 'resource-policy');
  expect(key).toMatchObject({ verdict: 'silent', decides: true, finding: 'no statement allows it' });
  const [admins, tested] = key?.policies[0]?.statements ?? [];
  expect(admins?.parts.map(({ part, matched }) => [part, matched])).toEqual([
    ['Principal', false],
    ['Action', true],
    ['Resource', true],
  ]);
  expect(tested).toMatchObject({ matched: false, lines: [13, 32] });
  expect(tested?.parts.filter(({ matched }) => !matched)).toEqual([
    {
      part: 'Condition',
      name: `StringLike ${CONTEXT}`,
      matched: false,
      expects: ['arn:aws:s3:::raw-events-111122223333/*'],
      sent: ['arn:aws:s3:::raw-events-111122223333'],
    },
  ]);
  expect(layerOf(trace, 'identity-policy')).toMatchObject({
    verdict: 'silent',
    finding: 'IngestWrite allows it, but this key policy has no account statement, so IAM can’t',
  });
  expect(layerOf(trace, 'grant')).toMatchObject({ verdict: 'silent', finding: 'none of 1 is for IngestWriter' });
  expect(layerOf(trace, 'permissions-boundary')).toMatchObject({
    verdict: 'absent',
    finding: 'none on this principal',
  });
});

test('KMS-21 an allow by IAM says that the key policy leaves it to IAM', () => {
  const trace = traceOf({ identity, resource: keyPolicy(account) });
  expect(trace.summary).toBe(
    'The IAM policy IngestWrite lets IngestWriter call kms:GenerateDataKey, in statement 1; the key policy leaves it to IAM.',
  );
  expect(layerOf(trace, 'resource-policy')).toMatchObject({
    verdict: 'allow',
    decides: false,
    finding: 'Enable IAM allows account 111122223333, so its IAM policies decide',
  });
});

test('KMS-20 an explicit deny names its policy and statement', () => {
  const deny = { Sid: 'NotToday', Effect: 'Deny', Principal: '*', Action: 'kms:*', Resource: '*' };
  expect(traceOf({ identity, resource: keyPolicy(account, deny) }).summary).toBe(
    'The key policy denies kms:GenerateDataKey to IngestWriter, in NotToday. A deny wins over every allow.',
  );
});

test('KMS-40 an allow by a grant names the grant', () => {
  const trace = traceOf({ identity: [], resource: keyPolicy(administrators), grants: [grant({ name: 'ingest' })] });
  expect(trace.summary).toBe('Grant ingest lets IngestWriter call kms:GenerateDataKey.');
  expect(layerOf(trace, 'grant')?.grants).toEqual([
    { grantId: 'g1', name: 'ingest', matched: true, decides: true, finding: 'allows GenerateDataKey' },
  ]);
});

test('KMS-41 KMS-44 each grant says why it does not apply', () => {
  const grants = [
    grant({ grantId: 'later', effectiveAt: 61_000 }),
    grant({ grantId: 'exact', constraints: { encryptionContextEquals: { tenant: 'a' } } }),
    grant({ grantId: 'subset', constraints: { encryptionContextSubset: { tenant: 'a' } } }),
    grant({ grantId: 'other', operations: ['Decrypt', 'Encrypt'] }),
    grant({ grantId: 'source', constraints: { sourceArn: 'arn:aws:s3:::x' } }),
  ];
  const trace = traceOf({ identity: [], resource: keyPolicy(administrators), grants });
  expect(layerOf(trace, 'grant')?.grants?.map(({ grantId, finding }) => `${grantId}: ${finding}`)).toEqual([
    'later: known everywhere in 60 s; until then it needs its grant token',
    'exact: needs exactly the encryption context tenant=a; the request sent aws:s3:arn=arn:aws:s3:::raw-events-111122223333',
    'subset: needs an encryption context with tenant=a; the request sent aws:s3:arn=arn:aws:s3:::raw-events-111122223333',
    'other: allows Decrypt and 1 more, not GenerateDataKey',
    'source: only on behalf of arn:aws:s3:::x; the request sent no source',
  ]);
  expect(trace.summary).toContain('Grant later comes closest: known everywhere in 60 s');
});

test('LIM-05 a trace lists the grants that matter and counts the rest', () => {
  const grants = [
    ...Array.from({ length: 1_000 }, (_, i) =>
      grant({ grantId: `o${i}`, granteePrincipal: `arn:aws:iam::${ACCOUNT}:role/O${i}` }),
    ),
    grant({ grantId: 'mine', operations: ['Decrypt'] }),
  ];
  const layer = layerOf(traceOf({ identity: [], resource: keyPolicy(administrators), grants }), 'grant');
  expect(layer?.grants?.[0]?.grantId).toBe('mine');
  expect(layer?.grants).toHaveLength(51);
  expect(layer?.grantsOmitted).toBe(950);
  expect(layer?.finding).toBe('1 grant for IngestWriter, none applies');
});

test('The trace says why a deny does not bind the owner’s root user', () => {
  const root: Principal = {
    kind: 'AccountRoot',
    arn: `arn:aws:iam::${ACCOUNT}:root`,
    accountId: ACCOUNT,
    userId: ACCOUNT,
  };
  const document = { Statement: { Sid: 'Nobody', Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' } };
  const resource = { source: 'bucket policy', policy: parsePolicy(JSON.stringify(document), 'resource') };
  const asked = { ...request, principal: root, action: 's3:DeleteBucketPolicy', resource: 'arn:aws:s3:::logs' };
  const trace = traceOf({ identity: [], resource }, asked);
  expect(trace.outcome).toBe('allow');
  expect(layerOf(trace, 'resource-policy')).toMatchObject({
    verdict: 'silent',
    finding: 'denies in Nobody, which does not bind the root user of 111122223333 here',
  });
});

test('A layer that only takes away says so', () => {
  const session = [
    {
      source: 'inline session',
      policy: parsePolicy('{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}', 'session'),
    },
  ];
  expect(traceOf({ identity, session, resource: keyPolicy(account) }).summary).toBe(
    'The session policy of IngestWriter does not allow kms:GenerateDataKey, so nothing else can.',
  );
});
