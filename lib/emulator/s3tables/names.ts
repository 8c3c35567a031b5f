/** Names and ARNs of S3 Tables: what is allowed, and how they are made (TB-55…TB-57). */

import { idBytes, newUuid } from '../world/id-source.ts';
import { badRequest } from './errors.ts';

const RESERVED_PREFIXES = ['xn--', 'sthree-', 'amzn-s3-demo-', 'aws'];
const RESERVED_SUFFIXES = ['-s3alias', '--ol-s3', '--x-s3', '--table-s3'];
const BUCKET_NAME = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;
const BUCKET_ARN = /^arn:(aws[-a-z0-9]*):s3tables:([-a-z0-9]*):([0-9]{12}):bucket\/([a-z0-9_-]{3,63})$/;
const TABLE_ARN =
  /^arn:(aws[-a-z0-9]*):s3tables:([-a-z0-9]*):([0-9]{12}):bucket\/([a-z0-9_-]{3,63})\/table\/([a-zA-Z0-9-_]{1,255})$/;

export interface BucketArn {
  readonly arn: string;
  readonly region: string;
  readonly accountId: string;
  readonly name: string;
}

export interface TableArn {
  readonly bucket: BucketArn;
  /** Last part of the ARN: the table's id, a UUID. */
  readonly tableId: string;
}

/** Throws BadRequestException unless the name keeps the rules of table bucket names (TB-55). */
export function checkBucketName(name: string): void {
  if (
    !BUCKET_NAME.test(name) ||
    RESERVED_PREFIXES.some((prefix) => name.startsWith(prefix)) ||
    RESERVED_SUFFIXES.some((suffix) => name.endsWith(suffix))
  ) {
    throw badRequest('The specified bucket name is not valid.');
  }
}

/** Throws BadRequestException unless the name keeps the rules of namespaces (TB-56). */
export function checkNamespaceName(name: string): void {
  if (!/^[0-9a-z][0-9a-z_]{0,254}$/.test(name) || name.startsWith('aws')) {
    throw badRequest('The specified namespace name is not valid.');
  }
}

/** Throws BadRequestException unless the name keeps the rules of tables (TB-56). `member` is the input member that holds it. */
export function checkTableName(name: string, member = 'name'): void {
  if (!/^[0-9a-z_]*$/.test(name)) {
    throw badRequest(
      `1 validation error detected: Value '${name}' at '${member}' failed to satisfy constraint: ` +
        'Member must satisfy regular expression pattern: [0-9a-z_]*',
    );
  }
  if (!/^[0-9a-z].{0,254}$/.test(name)) throw badRequest('The specified table name is not valid.');
}

/** Whether a table bucket is AWS's own (TB-22): customers can't take names that begin like theirs (TB-55). */
export const isManaged = (bucket: { readonly name: string }): boolean => bucket.name.startsWith('aws-');

export function bucketArn(region: string, accountId: string, name: string): string {
  return `arn:${partitionOf(region)}:s3tables:${region}:${accountId}:bucket/${name}`;
}

/** `aws-cn` and `aws-us-gov` Regions have partitions of their own. */
function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** Takes a table bucket ARN apart. Throws BadRequestException when it is none. */
export function parseBucketArn(arn: string): BucketArn {
  const match = BUCKET_ARN.exec(arn);
  if (!match) throw badRequest('The specified table bucket ARN is not valid.');
  return { arn, region: match[2] ?? '', accountId: match[3] ?? '', name: match[4] ?? '' };
}

/** Takes a table ARN apart. Throws BadRequestException when it is none. */
export function parseTableArn(arn: string): TableArn {
  const match = TABLE_ARN.exec(arn);
  if (!match) throw badRequest('The specified table ARN is not valid.');
  const slash = arn.indexOf('/table/');
  return {
    bucket: { arn: arn.slice(0, slash), region: match[2] ?? '', accountId: match[3] ?? '', name: match[4] ?? '' },
    tableId: match[5] ?? '',
  };
}

/** A bucket or table ARN, as tagging takes them. Throws BadRequestException when it is neither. */
export function parseResourceArn(arn: string): BucketArn | TableArn {
  return arn.includes('/table/') ? parseTableArn(arn) : parseBucketArn(arn);
}

export function newId(): string {
  return newUuid();
}

/** Opaque; a new one with every change of the table. */
export function newVersionToken(): string {
  return idBytes(10).toString('hex');
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/**
 * The S3 name of a table's storage, 63 characters: the head of the table's id, a random part that ends with a short
 * form of the Region, and `--table-s3` (TB-61).
 */
export function newWarehouseAlias(tableId: string, region: string): string {
  const place = `${shortRegion(region)}b`;
  let random = '';
  for (const byte of idBytes(34 - place.length)) random += ALPHABET[byte % ALPHABET.length];
  return `${tableId.slice(0, 18)}-${random}${place}--table-s3`;
}

/** `us-east-1` → `use1`, `ap-southeast-2` → `apse2`. */
function shortRegion(region: string): string {
  const directions = region
    .replace(/north|south|east|west|central/g, (word) => word.charAt(0))
    .replaceAll(/[^a-z0-9]/g, '');
  return directions.slice(0, 10);
}
