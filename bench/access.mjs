import { conditionContext, evaluate, grantList, parsePolicy } from '../lib/access/index.ts';

const ACCOUNT = '111122223333';
const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const BUCKET = 'arn:aws:s3:::raw-events';
/** Bars of the project: decisions a second on one core. */
const BARS = { decision: 200_000, traced: 100_000 };
const POLICY_BYTES = 32_768;
const GRANTS = 1000;
const ROUNDS = 5;
const SECONDS = 0.5;

/**
 * Decisions a second for a principal with 10 policies and a key with a 32 KB policy and 1,000 grants, with the trace
 * off and on. The questions differ in action, context and answer, so that each way to an answer is measured.
 */
export async function access(report) {
  const policies = policySet();
  const questions = QUESTIONS.map((it) => request(it));
  const outcomes = questions.map((it) => evaluate(it, policies).outcome);
  if (outcomes.join() !== QUESTIONS.map(({ outcome }) => outcome).join()) {
    throw new Error(`The questions are answered ${outcomes.join()}.`);
  }
  const off = perSecond(questions, (it) => evaluate(it, policies));
  report({ what: 'Decisions, trace off', ...against(off, BARS.decision) });
  const on = perSecond(questions, (it) => evaluate(it, policies, { trace: true }));
  report({ what: 'Decisions, trace on', ...against(on, BARS.traced) });
  const summary = perSecond(questions, (it) => evaluate(it, policies, { trace: true }).trace.summary);
  report({ what: 'Decisions, trace on, its sentence read', ...against(summary) });
  const whole = perSecond(questions, (it) => JSON.stringify(evaluate(it, policies, { trace: true }).trace));
  report({ what: 'Decisions, trace on, all of it read and written as JSON', ...against(whole) });
}

function against(value, bar) {
  const figure = `${Math.round(value).toLocaleString('en')}/s`;
  return bar === undefined
    ? { figure, value }
    : { figure, value, bar: `${bar.toLocaleString('en')}/s`, ok: value >= bar };
}

/** Of processor time, so that neighbours on the machine don't count; the median of several rounds after a first one. */
function perSecond(questions, ask) {
  const rounds = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const end = performance.now() + SECONDS * 1000;
    const begun = process.cpuUsage();
    let asked = 0;
    while (performance.now() < end) {
      for (const question of questions) ask(question);
      asked += questions.length;
    }
    const { user, system } = process.cpuUsage(begun);
    if (round > 0) rounds.push((asked * 1_000_000) / (user + system));
  }
  return rounds.sort((a, b) => a - b)[ROUNDS >> 1];
}

const ingest = {
  kind: 'AssumedRole',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/IngestWriter/i-0f3c`,
  accountId: ACCOUNT,
  userId: 'AROAEXAMPLEINGEST0001:i-0f3c',
  roleArn: `arn:aws:iam::${ACCOUNT}:role/IngestWriter`,
};
/** Allowed by a statement, by a grant, by IAM; refused by a statement; allowed by nothing. */
const QUESTIONS = [
  { operation: 'GenerateDataKey', context: BUCKET, outcome: 'allow' },
  { operation: 'Decrypt', context: `${BUCKET}/granted`, outcome: 'allow' },
  { operation: 'DescribeKey', outcome: 'allow' },
  { operation: 'GenerateDataKey', context: `${BUCKET}/blocked`, outcome: 'explicit-deny' },
  { operation: 'Encrypt', context: `${BUCKET}/other`, outcome: 'implicit-deny' },
];

function request({ operation, context }) {
  const encryptionContext = context === undefined ? {} : { 'aws:s3:arn': context };
  return {
    principal: ingest,
    action: `kms:${operation}`,
    resource: KEY,
    resourceAccountId: ACCOUNT,
    context: conditionContext([
      ['aws:CurrentTime', '2026-11-21T12:00:00Z'],
      ['aws:SecureTransport', 'true'],
      ['aws:RequestedRegion', 'us-east-1'],
      ['aws:PrincipalArn', ingest.roleArn],
      ['aws:PrincipalAccount', ACCOUNT],
      ['aws:PrincipalTag/team', 'ingest'],
      ['aws:ViaAWSService', 'true'],
      ['kms:CallerAccount', ACCOUNT],
      ['kms:ViaService', 's3.us-east-1.amazonaws.com'],
      ['kms:EncryptionContext:aws:s3:arn', context],
      ['kms:EncryptionContextKeys', Object.keys(encryptionContext)],
    ]),
    grant: { operation, encryptionContext, tokenGrantIds: new Set(), now: 1000 },
  };
}

function policySet() {
  return {
    identity: Array.from({ length: 10 }, (_, i) =>
      sourced(`arn:aws:iam::${ACCOUNT}:policy/P${i}`, identityPolicy(i), 'identity'),
    ),
    resource: sourced('key policy', keyPolicy(), 'key'),
    grants: grantList(Array.from({ length: GRANTS }, (_, i) => grant(i))),
  };
}

function sourced(source, document, kind) {
  return { source, policy: parsePolicy(JSON.stringify(document), kind) };
}

function identityPolicy(i) {
  const Resource = [`${BUCKET}-${i}`, `${BUCKET}-${i}/*`];
  const Statement = [
    { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject', 's3:List*'], Resource },
    {
      Effect: 'Allow',
      Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*'],
      Resource: `${KEY.slice(0, -4)}${1000 + i}`,
    },
    {
      Effect: 'Deny',
      Action: ['kms:ScheduleKeyDeletion', 'kms:PutKeyPolicy'],
      Resource: '*',
      Condition: { StringNotEquals: { 'aws:PrincipalTag/team': 'security' } },
    },
  ];
  if (i === 9) Statement.push({ Effect: 'Allow', Action: 'kms:Describe*', Resource: `arn:aws:kms:*:${ACCOUNT}:key/*` });
  return { Version: '2012-10-17', Statement };
}

function keyPolicy() {
  const context = (value) => ({ StringLike: { 'kms:EncryptionContext:aws:s3:arn': value } });
  const use = ['kms:GenerateDataKey*', 'kms:Decrypt'];
  const Statement = [
    {
      Sid: 'Account',
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
      Action: 'kms:*',
      Resource: '*',
    },
    {
      Sid: 'Blocked',
      Effect: 'Deny',
      Principal: '*',
      Action: 'kms:*',
      Resource: '*',
      Condition: context(`${BUCKET}/blocked`),
    },
    {
      Sid: 'Ingest',
      Effect: 'Allow',
      Principal: { AWS: ingest.roleArn },
      Action: use,
      Resource: '*',
      Condition: {
        StringEquals: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' },
        ...context([BUCKET, `${BUCKET}/in/*`]),
      },
    },
  ];
  const document = { Version: '2012-10-17', Statement };
  for (let i = 0; ; i += 1) {
    const AWS = [`arn:aws:iam::${ACCOUNT}:role/Team${i}Writer`, `arn:aws:iam::${ACCOUNT}:role/Team${i}Reader`];
    Statement.push({
      Sid: `Team${i}`,
      Effect: 'Allow',
      Principal: { AWS },
      Action: use,
      Resource: '*',
      Condition: context(`${BUCKET}-${i}/*`),
    });
    if (JSON.stringify(document).length > POLICY_BYTES) break;
  }
  Statement.pop();
  return document;
}

/** Every hundredth is for the principal, and one of these applies. */
function grant(i) {
  const grantId = i.toString(16).padStart(64, '0');
  const granteePrincipal = i % 100 === 50 ? ingest.roleArn : `arn:aws:iam::${ACCOUNT}:role/Worker${i}`;
  const encryptionContextSubset = { 'aws:s3:arn': i === 650 ? `${BUCKET}/granted` : `${BUCKET}/part-${i}` };
  return {
    grantId,
    granteePrincipal,
    operations: ['Decrypt', 'GenerateDataKey'],
    constraints: { encryptionContextSubset },
    effectiveAt: 0,
  };
}
