/** Metadata of objects: what a client may say, how it is kept, and how it comes back. */

import { parseStored } from '../../storage/stored-json.ts';
import { errors } from '../errors.ts';
import type { HeadColumns } from './rows.ts';

/** System and user metadata beside the content type; kept as JSON. */
export interface ObjectHead {
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
  /** Milliseconds. */
  readonly expires?: number;
  readonly redirect?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Members of PutObject, CopyObject and CreateMultipartUpload. */
export interface HeadInput {
  readonly CacheControl?: string | undefined;
  readonly ContentDisposition?: string | undefined;
  readonly ContentEncoding?: string | undefined;
  readonly ContentLanguage?: string | undefined;
  readonly ContentType?: string | undefined;
  readonly Expires?: Date | undefined;
  readonly Metadata?: Record<string, string> | undefined;
  readonly StorageClass?: string | undefined;
  readonly Tagging?: string | undefined;
  readonly WebsiteRedirectLocation?: string | undefined;
}

const DEFAULT_TYPE = 'binary/octet-stream';
/** S3UG UsingMetadata: bytes of names and values together. */
const MAXIMUM_METADATA = 2048;

const STORAGE_CLASSES = new Set([
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'DEEP_ARCHIVE',
  'GLACIER_IR',
]);

/** What is kept of a client's headers. Throws MetadataTooLarge, InvalidStorageClass, InvalidTag. */
export function readHead(input: HeadInput, express: boolean): HeadColumns {
  const { StorageClass: storageClass, Metadata: metadata } = input;
  if (
    storageClass !== undefined &&
    !(express ? storageClass === 'EXPRESS_ONEZONE' : STORAGE_CLASSES.has(storageClass))
  ) {
    throw errors.invalidStorageClass(storageClass);
  }
  return {
    storage_class: storageClass === undefined || storageClass === 'STANDARD' || express ? null : storageClass,
    content_type: input.ContentType ?? null,
    head: formatHead(input, metadata),
    tags: input.Tagging === undefined ? null : formatTags(readTagHeader(input.Tagging)),
  };
}

function formatHead(input: HeadInput, metadata: Record<string, string> | undefined): string | null {
  let size = 0;
  let hasMetadata = false;
  for (const name in metadata) {
    hasMetadata = true;
    size += Buffer.byteLength(name) + Buffer.byteLength(metadata[name] ?? '');
  }
  if (size > MAXIMUM_METADATA) throw errors.metadataTooLarge(size);
  const encoding = withoutChunking(input.ContentEncoding);
  if (
    !hasMetadata &&
    input.CacheControl === undefined &&
    input.ContentDisposition === undefined &&
    encoding === undefined &&
    input.ContentLanguage === undefined &&
    input.Expires === undefined &&
    input.WebsiteRedirectLocation === undefined
  ) {
    return null;
  }
  return JSON.stringify({
    cacheControl: input.CacheControl,
    contentDisposition: input.ContentDisposition,
    contentEncoding: encoding,
    contentLanguage: input.ContentLanguage,
    expires: input.Expires?.getTime(),
    redirect: input.WebsiteRedirectLocation,
    metadata: hasMetadata ? metadata : undefined,
  });
}

/** aws-chunked is framing, not encoding: S3 does not keep it (S3 API sigv4-streaming). */
function withoutChunking(encoding: string | undefined): string | undefined {
  if (encoding === undefined || !encoding.includes('aws-chunked')) return encoding;
  const rest = encoding
    .split(',')
    .map((token) => token.trim())
    .filter((token) => token !== '' && token !== 'aws-chunked');
  return rest.length === 0 ? undefined : rest.join(', ');
}

/** Output members of GetObject and HeadObject. */
export function describeHead(row: HeadColumns, express: boolean) {
  const head = row.head === null ? undefined : parseStored<ObjectHead>(row.head);
  return {
    ContentType: row.content_type ?? DEFAULT_TYPE,
    StorageClass: express ? 'EXPRESS_ONEZONE' : (row.storage_class ?? undefined),
    TagCount: row.tags === null ? undefined : Object.keys(parseStored<object>(row.tags)).length,
    ...(head && {
      CacheControl: head.cacheControl,
      ContentDisposition: head.contentDisposition,
      ContentEncoding: head.contentEncoding,
      ContentLanguage: head.contentLanguage,
      Expires: head.expires === undefined ? undefined : new Date(head.expires),
      WebsiteRedirectLocation: head.redirect,
      Metadata: head.metadata,
    }),
  };
}

/** `a=1&b=2`, percent-encoded. Throws InvalidTag, InvalidArgument. */
export function readTagHeader(header: string): Record<string, string> {
  const tags: [string, string][] = [];
  for (const [name, value] of new URLSearchParams(header)) {
    tags.push([name, value]);
    if (tags.length > 10) throw errors.invalidTag('Object tags cannot be greater than 10');
  }
  return checkTags(tags);
}

/** S3UG object-tagging: 1 to 128 and 0 to 256 characters, no name twice. */
export function checkTags(pairs: readonly (readonly [string | undefined, string | undefined])[], maximum = 10) {
  if (pairs.length > maximum) throw errors.invalidTag(`Object tags cannot be greater than ${maximum}`);
  const tags: Record<string, string> = {};
  for (const [name = '', value = ''] of pairs) {
    if (name.length < 1 || name.length > 128) throw errors.invalidTag('The TagKey you have provided is invalid');
    if (value.length > 256) throw errors.invalidTag('The TagValue you have provided is invalid');
    if (name.toLowerCase().startsWith('aws:')) {
      throw errors.invalidTag('System tags cannot be added/updated by requester');
    }
    if (Object.hasOwn(tags, name)) throw errors.invalidTag('Cannot provide multiple Tags with the same key');
    Object.defineProperty(tags, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return tags;
}

export function formatTags(tags: Readonly<Record<string, string>>): string | null {
  return Object.keys(tags).length === 0 ? null : JSON.stringify(tags);
}
