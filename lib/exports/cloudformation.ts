/** A plan as a CloudFormation template in JSON. */

import { partsOf, type SetupCall } from '../setup/plan.ts';
import type { ExportHead } from './cli.ts';
import { type EncryptionSetting, type Resource, referenceOf, resourcesOf } from './resources.ts';

type Properties = Readonly<Record<string, unknown>>;

interface TemplateResource {
  readonly Type: string;
  readonly DeletionPolicy?: 'Retain';
  readonly UpdateReplacePolicy?: 'Retain';
  readonly DependsOn?: readonly string[];
  readonly Properties: Properties;
}

/**
 * The template, and what it can't say: resources that exist must be imported into the stack, and some calls have no
 * resource. Everything that holds data or keys is retained when the stack is deleted.
 */
export function toCloudFormation(calls: readonly SetupCall[], head: ExportHead): { text: string; notes: string[] } {
  const { resources, left } = resourcesOf(calls);
  const names = new Map(resources.map((it) => [it.id, logicalId(it.id)]));
  const notes = left.map(({ call }) => `Not in the template, make it yourself: ${call.service} ${call.operation}.`);
  const made: Record<string, TemplateResource> = {};
  for (const [index, resource] of resources.entries()) {
    const described = describe(resource, (value) => filled(value, resources, names));
    if (described === undefined) {
      notes.push(`CloudFormation has no resource for ${sayKind(resource)}: make it with the AWS CLI script.`);
      continue;
    }
    if (resource.existing) {
      notes.push(`${sayKind(resource)} exists: create the stack with a change set of type IMPORT that names it.`);
    }
    const properties = described.Properties;
    const written = JSON.stringify(properties);
    // What is referred to is waited for anyway; what is only mentioned by its name is not.
    const mentioned = resources
      .slice(0, index)
      .filter((it) => !it.existing && mentions(written, it) && names.has(it.id) && made[logicalId(it.id)] !== undefined)
      .map((it) => logicalId(it.id))
      .filter((name) => !written.includes(`"${name}"`) && !written.includes(`\${${name}.`));
    made[logicalId(resource.id)] = {
      Type: described.Type,
      ...(HOLDS_DATA.has(resource.kind) ? { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' } : {}),
      ...(mentioned.length === 0 ? {} : { DependsOn: mentioned }),
      Properties: properties,
    };
  }
  const template = {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: head.title.slice(0, 1024),
    ...(notes.length === 0 ? {} : { Metadata: { Notes: notes } }),
    Resources: made,
  };
  return { text: `${JSON.stringify(template, null, 2)}\n`, notes };
}

const HOLDS_DATA: ReadonlySet<Resource['kind']> = new Set([
  'key',
  'table-bucket',
  'table',
  'bucket',
  'directory-bucket',
]);

/** `table-bucket` → `TableBucket`: a logical id is letters and digits. */
function logicalId(id: string): string {
  return id
    .split(/[^A-Za-z0-9]+/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
}

/** Whether a text names a resource by name. Short names would be found everywhere; those of a plan are ARNs or longer. */
export function mentions(written: string, { kind, name }: Resource): boolean {
  if (kind === 'role') return written.includes(`role/${name}`) || written.includes(`"${name}"`);
  if (kind === 'bucket' || kind === 'directory-bucket' || kind === 'table-bucket') {
    return written.includes(`"${name}"`) || written.includes(`:${name}`) || written.includes(`bucket/${name}`);
  }
  if (kind === 'namespace') return written.includes(`"Namespace":"${name}"`);
  return false;
}

export function sayKind({ kind, name }: Resource): string {
  return kind === 'key' ? `The key ${name}` : `The ${kind.replaceAll('-', ' ')} ${name}`;
}

function describe(
  it: Resource,
  fill: (value: unknown) => unknown,
): { readonly Type: string; readonly Properties: Properties } | undefined {
  const document = (text: string) => fill(JSON.parse(text) as unknown);
  switch (it.kind) {
    case 'key':
      return {
        Type: 'AWS::KMS::Key',
        Properties: {
          ...(it.description === undefined ? {} : { Description: it.description }),
          ...(it.rotation ? { EnableKeyRotation: true } : {}),
          ...(it.policy === undefined ? {} : { KeyPolicy: document(it.policy) }),
          ...(it.tags.length === 0 ? {} : { Tags: it.tags.map(({ key, value }) => ({ Key: key, Value: value })) }),
        },
      };
    case 'alias':
      return { Type: 'AWS::KMS::Alias', Properties: { AliasName: it.name, TargetKeyId: fill(it.target) } };
    case 'grant':
      return undefined;
    case 'role':
      return {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: it.name,
          ...(it.path === '/' ? {} : { Path: it.path }),
          ...(it.description === undefined ? {} : { Description: it.description }),
          AssumeRolePolicyDocument: document(it.trust),
        },
      };
    case 'inline-policy':
      return {
        Type: it.of === 'role' ? 'AWS::IAM::RolePolicy' : 'AWS::IAM::UserPolicy',
        Properties: {
          PolicyName: it.name,
          [it.of === 'role' ? 'RoleName' : 'UserName']: it.holder,
          PolicyDocument: document(it.policy),
        },
      };
    case 'table-bucket':
      return {
        Type: 'AWS::S3Tables::TableBucket',
        Properties: { TableBucketName: it.name, ...tableEncryption(it.encryption, fill) },
      };
    case 'table-bucket-policy':
      return {
        Type: 'AWS::S3Tables::TableBucketPolicy',
        Properties: { TableBucketARN: fill(it.arn), ResourcePolicy: document(it.policy) },
      };
    case 'namespace':
      return {
        Type: 'AWS::S3Tables::Namespace',
        Properties: { TableBucketARN: fill(it.arn), Namespace: it.name },
      };
    case 'table':
      return {
        Type: 'AWS::S3Tables::Table',
        Properties: {
          TableBucketARN: fill(it.arn),
          Namespace: it.namespace,
          TableName: it.name,
          OpenTableFormat: 'ICEBERG',
          ...(it.fields.length === 0
            ? {}
            : {
                IcebergMetadata: {
                  IcebergSchema: {
                    SchemaFieldList: it.fields.map(({ name, type, required }) => ({
                      Name: name,
                      Type: type,
                      Required: required,
                    })),
                  },
                },
              }),
        },
      };
    case 'bucket':
      return {
        Type: 'AWS::S3::Bucket',
        Properties: {
          BucketName: it.name,
          ...bucketEncryption(it.encryption, fill),
          PublicAccessBlockConfiguration: {
            BlockPublicAcls: true,
            BlockPublicPolicy: true,
            IgnorePublicAcls: true,
            RestrictPublicBuckets: true,
          },
        },
      };
    case 'directory-bucket':
      return {
        Type: 'AWS::S3Express::DirectoryBucket',
        Properties: {
          BucketName: it.name,
          LocationName: it.zone,
          DataRedundancy: 'SingleAvailabilityZone',
          ...bucketEncryption(it.encryption, fill),
        },
      };
    case 'bucket-policy':
      return {
        Type: it.directory ? 'AWS::S3Express::BucketPolicy' : 'AWS::S3::BucketPolicy',
        Properties: { Bucket: it.name, PolicyDocument: document(it.policy) },
      };
  }
}

function tableEncryption(it: EncryptionSetting | undefined, fill: (value: unknown) => unknown): Properties {
  if (it === undefined) return {};
  return {
    EncryptionConfiguration: {
      SSEAlgorithm: it.algorithm,
      ...(it.keyArn === undefined ? {} : { KMSKeyArn: fill(it.keyArn) }),
    },
  };
}

/** BK-15: `BucketKeyEnabled` stands beside the default, in the same rule. */
function bucketEncryption(it: EncryptionSetting | undefined, fill: (value: unknown) => unknown): Properties {
  if (it === undefined) return {};
  return {
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [
        {
          ...(it.bucketKey === undefined ? {} : { BucketKeyEnabled: it.bucketKey }),
          ServerSideEncryptionByDefault: {
            SSEAlgorithm: it.algorithm,
            ...(it.keyArn === undefined ? {} : { KMSMasterKeyID: fill(it.keyArn) }),
          },
        },
      ],
    },
  };
}

/** References become `Fn::GetAtt`, or `Fn::Sub` inside a longer text. */
function filled(value: unknown, resources: readonly Resource[], names: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') {
    const attribute = (id: string): readonly [string, string] => [
      names.get(id) ?? logicalId(id),
      resources.find((it) => it.id === id)?.kind === 'table-bucket' ? 'TableBucketARN' : 'Arn',
    ];
    const whole = referenceOf(value);
    if (whole !== undefined) return { 'Fn::GetAtt': attribute(whole) };
    const parts = partsOf(value);
    if (!parts.some((part) => 'id' in part)) return value;
    const text = parts.map((part) =>
      'id' in part ? `\${${attribute(part.id).join('.')}}` : part.text.replaceAll('${', '${!'),
    );
    return { 'Fn::Sub': text.join('') };
  }
  if (Array.isArray(value)) return value.map((item) => filled(item, resources, names));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, filled(inner, resources, names)]));
  }
  return value;
}
