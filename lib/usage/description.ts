/** A workload as a person describes it, by the day, and as a link carries it. */

import { PRICES, type PriceName } from './prices.ts';
import { type Assumptions, type Encryption, keepsKeys, type TargetKind, type Workload } from './workload.ts';

export type NumberField =
  | 'puts'
  | 'gets'
  | 'multiparts'
  | 'parts'
  | 'copies'
  | 'lists'
  | 'appends'
  | 'scans'
  | 'files'
  | 'size'
  | 'requesters'
  | 'keys'
  | 'hours'
  | 'days'
  | 'peak'
  | 'age'
  | 'lifetime'
  | 'quota';

export interface Description extends Readonly<Record<NumberField, number>> {
  readonly target: TargetKind;
  readonly encryption: Encryption;
  readonly bucketKey: boolean;
  readonly customerKey: boolean;
  readonly order: Workload['readOrder'];
  readonly regions: readonly string[];
  readonly prices: Readonly<Partial<Record<PriceName, number>>>;
}

export interface Bounds {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
}

const count = (label: string, max = 1e12): Bounds => ({ label, min: 0, max, whole: true });

/** What each number is called and what it may be. Counts are for a day and a Region. */
export const FIELDS: Readonly<Record<NumberField, Bounds>> = {
  puts: count('Objects written'),
  gets: count('Objects read'),
  multiparts: count('Objects written in parts'),
  parts: { label: 'Parts of each', min: 1, max: 10_000, whole: true },
  copies: count('Objects copied'),
  lists: count('Lists'),
  appends: count('Appends'),
  scans: count('Queries'),
  files: { label: 'Data files of a query', min: 1, max: 1e6, whole: true },
  size: { label: 'Size of an object in KiB', min: 0, max: 53_687_091_200, whole: false },
  requesters: { label: 'Requesters', min: 1, max: 1e6, whole: true },
  keys: { label: 'KMS keys', min: 1, max: 100_000, whole: true },
  hours: { label: 'Hours a day', min: 0.01, max: 24, whole: false },
  days: { label: 'Days', min: 1, max: 3660, whole: true },
  peak: { label: 'Peak', min: 1, max: 1000, whole: false },
  age: { label: 'Reads reach back, days', min: 0, max: 36_500, whole: false },
  lifetime: { label: 'Life of a bucket key in seconds', min: 1, max: 86_400, whole: true },
  quota: { label: 'Quota of your account', min: 0, max: 10_000_000, whole: true },
};

export const REGIONS = [
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
  'ca-central-1',
  'sa-east-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'eu-central-1',
  'eu-north-1',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-northeast-1',
  'ap-northeast-2',
] as const;

export const DEFAULTS: Description = {
  target: 'bucket',
  encryption: 'aws:kms',
  bucketKey: true,
  customerKey: true,
  order: 'as-written',
  regions: ['us-east-1'],
  prices: {},
  puts: 1_000_000,
  gets: 1_000_000,
  multiparts: 0,
  parts: 8,
  copies: 0,
  lists: 0,
  appends: 0,
  scans: 0,
  files: 20,
  size: 256,
  requesters: 4,
  keys: 1,
  hours: 24,
  days: 30,
  peak: 2,
  age: 1,
  lifetime: 300,
  quota: 0,
};

const ENCRYPTIONS: Readonly<Record<string, Encryption>> = { s3: 'AES256', kms: 'aws:kms', dsse: 'aws:kms:dsse' };
const TARGETS: readonly string[] = ['bucket', 'directory-bucket', 'table'];
const NAMES = Object.keys(FIELDS) as NumberField[];
const PRICE_NAMES = Object.keys(PRICES) as PriceName[];

export type Problems = Readonly<Partial<Record<NumberField | PriceName | 'regions' | 'encryption', string>>>;

/** Text of each field as it was typed or as the address holds it. */
export type Typed = Readonly<Record<string, string>>;

/**
 * Reads what was typed. A field that can't be used keeps the default, and its problem says why in one sentence.
 * `base` stands for fields that are absent.
 */
export function readDescription(
  typed: Typed,
  base: Description = DEFAULTS,
): { description: Description; problems: Problems } {
  const problems: Partial<Record<keyof Problems, string>> = {};
  const numbers = Object.fromEntries(
    NAMES.map((name) => [name, readNumber(typed[name], base[name], FIELDS[name], (text) => (problems[name] = text))]),
  ) as unknown as Record<NumberField, number>;
  const target = TARGETS.includes(typed['target'] ?? '') ? (typed['target'] as TargetKind) : base.target;
  const encryption = ENCRYPTIONS[typed['encryption'] ?? ''] ?? base.encryption;
  const customerKey = typed['key'] === undefined ? base.customerKey : typed['key'] !== 'managed';
  if (target !== 'bucket' && encryption === 'aws:kms:dsse') {
    problems.encryption = 'DSSE-KMS is for general purpose buckets only.';
  }
  if (target !== 'bucket' && encryption === 'aws:kms' && !customerKey) {
    problems.encryption = 'Directory buckets and table buckets need a customer managed key.';
  }
  const named = (typed['regions'] ?? base.regions.join(',')).split(',').filter((it) => it !== '');
  const regions = named.filter((it) => (REGIONS as readonly string[]).includes(it));
  if (regions.length === 0) problems.regions = 'Choose at least one Region.';
  const prices: Partial<Record<PriceName, number>> = {};
  for (const name of PRICE_NAMES) {
    const text = typed[`price.${name}`];
    if (text === undefined || text.trim() === '') continue;
    const bounds = { label: PRICES[name].label, min: 0, max: 1e6, whole: false };
    prices[name] = readNumber(text, PRICES[name].usd, bounds, (sentence) => (problems[name] = sentence));
  }
  const description = {
    ...numbers,
    target,
    encryption,
    customerKey,
    bucketKey: typed['bucketKey'] === undefined ? base.bucketKey : typed['bucketKey'] !== 'off',
    order: typed['order'] === 'spread' || typed['order'] === 'as-written' ? typed['order'] : base.order,
    regions: regions.length === 0 ? base.regions : regions,
    prices,
  };
  if (asksNothing(description) && Object.keys(problems).length === 0) {
    problems[target === 'table' ? 'appends' : 'puts'] = 'Nothing is asked for: at least one number must be above 0.';
  }
  return { description, problems };
}

function asksNothing(it: Description): boolean {
  const table = it.target === 'table' ? it.appends + it.scans : 0;
  return it.puts + it.gets + it.multiparts + it.copies + it.lists + table === 0;
}

function readNumber(
  text: string | undefined,
  fallback: number,
  { label, min, max, whole }: Bounds,
  report: (sentence: string) => void,
): number {
  if (text === undefined) return fallback;
  const plain = text.replaceAll(/[,_\s]/g, '');
  const value = Number(plain);
  const shown = (bound: number) => bound.toLocaleString('en-US');
  if (plain === '' || !Number.isFinite(value)) report(`${label} takes a number.`);
  else if (whole && !Number.isInteger(value)) report(`${label} takes a whole number.`);
  else if (value < min) report(`${label}: at least ${shown(min)}.`);
  else if (value > max) report(`${label}: at most ${shown(max)}.`);
  else return value;
  return fallback;
}

const DAY = 86_400;

/** The workload that a description stands for. */
export function toWorkload(it: Description): Workload {
  const { days } = it;
  const table = it.target === 'table';
  const ofDay = (number: number): number => number * days;
  // A workload that never pauses runs in one stretch; otherwise no key is held from one day to the next.
  const nonstop = it.hours >= 24;
  const workload: Workload = {
    target: it.target,
    encryption: it.encryption,
    bucketKey: it.bucketKey,
    customerKey: it.customerKey,
    keys: it.keys,
    requesters: it.requesters,
    requests: {
      puts: ofDay(it.puts),
      gets: ofDay(it.gets),
      multiparts: ofDay(it.multiparts),
      partsEach: it.parts,
      copies: ofDay(it.copies),
      lists: ofDay(it.lists),
      appends: table ? ofDay(it.appends) : 0,
      scans: table ? ofDay(it.scans) : 0,
      filesEach: it.files,
    },
    stretches: nonstop ? 1 : days,
    stretchSeconds: nonstop ? days * DAY : it.hours * 3600,
    periodSeconds: days * DAY,
    peak: it.peak,
    objectBytes: it.size * 1024,
    wrappingKeys: 1,
    readOrder: it.order,
    regions: it.regions,
  };
  if (!keepsKeys(workload)) return workload;
  // What is read was written by as many requesters in the same hours, each under one key after the other.
  const perDay = Math.max(1, Math.ceil((it.hours * 3600) / it.lifetime));
  return { ...workload, wrappingKeys: Math.max(1, Math.ceil(it.age * perDay) * it.requesters * it.keys) };
}

export function toAssumptions(it: Description): Assumptions {
  return {
    keyLifetime: it.lifetime,
    ...(it.quota > 0 && { quotas: Object.fromEntries(it.regions.map((region) => [region, it.quota])) }),
  };
}

const WORDS: Readonly<Record<Encryption, string>> = { AES256: 's3', 'aws:kms': 'kms', 'aws:kms:dsse': 'dsse' };

/** The text of each field, as `readDescription` reads it. */
export function typedOf(it: Description): Typed {
  return {
    ...Object.fromEntries(NAMES.map((name) => [name, String(it[name])])),
    target: it.target,
    encryption: WORDS[it.encryption],
    bucketKey: it.bucketKey ? 'on' : 'off',
    key: it.customerKey ? 'customer' : 'managed',
    order: it.order,
    regions: it.regions.join(','),
    ...Object.fromEntries(Object.entries(it.prices).map(([name, usd]) => [`price.${name}`, String(usd)])),
  };
}

/** What differs from the defaults, for an address that can be passed on. */
export function toSearch(typed: Typed): string {
  const defaults = typedOf(DEFAULTS);
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(typed)) if (value !== (defaults[name] ?? '')) search.set(name, value);
  return search.toString();
}
