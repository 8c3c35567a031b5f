/** Findings as data: every file of `corpus/` holds documents with one fault each, and their sound neighbours. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { cpuSeconds, fuzzRuns, fuzzTimeout } from '../testing.ts';
import { applyFix } from './apply-fix.ts';
import { lintPolicy } from './lint.ts';
import type { Finding, Fix, Surroundings } from './types.ts';

const Json = z.record(z.string(), z.unknown());
const KINDS = ['key', 'bucket', 'directory-bucket', 'table-bucket', 'table', 'identity'] as const;
const Case = z.strictObject({
  name: z.string(),
  kind: z.enum(KINDS),
  version: z.string().default('2012-10-17'),
  statements: z.array(Json),
  around: z
    .strictObject({
      keyArn: z.string(),
      editor: z.strictObject({
        kind: z.literal('IAMUser'),
        arn: z.string(),
        accountId: z.string(),
        userId: z.string(),
      }),
      principals: z.array(z.string()).transform((list) => new Set(list)),
      tableBuckets: z.array(
        z.strictObject({
          arn: z.string(),
          metadata: z.boolean().default(false),
          tables: z.array(z.strictObject({ arn: z.string(), name: z.string() })).default([]),
        }),
      ),
      buckets: z.array(z.strictObject({ name: z.string(), bucketKey: z.boolean() })),
    })
    .partial()
    .default({}),
  /** `severity check`, in the order of the document. */
  finds: z.array(z.string().regex(/^(?:error|warning|info) [a-z0-9-]+$/)),
  /** What the fix of the first finding makes of the first statement, and what it adds at the end. */
  fixed: z.strictObject({ statement: Json.optional(), added: Json.optional() }).optional(),
});
type Case = z.infer<typeof Case>;

const directory = join(import.meta.dirname, 'corpus');
const corpora = readdirSync(directory).map((file) =>
  z
    .strictObject({ subject: z.string(), cases: z.array(Case) })
    .parse(JSON.parse(readFileSync(join(directory, file), 'utf8'))),
);
const cases = corpora.flatMap((corpus) => corpus.cases);

const around: Surroundings = { account: '111122223333', region: 'us-east-1' };
const Statements = z.object({ Statement: z.array(z.unknown()) });
const NO_FIX: Fix = { title: '', edits: [] };

function textOf({ statements, version }: Case, indent: string | undefined): string {
  return JSON.stringify({ Version: version, Statement: statements }, undefined, indent);
}

function found(item: Case, text: string): readonly Finding[] {
  // Absent and undefined are different things to the types of lint.
  const known = Object.fromEntries(Object.entries(item.around).filter(([, value]) => value !== undefined));
  return lintPolicy(text, item.kind, { ...around, ...known });
}

test('every check finds something in the corpus, and leaves something alone', () => {
  const checks = new Set(cases.flatMap(({ finds }) => finds.map((line) => line.split(' ')[1])));
  expect(checks.size).toBeGreaterThanOrEqual(28);
  expect(cases.filter(({ finds }) => finds.length === 0).length).toBeGreaterThan(15);
});

describe.each(corpora)('$subject', ({ cases: own }) => {
  test.each(own.map((item) => [item.name, item] as const))('%s', (_name, item) => {
    for (const indent of [undefined, '\t', '    ']) {
      const text = textOf(item, indent);
      const findings = found(item, text);
      expect(findings.map(({ severity, check }) => `${severity} ${check}`)).toEqual(item.finds);
      for (const { check, reason, line, column, from, fix = NO_FIX } of findings) {
        expect(reason).toMatch(/^\S.*\.$/s);
        expect(text.split('\n')[line - 1]?.slice(column - 1)).toBe(text.slice(from).split('\n')[0]);
        const repaired = applyFix(text, fix);
        const left = found(item, repaired).map((finding) => finding.check);
        expect(left.includes(check)).toBe(fix === NO_FIX);
        // A repair makes no other fault.
        const faults = new Set(findings.map((finding) => finding.check));
        expect(left.filter((one) => !faults.has(one))).toEqual([]);
        // Laid out as the document was.
        expect(repaired).toBe(JSON.stringify(JSON.parse(repaired), undefined, indent));
      }
    }
  });

  test.each(own.filter(({ fixed }) => fixed !== undefined).map((item) => [item.name, item] as const))(
    'Fixed: %s',
    (_name, item) => {
      const text = textOf(item, '  ');
      const [finding] = found(item, text);
      expect(finding?.fix?.title).toMatch(/^[A-Z]/);
      const before = Statements.parse(JSON.parse(text)).Statement;
      const after = Statements.parse(JSON.parse(applyFix(text, finding?.fix ?? NO_FIX))).Statement;
      const { statement = before[0], added } = item.fixed ?? {};
      expect(after[0]).toEqual(statement);
      expect(after.slice(before.length)).toEqual(added === undefined ? [] : [added]);
    },
  );
});

test('KMS-24 a text that is no JSON is one finding at its place', () => {
  expect(lintPolicy('{\n  "Version" "2012-10-17"\n}', 'key', around)).toEqual([
    {
      check: 'not-a-policy',
      rules: ['KMS-24'],
      severity: 'error',
      reason: 'A colon is expected.',
      line: 2,
      column: 13,
      from: 14,
      to: 15,
      pointer: '',
    },
  ]);
});

const delegates = {
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::111122223333:root' },
  Action: 'kms:*',
  Resource: '*',
};

test('One fault does not hide the others', () => {
  const wrong = { ...delegates, Principal: { Service: 's3tables.amazonaws.com' } };
  const text = JSON.stringify({ Statement: [{ ...delegates, Effect: 'allow' }, wrong] });
  expect(lintPolicy(text, 'key', around).map(({ check }) => check)).toEqual([
    'not-a-policy',
    'wrong-service-principal',
  ]);
});

test('PERM-03 a policy with one statement that is no list gets a second one', () => {
  const text = JSON.stringify({ Version: '2012-10-17', Statement: delegates }, undefined, 2);
  const known = { ...around, tableBuckets: [{ arn: 'arn:aws:s3tables:us-east-1:111122223333:bucket/raw' }] };
  const [finding] = lintPolicy(text, 'key', known);
  const repaired = applyFix(text, finding?.fix ?? NO_FIX);
  expect(Statements.parse(JSON.parse(repaired)).Statement).toHaveLength(2);
  expect(lintPolicy(repaired, 'key', known)).toEqual([]);
});

test('LIM-05 a key policy has at most 32,768 bytes, not characters', () => {
  const sized = (Id: string) => JSON.stringify({ Id, Statement: [delegates] });
  const rest = 32_768 - sized('').length;
  expect(lintPolicy(sized('x'.repeat(rest)), 'key', around)).toEqual([]);
  expect(lintPolicy(sized('x'.repeat(rest + 1)), 'key', around)).toMatchObject([{ check: 'too-long' }]);
  expect(lintPolicy(sized(`${'x'.repeat(rest - 1)}é`), 'key', around)).toMatchObject([{ check: 'too-long' }]);
});

test('A policy of 120,000 characters is looked at in less than a second', () => {
  const context = { 'kms:GrantOperations': 'x*', 'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::logs/*' };
  const statement = {
    ...delegates,
    Action: ['kms:GenerateDataKey', 'kms:Describe*'],
    Condition: { StringEquals: context },
  };
  const text = JSON.stringify({ Statement: Array.from({ length: 400 }, () => statement) });
  let findings: readonly Finding[] = [];
  const seconds = cpuSeconds(() => {
    findings = lintPolicy(text, 'key', around);
  });
  expect(findings).toHaveLength(200);
  expect(seconds).toBeLessThan(1);
});

test(
  'Lint never throws, and its fixes apply to the text they were made for',
  () => {
    const statement = fc.constantFrom(...cases.flatMap(({ statements }) => statements));
    const policy = fc
      .record({
        Version: fc.constantFrom('2012-10-17', '2008-10-17', 'x'),
        Statement: fc.oneof(statement, fc.array(statement, { maxLength: 4 })),
      })
      .map((document) => JSON.stringify(document));
    const broken = fc
      .tuple(policy, fc.nat(2000), fc.constantFrom('', '"', '{', 'null', '[]', ','), fc.nat(8))
      .map(([text, at, insert, skip]) => text.slice(0, at) + insert + text.slice(at + skip));
    fc.assert(
      fc.property(fc.oneof(policy, broken, fc.json()), fc.constantFrom(...KINDS), (text, kind) => {
        const known = { ...around, principals: new Set<string>(), tableBuckets: [], buckets: [] };
        const findings = lintPolicy(text, kind, known);
        expect(findings.every(({ from, to }) => 0 <= from && from <= to && to <= text.length)).toBe(true);
        const fixes = findings.flatMap(({ fix }) => (fix === undefined ? [] : [fix]));
        expect(() => fixes.map((fix) => JSON.parse(applyFix(text, fix)) as unknown)).not.toThrow();
      }),
      { numRuns: fuzzRuns(500) },
    );
  },
  fuzzTimeout(500) * 2,
);
