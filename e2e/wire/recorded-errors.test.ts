/** Errors recorded on AWS: where the operation is there, code, status and sentence are these, letter for letter. */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestEmulator, type TestEmulator } from './harness.ts';
import { isRecorded, type RecordedError, readRecorded, wireOf } from './recorded.ts';
import { kmsCases } from './recorded-kms.ts';
import { s3Cases } from './recorded-s3.ts';
import { s3FormCases } from './recorded-s3-forms.ts';
import { s3SettingCases } from './recorded-s3-settings.ts';
import { s3UploadCases } from './recorded-s3-uploads.ts';
import { s3VersionCases } from './recorded-s3-versions.ts';

const FILE = path.join(
  process.env['CONFORMANCE_DIR'] ?? path.join(import.meta.dirname, '../../../shared/conformance'),
  'recorded-errors.tsv',
);

/** What is left out, by a piece of the case or step, and why. */
const LEFT_OUT: readonly (readonly [RegExp, string])[] = [
  [
    /presigned_url_with_different|chunk_signature_bad|put_url_metadata|sig_s3 /,
    'Signature Version 2 is refused as a whole',
  ],
  [/inventory/, 'inventories are not built'],
  [/website|acceleration|notification|metrics/, 'websites, acceleration, notifications and metrics are not built'],
];

let emulator: TestEmulator;
beforeAll(async () => {
  emulator = await startTestEmulator();
});
afterAll(() => emulator.close());

test.skipIf(!existsSync(FILE))(
  'KMS-02 KMS-03 ERR-03 ERR-04 GP-15 errors are what was recorded on AWS',
  async () => {
    const rows = readRecorded(FILE);
    const wire = wireOf(emulator);
    const cases = {
      ...kmsCases(wire),
      ...s3Cases(wire, emulator),
      ...s3UploadCases(wire),
      ...s3VersionCases(wire),
      ...s3SettingCases(wire),
      ...s3FormCases(wire),
    };
    const wrong: string[] = [];
    const missing = new Map<string, RecordedError[]>();
    let compared = 0;
    for (const group of Map.groupBy(rows, ({ name, parameters }) => `${name}[${parameters.join('-')}]`).values()) {
      const [first] = group;
      if (first === undefined) continue;
      const reason = (row: RecordedError) => LEFT_OUT.find(([which]) => which.test(`${row.name} ${row.step}`))?.[1];
      const made = cases[first.name];
      const steps = made === undefined ? {} : await made(first.parameters);
      for (const row of group) {
        const step = steps[row.step];
        if (step === undefined) {
          const why = reason(row) ?? `no set-up: ${row.name} ${row.step}`;
          missing.set(why, [...(missing.get(why) ?? []), row]);
          continue;
        }
        compared += 1;
        const answer = await step();
        if (!isRecorded(answer, row))
          wrong.push(
            `${row.name}[${row.parameters.join('-')}] ${row.step}\n  ${row.status} ${row.code} ${row.message}\n  ${answer}`,
          );
      }
    }
    console.log(
      `${compared - wrong.length} of ${rows.length} recorded errors hold; ${compared} were compared. Left out:`,
    );
    for (const [why, left] of missing) console.log(`  ${left.length} ${why}`);
    expect([...missing.keys()].filter((why) => why.startsWith('no set-up'))).toEqual([]);
    expect(wrong.join('\n')).toBe('');
  },
  60_000,
);
