/** A plan as a Terraform configuration for the AWS provider. */

import { partsOf, type SetupCall } from '../setup/plan.ts';
import type { ExportHead } from './cli.ts';
import { mentions, sayKind } from './cloudformation.ts';
import { type EncryptionSetting, type Resource, resourcesOf } from './resources.ts';

/** An attribute's value as Terraform reads it, or a nested block. */
type Line =
  | { readonly name: string; readonly value: Value }
  | { readonly block: string; readonly lines: readonly Line[] };
type Value =
  | { readonly raw: string }
  | string
  | number
  | boolean
  | readonly Value[]
  | { readonly [name: string]: Value };

interface Block {
  readonly type: string;
  readonly name: string;
  readonly lines: readonly Line[];
  /** Import id of what exists, where Terraform must take it over first. */
  readonly import?: string;
}

/** The configuration, and what it can't say. It is formatted as `terraform fmt` does. */
export function toTerraform(calls: readonly SetupCall[], head: ExportHead): { text: string; notes: string[] } {
  const { resources, left } = resourcesOf(calls);
  const notes = left.map(
    ({ call }) => `Not in the configuration, make it yourself: ${call.service} ${call.operation}.`,
  );
  const blocks: { readonly block: Block; readonly of: Resource }[] = [];
  for (const resource of resources) {
    for (const block of blocksOf(resource, resources, notes)) blocks.push({ block, of: resource });
  }
  const written = blocks.map(({ block, of }) => {
    const text = JSON.stringify(block.lines);
    const waitsFor = blocks
      .slice(
        0,
        blocks.findIndex((it) => it.of === of),
      )
      .filter((it) => !it.of.existing && mentions(text, it.of) && !text.includes(`${it.block.type}.${it.block.name}.`))
      .map((it): Value => ({ raw: `${it.block.type}.${it.block.name}` }));
    const lines: Line[] = [...block.lines, ...(waitsFor.length === 0 ? [] : [{ name: 'depends_on', value: waitsFor }])];
    return [
      ...(block.import === undefined
        ? []
        : [
            `import {`,
            `  to = ${block.type}.${block.name}`,
            `  id = ${rendered(block.import, 1, resources)}`,
            '}',
            '',
          ]),
      `resource "${block.type}" "${block.name}" {`,
      ...renderedLines(lines, 1, resources),
      '}',
    ].join('\n');
  });
  const text = [
    ...[head.title, ...notes].flatMap((line) => line.split(/[\r\n\u2028\u2029]+/).map((one) => `# ${one}`)),
    '',
    'terraform {',
    '  required_version = ">= 1.5"',
    '  required_providers {',
    '    aws = {',
    '      source  = "hashicorp/aws"',
    '      version = ">= 5.100"',
    '    }',
    '  }',
    '}',
    '',
    'provider "aws" {',
    `  region = ${rendered(head.region, 1, resources)}`,
    '}',
    ...written.flatMap((block) => ['', block]),
    '',
  ].join('\n');
  return { text, notes };
}

const attribute = (name: string, value: Value): Line => ({ name, value });
const label = (id: string): string => id.replaceAll(/\W/g, '_');

function blocksOf(it: Resource, all: readonly Resource[], notes: string[]): readonly Block[] {
  const name = label(it.id);
  const policy = (text: string): Value => ({ raw: `jsonencode(${rendered(JSON.parse(text) as Value, 1, all)})` });
  switch (it.kind) {
    case 'key':
      if (it.existing) {
        return [
          {
            type: 'aws_kms_key_policy',
            name,
            lines: [attribute('key_id', it.name), attribute('policy', policy(it.policy ?? '{}'))],
          },
        ];
      }
      return [
        {
          type: 'aws_kms_key',
          name,
          lines: [
            ...(it.description === undefined ? [] : [attribute('description', it.description)]),
            ...(it.rotation ? [attribute('enable_key_rotation', true)] : []),
            ...(it.policy === undefined ? [] : [attribute('policy', policy(it.policy))]),
            ...(it.tags.length === 0
              ? []
              : [attribute('tags', Object.fromEntries(it.tags.map(({ key, value }) => [key, value])))]),
          ],
        },
      ];
    case 'alias':
      return [
        { type: 'aws_kms_alias', name, lines: [attribute('name', it.name), attribute('target_key_id', it.target)] },
      ];
    case 'grant':
      return [{ type: 'aws_kms_grant', name, lines: grantLines(it.input) }];
    case 'role':
      return [
        {
          type: 'aws_iam_role',
          name,
          lines: [
            attribute('name', it.name),
            ...(it.path === '/' ? [] : [attribute('path', it.path)]),
            ...(it.description === undefined ? [] : [attribute('description', it.description)]),
            attribute('assume_role_policy', policy(it.trust)),
          ],
        },
      ];
    case 'inline-policy':
      return [
        {
          type: `aws_iam_${it.of}_policy`,
          name,
          lines: [attribute('name', it.name), attribute(it.of, it.holder), attribute('policy', policy(it.policy))],
        },
      ];
    case 'table-bucket':
      return [
        {
          type: 'aws_s3tables_table_bucket',
          name,
          lines: [attribute('name', it.name), ...tableEncryption(it.encryption)],
          ...(it.existing ? { import: it.arn } : {}),
        },
      ];
    case 'table-bucket-policy':
      return [
        {
          type: 'aws_s3tables_table_bucket_policy',
          name,
          lines: [attribute('table_bucket_arn', it.arn), attribute('resource_policy', policy(it.policy))],
        },
      ];
    case 'namespace':
      return [
        {
          type: 'aws_s3tables_namespace',
          name,
          lines: [attribute('namespace', it.name), attribute('table_bucket_arn', it.arn)],
        },
      ];
    case 'table': {
      const namespace = all.find((one) => one.kind === 'namespace' && one.name === it.namespace);
      return [
        {
          type: 'aws_s3tables_table',
          name,
          lines: [
            attribute('name', it.name),
            attribute(
              'namespace',
              namespace ? { raw: `aws_s3tables_namespace.${label(namespace.id)}.namespace` } : it.namespace,
            ),
            attribute('table_bucket_arn', it.arn),
            attribute('format', 'ICEBERG'),
            ...tableEncryption(it.encryption),
          ],
        },
      ];
    }
    case 'bucket':
      return [
        ...(it.existing ? [] : [{ type: 'aws_s3_bucket', name, lines: [attribute('bucket', it.name)] }]),
        ...(it.encryption
          ? [
              {
                type: 'aws_s3_bucket_server_side_encryption_configuration',
                name,
                lines: [
                  attribute('bucket', it.existing ? it.name : { raw: `aws_s3_bucket.${name}.bucket` }),
                  bucketEncryption(it.encryption),
                ],
              },
            ]
          : []),
      ];
    case 'directory-bucket':
      if (it.encryption) {
        notes.push(
          `${sayKind(it)}: its encryption is set with the AWS CLI script; the provider has no setting for it.`,
        );
      }
      return it.existing
        ? []
        : [
            {
              type: 'aws_s3_directory_bucket',
              name,
              lines: [
                attribute('bucket', it.name),
                attribute('data_redundancy', 'SingleAvailabilityZone'),
                { block: 'location', lines: [attribute('name', it.zone), attribute('type', 'AvailabilityZone')] },
              ],
            },
          ];
    case 'bucket-policy': {
      const bucket = all.find((one) => one.name === it.name && !one.existing && one.kind.endsWith('bucket'));
      const type = it.directory ? 'aws_s3_directory_bucket' : 'aws_s3_bucket';
      return [
        {
          type: 'aws_s3_bucket_policy',
          name,
          lines: [
            attribute('bucket', bucket ? { raw: `${type}.${label(bucket.id)}.bucket` } : it.name),
            attribute('policy', policy(it.policy)),
          ],
        },
      ];
    }
  }
}

function tableEncryption(it: EncryptionSetting | undefined): Line[] {
  if (it === undefined) return [];
  // The provider wants both, with a null key for SSE-S3.
  return [
    attribute('encryption_configuration', { sse_algorithm: it.algorithm, kms_key_arn: it.keyArn ?? { raw: 'null' } }),
  ];
}

function bucketEncryption(it: EncryptionSetting): Line {
  const applied: Line = {
    block: 'apply_server_side_encryption_by_default',
    lines: [
      attribute('sse_algorithm', it.algorithm),
      ...(it.keyArn === undefined ? [] : [attribute('kms_master_key_id', it.keyArn)]),
    ],
  };
  return {
    block: 'rule',
    lines: [...(it.bucketKey === undefined ? [] : [attribute('bucket_key_enabled', it.bucketKey)]), applied],
  };
}

function grantLines(input: Readonly<Record<string, unknown>>): Line[] {
  const constraints = input['Constraints'] as Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
  const names = [
    ['Name', 'name'],
    ['KeyId', 'key_id'],
    ['GranteePrincipal', 'grantee_principal'],
    ['RetiringPrincipal', 'retiring_principal'],
    ['Operations', 'operations'],
  ] as const;
  return [
    ...names.flatMap(([from, to]) => (input[from] === undefined ? [] : [attribute(to, input[from] as Value)])),
    ...(constraints === undefined
      ? []
      : [
          {
            block: 'constraints',
            lines: Object.entries(constraints).map(([name, pairs]) =>
              attribute(
                name === 'EncryptionContextEquals' ? 'encryption_context_equals' : 'encryption_context_subset',
                pairs,
              ),
            ),
          },
        ]),
  ];
}

function renderedLines(lines: readonly Line[], depth: number, all: readonly Resource[]): string[] {
  const pad = '  '.repeat(depth);
  const out: string[] = [];
  // `terraform fmt` aligns the equals signs of neighbours that take one line each.
  const values = lines.map((line) => ('block' in line ? undefined : rendered(line.value, depth, all)));
  for (const [index, line] of lines.entries()) {
    if ('block' in line) {
      if (index > 0) out.push('');
      out.push(`${pad}${line.block} {`, ...renderedLines(line.lines, depth + 1, all), `${pad}}`);
      continue;
    }
    out.push(`${pad}${line.name.padEnd(widthAt(index, lines, values))} = ${values[index] ?? ''}`);
  }
  return out;
}

/** Length of the longest name in the run of one-line attributes around `index`; its own where its value takes more lines. */
function widthAt(index: number, lines: readonly Line[], values: readonly (string | undefined)[]): number {
  const single = (at: number) => values[at] !== undefined && !values[at]?.includes('\n');
  const nameAt = (at: number) => {
    const line = lines[at];
    return line === undefined || 'block' in line ? '' : line.name;
  };
  if (!single(index)) return nameAt(index).length;
  let from = index;
  while (single(from - 1)) from -= 1;
  let to = index;
  while (single(to + 1)) to += 1;
  let width = 0;
  for (let at = from; at <= to; at += 1) width = Math.max(width, nameAt(at).length);
  return width;
}

function rendered(value: Value, depth: number, all: readonly Resource[]): string {
  if (typeof value === 'string') return quoted(value, all);
  if (typeof value !== 'object' || value === null) return String(value);
  const pad = '  '.repeat(depth + 1);
  const end = '  '.repeat(depth);
  if (isList(value)) {
    if (value.length === 0) return '[]';
    const items = value.map((item) => rendered(item, depth + 1, all));
    if (items.every((item) => !item.includes('\n')) && items.join(', ').length <= 100) return `[${items.join(', ')}]`;
    return `[\n${items.map((item) => `${pad}${item},`).join('\n')}\n${end}]`;
  }
  if (isRaw(value)) return value.raw;
  const entries = Object.entries(value);
  if (entries.length === 0) return '{}';
  const lines: Line[] = entries.map(([name, inner]) => ({
    name: /^[A-Za-z_]\w*$/.test(name) ? name : quoted(name, all),
    value: inner,
  }));
  return `{\n${renderedLines(lines, depth + 1, all).join('\n')}\n${end}}`;
}

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);
const isRaw = (value: object): value is { raw: string } =>
  'raw' in value && typeof value.raw === 'string' && Object.keys(value).length === 1;

/** A quoted string: templates in it are escaped, references become attributes. */
function quoted(text: string, all: readonly Resource[]): string {
  const parts = partsOf(text);
  const [only, more] = parts;
  if (only !== undefined && 'id' in only && more === undefined) return addressOf(only.id, all);
  const inner = parts.map((part) =>
    'id' in part
      ? `\${${addressOf(part.id, all)}}`
      : JSON.stringify(part.text)
          .slice(1, -1)
          .replaceAll('${', () => '$${')
          .replaceAll('%{', () => '%%{'),
  );
  return `"${inner.join('')}"`;
}

function addressOf(id: string, all: readonly Resource[]): string {
  const kind = all.find((it) => it.id === id)?.kind;
  const type = kind === 'table-bucket' ? 'aws_s3tables_table_bucket' : kind === 'role' ? 'aws_iam_role' : 'aws_kms_key';
  return `${type}.${label(id)}.arn`;
}
