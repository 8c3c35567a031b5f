/** Whom a table's key must let in, and who is kept out (PERM-01 to PERM-07). Pure. */
import {
  conditionContext,
  evaluate,
  namedPrincipal,
  type Principal,
  parseArn,
  type SourcedPolicy,
} from '../access/index.ts';
import type { IdentityPolicies } from '../aws/identity-policies.ts';
import { callerSideOf, type KeySide, versionOf } from './key-side.ts';

export type Family = 'maintenance' | 'integration' | 'client' | 'metadata';

/** One principal that works with tables, and whether the key lets it. */
export interface RequiredPrincipal {
  readonly family: Family;
  /** ARN, or the DNS name of a service. */
  readonly principal: string;
  readonly about: string;
  readonly status: 'allowed' | 'part' | 'missing' | 'not-needed';
  /** Through which policy or grant, or why not. */
  readonly how: string;
  /** What fails without it. */
  readonly consequence?: string;
  /** Why it is so. */
  readonly cause?: string;
}

export interface RequiredOf {
  readonly key: Pick<KeySide, 'key' | 'policy' | 'grants'>;
  readonly identities: IdentityPolicies | undefined;
  /** Policy of the table bucket or table, which may let clients in. */
  readonly resourcePolicy: SourcedPolicy | undefined;
  readonly bucketArn: string;
  /** One table; absent for the tables of the whole bucket. */
  readonly tableArn?: string;
}

export const MAINTENANCE = 'maintenance.s3tables.amazonaws.com';
const METADATA = 'metadata.s3.amazonaws.com';
const NEEDS = ['kms:GenerateDataKey', 'kms:Decrypt'] as const;
/** Clients beyond these are told as a number. */
const MOST_CLIENTS = 12;
const NO_DEPENDANTS = {
  found: [],
  scanned: { bucket: 0, 'directory-bucket': 0, 'table-bucket': 0, table: 0 },
  unseen: [],
} as const;

/** The four families, each evaluated as S3 asks in its name: through S3, with the table's encryption context (TB-62). */
export function requiredPrincipals(of: RequiredOf): readonly RequiredPrincipal[] {
  const { account = '', bucket = '' } = where(of.bucketArn);
  const clients = clientsOf(of);
  const lakeFormation = `arn:aws:iam::${account}:role/service-role/S3TablesRoleForLakeFormation`;
  const integrated = of.identities?.principals.some(({ arn }) => arn === lakeFormation);
  return [
    judged(of, 'maintenance', MAINTENANCE, 'Creates, compacts and cleans tables'),
    integrated
      ? judged(of, 'integration', lakeFormation, 'Integration role, queries through Lake Formation')
      : {
          family: 'integration',
          principal: lakeFormation,
          about: 'Integration role, queries through Lake Formation',
          status: 'not-needed',
          how: of.identities ? 'The role does not exist: who queries asks in its own name' : 'IAM was not read',
        },
    ...(clients.length > 0
      ? clients
          .slice(0, MOST_CLIENTS)
          .map((arn) => judged(of, 'client', arn, 'Client role, may read or write these tables'))
      : [
          {
            family: 'client' as const,
            principal: `arn:aws:iam::${account}:root`,
            about: 'Client roles, Iceberg REST endpoint and catalog',
            status: 'not-needed' as const,
            how: of.identities ? 'No user or role of this account may use these tables' : 'IAM was not read',
          },
        ]),
    bucket === 'aws-s3'
      ? judged(of, 'metadata', METADATA, 'S3 Metadata, writes its tables here')
      : {
          family: 'metadata',
          principal: METADATA,
          about: 'S3 Metadata',
          status: 'not-needed',
          how: 'No metadata table lives in this bucket',
        },
  ];
}

function where(bucketArn: string): { account?: string; bucket?: string } {
  const arn = parseArn(bucketArn);
  return arn ? { account: arn.accountId, bucket: arn.resource.replace(/^bucket\//, '') } : {};
}

/** Asks the evaluator for both operations that working with a table takes (PERM-01). */
function judged(of: RequiredOf, family: Family, name: string, about: string): RequiredPrincipal {
  const principal = namedPrincipal(name);
  if (!principal) return { family, principal: name, about, status: 'missing', how: 'This is nobody who can ask' };
  const { key, identities, bucketArn, tableArn = bucketArn } = of;
  const version = versionOf({ ...key, dependants: NO_DEPENDANTS, lastUsed: new Map(), unseen: [] }, identities);
  const answers = NEEDS.map((action) => {
    const situation = version({ principal, action, resource: key.key.arn, data: tableArn });
    return 'unavailable' in situation
      ? { action, allowed: false, how: situation.unavailable }
      : { action, ...told(evaluate(situation.request, situation.policies, { trace: true })) };
  });
  const allowed = answers.filter((answer) => answer.allowed);
  const refused = answers.find((answer) => !answer.allowed);
  const base = { family, principal: name, about };
  if (!refused) return { ...base, status: 'allowed', how: answers[0]?.how ?? '' };
  return {
    ...base,
    status: allowed.length > 0 ? 'part' : 'missing',
    how: allowed.length > 0 ? `${allowed[0]?.action.replace('kms:', '')} only` : refused.how,
    consequence: CONSEQUENCES[family],
    cause: key.key.state === 'Enabled' ? CAUSES[family] : `The key is ${key.key.state}, so KMS refuses everyone.`,
  };
}

function told(decision: ReturnType<typeof evaluate>): { allowed: boolean; how: string } {
  const { outcome, decidedBy, source = '', statement } = decision;
  if (outcome === 'explicit-deny')
    return { allowed: false, how: `${placed(decidedBy, source)}, ${statement ?? 'a statement'} denies` };
  if (outcome !== 'allow') return { allowed: false, how: 'No statement or grant allows it' };
  if (decidedBy === 'grant') return { allowed: true, how: `Grant ${source.slice(0, 8)}` };
  return { allowed: true, how: `${placed(decidedBy, source)}, ${statement ?? 'a statement'}` };
}

function placed(layer: string, source: string): string {
  return layer === 'resource-policy'
    ? 'Key policy'
    : layer === 'identity-policy'
      ? `IAM, ${source.split('/').at(-1) ?? source}`
      : layer.replaceAll('-', ' ');
}

const CONSEQUENCES: Readonly<Record<Family, string>> = {
  maintenance: "Tables can't be created in this bucket with this key, and compaction fails",
  integration: 'Queries through Lake Formation fail',
  client: 'Reads and writes of these tables are refused, though S3 Tables would allow them',
  metadata: "S3 Metadata can't write its tables",
};
const CAUSES: Readonly<Record<Family, string>> = {
  maintenance: "A service principal can't be allowed through IAM, so the key policy must name it.",
  integration: 'The service role asks KMS in its own name; no statement, grant or IAM policy lets it use the key.',
  client: 'S3 asks KMS in the name of the client; no statement, grant or IAM policy lets it use the key.',
  metadata: "A service principal can't be allowed through IAM, so the key policy must name it.",
};

/** Users and roles that S3 Tables would let at these tables. */
function clientsOf({
  identities,
  resourcePolicy,
  bucketArn,
  tableArn = `${bucketArn}/table/example`,
}: RequiredOf): readonly string[] {
  const { account = '' } = where(bucketArn);
  return (identities?.principals ?? []).flatMap(({ arn }) => {
    const principal = namedPrincipal(arn);
    if (!principal || arn.includes('/service-role/') || arn.includes('/aws-service-role/')) return [];
    return ['s3tables:GetTableData', 's3tables:PutTableData'].some((action) => may(principal, action)) ? [arn] : [];
  });

  function may(principal: Principal, action: string): boolean {
    const request = {
      principal,
      action,
      resource: tableArn,
      resourceAccountId: account,
      context: conditionContext([
        ['aws:PrincipalArn', principal.roleArn ?? principal.arn],
        ['aws:PrincipalAccount', principal.accountId],
        ['aws:SecureTransport', 'true'],
      ]),
    };
    const policies = {
      ...callerSideOf(identities)(principal),
      ...(resourcePolicy ? { resource: resourcePolicy } : {}),
    };
    return evaluate(request, policies).outcome === 'allow';
  }
}

/**
 * A key policy with the statement that lets a principal at the tables of a bucket, added at its end as indented JSON
 * (PERM-03, PERM-05, PERM-07). A policy that is no JSON stays as it is.
 */
export function withStatementFor(
  policy: string,
  principal: string,
  bucketArn: string,
): { text: string; statement: object } {
  const service = principal.endsWith('.amazonaws.com');
  const name = service
    ? principal === MAINTENANCE
      ? 'S3TablesMaintenance'
      : 'S3Metadata'
    : (principal.split('/').at(-1) ?? '');
  const services = principal === METADATA ? [MAINTENANCE, METADATA] : principal;
  const statement = {
    Sid: `Allow${name.replaceAll(/\W/g, '')}`,
    Effect: 'Allow',
    Principal: service ? { Service: services } : { AWS: principal },
    Action: NEEDS,
    Resource: '*',
    Condition: { StringLike: { 'kms:EncryptionContext:aws:s3:arn': `${bucketArn}/*` } },
  };
  try {
    const document = JSON.parse(policy) as { Statement?: unknown };
    const present: readonly unknown[] = Array.isArray(document.Statement)
      ? document.Statement
      : document.Statement
        ? [document.Statement]
        : [];
    return { text: JSON.stringify({ ...document, Statement: [...present, statement] }, null, 2), statement };
  } catch {
    return { text: policy, statement };
  }
}
