/** Says one API call again in the AWS CLI, in TypeScript and in HTTP, from the input that was sent. */
import type { CallRecord } from './result.ts';

/** A call in words, ready to be shown. */
export interface ApiCallText {
  readonly title: string;
  readonly cli: string;
  readonly typescript: string;
  readonly http: string;
}

const CLI_SERVICE: Readonly<Record<CallRecord['service'], string>> = {
  kms: 'kms',
  s3: 's3api',
  s3tables: 's3tables',
  iam: 'iam',
  sts: 'sts',
  cloudtrail: 'cloudtrail',
};

const CLIENT: Readonly<Record<CallRecord['service'], string>> = {
  kms: 'KMS',
  s3: 'S3',
  s3tables: 'S3Tables',
  iam: 'IAM',
  sts: 'STS',
  cloudtrail: 'CloudTrail',
};

/** The three texts of a call. */
export function describeCall(call: CallRecord): ApiCallText {
  return {
    title: `${call.service}:${call.operation}`,
    cli: toCli(call),
    typescript: toTypeScript(call),
    http: toHttp(call),
  };
}

/** `PutTableBucketEncryption` → `put-table-bucket-encryption`, as the AWS CLI names commands and options. */
export function toOption(name: string): string {
  return name
    .replace(/(.)([A-Z][a-z]+)/g, '$1-$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase();
}

function shellQuote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function toCli(call: CallRecord): string {
  const lines = [`aws ${CLI_SERVICE[call.service]} ${toOption(call.operation)}`];
  for (const [name, value] of Object.entries(call.input)) {
    if (value === undefined) continue;
    const option = `--${toOption(name)}`;
    if (typeof value === 'boolean') lines.push(value ? option : `--no-${toOption(name)}`);
    else if (isBytes(value)) lines.push(`${option} fileb://body`);
    else if (Array.isArray(value) && value.every((item) => typeof item === 'string')) {
      lines.push(`${option} ${value.map(shellQuote).join(' ')}`);
    } else {
      const text = typeof value === 'string' ? value : JSON.stringify(plain(value));
      lines.push(`${option} ${shellQuote(text)}`);
    }
  }
  lines.push(`--region ${call.region}`);
  if (call.endpoint) lines.push(`--endpoint-url ${call.endpoint}`);
  return lines.join(' \\\n  ');
}

function toTypeScript(call: CallRecord): string {
  const client = CLIENT[call.service];
  const settings = [
    `region: '${call.region}'`,
    ...(call.endpoint ? [`endpoint: '${call.endpoint}'`] : []),
    ...(call.endpoint && call.service === 's3' ? ['forcePathStyle: true'] : []),
  ];
  return [
    `import { ${client}Client, ${call.operation}Command } from '@aws-sdk/client-${call.service === 's3tables' ? 's3tables' : call.service}';`,
    '',
    `const client = new ${client}Client({ ${settings.join(', ')} });`,
    `await client.send(new ${call.operation}Command(${literal(plain(call.input), 0)}));`,
  ].join('\n');
}

function toHttp(call: CallRecord): string {
  const { request } = call;
  if (!request) return 'The request was not sent.';
  const head = [`${request.method} ${request.path} HTTP/1.1`, `host: ${request.host}`];
  for (const [name, value] of Object.entries(request.headers)) head.push(`${name}: ${value}`);
  head.push('authorization: AWS4-HMAC-SHA256 …');
  return request.body ? `${head.join('\n')}\n\n${pretty(request.body)}` : head.join('\n');
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

function isBytes(value: unknown): boolean {
  return value instanceof Uint8Array;
}

/** Input without what can't be printed: bytes become their length, dates their ISO form. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return `<${value.byteLength} bytes>`;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, inner]) => inner !== undefined)
        .map(([name, inner]) => [name, plain(inner)]),
    );
  }
  return value;
}

/** A TypeScript literal in the house style: single quotes, bare keys where they may be. */
function literal(value: unknown, depth: number): string {
  const pad = '  '.repeat(depth + 1);
  const end = '  '.repeat(depth);
  if (typeof value === 'string')
    return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    const items = value.map((item) => literal(item, depth + 1));
    const short = `[${items.join(', ')}]`;
    return short.length <= 80 && !short.includes('\n')
      ? short
      : `[\n${items.map((item) => `${pad}${item},`).join('\n')}\n${end}]`;
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return '{}';
  return `{\n${entries.map(([name, inner]) => `${pad}${/^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`}: ${literal(inner, depth + 1)},`).join('\n')}\n${end}}`;
}
