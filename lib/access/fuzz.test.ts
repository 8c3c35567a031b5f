/** No input makes a parser of this folder throw anything but what it declares, or answer what it must not. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatArn, parseArn } from './arn.ts';
import { ipInside, parseIp } from './conditions/ip.ts';
import { OPERATOR_NAMES, parseOperator } from './conditions/operators.ts';
import { parseBinary, parseBoolean, parseDate, parseNumber } from './conditions/scalars.ts';
import { conditionContext } from './context.ts';
import { evaluate } from './evaluate.ts';
import { type JsonNode, readJson } from './json.ts';
import { parsePolicy } from './parse.ts';
import type { Policy, PolicyKind } from './policy.ts';
import { PolicySyntaxError } from './syntax-error.ts';
import { fuzzRuns, fuzzTimeout } from './testing.ts';
import type { Principal } from './types.ts';

const RUNS = 1500;
const options = { numRuns: fuzzRuns(RUNS) };
const timeout = fuzzTimeout(RUNS);

const KINDS: readonly PolicyKind[] = [
  'identity',
  'boundary',
  'session',
  'scp',
  'rcp',
  'resource',
  'key',
  'trust',
  'endpoint',
];
const seeds = documentsIn(join(import.meta.dirname, 'corpus'));

/** Every policy document of the corpus as it stands. */
function documentsIn(directory: string): readonly string[] {
  const found = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('Statement' in value) found.add(JSON.stringify(value));
    else for (const member of Object.values(value)) walk(member);
  };
  for (const file of readdirSync(directory)) walk(JSON.parse(readFileSync(join(directory, file), 'utf8')));
  return [...found];
}

/** What breaks readers: half tokens, names of inherited members, lone surrogates, marks that other readers skip. */
const FRAGMENTS = [
  [
    '"',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    'null',
    'true',
    '-0',
    '1e999',
    '\\',
    '\\u',
    '\\ud800',
    '\u0000',
    '\ufeff',
    '\u2028',
  ],
  ['"Effect":"Deny",', '"__proto__":{},', '"constructor":1,', '${', '${aws:username', '"*"', '""', '['.repeat(18)],
  ['arn:', 'kms:', '😀', 'é', '//', '/* */'],
].flat();
const fragment = fc.constantFrom(...FRAGMENTS);
const changed = fc
  .tuple(
    fc.constantFrom(...seeds),
    fc.array(fc.tuple(fc.nat(), fc.oneof(fragment, fc.string({ maxLength: 3 })), fc.nat(12)), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([seed, edits]) =>
    edits.reduce((text, [at, insert, skip]) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + insert + text.slice(place + skip);
    }, seed),
  );
const names = [
  'Version',
  'Id',
  'Statement',
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
];
const leaf = fc.oneof(
  fc.constantFrom<unknown>(
    '*',
    'Allow',
    'Deny',
    's3:*',
    'kms:Decrypt',
    '2012-10-17',
    '${',
    '${a:b',
    1,
    true,
    null,
    'arn:',
    '111122223333',
    '',
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const wild = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.oneof(fc.constantFrom(...names, 'AWS', 'Service', 'StringLike', 'Null', 'aws:x'), fc.string()),
      tie('value'),
      { maxKeys: 4 },
    ),
  ),
})).value;
const document = fc.oneof(
  changed,
  fc.constantFrom(...seeds),
  wild.map((value) => JSON.stringify(value)),
  wild.map((value) => JSON.stringify({ Version: '2012-10-17', Statement: [value] })),
  fc.string({ unit: 'binary' }),
);

const caller: Principal = {
  kind: 'AssumedRole',
  arn: 'arn:aws:sts::111122223333:assumed-role/IngestWriter/s',
  accountId: '111122223333',
  userId: 'AROAEXAMPLEINGEST0001:s',
  roleArn: 'arn:aws:iam::111122223333:role/IngestWriter',
};

function parsed(text: string, kind: PolicyKind): Policy | PolicySyntaxError {
  try {
    return parsePolicy(text, kind);
  } catch (error) {
    if (error instanceof PolicySyntaxError) return error;
    throw error;
  }
}

function decidesOrIsRefused(text: string, kind: PolicyKind): boolean {
  const result = parsed(text, kind);
  if (result instanceof PolicySyntaxError) {
    const lines = text.split('\n');
    return (
      result.message.endsWith('.') &&
      result.offset >= 0 &&
      result.offset <= text.length &&
      result.line >= 1 &&
      result.line <= lines.length &&
      result.column >= 1 &&
      result.column <= (lines[result.line - 1]?.length ?? 0) + 1
    );
  }
  const source = { source: 'fuzzed', policy: result };
  const request = {
    principal: caller,
    action: 'kms:Decrypt',
    resource: 'arn:aws:kms:us-east-1:111122223333:key/k',
    resourceAccountId: '111122223333',
    context: conditionContext([['aws:SourceIp', '10.0.0.1']]),
  };
  const attached = result.statements.every(({ principal }) => principal === undefined);
  const decision = evaluate(request, attached ? { identity: [source] } : { identity: [], resource: source }, {
    trace: true,
  });
  return decision.trace?.outcome === decision.outcome && JSON.stringify(decision.trace).length > 0;
}

test(
  'KMS-24 a document is a policy that decides, or a PolicySyntaxError at a place in it',
  () => {
    fc.assert(
      fc.property(document, fc.constantFrom(...KINDS), (text, kind) => {
        expect(decidesOrIsRefused(text, kind)).toBe(true);
      }),
      options,
    );
  },
  timeout,
);

function plain(node: JsonNode): unknown {
  if (node.type === 'array') return node.items.map(plain);
  if (node.type === 'object') {
    return Object.fromEntries(node.members.map(({ key, node: value }) => [key, plain(value)]));
  }
  return node.type === 'string' ? node.value : JSON.parse(node.value);
}

/** What reading gives, or the error that it may throw. */
function attempt(read: () => unknown): unknown {
  try {
    return { value: read() };
  } catch (error) {
    return error instanceof PolicySyntaxError || error instanceof SyntaxError ? error : { thrown: error };
  }
}

function readsAsJson(text: string): boolean {
  const mine = attempt(() => plain(readJson(text)));
  const theirs = attempt(() => JSON.parse(text) as unknown);
  if (mine instanceof PolicySyntaxError) return mine.problem !== 'json' || theirs instanceof SyntaxError;
  return !(theirs instanceof SyntaxError) && JSON.stringify(mine) === JSON.stringify(theirs);
}

test(
  'JSON is read as JSON.parse reads it, but for keys that stand twice, depth and size',
  () => {
    fc.assert(
      fc.property(fc.oneof(document, fc.json(), fc.json({ noUnicodeString: false })), (text) => {
        expect(readsAsJson(text)).toBe(true);
      }),
      options,
    );
  },
  timeout,
);

test(
  'An ARN is parsed and written back the same, or is none',
  () => {
    const part = fc.oneof(
      fc.constantFrom('', 'aws', 'kms', 's3', 'us-east-1', '111122223333', 'key/x', 'bucket/a:b', '*'),
      fc.string({ maxLength: 6 }),
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(part, { maxLength: 9 }).map((parts) => ['arn', ...parts].join(':')),
    );
    fc.assert(
      fc.property(text, (arn) => {
        const result = parseArn(arn);
        expect(result === undefined || formatArn(result) === arn).toBe(true);
      }),
      options,
    );
  },
  timeout,
);

test(
  'Operators and values of conditions are read or are none',
  () => {
    const value = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[\d.:/a-fT+Z-]{0,24}$/),
      fc.ipV4(),
      fc.ipV6(),
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      fc
        .tuple(
          fc.constantFrom('', 'ForAllValues:', 'ForAnyValue:'),
          fc.constantFrom(...OPERATOR_NAMES),
          fc.constantFrom('', 'IfExists', 'x'),
        )
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(value, (text) => {
        const numbers = [parseNumber(text), parseDate(text)];
        const ip = parseIp(text);
        const operator = parseOperator(text);
        expect(numbers.every((number) => number === undefined || !Number.isNaN(number))).toBe(true);
        expect(ip === undefined || ipInside(ip, ip)).toBe(true);
        expect(operator === undefined || parseOperator(operator.full)?.full === operator.full).toBe(true);
        expect([undefined, true, false]).toContain(parseBoolean(text));
        expect(parseBinary(text)?.includes('=') ?? false).toBe(false);
      }),
      options,
    );
  },
  timeout,
);
