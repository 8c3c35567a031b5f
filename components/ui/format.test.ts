import { expect, test } from 'vitest';
import { countOf, formatAge, formatBytes, formatDuration, formatShare, formatTime, plural } from './format';

test('numbers have their unit and the right number', () => {
  expect(plural(1, 'key')).toBe('1 key');
  expect(plural(1284, 'key')).toBe('1,284 keys');
  expect(countOf(1, 'table buckets')).toBe('1 table bucket');
  expect(formatBytes(512)).toBe('512\u202fB');
  expect(formatBytes(1536)).toBe('1.5\u202fKiB');
});

test('a share has at most two decimals, and nothing of nothing is zero', () => {
  expect(formatShare(418_716, 420_000)).toBe('99.69\u202f%');
  expect(formatShare(1, 3)).toBe('33.3\u202f%');
  expect(formatShare(0, 0)).toBe('0\u202f%');
});

test('times are UTC, ages look both ways', () => {
  expect(formatTime('2026-11-21T14:31:08.500Z', 'seconds')).toBe('2026-11-21 14:31:08 UTC');
  expect(formatAge(0, 3 * 3_600_000)).toBe('3 hours ago');
  expect(formatAge(7 * 86_400_000, 0)).toBe('in 7 days');
  expect(formatDuration(5400)).toBe('1 hour 30 minutes');
});
