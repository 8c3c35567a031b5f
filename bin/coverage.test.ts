import { describe, expect, test } from 'vitest';
import { AwsError, notImplemented, operationNames, SERVICES } from '../lib/emulator/wire/index.ts';
import { coverageDocument } from './coverage.mjs';

describe('docs/coverage.md', () => {
  test('lists every operation once and says which are implemented', async () => {
    const text: string = await coverageDocument({ kms: { CreateKey: () => ({}) }, s3: { PutObject: () => ({}) } });
    for (const service of SERVICES) for (const name of operationNames(service)) expect(text).toContain(`| ${name} |`);
    expect(text).toContain('| CreateKey | yes |');
    expect(text).toContain('| PutObject | yes |');
    expect(text).toContain('| Encrypt | — |');
    expect(text).toContain('## AWS Key Management Service (1 of 56)');
    expect(text).toContain('2 of 495 operations are implemented');
  });

  test('refuses a table with an operation that the service does not have', async () => {
    await expect(coverageDocument({ sts: { AssumeRoll: () => ({}) } })).rejects.toThrow(
      'sts has no operation AssumeRoll',
    );
  });

  test.each([...SERVICES, 'iceberg'] as const)('says what %s really answers to the rest', async (service) => {
    const [operation = ''] = operationNames(service);
    const error = notImplemented({ service, operation, labels: {}, query: new Map() });
    expect(error).toBeInstanceOf(AwsError);
    const text: string = await coverageDocument({});
    const section = text.split('\n## ')[[...SERVICES, 'iceberg'].indexOf(service) + 1];
    expect(section).toContain(`What is not implemented answers ${error.status} \`${error.code}\`.`);
  });
});
