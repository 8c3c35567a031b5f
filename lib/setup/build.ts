/** From choices and facts to the plan: the documents as they will be, and the calls in the order in which they are safe. */

import { namedPrincipal, type Principal, parsePolicy, type SourcedPolicy } from '../access/index.ts';
import type { Choices, Target } from './choices.ts';
import { arnOf, type Facts, type TargetFacts } from './facts.ts';
import { findNeeds, type KeyWorld, needsOf } from './needs.ts';
import type { PlannedOperation, SetupCall } from './plan.ts';
import {
  accountStatement,
  bucketStatements,
  clientStatements,
  clientsOf,
  document,
  enforcementStatements,
  keyArnOf,
  type Statement,
  serviceStatement,
  trustAccount,
  withStatements,
} from './statements.ts';

/** A document before and after. */
export interface PlannedDocument {
  readonly kind: 'key' | 'identity' | 'bucket' | 'directory-bucket' | 'table-bucket';
  readonly label: string;
  readonly before: string;
  readonly after: string;
}

export interface SetupPlan {
  readonly calls: readonly SetupCall[];
  readonly documents: readonly PlannedDocument[];
  /** What the plan can't do, and whoever applies it should know: sentences. */
  readonly notes: readonly string[];
}

/** Columns of the first table: enough to write a row that somebody recognises. */
const COLUMNS = [
  { name: 'id', type: 'long', required: true },
  { name: 'at', type: 'timestamptz', required: false },
  { name: 'note', type: 'string', required: false },
];

/** Stands for the ARN of a key that does not exist yet, where the evaluator must be asked about it. */
export const FUTURE_KEY = 'key/00000000-0000-0000-0000-000000000000';

/** Everything the set-up will do. The same choices and facts give the same plan. */
export function buildPlan(choices: Choices, facts: Facts): SetupPlan {
  const key = keyPart(choices, facts);
  const roles = rolePart(choices, facts);
  const targets = choices.goal.map((target, index) => targetPart(choices, target, index, facts));
  return {
    calls: [
      // A role must exist before a key policy may name it, and a key before a bucket may.
      ...roles.made,
      ...key.calls,
      ...targets.flatMap((part) => part.calls),
      ...roles.policies,
    ],
    documents: [...key.documents, ...targets.flatMap((part) => part.documents), ...roles.documents],
    notes: [...key.notes, ...targets.flatMap((part) => part.notes)],
  };
}

/** The key policy as it will be: what is there, and what is missing. Undefined where it can't be read or changed. */
export function keyPolicyAfter(choices: Choices, facts: Facts): string | undefined {
  const service = serviceStatement(choices, facts);
  if (choices.key.mode === 'new') {
    const clients = choices.policies.grantIn === 'key' ? clientsOf(choices, facts) : [];
    return document([
      accountStatement(facts),
      ...(service ? [service] : []),
      ...clientStatements(choices, clients, facts, 'key'),
    ]);
  }
  const before = facts.key?.policy;
  if (before === undefined) return undefined;
  return withStatements(before, missingStatements(choices, facts, service));
}

/** Least privilege: who can use the key already gets no second statement. */
function missingStatements(choices: Choices, facts: Facts, service: Statement | undefined): readonly Statement[] {
  const needs = needsOf(choices, facts);
  const found = findNeeds(needs, choices.goal, keyWorldNow(choices, facts), facts, choices.policies.bucketKey);
  const unmet = needs.filter((need) => found.get(need)?.met !== true);
  const services = unmet.some(({ family }) => family === 'maintenance' || family === 'metadata');
  const clients = unmet.filter(({ family }) => family === 'client' || family === 'lake-formation');
  return [
    ...(services && service ? [service] : []),
    ...(choices.policies.grantIn === 'key'
      ? clientStatements(
          choices,
          clients.map(({ principal }) => principal),
          facts,
          'key',
        )
      : []),
  ];
}

/** The key as it decides today; undefined while there is none, or its policy can't be read. */
export function keyWorldNow(choices: Pick<Choices, 'key'>, { key, callerSide }: Facts): KeyWorld | undefined {
  if (choices.key.mode === 'new' || key?.policy === undefined) return undefined;
  return { arn: key.arn, policy: key.policy, grants: key.grants, callerSide };
}

/** The key as it will decide once the plan is applied. */
export function keyWorldAfter(choices: Choices, facts: Facts): KeyWorld | undefined {
  const policy = keyPolicyAfter(choices, facts);
  if (policy === undefined) return undefined;
  const arn = facts.key?.arn ?? `arn:aws:kms:${facts.region}:${facts.account}:${FUTURE_KEY}`;
  const added = new Map<string, SourcedPolicy>();
  for (const { holder, policyName, text } of identityPolicies(choices, facts)) {
    const parsed = parsePolicy(text.replaceAll(keyArnOf(choices), arn), 'identity');
    added.set(holder, { source: `inline ${policyName}`, policy: parsed });
  }
  const callerSide = (principal: Principal) => {
    const side = facts.callerSide(principal);
    const more = added.get(principal.roleArn ?? principal.arn);
    return more === undefined ? side : { ...side, identity: [...side.identity, more] };
  };
  return { arn, policy, grants: facts.key?.grants ?? [], callerSide };
}

interface Part {
  readonly calls: readonly SetupCall[];
  readonly documents: readonly PlannedDocument[];
  readonly notes: readonly string[];
}

function keyPart(choices: Choices, facts: Facts): Part {
  const { key } = choices;
  const after = keyPolicyAfter(choices, facts);
  if (key.mode === 'new') {
    const keyId = keyArnOf(choices);
    return {
      calls: [
        {
          id: 'key',
          service: 'kms',
          operation: 'CreateKey',
          input: {
            Description: key.description || `Encrypts ${choices.goal.map(({ name }) => name).join(', ')}`,
            Policy: after ?? '',
          },
          says: `Makes the key, with a policy that lets in ${listed(needsOf(choices, facts).map(({ principal }) => shortName(principal)))} and the administrators of this account.`,
          undo: [{ service: 'kms', operation: 'ScheduleKeyDeletion', input: { KeyId: keyId, PendingWindowInDays: 7 } }],
        },
        {
          id: 'alias',
          service: 'kms',
          operation: 'CreateAlias',
          input: { AliasName: `alias/${key.alias}`, TargetKeyId: keyId },
          says: `Names it alias/${key.alias}, for people. Buckets are given its ARN.`,
          undo: [{ service: 'kms', operation: 'DeleteAlias', input: { AliasName: `alias/${key.alias}` } }],
        },
        ...(key.rotation
          ? [
              {
                id: 'rotation',
                service: 'kms' as const,
                operation: 'EnableKeyRotation',
                input: { KeyId: keyId },
                says: 'Gives it new material every year. What was encrypted before stays readable.',
                undo: [],
              },
            ]
          : []),
      ],
      documents: [{ kind: 'key', label: `Key policy of alias/${key.alias}`, before: '', after: after ?? '' }],
      notes: [],
    };
  }
  const before = facts.key?.policy;
  const name = facts.key?.alias ?? key.arn;
  if (before === undefined || after === undefined) {
    return {
      calls: [],
      documents: [],
      notes: [`The policy of ${name} can't be read here, so it is not changed. Its owner must let your principals in.`],
    };
  }
  if (after === before)
    return { calls: [], documents: [{ kind: 'key', label: `Key policy of ${name}`, before, after }], notes: [] };
  const put = (Policy: string): PlannedOperation => ({
    service: 'kms',
    operation: 'PutKeyPolicy',
    input: { KeyId: key.arn, PolicyName: 'default', Policy },
  });
  return {
    calls: [
      {
        id: 'key-policy',
        ...put(after),
        says: `Adds to the key policy of ${name} what is missing. Nothing is taken out of it.`,
        undo: [put(before)],
      },
    ],
    documents: [{ kind: 'key', label: `Key policy of ${name}`, before, after }],
    notes: [],
  };
}

interface IdentityPolicy {
  /** ARN of the role or user. */
  readonly holder: string;
  readonly policyName: string;
  readonly text: string;
}

/** The inline policies that the clients get, one each. Lake Formation's role belongs to a service and gets none. */
function identityPolicies(choices: Choices, facts: Facts): readonly IdentityPolicy[] {
  const { grantIn, bucketAccess } = choices.policies;
  const { clients, newRole } = choices.principals;
  const keyArn = keyArnOf(choices);
  const statements = [
    ...(bucketAccess ? bucketStatements(choices, facts) : []),
    ...(grantIn === 'iam' ? clientStatements(choices, ['-'], facts, { keyArn }) : []),
  ];
  if (statements.length === 0) return [];
  const text = document(statements);
  const policyName = `Use-${choices.goal[0]?.name ?? 'bucket'}`.slice(0, 128);
  const holders = [...clients, ...(newRole === undefined ? [] : [`arn:aws:iam::${facts.account}:role/${newRole}`])];
  return holders.map((holder) => ({ holder, policyName, text }));
}

function rolePart(choices: Choices, facts: Facts) {
  const { newRole } = choices.principals;
  const made: SetupCall[] =
    newRole === undefined
      ? []
      : [
          {
            id: 'role',
            service: 'iam',
            operation: 'CreateRole',
            input: {
              RoleName: newRole,
              Description: `Reads and writes ${choices.goal.map(({ name }) => name).join(', ')}`,
              AssumeRolePolicyDocument: trustAccount(facts),
            },
            says: `Makes the role ${newRole}. Whoever in this account may assume it works as it.`,
            undo: [{ service: 'iam', operation: 'DeleteRole', input: { RoleName: newRole } }],
          },
        ];
  const policies: SetupCall[] = [];
  const documents: PlannedDocument[] = [];
  for (const [index, { holder, policyName, text }] of identityPolicies(choices, facts).entries()) {
    const before = facts.inline.get(`${holder} ${policyName}`);
    const kind = namedPrincipal(holder)?.kind === 'IAMUser' ? 'User' : 'Role';
    const name = { [`${kind}Name`]: holder.split('/').at(-1) ?? '', PolicyName: policyName };
    const put = (PolicyDocument: string): PlannedOperation => ({
      service: 'iam',
      operation: `Put${kind}Policy`,
      input: { ...name, PolicyDocument },
    });
    documents.push({
      kind: 'identity',
      label: `Inline policy ${policyName} of ${shortName(holder)}`,
      before: before ?? '',
      after: text,
    });
    if (before === text) continue;
    policies.push({
      id: index === 0 ? 'client-policy' : `client-policy-${index + 1}`,
      ...put(text),
      says: `Lets ${shortName(holder)} ${choices.policies.bucketAccess ? 'read and write there' : 'use the key'}, and no more.`,
      undo: [before === undefined ? { service: 'iam', operation: `Delete${kind}Policy`, input: name } : put(before)],
    });
  }
  return { made, policies, documents };
}

function targetPart(choices: Choices, target: Target, index: number, facts: Facts): Part {
  const now = facts.targets.find(({ kind, name }) => kind === target.kind && name === target.name);
  const id = (name: string) => (index === 0 ? name : `${name}-${index + 1}`);
  const shared = { choices, target, facts, now, id };
  const encrypted = target.kind === 'table' ? tableBucket(shared) : bucket(shared);
  const enforced = enforcement(shared);
  const table = target.kind === 'table' ? firstTable(shared) : [];
  return {
    calls: [...encrypted.calls, ...enforced.calls, ...table],
    documents: enforced.documents,
    notes: encrypted.notes,
  };
}

interface TargetContext {
  readonly choices: Choices;
  readonly target: Target;
  readonly facts: Facts;
  readonly now: TargetFacts | undefined;
  readonly id: (name: string) => string;
}

function tableBucket({ choices, target, facts, now, id }: TargetContext): Omit<Part, 'documents'> {
  const arn = arnOf(target, facts);
  const encryptionConfiguration = { sseAlgorithm: 'aws:kms', kmsKeyArn: keyArnOf(choices) };
  if (!target.existing) {
    return {
      calls: [
        {
          id: id('table-bucket'),
          service: 's3tables',
          operation: 'CreateTableBucket',
          input: { name: target.name, encryptionConfiguration },
          says: `Makes the table bucket ${target.name}. Every table in it is encrypted with the key, unless it names another.`,
          undo: [{ service: 's3tables', operation: 'DeleteTableBucket', input: { tableBucketARN: arn } }],
        },
      ],
      notes: [],
    };
  }
  if (now?.algorithm === 'aws:kms' && now.keyArn === keyArnOf(choices)) return { calls: [], notes: [] };
  const undo: PlannedOperation =
    now?.algorithm === 'aws:kms' && now.keyArn !== undefined
      ? {
          service: 's3tables',
          operation: 'PutTableBucketEncryption',
          input: { tableBucketARN: arn, encryptionConfiguration: { sseAlgorithm: 'aws:kms', kmsKeyArn: now.keyArn } },
        }
      : { service: 's3tables', operation: 'DeleteTableBucketEncryption', input: { tableBucketARN: arn } };
  return {
    calls: [
      {
        id: id('encryption'),
        service: 's3tables',
        operation: 'PutTableBucketEncryption',
        input: { tableBucketARN: arn, encryptionConfiguration },
        says: `Encrypts new tables of ${target.name} with the key.`,
        undo: [undo],
      },
    ],
    notes:
      (now?.tables ?? 0) === 0
        ? []
        : [
            `The ${now?.tables} tables of ${target.name} keep the encryption they have. To change one, make a new table and copy its rows.`,
          ],
  };
}

/** The namespace and table that prove that tables can be made; they name the encryption, as an enforcing policy wants. */
function firstTable({ choices, target, facts, id }: TargetContext): readonly SetupCall[] {
  if (target.table === undefined) return [];
  const { namespace, name } = target.table;
  const tableBucketARN = arnOf(target, facts);
  return [
    {
      id: id('namespace'),
      service: 's3tables',
      operation: 'CreateNamespace',
      input: { tableBucketARN, namespace: [namespace] },
      says: `Makes the namespace ${namespace}, in which tables have their names.`,
      undo: [{ service: 's3tables', operation: 'DeleteNamespace', input: { tableBucketARN, namespace } }],
    },
    {
      id: id('table'),
      service: 's3tables',
      operation: 'CreateTable',
      input: {
        tableBucketARN,
        namespace,
        name,
        format: 'ICEBERG',
        metadata: { iceberg: { schema: { fields: COLUMNS } } },
        encryptionConfiguration: { sseAlgorithm: 'aws:kms', kmsKeyArn: keyArnOf(choices) },
      },
      says: `Makes the table ${namespace}.${name}. S3 Tables checks here that maintenance can use the key.`,
      irreversible: 'The encryption of a table is fixed when it is made. Another key means a new table and a copy.',
      undo: [{ service: 's3tables', operation: 'DeleteTable', input: { tableBucketARN, namespace, name } }],
    },
  ];
}

function bucket({ choices, target, facts, now, id }: TargetContext): Omit<Part, 'documents'> {
  const Bucket = target.name;
  const directory = target.kind === 'directory';
  const encrypt = (rule: object): PlannedOperation => ({
    service: 's3',
    operation: 'PutBucketEncryption',
    input: { Bucket, ServerSideEncryptionConfiguration: { Rules: [rule] } },
  });
  // What the rule says besides stays: it is replaced as a whole.
  const blocked = now?.blocksCustomerKeys === true ? { BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] } } : {};
  const wanted = {
    ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: keyArnOf(choices) },
    BucketKeyEnabled: directory || choices.policies.bucketKey,
    ...blocked,
  };
  const lifelong = 'This key stays the key of the bucket for life. Another key means a new bucket and a copy.';
  const calls: SetupCall[] = [];
  if (!target.existing) {
    calls.push({
      id: id(directory ? 'directory-bucket' : 'bucket'),
      service: 's3',
      operation: 'CreateBucket',
      input: { Bucket, ...placement(target, facts) },
      says: `Makes the ${directory ? 'directory bucket' : 'bucket'} ${Bucket}.`,
      undo: [{ service: 's3', operation: 'DeleteBucket', input: { Bucket } }],
    });
  }
  const asWanted =
    now?.algorithm === 'aws:kms' &&
    now.keyArn === keyArnOf(choices) &&
    (directory || (now.bucketKey ?? false) === choices.policies.bucketKey);
  if (!asWanted) {
    calls.push({
      id: id('encryption'),
      ...encrypt(wanted),
      says: `Encrypts new objects of ${Bucket} with the key${directory ? '. Bucket keys are always on' : choices.policies.bucketKey ? ', with a bucket key' : ''}.`,
      ...(directory ? { irreversible: lifelong } : {}),
      undo: target.existing ? [encryptionBefore(Bucket, now, encrypt, blocked)] : [],
    });
  }
  return {
    calls,
    notes: target.existing
      ? [`Objects that are in ${Bucket} keep the encryption they have. To change them, copy them in place.`]
      : [],
  };
}

function encryptionBefore(
  Bucket: string,
  now: TargetFacts | undefined,
  encrypt: (rule: object) => PlannedOperation,
  blocked: object,
): PlannedOperation {
  const plain =
    now === undefined || (now.algorithm === 'AES256' && now.bucketKey !== true && now.blocksCustomerKeys !== true);
  if (plain) return { service: 's3', operation: 'DeleteBucketEncryption', input: { Bucket } };
  return encrypt({
    ApplyServerSideEncryptionByDefault: {
      SSEAlgorithm: now.algorithm,
      ...(now.keyArn === undefined ? {} : { KMSMasterKeyID: now.keyArn }),
    },
    ...(now.bucketKey === undefined ? {} : { BucketKeyEnabled: now.bucketKey }),
    ...blocked,
  });
}

function placement(target: Target, facts: Facts): object {
  if (target.kind === 'directory') {
    return {
      CreateBucketConfiguration: {
        Location: { Type: 'AvailabilityZone', Name: target.name.split('--').at(-2) ?? '' },
        Bucket: { Type: 'Directory', DataRedundancy: 'SingleAvailabilityZone' },
      },
    };
  }
  return facts.region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: facts.region } };
}

const POLICY_KIND = { table: 'table-bucket', directory: 'directory-bucket', general: 'bucket' } as const;

function enforcement({ choices, target, facts, now, id }: TargetContext): Pick<Part, 'calls' | 'documents'> {
  const statements = enforcementStatements(target, choices.enforcement, keyArnOf(choices), facts);
  if (statements.length === 0) return { calls: [], documents: [] };
  const before = now?.policy;
  const after = withStatements(before, statements);
  if (after === undefined || after === before) return { calls: [], documents: [] };
  const table = target.kind === 'table';
  const arn = arnOf(target, facts);
  const name = table ? { tableBucketARN: arn } : { Bucket: target.name };
  const put = (policy: string): PlannedOperation =>
    table
      ? { service: 's3tables', operation: 'PutTableBucketPolicy', input: { ...name, resourcePolicy: policy } }
      : { service: 's3', operation: 'PutBucketPolicy', input: { ...name, Policy: policy } };
  const remove: PlannedOperation = table
    ? { service: 's3tables', operation: 'DeleteTableBucketPolicy', input: name }
    : { service: 's3', operation: 'DeleteBucketPolicy', input: name };
  return {
    calls: [
      {
        id: id(table ? 'table-bucket-policy' : 'bucket-policy'),
        ...put(after),
        says: `Makes ${target.name} refuse ${refuses(choices)}.`,
        undo: [before === undefined ? remove : put(before)],
      },
    ],
    documents: [
      {
        kind: POLICY_KIND[target.kind],
        label: `Policy of ${target.name}`,
        before: before ?? '',
        after,
      },
    ],
  };
}

function refuses({ enforcement: { algorithm, pin } }: Choices): string {
  if (algorithm && pin) return 'other encryption and other keys';
  return algorithm ? 'other encryption than SSE-KMS' : 'other keys';
}

/** A role, user or service by the end of its name. */
export function shortName(principal: string): string {
  return principal.startsWith('arn:') ? (principal.split('/').at(-1) ?? principal) : principal;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
