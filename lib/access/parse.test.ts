import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { PolicySyntaxError, parsePolicy } from './index.ts';

const Kind = z.enum(['identity', 'boundary', 'session', 'scp', 'rcp', 'resource', 'key', 'trust', 'endpoint']);
const Corpus = z.strictObject({
  subject: z.string(),
  refused: z.array(
    z.strictObject({
      name: z.string(),
      source: z.string(),
      kind: Kind,
      text: z.string(),
      expect: z.strictObject({
        problem: z.string(),
        path: z.string(),
        line: z.number().optional(),
        column: z.number().optional(),
      }),
    }),
  ),
  accepted: z.array(z.strictObject({ name: z.string(), kind: Kind, text: z.string() })),
});
const corpus = Corpus.parse(JSON.parse(readFileSync(join(import.meta.dirname, 'corpus', 'syntax.json'), 'utf8')));

function refusal(text: string, kind: z.infer<typeof Kind>): unknown {
  try {
    parsePolicy(text, kind);
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('Refused', () => {
  test.each(corpus.refused.map((item) => [item.name, item] as const))('%s', (_name, { kind, text, expect: wanted }) => {
    const error = refusal(text, kind);
    expect(error).toBeInstanceOf(PolicySyntaxError);
    expect(error).toMatchObject(wanted);
    expect(error).toHaveProperty('message', expect.stringMatching(/.\.$/));
  });
});

describe('Accepted', () => {
  test.each(corpus.accepted.map((item) => [item.name, item] as const))('%s', (_name, { kind, text }) => {
    expect(parsePolicy(text, kind)).toMatchObject({ text, kind });
  });
});

test('A document over the bound is refused unread', () => {
  expect(refusal(`{"Id":"${'x'.repeat(131_072)}"}`, 'key')).toMatchObject({ problem: 'too-large' });
});

test('Statements know their lines', () => {
  const policy = parsePolicy(
    '{\n "Statement": [\n  {\n   "Effect": "Allow",\n   "Action": "*", "Resource": "*"\n  }, {"Effect":"Deny","Action":"*","Resource":"*"}\n ]\n}',
  );
  expect(policy.statements.map(({ lines }) => lines)).toEqual([
    [3, 6],
    [6, 6],
  ]);
});

test('The hash is SHA-256 of the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (id) => {
      const text = JSON.stringify({ Id: id, Statement: { Effect: 'Allow', Action: '*', Resource: '*' } });
      expect(parsePolicy(text).hash).toBe(createHash('sha256').update(text).digest('hex'));
    }),
  );
});
