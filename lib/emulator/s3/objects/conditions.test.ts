import { describe, expect, test } from 'vitest';
import { checkCopySource, checkRead, checkWrite, checkWriteHeaders, matches } from './conditions.ts';
import { contentRange, readRange } from './range.ts';

const subject = { etag: 'abc', modified: Date.UTC(2026, 0, 1, 12, 0, 0, 500) };
const before = new Date(Date.UTC(2026, 0, 1, 11));
const same = new Date(Date.UTC(2026, 0, 1, 12));

function status(check: () => void): number {
  try {
    check();
  } catch (error) {
    return (error as { status: number }).status;
  }
  return 200;
}

describe('conditional reads', () => {
  test.each([
    [{ IfMatch: '"abc"' }, 200],
    [{ IfMatch: 'abc' }, 200],
    [{ IfMatch: '"x", "abc"' }, 200],
    [{ IfMatch: '*' }, 200],
    [{ IfMatch: '"x"' }, 412],
    [{ IfNoneMatch: '"abc"' }, 304],
    [{ IfNoneMatch: 'abc' }, 304],
    [{ IfNoneMatch: '"x"' }, 200],
    [{ IfModifiedSince: same }, 304],
    [{ IfModifiedSince: before }, 200],
    [{ IfUnmodifiedSince: same }, 200],
    [{ IfUnmodifiedSince: before }, 412],
    // RFC 9110 13.2.2: an entity tag outweighs a date.
    [{ IfMatch: '"abc"', IfUnmodifiedSince: before }, 200],
    [{ IfNoneMatch: '"x"', IfModifiedSince: same }, 200],
  ])('%j gives %i', (conditions, expected) => {
    expect(status(() => checkRead(conditions, subject))).toBe(expected);
  });

  test('a copy whose source is unchanged fails instead', () => {
    expect(status(() => checkCopySource({ IfNoneMatch: 'abc' }, subject))).toBe(412);
    expect(status(() => checkCopySource({ IfModifiedSince: same }, subject))).toBe(412);
  });
});

describe('conditional writes', () => {
  test.each([
    [undefined, '*', undefined, 200],
    [undefined, '*', subject, 412],
    ['"abc"', undefined, subject, 200],
    ['"x"', undefined, subject, 412],
    ['"abc"', undefined, undefined, 404],
    [undefined, undefined, subject, 200],
  ])('If-Match %s, If-None-Match %s on %j gives %i', (ifMatch, ifNoneMatch, current, expected) => {
    expect(status(() => checkWrite(ifMatch, ifNoneMatch, 'key', () => current))).toBe(expected);
  });

  test('both headers, or If-None-Match with a tag, are not implemented by S3', () => {
    expect(status(() => checkWriteHeaders('a', '*'))).toBe(501);
    expect(status(() => checkWriteHeaders(undefined, '"abc"'))).toBe(501);
    expect(status(() => checkWriteHeaders(undefined, '*'))).toBe(200);
  });

  test('entity tags are compared without quotes and weakness', () => {
    expect(matches('W/"abc"', 'abc')).toBe(true);
    expect(matches('"', '')).toBe(false);
  });
});

describe('ranges', () => {
  test.each([
    ['bytes=0-4', { start: 0, end: 5 }],
    ['bytes=5-', { start: 5, end: 10 }],
    ['bytes=-3', { start: 7, end: 10 }],
    ['bytes=-30', { start: 0, end: 10 }],
    ['bytes=8-100', { start: 8, end: 10 }],
    ['bytes=5-4', undefined],
    ['bytes=0-1,3-4', undefined],
    ['lines=1-2', undefined],
    ['bytes=-', undefined],
    [undefined, undefined],
  ])('%s of ten bytes', (header, expected) => {
    expect(readRange(header, 10)).toEqual(expected);
  });

  test('a range behind the end cannot be satisfied', () => {
    expect(status(() => void readRange('bytes=10-', 10))).toBe(416);
    expect(status(() => void readRange('bytes=-0', 10))).toBe(416);
    expect(status(() => void readRange('bytes=0-', 0))).toBe(416);
  });

  test('the answer names the bytes and the size', () => {
    expect(contentRange({ start: 2, end: 5 }, 10)).toBe('bytes 2-4/10');
  });
});
