import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkCoreSite, type HadoopFinding } from './check-core-site.ts';
import { toCoreSite } from './core-site.ts';
import { readCoreSite } from './read-core-site.ts';

const KEY = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const file = (...properties: readonly (readonly [name: string, value: string])[]) =>
  `<?xml version="1.0"?>\n<configuration>\n${properties
    .map(([name, value]) => `<property><name>${name}</name><value>${value}</value></property>`)
    .join('\n')}\n</configuration>`;

function check(...properties: readonly (readonly [string, string])[]) {
  const read = readCoreSite(file(...properties));
  if (!read.ok) throw new Error(read.reason);
  return checkCoreSite(read.properties, read.includes);
}
const rules = (findings: readonly HadoopFinding[], severity: HadoopFinding['severity'] = 'error') =>
  findings
    .filter((it) => it.severity === severity)
    .map(({ rule, line }) => (line === undefined ? rule : `${rule} ${line}`));

test('HD-01 HD-02 SSE-KMS with a key ARN by the new names has nothing wrong', () => {
  const { settings, findings } = check(['fs.s3a.encryption.algorithm', 'SSE-KMS'], ['fs.s3a.encryption.key', KEY]);
  expect(settings).toEqual([{ algorithm: 'SSE-KMS', key: KEY }]);
  expect(rules(findings)).toEqual([]);
  expect(rules(findings, 'warning')).toEqual([]);
});

test('HD-01 HD-02 the old names work and are told; a name that never worked is an error', () => {
  const { settings, findings } = check(
    ['fs.s3a.server-side-encryption-algorithm', 'SSE-KMS'],
    ['fs.s3a.server-side-encryption.key', KEY],
  );
  expect(settings).toEqual([{ algorithm: 'SSE-KMS', key: KEY }]);
  expect(rules(findings, 'info').slice(0, 2)).toEqual(['HD-01 3', 'HD-02 4']);
  expect(rules(check(['fs.s3a.server-side-encryption-key', KEY]).findings)).toContain('HD-02 3');
});

test('HD-01 a new name comes before an old one', () => {
  const { settings } = check(
    ['fs.s3a.encryption.algorithm', 'DSSE-KMS'],
    ['fs.s3a.server-side-encryption-algorithm', 'AES256'],
  );
  expect(settings[0]?.algorithm).toBe('DSSE-KMS');
});

test('HD-01 a key without an algorithm does nothing', () => {
  expect(rules(check(['fs.s3a.encryption.key', KEY]).findings)).toEqual(['HD-01 3']);
});

test.each([
  ['alias/data', 'HD-02 4'],
  ['1234abcd-12ab-34cd-56ef-1234567890ab', 'HD-02 4'],
])('HD-02 %s names another key in another account', (key, expected) => {
  const { findings } = check(['fs.s3a.encryption.algorithm', 'SSE-KMS'], ['fs.s3a.encryption.key', key]);
  expect(rules(findings, 'warning')).toEqual([expected]);
});

test('HD-03 without a key it is aws/s3', () => {
  for (const properties of [[], [['fs.s3a.encryption.key', '  ']]] as [string, string][][]) {
    const { findings } = check(['fs.s3a.encryption.algorithm', 'SSE-KMS'], ...properties);
    expect(rules(findings, 'warning')).toEqual(['HD-03 3']);
  }
});

test('HD-04 Hadoop KMS is another thing', () => {
  const { findings } = check(['hadoop.security.key.provider.path', 'kms://http@keys:9600/kms']);
  expect(findings.find(({ rule }) => rule === 'HD-04')?.sentence).toContain('nothing to do with AWS KMS');
});

test('HD-07 HD-15 HD-17 SSE-KMS comes with its cost, its throttling, and the way to see what a file has', () => {
  const { findings } = check(
    ['fs.s3a.bucket.raw.encryption.algorithm', 'SSE-KMS'],
    ['fs.s3a.bucket.raw.encryption.key', KEY],
  );
  expect(rules(findings, 'info')).toEqual(['HD-07', 'HD-15', 'HD-17']);
  expect(rules(check(['fs.s3a.encryption.algorithm', 'AES256']).findings, 'info')).toEqual([]);
});

test('HD-10 a context is a list of pairs', () => {
  const good = check(
    ['fs.s3a.encryption.algorithm', 'SSE-KMS'],
    ['fs.s3a.encryption.key', KEY],
    ['fs.s3a.encryption.context', 'project=hadoop, team=ingest'],
  );
  expect(rules(good.findings)).toEqual([]);
  expect(good.settings[0]?.context).toEqual({ project: 'hadoop', team: 'ingest' });
  expect(rules(check(['fs.s3a.encryption.context', 'project:hadoop']).findings)).toEqual(['HD-10 3']);
});

test('HD-11 a bucket overrides the base, each setting for itself', () => {
  const other = KEY.replace('1234abcd', 'ffffffff');
  const { settings } = check(
    ['fs.s3a.encryption.algorithm', 'SSE-KMS'],
    ['fs.s3a.encryption.key', KEY],
    ['fs.s3a.bucket.raw.events.encryption.key', other],
    ['fs.s3a.bucket.old.server-side-encryption-algorithm', 'AES256'],
  );
  expect(settings).toEqual([
    { algorithm: 'SSE-KMS', key: KEY },
    { bucket: 'raw.events', algorithm: 'SSE-KMS', key: other },
    { bucket: 'old', algorithm: 'AES256', key: KEY },
  ]);
});

test.each([
  ['DES', 'HD-12 3'],
  ['aws:kms', 'HD-12 3'],
  ['sse-kms', 'HD-12 3'],
])('HD-12 %s is no algorithm of S3A', (algorithm, expected) => {
  expect(rules(check(['fs.s3a.encryption.algorithm', algorithm]).findings)).toEqual([expected]);
});

test('HD-12 AES256 takes no key, SSE-C needs one, and its key is never shown', () => {
  expect(rules(check(['fs.s3a.encryption.algorithm', 'AES256'], ['fs.s3a.encryption.key', KEY]).findings)).toEqual([
    'HD-12 4',
  ]);
  expect(rules(check(['fs.s3a.encryption.algorithm', 'SSE-C']).findings)).toEqual(['HD-12 3']);
  const secret = check(['fs.s3a.encryption.algorithm', 'SSE-C'], ['fs.s3a.encryption.key', 'c2VjcmV0']);
  expect(JSON.stringify(secret)).not.toContain('c2VjcmV0');
});

test('HD-13 a key of another Region', () => {
  const { findings } = check(
    ['fs.s3a.endpoint.region', 'eu-west-1'],
    ['fs.s3a.encryption.algorithm', 'SSE-KMS'],
    ['fs.s3a.encryption.key', KEY],
  );
  expect(rules(findings)).toEqual(['HD-13 5']);
});

test('HD-18 without settings the buckets decide', () => {
  expect(rules(check(['fs.defaultFS', 'hdfs://name']).findings, 'info')).toEqual(['HD-18']);
});

test('a variable of Hadoop is not judged, an included file is told', () => {
  expect(rules(check(['fs.s3a.encryption.algorithm', '${alg}'], ['fs.s3a.encryption.key', '${key}']).findings)).toEqual(
    [],
  );
  const read = readCoreSite(
    '<configuration xmlns:xi="http://www.w3.org/2001/XInclude">\n<xi:include href="/etc/passwd"/></configuration>',
  );
  expect(read).toEqual({ ok: true, properties: [], includes: [2] });
});

test.each([
  ['', 'The file is empty.'],
  ['{"fs.s3a": 1}', 'This is not XML.'],
  ['fs.s3a.encryption.algorithm: SSE-KMS', 'This is not XML.'],
  ['<!DOCTYPE html><html></html>', 'The file has a document type.'],
  [
    '<?xml version="1.0"?>\n<!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<configuration>&x;</configuration>',
    'The file has a document type.',
  ],
  [
    '<!DOCTYPE c [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><configuration>&b;</configuration>',
    'The file has a document type.',
  ],
  ['<configuration><property>', 'The XML is not well formed'],
  [
    '<configuration><property><name>a</name><value>&undefined;</value></property></configuration>',
    'The XML is not well formed',
  ],
  ['<html><body/></html>', 'The file begins with <html>.'],
  ['<configuration/>', 'The file sets no property.'],
  ['<configuration><property><value>x</value></property></configuration>', 'A property has no name.'],
  [`<configuration>${'<a>'.repeat(200_000)}`, 'The'],
  [`<configuration>${' '.repeat(1_048_577)}</configuration>`, 'The file is larger than 1 MiB.'],
  ['\u0000<configuration/>', 'This is not XML.'],
])('the wrong kind of file is refused with a reason: %#', (text, reason) => {
  const read = readCoreSite(text);
  expect(read.ok).toBe(false);
  expect(read.ok ? '' : read.reason).toContain(reason);
});

test('no text makes the reader throw', () => {
  const pieces = fc.constantFrom(
    '<configuration>',
    '</configuration>',
    '<property>',
    '<name>a',
    '</name>',
    '<![CDATA[',
    ']]>',
    '<!--',
    '&#0;',
    '&amp;',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, fc.string({ maxLength: 8 })), { maxLength: 20 }), (parts) => {
      const read = readCoreSite(parts.join(''));
      const checked = read.ok ? checkCoreSite(read.properties, read.includes) : undefined;
      expect(checked === undefined).toBe(!read.ok);
    }),
  );
});

test('HD-11 what is written is read back the same', () => {
  const name = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{1,20}[a-z0-9]$/).filter((it) => !it.includes('encryption'));
  fc.assert(
    fc.property(fc.uniqueArray(name, { maxLength: 5 }), fc.string(), (names, title) => {
      const buckets = names.map((bucket) => ({
        bucket,
        algorithm: 'SSE-KMS' as const,
        keyArn: KEY,
        context: { 'a<b': 'c&d' },
      }));
      const read = readCoreSite(toCoreSite(buckets, { title, region: 'us-east-1' }));
      expect(read.ok).toBe(true);
      if (!read.ok) return;
      const { settings, findings } = checkCoreSite(read.properties);
      expect(settings.slice(1).map(({ bucket }) => bucket)).toEqual(names);
      expect(rules(findings)).toEqual([]);
    }),
  );
});
