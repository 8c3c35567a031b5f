/** Conditional requests (RFC 9110 with S3's order of precedence, S3UG conditional-requests). */

import { errors } from '../errors.ts';

export interface ReadConditions {
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
  readonly IfModifiedSince?: Date | undefined;
  readonly IfUnmodifiedSince?: Date | undefined;
}

interface Subject {
  readonly etag: string;
  readonly modified: number;
}

/** Throws PreconditionFailed or NotModified; returns when the object may be answered. */
export function checkRead(conditions: ReadConditions, subject: Subject): void {
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = conditions;
  if (
    IfMatch === undefined &&
    IfNoneMatch === undefined &&
    IfModifiedSince === undefined &&
    IfUnmodifiedSince === undefined
  ) {
    return;
  }
  const modified = wholeSeconds(subject.modified);
  if (IfMatch !== undefined) {
    if (!matches(IfMatch, subject.etag)) throw errors.preconditionFailed('If-Match');
  } else if (IfUnmodifiedSince !== undefined && modified > IfUnmodifiedSince.getTime()) {
    throw errors.preconditionFailed('If-Unmodified-Since');
  }
  if (IfNoneMatch !== undefined) {
    if (matches(IfNoneMatch, subject.etag)) throw notModified(subject);
  } else if (IfModifiedSince !== undefined && modified <= IfModifiedSince.getTime()) {
    throw notModified(subject);
  }
}

/** The conditions of a copy's source: what would be Not Modified fails (S3 API CopyObject). */
export function checkCopySource(conditions: ReadConditions, subject: Subject): void {
  try {
    checkRead(conditions, subject);
  } catch (error) {
    if (error instanceof Error && 'status' in error && error.status === 304) {
      throw errors.preconditionFailed('x-amz-copy-source-If-None-Match');
    }
    throw error;
  }
}

/** Refuses headers that S3 does not take on writes. */
export function checkWriteHeaders(ifMatch: string | undefined, ifNoneMatch: string | undefined): void {
  if (ifMatch !== undefined && ifNoneMatch !== undefined) throw errors.notImplementedHeader('If-Match,If-None-Match');
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') throw errors.notImplementedHeader('If-None-Match');
}

/** Throws PreconditionFailed or NoSuchKey unless what stands under the key allows the write. */
export function checkWrite(
  ifMatch: string | undefined,
  ifNoneMatch: string | undefined,
  key: string,
  current: () => { readonly etag: string } | undefined,
): void {
  if (ifMatch === undefined && ifNoneMatch === undefined) return;
  const found = current();
  if (ifNoneMatch !== undefined && found !== undefined) throw errors.preconditionFailed('If-None-Match');
  if (ifMatch === undefined) return;
  if (found === undefined) throw errors.noSuchKey(key);
  if (!matches(ifMatch, found.etag)) throw errors.preconditionFailed('If-Match');
}

/** A list of entity tags, with or without quotes, or `*`. */
export function matches(header: string, etag: string): boolean {
  for (const item of header.split(',')) {
    const tag = item.trim();
    if (tag === '*' || unquote(tag) === etag) return true;
  }
  return false;
}

export function unquote(etag: string): string {
  const bare = etag.startsWith('W/') ? etag.slice(2) : etag;
  return bare.startsWith('"') && bare.endsWith('"') && bare.length > 1 ? bare.slice(1, -1) : bare;
}

/** HTTP dates know no fractions of a second. */
export function wholeSeconds(milliseconds: number): number {
  return milliseconds - (milliseconds % 1000);
}

function notModified(subject: Subject): Error {
  return errors.notModified({
    etag: `"${subject.etag}"`,
    'last-modified': new Date(subject.modified).toUTCString(),
  });
}
