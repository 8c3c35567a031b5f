import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { CONFORMANCE, constraintSnapshot, SERVICES, schemaSnapshot } from '../../../bin/schemas.mjs';
import { constraintsOf } from './constraints.ts';
import { serviceModel } from './schema.ts';

const snapshot = (folder: string, service: string): string =>
  readFileSync(path.join(import.meta.dirname, folder, `${service}.snapshot.json`), 'utf8');

const hasFacts = existsSync(path.join(CONFORMANCE, 'constraints'));
if (!hasFacts) console.warn(`Constraint snapshots are not compared: no ${CONFORMANCE} here (CONFORMANCE_DIR).`);

describe.each(SERVICES)('%s', (service) => {
  test('the schema snapshot is what the installed SDK client says: else run node bin/schemas.mjs and read the difference', async () => {
    expect(snapshot('schemas', service) === (await schemaSnapshot(service))).toBe(true);
  });

  test.skipIf(!hasFacts)('the constraint snapshot is what the recorded facts say', () => {
    expect(snapshot('constraints', service) === constraintSnapshot(service)).toBe(true);
  });
});

test('every constraint compiles and stands at a member that exists', () => {
  const stray: string[] = [];
  for (const service of ['kms', 's3', 's3tables', 'iam', 'sts', 'cloudtrail'] as const) {
    for (const operation of serviceModel(service).operations.values()) {
      for (const member of constraintsOf(operation).members.keys()) {
        if (!operation.input.members.has(member)) stray.push(`${service}.${operation.name}.${member}`);
      }
    }
  }
  expect(stray).toEqual([]);
});
