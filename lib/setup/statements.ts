/** The policy statements that a set-up generates: nothing that is not needed, each with the rule behind it. */

import type { Choices, Target } from './choices.ts';
import { arnOf, type Facts, lakeFormationRole, MAINTENANCE, METADATA } from './facts.ts';
import { outputOf } from './plan.ts';

export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: unknown;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** PERM-01: to write a key makes data keys, to read it unwraps them. */
const DATA_KEY_USE = ['kms:GenerateDataKey', 'kms:Decrypt'] as const;
const CONTEXT = 'kms:EncryptionContext:aws:s3:arn';

/** ARN of the key: known, or what CreateKey will answer. */
export function keyArnOf({ key }: Pick<Choices, 'key'>): string {
  return key.mode === 'existing' ? key.arn : outputOf('key', 'KeyMetadata.Arn');
}

/** ARNs of everybody who reads and writes, the role to be made among them. */
export function clientsOf({ principals }: Pick<Choices, 'principals'>, facts: Facts): readonly string[] {
  const { clients, newRole, lakeFormation } = principals;
  return [
    ...clients,
    ...(newRole === undefined ? [] : [`arn:aws:iam::${facts.account}:role/${newRole}`]),
    ...(lakeFormation ? [lakeFormationRole(facts)] : []),
  ];
}

/** KMS-21: without it the IAM policies of the account say nothing about the key, and only this policy could be used. */
export const accountStatement = ({ account }: Facts): Statement => ({
  Sid: 'EnableIAMPolicies',
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${account}:root` },
  Action: 'kms:*',
  Resource: '*',
});

/** PERM-03, PERM-07: a service principal is let in by the key policy only, and only for tables of these buckets. */
export function serviceStatement(choices: Pick<Choices, 'goal' | 'principals'>, facts: Facts): Statement | undefined {
  const buckets = choices.goal.filter(({ kind }) => kind === 'table').map((target) => `${arnOf(target, facts)}/*`);
  if (buckets.length === 0) return undefined;
  const { metadata } = choices.principals;
  return {
    Sid: metadata ? 'AllowS3TablesMaintenanceAndMetadata' : 'AllowS3TablesMaintenance',
    Effect: 'Allow',
    Principal: { Service: metadata ? [MAINTENANCE, METADATA] : MAINTENANCE },
    Action: DATA_KEY_USE,
    Resource: '*',
    Condition: { StringLike: { [CONTEXT]: one(buckets) } },
  };
}

/** The use of the key for the clients: through S3 only, and for the data of these buckets only. */
export function clientStatements(
  choices: Pick<Choices, 'goal'>,
  clients: readonly string[],
  facts: Facts,
  where: 'key' | { readonly keyArn: string },
): readonly Statement[] {
  if (clients.length === 0) return [];
  const who = where === 'key' ? { Principal: { AWS: one(clients) } } : {};
  const Resource = where === 'key' ? '*' : where.keyArn;
  const contexts = choices.goal.flatMap((target) => contextsOf(target, facts));
  // TB-62: two AWS texts disagree on the service that S3 Tables calls through, so both are let in.
  const tables = choices.goal.some(({ kind }) => kind === 'table');
  const directories = choices.goal.some(({ kind }) => kind === 'directory');
  const through = [`s3.${facts.region}.amazonaws.com`, ...(tables ? [`s3tables.${facts.region}.amazonaws.com`] : [])];
  return [
    ...(contexts.length === 0
      ? []
      : [
          {
            Sid: 'AllowClientsThroughS3',
            Effect: 'Allow' as const,
            ...who,
            Action: DATA_KEY_USE,
            Resource,
            Condition: {
              StringEquals: { 'kms:ViaService': one(through) },
              StringLike: { [CONTEXT]: one(contexts) },
            },
          },
        ]),
    ...(directories
      ? [
          {
            // The name of the context key is not published for directory buckets (DB-50): the service alone is checked.
            Sid: 'AllowClientsThroughS3Express',
            Effect: 'Allow' as const,
            ...who,
            Action: DATA_KEY_USE,
            Resource,
            Condition: {
              StringEquals: {
                'kms:ViaService': [`s3.${facts.region}.amazonaws.com`, `s3express.${facts.region}.amazonaws.com`],
              },
            },
          },
        ]
      : []),
  ];
}

/** GP-17: the object's ARN, and with a bucket key the bucket's: both, so that older objects stay readable. */
function contextsOf(target: Target, facts: Facts): readonly string[] {
  const arn = arnOf(target, facts);
  return target.kind === 'table' ? [`${arn}/*`] : target.kind === 'general' ? [arn, `${arn}/*`] : [];
}

/** What reading and writing needs on the side of the bucket. Creating and deleting is not part of it. */
export function bucketStatements(
  choices: Pick<Choices, 'goal'>,
  facts: Pick<Facts, 'account' | 'region'>,
): readonly Statement[] {
  return choices.goal.flatMap((target, index): Statement[] => {
    const arn = arnOf(target, facts);
    const number = choices.goal.length === 1 ? '' : String(index + 1);
    switch (target.kind) {
      case 'table':
        return [
          {
            Sid: `FindTables${number}`,
            Effect: 'Allow',
            Action: [
              's3tables:GetTableBucket',
              's3tables:ListNamespaces',
              's3tables:GetNamespace',
              's3tables:ListTables',
            ],
            Resource: arn,
          },
          {
            Sid: `UseTables${number}`,
            Effect: 'Allow',
            Action: [
              's3tables:GetTable',
              's3tables:GetTableData',
              's3tables:PutTableData',
              's3tables:GetTableMetadataLocation',
              's3tables:UpdateTableMetadataLocation',
            ],
            Resource: `${arn}/table/*`,
          },
        ];
      case 'general':
        return [
          { Sid: `ListBucket${number}`, Effect: 'Allow', Action: 's3:ListBucket', Resource: arn },
          {
            Sid: `UseObjects${number}`,
            Effect: 'Allow',
            Action: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload'],
            Resource: `${arn}/*`,
          },
        ];
      case 'directory':
        return [{ Sid: `OpenSessions${number}`, Effect: 'Allow', Action: 's3express:CreateSession', Resource: arn }];
    }
  });
}

/**
 * Deny statements of the bucket: one for the algorithm, one for the key. In one statement both would have to differ at
 * once (TB-63).
 */
export function enforcementStatements(
  target: Target,
  { algorithm, pin }: Choices['enforcement'],
  keyArn: string,
  facts: Facts,
): readonly Statement[] {
  const arn = arnOf(target, facts);
  const deny = (
    Sid: string,
    Action: string | readonly string[],
    Resource: Statement['Resource'],
    key: string,
    value: string,
    ifSent: boolean,
  ): Statement => ({
    Sid,
    Effect: 'Deny',
    Principal: '*',
    Action,
    Resource,
    Condition: {
      StringNotEquals: { [key]: value },
      // GP-21: who sends no header gets the bucket's default, which is right; a missing key would satisfy the other line.
      ...(ifSent ? { Null: { [key]: 'false' } } : {}),
    },
  });
  const pair = (
    action: string | readonly string[],
    on: Statement['Resource'],
    keys: readonly [string, string],
    ifSent: boolean,
  ) => [
    ...(algorithm ? [deny('DenyOtherEncryption', action, on, keys[0], 'aws:kms', ifSent)] : []),
    ...(pin ? [deny('DenyOtherKeys', action, on, keys[1], keyArn, ifSent)] : []),
  ];
  switch (target.kind) {
    case 'table':
      return pair(
        ['s3tables:CreateTable', 's3tables:PutTableBucketEncryption'],
        [arn, `${arn}/*`],
        ['s3tables:SSEAlgorithm', 's3tables:KMSKeyArn'],
        false,
      );
    case 'general':
      return pair(
        's3:PutObject',
        `${arn}/*`,
        ['s3:x-amz-server-side-encryption', 's3:x-amz-server-side-encryption-aws-kms-key-id'],
        true,
      );
    case 'directory':
      // DB-46: CreateSession is decided on the bucket itself; with /* nothing would be denied.
      return pair(
        's3express:CreateSession',
        arn,
        ['s3express:x-amz-server-side-encryption', 's3express:x-amz-server-side-encryption-aws-kms-key-id'],
        true,
      );
  }
}

/** Who may assume a role: anybody of the account whose own policies allow it. */
export const trustAccount = ({ account }: Pick<Facts, 'account'>): string =>
  document([
    {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${account}:root` },
      Action: 'sts:AssumeRole',
    },
  ]);

/** Statements as the text of a document. */
export function document(statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements }, null, 2);
}

/**
 * A document with statements added at its end. One that is there already, word for word, is not added again; one whose
 * Sid is taken gets a number. Undefined where the text is no policy.
 */
export function withStatements(text: string | undefined, added: readonly Statement[]): string | undefined {
  if (text === undefined || text.trim() === '') return document(added);
  let policy: { Statement?: unknown };
  try {
    policy = JSON.parse(text) as { Statement?: unknown };
  } catch {
    return undefined;
  }
  if (typeof policy !== 'object' || policy === null || Array.isArray(policy)) return undefined;
  const present = (
    Array.isArray(policy.Statement) ? policy.Statement : policy.Statement ? [policy.Statement] : []
  ) as readonly Partial<Statement>[];
  const sids = new Set(present.map(({ Sid }) => Sid));
  const known = new Set(present.map((it) => JSON.stringify({ ...it, Sid: '' })));
  const fresh = added
    .filter((it) => !known.has(JSON.stringify({ ...it, Sid: '' })))
    .map((it) => {
      let Sid = it.Sid;
      for (let number = 2; sids.has(Sid); number += 1) Sid = `${it.Sid}${number}`;
      sids.add(Sid);
      return { ...it, Sid };
    });
  if (fresh.length === 0) return text;
  return JSON.stringify({ ...policy, Statement: [...present, ...fresh] }, null, 2);
}

function one(values: readonly string[]): string | readonly string[] {
  const [first, ...more] = values;
  return first !== undefined && more.length === 0 ? first : values;
}
