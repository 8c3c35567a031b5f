/** What a core-site.xml means for encryption: the settings of each bucket, and what is wrong or easily misread. */

import { parseArn } from '../access/arn.ts';
import type { HadoopProperty } from './read-core-site.ts';

export type HadoopSeverity = 'error' | 'warning' | 'info';

export interface HadoopFinding {
  readonly rule: string;
  readonly severity: HadoopSeverity;
  /** From 1; absent for what the file does not say. */
  readonly line?: number;
  readonly property?: string;
  readonly sentence: string;
}

/** What S3A will do for one bucket, or for all that have no settings of their own. */
export interface HadoopSetting {
  /** Absent: every bucket without its own. */
  readonly bucket?: string;
  /** As written; absent where nothing is set: the bucket's default encryption decides (HD-18). */
  readonly algorithm?: string;
  /** Key id, ARN or alias. The key of SSE-C is a secret and never given. */
  readonly key?: string;
  readonly context?: Readonly<Record<string, string>>;
}

export interface CheckedCoreSite {
  readonly settings: readonly HadoopSetting[];
  readonly findings: readonly HadoopFinding[];
}

const SETTINGS = ['algorithm', 'key', 'context'] as const;
type Setting = (typeof SETTINGS)[number];

/** Old names, deprecated and honoured (HD-01, HD-02). */
const OLD: Readonly<Record<string, Setting>> = {
  'server-side-encryption-algorithm': 'algorithm',
  'server-side-encryption.key': 'key',
  // A name that never worked in a release, but is found in many files.
  'server-side-encryption-key': 'key',
};
const ALGORITHMS: ReadonlySet<string> = new Set(['AES256', 'SSE-KMS', 'DSSE-KMS', 'SSE-C', 'CSE-KMS', 'CSE-CUSTOM']);
/** What people write for what S3A wants (HD-12). */
const MEANT: ReadonlyMap<string, string> = new Map([
  ['aws:kms', 'SSE-KMS'],
  ['aws:kms:dsse', 'DSSE-KMS'],
  ['kms', 'SSE-KMS'],
  ['sse-s3', 'AES256'],
  ['aes-256', 'AES256'],
]);
/** Hadoop's own key server for HDFS: another thing (HD-04). */
const HADOOP_KMS = /^(?:hadoop\.security\.key\.provider\.path|dfs\.encryption\.key\.provider\.uri)$/;
const SECRETS = /^fs\.s3a\.(?:bucket\.[^.]+(?:\.[^.]+)*\.)?(?:secret\.key|session\.token)$/;

interface Found {
  readonly property: HadoopProperty;
  readonly setting: Setting;
  readonly bucket?: string;
  readonly old: boolean;
}

/** Looks at the properties of a file. The order of the findings is that of the file. */
export function checkCoreSite(
  properties: readonly HadoopProperty[],
  includes: readonly number[] = [],
): CheckedCoreSite {
  const findings: HadoopFinding[] = includes.map((line) => ({
    rule: 'HD-01',
    severity: 'warning' as const,
    line,
    sentence: 'Another file is included here. It was not read, so its settings are missing below.',
  }));
  const found = properties.flatMap((property) => settingOf(property) ?? []);
  for (const property of properties) findings.push(...aboutProperty(property));
  for (const it of found) findings.push(...aboutSetting(it));

  const region = valueOf(properties, 'fs.s3a.endpoint.region');
  const base = collect(found, undefined);
  const buckets = [...new Set(found.flatMap(({ bucket }) => bucket ?? []))];
  const settings: HadoopSetting[] = [];
  for (const bucket of [undefined, ...buckets]) {
    const own = collect(found, bucket);
    // HD-11: what a bucket sets overrides the base, each setting for itself.
    const effective = { ...base, ...own };
    const ownRegion =
      bucket === undefined ? region : (valueOf(properties, `fs.s3a.bucket.${bucket}.endpoint.region`) ?? region);
    findings.push(...aboutTogether(bucket, effective, ownRegion));
    settings.push(shown(bucket, effective));
  }
  if (settings.some(({ algorithm }) => algorithm === 'SSE-KMS' || algorithm === 'DSSE-KMS')) findings.push(...OF_KMS);
  if (found.length === 0) {
    findings.push({
      rule: 'HD-18',
      severity: 'info',
      sentence:
        "No encryption is set here. Each bucket's own default encryption applies, which needs no client setting.",
    });
  }
  return { settings, findings: findings.toSorted((a, b) => (a.line ?? Infinity) - (b.line ?? Infinity)) };
}

/** True of every file that turns SSE-KMS on. */
const OF_KMS: readonly HadoopFinding[] = [
  {
    rule: 'HD-07',
    severity: 'info',
    sentence:
      'KMS requests are charged: each file that is written or opened may cost one, unless a bucket key spares it.',
  },
  {
    rule: 'HD-15',
    severity: 'info',
    sentence:
      'When KMS throttles, reads and writes fail. A columnar file is opened with several GETs, and each may ask KMS.',
  },
  {
    rule: 'HD-17',
    severity: 'info',
    sentence:
      'To see what a file has: hadoop fs -getfattr -d s3a://BUCKET/FILE shows header.x-amz-server-side-encryption and the key.',
  },
];

function settingOf(property: HadoopProperty): Found | undefined {
  const match =
    /^fs\.s3a\.(?:bucket\.(.+?)\.)?(encryption\.(?:algorithm|key|context)|server-side-encryption[-.](?:algorithm|key))$/.exec(
      property.name,
    );
  if (match === null) return undefined;
  const [, bucket, suffix = ''] = match;
  const old = OLD[suffix];
  const setting = old ?? (suffix.slice('encryption.'.length) as Setting);
  return { property, setting, old: old !== undefined, ...(bucket === undefined ? {} : { bucket }) };
}

/** The last one counts, and a new name before an old one. */
function collect(found: readonly Found[], bucket: string | undefined): Partial<Record<Setting, HadoopProperty>> {
  const of = found.filter((it) => it.bucket === bucket);
  const pick = (setting: Setting) =>
    of.findLast((it) => it.setting === setting && !it.old) ?? of.findLast((it) => it.setting === setting);
  return Object.fromEntries(
    SETTINGS.flatMap((setting) => {
      const it = pick(setting);
      return it ? [[setting, it.property]] : [];
    }),
  );
}

function valueOf(properties: readonly HadoopProperty[], name: string): string | undefined {
  return properties.findLast((it) => it.name === name)?.value.trim();
}

function* aboutProperty({ name, value, line }: HadoopProperty): Generator<HadoopFinding> {
  if (HADOOP_KMS.test(name)) {
    yield {
      rule: 'HD-04',
      severity: 'info',
      line,
      property: name,
      sentence:
        'This names Hadoop KMS, the key server of HDFS. It has nothing to do with AWS KMS and does not touch S3.',
    };
  }
  if (SECRETS.test(name) && value.trim() !== '') {
    yield {
      rule: 'HD-05',
      severity: 'warning',
      line,
      property: name,
      sentence:
        'A secret stands in the file. Whoever reads it can use the keys of that principal: take it out and replace it.',
    };
  }
}

function* aboutSetting({ property, setting, old, bucket }: Found): Generator<HadoopFinding> {
  const { name, line } = property;
  const value = property.value.trim();
  if (old) {
    const now = `fs.s3a.${bucket === undefined ? '' : `bucket.${bucket}.`}encryption.${setting}`;
    const works = !name.endsWith('server-side-encryption-key');
    yield {
      rule: setting === 'key' ? 'HD-02' : 'HD-01',
      severity: works ? 'info' : 'error',
      line,
      property: name,
      sentence: works
        ? `An old name: it still works. Today it is ${now}.`
        : `S3A does not know this name. It is ${now}.`,
    };
  }
  if (/\$\{/.test(value)) {
    yield {
      rule: 'HD-01',
      severity: 'warning',
      line,
      property: name,
      sentence: 'The value comes from a variable that only Hadoop knows, so it was not checked.',
    };
  } else if (setting === 'algorithm' && value !== '' && !ALGORITHMS.has(value)) {
    const meant =
      MEANT.get(value.toLowerCase()) ?? [...ALGORITHMS].find((one) => one.toLowerCase() === value.toLowerCase());
    yield {
      rule: 'HD-12',
      severity: 'error',
      line,
      property: name,
      sentence: `S3A refuses to start: it has no encryption algorithm ${value.slice(0, 40)}.${meant === undefined ? '' : ` Write ${meant}.`}`,
    };
  } else if (setting === 'context') {
    const wrong = value === '' ? [] : value.split(',').filter((pair) => !/^[^=]+=[^=]*$/.test(pair.trim()));
    if (wrong.length > 0) {
      yield {
        rule: 'HD-10',
        severity: 'error',
        line,
        property: name,
        sentence: 'An encryption context is a list of key=value, with commas between.',
      };
    }
  }
}

/** What only shows when algorithm, key and Region are seen together. */
function* aboutTogether(
  bucket: string | undefined,
  { algorithm, key }: Partial<Record<Setting, HadoopProperty>>,
  region: string | undefined,
): Generator<HadoopFinding> {
  const kind = algorithm?.value.trim() ?? '';
  const value = key?.value.trim() ?? '';
  const where = bucket === undefined ? '' : ` For the bucket ${bucket}.`;
  const at = (property: HadoopProperty | undefined) =>
    property === undefined ? {} : { line: property.line, property: property.name };
  if (/\$\{/.test(kind) || /\$\{/.test(value)) return;
  if (kind === 'SSE-KMS' || kind === 'DSSE-KMS') {
    if (value === '') {
      yield {
        rule: 'HD-03',
        severity: 'warning',
        ...at(algorithm),
        sentence: `No key is named, so files get the account's AWS managed key aws/s3. It can't be shared with another account.${where}`,
      };
    } else if (value.startsWith('alias/') || value.includes(':alias/')) {
      yield {
        rule: 'HD-02',
        severity: 'warning',
        ...at(key),
        sentence: `An alias is looked up in the account of whoever writes: it may be another key there. Name the key's ARN.${where}`,
      };
    } else if (!value.startsWith('arn:')) {
      yield {
        rule: 'HD-02',
        severity: 'warning',
        ...at(key),
        sentence: `A key id is looked up in the account of whoever writes. Name the key's ARN.${where}`,
      };
    }
    const arn = parseArn(value);
    if (arn && (arn.service !== 'kms' || !/^(?:key|alias)\/./.test(arn.resource))) {
      yield { rule: 'HD-02', severity: 'error', ...at(key), sentence: `This is not the ARN of a KMS key.${where}` };
    } else if (arn && region !== undefined && region !== '' && arn.region !== region) {
      yield {
        rule: 'HD-13',
        severity: 'error',
        ...at(key),
        sentence: `The key lies in ${arn.region} and the buckets in ${region}. A key serves buckets of its own Region only.${where}`,
      };
    }
  } else if (kind === 'AES256' && value !== '') {
    yield {
      rule: 'HD-12',
      severity: 'error',
      ...at(key),
      sentence: `S3A refuses to start: AES256 is enabled but an encryption key is set. Take the key out, or use SSE-KMS.${where}`,
    };
  } else if (kind === 'SSE-C' && value === '') {
    yield {
      rule: 'HD-12',
      severity: 'error',
      ...at(algorithm),
      sentence: `S3A refuses to start: SSE-C is enabled but no encryption key is declared.${where}`,
    };
  } else if (kind === 'SSE-C') {
    yield {
      rule: 'HD-12',
      severity: 'warning',
      ...at(key),
      sentence: `The value is the encryption key itself. Everyone who reads the file can read the data: keep it in a credential provider.${where}`,
    };
  } else if (kind === 'CSE-KMS' && value === '') {
    yield { rule: 'HD-12', severity: 'error', ...at(algorithm), sentence: `CSE-KMS needs a key.${where}` };
  } else if (kind === '' && value !== '') {
    yield {
      rule: 'HD-01',
      severity: 'error',
      ...at(key),
      sentence: `A key without an algorithm does nothing. Set the algorithm to SSE-KMS.${where}`,
    };
  }
}

function shown(bucket: string | undefined, settings: Partial<Record<Setting, HadoopProperty>>): HadoopSetting {
  const algorithm = settings.algorithm?.value.trim() ?? '';
  const key = settings.key?.value.trim() ?? '';
  const pairs = (settings.context?.value ?? '')
    .split(',')
    .map((pair) => pair.trim().split('='))
    .filter((pair): pair is [string, string] => pair.length === 2 && pair[0] !== '');
  return {
    ...(bucket === undefined ? {} : { bucket }),
    ...(algorithm === '' ? {} : { algorithm }),
    ...(key === '' || algorithm === 'SSE-C' ? {} : { key }),
    ...(pairs.length === 0 ? {} : { context: Object.fromEntries(pairs) }),
  };
}
