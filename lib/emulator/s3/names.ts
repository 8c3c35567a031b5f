/** Names, ARNs and Regions of S3: what is a legal name, and how names become ARNs. */

import { errors } from './errors.ts';

export type BucketKind = 'general' | 'directory' | 'table';

const DIRECTORY_SUFFIX = '--x-s3';
const TABLE_SUFFIX = '--table-s3';

/** Which kind of bucket a name belongs to; the suffix alone decides (DB-01, TB-61). */
export function kindOfName(bucket: string): BucketKind {
  if (bucket.endsWith(DIRECTORY_SUFFIX)) return 'directory';
  if (bucket.endsWith(TABLE_SUFFIX)) return 'table';
  return 'general';
}

const GENERAL_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;
const FORBIDDEN_PREFIXES = ['xn--', 'sthree-', 'amzn-s3-demo-'];
const FORBIDDEN_SUFFIXES = ['-s3alias', '--ol-s3', '.mrap', '--x-s3', '--table-s3'];

/** S3UG bucketnamingrules. */
export function isGeneralBucketName(name: string): boolean {
  return (
    GENERAL_NAME.test(name) &&
    !name.includes('..') &&
    !IPV4.test(name) &&
    !FORBIDDEN_PREFIXES.some((prefix) => name.startsWith(prefix)) &&
    !FORBIDDEN_SUFFIXES.some((suffix) => name.endsWith(suffix))
  );
}

const DIRECTORY_NAME = /^([a-z0-9][a-z0-9-]*)--([a-z0-9]+(?:-[a-z0-9]+)*-az[0-9]+)--x-s3$/;

/** The zone id inside the name of a directory bucket, or undefined when the name is not legal (DB-01). */
export function zoneOfDirectoryBucket(name: string): string | undefined {
  if (name.length < 3 || name.length > 63) return undefined;
  const [, base = '', zone] = DIRECTORY_NAME.exec(name) ?? [];
  if (base.endsWith('-')) return undefined;
  if (FORBIDDEN_PREFIXES.some((prefix) => name.startsWith(prefix))) return undefined;
  return zone;
}

/** `us-east-1` → `use1`, `ap-northeast-1` → `apne1`: how zone ids of a Region begin. */
export function zonePrefixOfRegion(region: string): string {
  const parts = region.split('-');
  const number = parts.pop() ?? '';
  const direction = parts.pop() ?? '';
  const short = direction.replace(
    /^(north|south|east|west|central)(east|west)?$/,
    (_, first: string, second = '') => `${first.charAt(0)}${String(second).charAt(0)}`,
  );
  return `${parts.map((part) => (part === 'gov' ? 'g' : part)).join('')}${short}${number}`;
}

const REGION =
  /^(af|ap|ca|cn|eu|il|me|mx|sa|us|us-gov)-(north|south|east|west|central|northeast|southeast|northwest|southwest)-[1-9]$/;

/** Whether it has the form of a Region name; S3 refuses other location constraints. */
export function isRegion(name: string): boolean {
  return REGION.test(name);
}

export function generalBucketArn(bucket: string): string {
  return `arn:aws:s3:::${bucket}`;
}

/** DB-04. */
export function directoryBucketArn(bucket: string, region: string, accountId: string): string {
  return `arn:aws:s3express:${region}:${accountId}:bucket/${bucket}`;
}

/** At most 1,024 bytes of UTF-8 (S3UG object-keys). Throws KeyTooLongError. */
export function checkKey(key: string): void {
  if (key.length * 3 <= 1024) return;
  const size = Buffer.byteLength(key);
  if (size > 1024) throw errors.keyTooLong(size);
}

/** The smallest string above every string that begins with `prefix`, in order of code points; undefined when none is. */
export function upperBound(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  while (points.length > 0) {
    const last = points.pop() ?? 0;
    if (last >= 0x10ffff) continue;
    // Surrogates are no characters of their own: the next after U+D7FF is U+E000.
    points.push(last === 0xd7ff ? 0xe000 : last + 1);
    return String.fromCodePoint(...points);
  }
  return undefined;
}
