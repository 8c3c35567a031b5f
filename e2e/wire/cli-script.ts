/**
 * Runs an exported script with the real bash and, for `aws`, a command of the test's own that makes each call with the
 * SDK: quoting, variables and order are the shell's, the options are matched to the SDK's own schemas.
 */

import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import * as iam from '@aws-sdk/client-iam';
import * as kms from '@aws-sdk/client-kms';
import * as s3 from '@aws-sdk/client-s3';
import * as s3tables from '@aws-sdk/client-s3tables';
import { toOption } from '../../lib/aws/api-call.ts';
import type { PlannedOperation, PlannedService } from '../../lib/setup/plan.ts';

const MODULES = { kms, s3, s3tables, iam } as const;
const SERVICES: Readonly<Record<string, PlannedService>> = {
  kms: 'kms',
  s3api: 's3',
  s3tables: 's3tables',
  iam: 'iam',
};

/** The stand-in for the AWS CLI: hands its arguments over, each ended by a NUL, and prints what comes back. */
const AWS = `#!/usr/bin/env bash
exec 3<>"/dev/tcp/127.0.0.1/$CLI_STAND_IN"
printf '%s\\0' "$#" "$@" >&3
read -r code <&3
if [ "$code" = 0 ]; then cat <&3; else cat <&3 >&2; fi
exit "$code"
`;

export interface Ran {
  readonly code: number;
  readonly stderr: string;
  readonly calls: readonly PlannedOperation[];
}

/** Runs the script; `make` makes each call. */
export async function runCliScript(
  script: string,
  make: (operation: PlannedOperation) => Promise<object>,
): Promise<Ran> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'cli-script-'));
  const calls: PlannedOperation[] = [];
  const server = createServer((socket) => {
    let received = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      received += chunk;
      const [count = '', ...args] = received.split('\0').slice(0, -1);
      if (args.length < Number(count) || count === '') return;
      answer(args).then(
        (text) => socket.end(`0\n${text}`),
        (error: unknown) => socket.end(`254\n${String(error)}`),
      );
    });
  });
  async function answer(args: string[]): Promise<string> {
    const { operation, query } = operationOf(args);
    calls.push(operation);
    return queried(await make(operation), query);
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await writeFile(path.join(folder, 'aws'), AWS, { mode: 0o755 });
    const { port } = server.address() as AddressInfo;
    const bash = spawn('bash', ['-s'], {
      env: { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}`, CLI_STAND_IN: String(port) },
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    let stderr = '';
    bash.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    bash.stdin.end(script);
    const code = await new Promise<number>((resolve) => bash.on('close', (exit) => resolve(exit ?? 1)));
    return { code, stderr, calls };
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Schema {
  readonly 4: readonly string[];
  readonly 5: readonly unknown[];
}

function operationOf([service = '', command = '', ...args]: string[]): { operation: PlannedOperation; query?: string } {
  const planned = SERVICES[service];
  if (planned === undefined) throw new Error(`aws ${service} is not known.`);
  const sdk = MODULES[planned] as unknown as Record<string, unknown>;
  const schema = Object.values(sdk).find(
    (value): value is readonly [9, string, string, unknown, () => Schema] =>
      Array.isArray(value) && value[0] === 9 && toOption(String(value[2])) === command,
  );
  if (schema === undefined) throw new Error(`aws ${service} has no ${command}.`);
  const input = schema[4] as unknown as Schema | (() => Schema);
  const shape = typeof input === 'function' ? input() : input;
  const members = new Map(shape[4].map((name, index) => [toOption(name), { name, type: shape[5][index] }]));
  const given: Record<string, unknown> = {};
  let query: string | undefined;
  for (let at = 0; at < args.length; ) {
    const option = args[at++]?.replace(/^--/, '') ?? '';
    const values: string[] = [];
    while (at < args.length && !args[at]?.startsWith('--')) values.push(args[at++] ?? '');
    if (option === 'output') continue;
    if (option === 'query') {
      query = values[0];
      continue;
    }
    const member = members.get(option.replace(/^no-/, ''));
    if (member === undefined) throw new Error(`aws ${service} ${command} has no option --${option}.`);
    given[member.name] = values.length === 0 ? !option.startsWith('no-') : valueOf(values, member.type);
  }
  return {
    operation: { service: planned, operation: schema[2], input: given },
    ...(query === undefined ? {} : { query }),
  };
}

/** 0 is a string, 1 a number, 2 a boolean; lists are 1 << 6 and up, or schemas of their own. */
function valueOf(values: readonly string[], type: unknown): unknown {
  const [first = ''] = values;
  if (type === 0) return first;
  if (type === 1) return Number(first);
  if (/^[[{]/.test(first)) return JSON.parse(first) as unknown;
  const isList =
    typeof type === 'number'
      ? (type & 64) !== 0
      : Array.isArray(resolved(type)) && (resolved(type) as unknown[])[0] === 1;
  return isList ? values : first;
}

const resolved = (type: unknown): unknown => (typeof type === 'function' ? (type as () => unknown)() : type);

function queried(output: object, query: string | undefined): string {
  if (query === undefined) return JSON.stringify(output);
  const paths = query.replace(/^\[|\]$/g, '').split(/,\s*/);
  const values = paths.map((one) =>
    one.split('.').reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], output),
  );
  return `${values.map(String).join('\t')}\n`;
}
