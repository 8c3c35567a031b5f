/** A plan as a shell script of AWS CLI commands. */

import { toOption } from '../aws/api-call.ts';
import { type PlannedService, partsOf, referencesIn, type SetupCall } from '../setup/plan.ts';

export interface ExportHead {
  /** First line of every export: what it is. */
  readonly title: string;
  readonly region: string;
  /** Of an emulator or another endpoint; absent for AWS. */
  readonly endpoint?: string;
}

const COMMAND: Readonly<Record<PlannedService, string>> = { kms: 'kms', s3: 's3api', s3tables: 's3tables', iam: 'iam' };

/**
 * A script that makes the calls in order and stops at the first that fails. It needs bash and an AWS CLI that knows
 * `AWS_ENDPOINT_URL` (1.32, 2.13) where it is for an endpoint. What one call answers and a later one needs is kept in a
 * variable.
 */
export function toCliScript(calls: readonly SetupCall[], head: ExportHead): string {
  const wanted = new Map<string, readonly string[]>();
  for (const call of calls) {
    for (const { id, path } of referencesIn(call.input)) {
      wanted.set(id, [...new Set([...(wanted.get(id) ?? []), path])]);
    }
  }
  return [
    '#!/usr/bin/env bash',
    ...comment(head.title),
    'set -euo pipefail',
    `export AWS_REGION=${quoted(head.region)} AWS_DEFAULT_REGION=${quoted(head.region)} AWS_PAGER=''`,
    ...(head.endpoint === undefined
      ? []
      : [
          `export AWS_ENDPOINT_URL=${quoted(head.endpoint)}`,
          '# Directory buckets at an endpoint of your own: their control calls need no session.',
          'export AWS_S3_DISABLE_EXPRESS_SESSION_AUTH=true',
        ]),
    ...calls.flatMap((call, index) => [
      '',
      ...comment(`${index + 1}. ${call.says}`),
      ...(call.irreversible === undefined ? [] : comment(`Can't be taken back: ${call.irreversible}`)),
      commandOf(call, wanted.get(call.id) ?? []),
    ]),
    '',
  ].join('\n');
}

/** Text of any origin as comment lines: a line break in it must not end the comment. */
function comment(text: string): string[] {
  return text.split(/[\r\n\u2028\u2029]+/).map((line) => `# ${line}`);
}

function commandOf(call: SetupCall, outputs: readonly string[]): string {
  const lines = [`aws ${COMMAND[call.service]} ${toOption(call.operation)}`];
  for (const [name, value] of Object.entries(call.input)) {
    if (value === undefined) continue;
    const option = `--${toOption(name)}`;
    if (typeof value === 'boolean') lines.push(value ? option : `--no-${toOption(name)}`);
    else if (Array.isArray(value) && value.every((item) => typeof item === 'string')) {
      lines.push(`${option} ${value.map(quoted).join(' ')}`);
    } else lines.push(`${option} ${quoted(typeof value === 'string' ? value : JSON.stringify(value))}`);
  }
  const command = (more: readonly string[]) => [...lines, ...more].join(' \\\n  ');
  const [first, ...others] = outputs;
  if (first === undefined) return command([]);
  const query = others.length === 0 ? first : `[${outputs.join(', ')}]`;
  const asked = command([`--query ${quoted(query)}`, '--output text']);
  if (others.length === 0) return `${variable(call.id, first)}=$(${asked})`;
  return `read -r ${outputs.map((path) => variable(call.id, path)).join(' ')} <<< "$(${asked})"`;
}

/** `KEY_ARN` for the output KeyMetadata.Arn of the call `key`. */
function variable(id: string, path: string): string {
  return `${id}_${path.split('.').at(-1) ?? ''}`.replaceAll(/\W/g, '_').toUpperCase();
}

/** One word for bash: text in single quotes where it needs them, outputs of earlier calls as variables. */
function quoted(value: string): string {
  return partsOf(value)
    .map((part) => ('id' in part ? `"$${variable(part.id, part.path)}"` : word(part.text)))
    .join('');
}

function word(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
