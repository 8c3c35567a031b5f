/** The resources that a plan's calls leave behind: what templates describe instead of calls. */

import { partsOf, type SetupCall } from '../setup/plan.ts';

/** A statement list as it is sent: JSON text that may hold references. */
type PolicyText = string;

export interface EncryptionSetting {
  readonly algorithm: string;
  readonly keyArn?: string;
  readonly bucketKey?: boolean;
}

interface Common {
  /** Unique, from the id of the call: `key`, `table-bucket`. */
  readonly id: string;
  /** It is there already: the plan only changes it. */
  readonly existing: boolean;
  /** Its name or ARN, as later resources mention it. */
  readonly name: string;
}

export type Resource = Common &
  (
    | {
        readonly kind: 'key';
        readonly policy?: PolicyText;
        readonly description?: string;
        readonly rotation: boolean;
        readonly tags: readonly { readonly key: string; readonly value: string }[];
      }
    | { readonly kind: 'alias'; readonly target: string }
    | { readonly kind: 'grant'; readonly input: Readonly<Record<string, unknown>> }
    | { readonly kind: 'role'; readonly trust: PolicyText; readonly path: string; readonly description?: string }
    | {
        readonly kind: 'inline-policy';
        readonly of: 'role' | 'user';
        readonly holder: string;
        readonly policy: PolicyText;
      }
    | { readonly kind: 'table-bucket'; readonly arn: string; readonly encryption?: EncryptionSetting }
    | { readonly kind: 'table-bucket-policy'; readonly arn: string; readonly policy: PolicyText }
    | { readonly kind: 'namespace'; readonly arn: string }
    | {
        readonly kind: 'table';
        readonly arn: string;
        readonly namespace: string;
        readonly encryption?: EncryptionSetting;
        readonly fields: readonly { readonly name: string; readonly type: string; readonly required: boolean }[];
      }
    | { readonly kind: 'bucket'; readonly encryption?: EncryptionSetting }
    | { readonly kind: 'directory-bucket'; readonly zone: string; readonly encryption?: EncryptionSetting }
    | { readonly kind: 'bucket-policy'; readonly directory: boolean; readonly policy: PolicyText }
  );

export type ResourceOf<Kind extends Resource['kind']> = Extract<Resource, { kind: Kind }>;

export interface Folded {
  readonly resources: readonly Resource[];
  /** Calls that no template can say; their numbers begin at 1. */
  readonly left: readonly { readonly number: number; readonly call: SetupCall }[];
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Id of the call whose output a text is, where it is nothing else. */
export function referenceOf(value: string): string | undefined {
  const [only, more] = partsOf(value);
  return only !== undefined && 'id' in only && more === undefined ? only.id : undefined;
}

/** Directory buckets are known by their names (DB-01). */
export const isDirectoryBucket = (name: string): boolean => name.endsWith('--x-s3');

/** Folds calls into what they leave behind. Reads are passed over. */
export function resourcesOf(calls: readonly SetupCall[]): Folded {
  const resources = new Map<string, Resource>();
  const left: { number: number; call: SetupCall }[] = [];
  const put = (resource: Resource) => resources.set(resource.id, resource);
  /** The resource of an earlier call, or of its own that stands for what exists. */
  const find = <Kind extends Resource['kind']>(kind: Kind, name: string): ResourceOf<Kind> | undefined =>
    [...resources.values()].find(
      (it): it is ResourceOf<Kind> => it.kind === kind && (it.name === name || it.id === referenceOf(name)),
    );

  for (const [index, call] of calls.entries()) {
    const { id, input } = call;
    switch (`${call.service}:${call.operation}`) {
      case 'kms:CreateKey':
        put({
          kind: 'key',
          id,
          existing: false,
          name: `{{${id}.KeyMetadata.Arn}}`,
          rotation: false,
          tags: (Array.isArray(input['Tags']) ? (input['Tags'] as { TagKey: string; TagValue: string }[]) : []).map(
            ({ TagKey, TagValue }) => ({ key: TagKey, value: TagValue }),
          ),
          ...(input['Policy'] === undefined ? {} : { policy: text(input['Policy']) }),
          ...(input['Description'] === undefined ? {} : { description: text(input['Description']) }),
        });
        break;
      case 'kms:PutKeyPolicy': {
        const name = text(input['KeyId']);
        const key = find('key', name) ?? { kind: 'key', id, existing: true, name, rotation: false, tags: [] };
        put({ ...key, policy: text(input['Policy']) });
        break;
      }
      case 'kms:EnableKeyRotation': {
        const key = find('key', text(input['KeyId']));
        if (key && !key.existing) put({ ...key, rotation: true });
        else left.push({ number: index + 1, call });
        break;
      }
      case 'kms:CreateAlias':
        put({ kind: 'alias', id, existing: false, name: text(input['AliasName']), target: text(input['TargetKeyId']) });
        break;
      case 'kms:CreateGrant':
        put({ kind: 'grant', id, existing: false, name: text(input['Name']), input });
        break;
      case 'iam:CreateRole':
        put({
          kind: 'role',
          id,
          existing: false,
          name: text(input['RoleName']),
          path: text(input['Path']) || '/',
          trust: text(input['AssumeRolePolicyDocument']),
          ...(input['Description'] === undefined ? {} : { description: text(input['Description']) }),
        });
        break;
      case 'iam:PutRolePolicy':
      case 'iam:PutUserPolicy':
        put({
          kind: 'inline-policy',
          id,
          existing: false,
          name: text(input['PolicyName']),
          of: call.operation === 'PutRolePolicy' ? 'role' : 'user',
          holder: text(input['RoleName'] ?? input['UserName']),
          policy: text(input['PolicyDocument']),
        });
        break;
      case 's3tables:CreateTableBucket':
        put({
          kind: 'table-bucket',
          id,
          existing: false,
          name: text(input['name']),
          arn: `{{${id}.arn}}`,
          ...tableEncryption(input['encryptionConfiguration']),
        });
        break;
      case 's3tables:PutTableBucketEncryption': {
        const arn = text(input['tableBucketARN']);
        const bucket = find('table-bucket', bucketNameOf(arn)) ?? existingTableBucket(id, arn);
        put({ ...bucket, ...tableEncryption(input['encryptionConfiguration']) });
        break;
      }
      case 's3tables:PutTableBucketPolicy': {
        const arn = text(input['tableBucketARN']);
        const policy = text(input['resourcePolicy']);
        put({ kind: 'table-bucket-policy', id, existing: false, name: bucketNameOf(arn), arn, policy });
        break;
      }
      case 's3tables:CreateNamespace': {
        const [name] = (input['namespace'] ?? []) as readonly string[];
        put({ kind: 'namespace', id, existing: false, name: name ?? '', arn: text(input['tableBucketARN']) });
        break;
      }
      case 's3tables:CreateTable':
        put({
          kind: 'table',
          id,
          existing: false,
          name: text(input['name']),
          arn: text(input['tableBucketARN']),
          namespace: text(input['namespace']),
          fields: fieldsOf(input['metadata']),
          ...tableEncryption(input['encryptionConfiguration']),
        });
        break;
      case 's3:CreateBucket': {
        const name = text(input['Bucket']);
        const where = input['CreateBucketConfiguration'] as { Location?: { Name?: string } } | undefined;
        put(
          isDirectoryBucket(name)
            ? { kind: 'directory-bucket', id, existing: false, name, zone: where?.Location?.Name ?? '' }
            : { kind: 'bucket', id, existing: false, name },
        );
        break;
      }
      case 's3:PutBucketEncryption': {
        const name = text(input['Bucket']);
        const bucket = isDirectoryBucket(name)
          ? (find('directory-bucket', name) ??
            ({ kind: 'directory-bucket', id, existing: true, name, zone: zoneOf(name) } as const))
          : (find('bucket', name) ?? ({ kind: 'bucket', id, existing: true, name } as const));
        put({ ...bucket, ...bucketEncryption(input['ServerSideEncryptionConfiguration']) });
        break;
      }
      case 's3:PutBucketPolicy': {
        const name = text(input['Bucket']);
        const policy = text(input['Policy']);
        put({ kind: 'bucket-policy', id, existing: false, name, directory: isDirectoryBucket(name), policy });
        break;
      }
      default:
        if (!/^(?:Get|List|Describe)/.test(call.operation)) left.push({ number: index + 1, call });
    }
  }
  return { resources: [...resources.values()], left };
}

function existingTableBucket(id: string, arn: string): ResourceOf<'table-bucket'> {
  return { kind: 'table-bucket', id, existing: true, name: bucketNameOf(arn), arn };
}

/** `raw` of `arn:…:bucket/raw`. A reference stays what it is. */
export function bucketNameOf(arn: string): string {
  return arn.startsWith('arn:') ? (arn.split('/')[1] ?? '') : arn;
}

/** `use1-az4` of `features--use1-az4--x-s3`. */
export function zoneOf(bucket: string): string {
  return bucket.split('--').at(-2) ?? '';
}

function tableEncryption(value: unknown): { encryption?: EncryptionSetting } {
  const it = value as { sseAlgorithm?: string; kmsKeyArn?: string } | undefined;
  if (it === undefined) return {};
  const { sseAlgorithm = 'AES256', kmsKeyArn } = it;
  return { encryption: { algorithm: sseAlgorithm, ...(kmsKeyArn === undefined ? {} : { keyArn: kmsKeyArn }) } };
}

function bucketEncryption(value: unknown): { encryption?: EncryptionSetting } {
  const rule = (value as { Rules?: readonly Rule[] } | undefined)?.Rules?.[0];
  const { SSEAlgorithm = 'AES256', KMSMasterKeyID } = rule?.ApplyServerSideEncryptionByDefault ?? {};
  return {
    encryption: {
      algorithm: SSEAlgorithm,
      ...(KMSMasterKeyID === undefined ? {} : { keyArn: KMSMasterKeyID }),
      ...(rule?.BucketKeyEnabled === undefined ? {} : { bucketKey: rule.BucketKeyEnabled }),
    },
  };
}

interface Rule {
  readonly ApplyServerSideEncryptionByDefault?: { readonly SSEAlgorithm?: string; readonly KMSMasterKeyID?: string };
  readonly BucketKeyEnabled?: boolean;
}

function fieldsOf(metadata: unknown): ResourceOf<'table'>['fields'] {
  const schema = (
    metadata as { iceberg?: { schema?: { fields?: { name: string; type: string; required?: boolean }[] } } } | undefined
  )?.iceberg?.schema;
  return (schema?.fields ?? []).map(({ name, type, required }) => ({ name, type, required: required ?? false }));
}
