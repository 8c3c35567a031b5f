import { describe, expect, test } from 'vitest';
import { isGeneralBucketName, kindOfName, upperBound, zoneOfDirectoryBucket, zonePrefixOfRegion } from './names.ts';

describe('bucket names', () => {
  test.each(['abc', 'my-bucket.example', '1bucket', 'a'.repeat(63)])('%s is a legal name', (name) => {
    expect(isGeneralBucketName(name)).toBe(true);
  });

  test.each([
    'ab',
    'a'.repeat(64),
    'Upper',
    'under_score',
    '-begins',
    'ends-',
    'two..dots',
    '192.168.5.4',
    'xn--name',
    'sthree-name',
    'amzn-s3-demo-name',
    'name-s3alias',
    'name--ol-s3',
    'name.mrap',
    'name--table-s3',
    'tab\tname',
  ])('%s is refused', (name) => {
    expect(isGeneralBucketName(name)).toBe(false);
  });

  test('DB-01 a directory bucket carries its zone id and suffix in its name', () => {
    expect(zoneOfDirectoryBucket('logs--usw2-az1--x-s3')).toBe('usw2-az1');
    expect(zoneOfDirectoryBucket('a-b-c--use1-az4--x-s3')).toBe('use1-az4');
    expect(zoneOfDirectoryBucket('logs--usw2-lax1-az1--x-s3')).toBe('usw2-lax1-az1');
    for (const wrong of [
      'logs--x-s3',
      'logs--usw2--x-s3',
      'Logs--usw2-az1--x-s3',
      '-logs--usw2-az1--x-s3',
      'xn--logs--usw2-az1--x-s3',
      'sthree-logs--usw2-az1--x-s3',
      'amzn-s3-demo-x--usw2-az1--x-s3',
      `${'a'.repeat(60)}--usw2-az1--x-s3`,
      'logs---usw2-az1--x-s3',
    ]) {
      expect([wrong, zoneOfDirectoryBucket(wrong)]).toEqual([wrong, undefined]);
    }
  });

  test('the suffix tells the kind of a bucket', () => {
    expect(kindOfName('plain')).toBe('general');
    expect(kindOfName('logs--usw2-az1--x-s3')).toBe('directory');
    expect(kindOfName('2676b452--table-s3')).toBe('table');
  });

  test.each([
    ['us-east-1', 'use1'],
    ['us-west-2', 'usw2'],
    ['eu-central-1', 'euc1'],
    ['eu-north-1', 'eun1'],
    ['ap-northeast-1', 'apne1'],
    ['ap-southeast-2', 'apse2'],
    ['ap-south-1', 'aps1'],
    ['ca-central-1', 'cac1'],
  ])('zones of %s begin with %s', (region, prefix) => {
    expect(zonePrefixOfRegion(region)).toBe(prefix);
  });
});

describe('the string above all strings with a prefix', () => {
  test.each([
    ['a', 'b'],
    ['photos/', 'photos0'],
    ['\u{10ffff}', undefined],
    ['a\u{10ffff}', 'b'],
    ['\ud7ff', '\ue000'],
    ['', undefined],
  ])('above %j stands %j', (prefix, above) => {
    expect(upperBound(prefix)).toBe(above);
  });
});
