/** Settings of Hadoop's S3A client as a core-site.xml. */

import type { SetupCall } from '../setup/plan.ts';
import { type Resource, resourcesOf } from './resources.ts';

/** How S3A encrypts what it writes to one bucket. */
export interface HadoopBucket {
  readonly bucket: string;
  /** As S3A calls it (HD-12). */
  readonly algorithm: 'AES256' | 'SSE-KMS' | 'DSSE-KMS';
  /** Full ARN; absent for the account's aws/s3 (HD-03). */
  readonly keyArn?: string;
  /** More pairs for the encryption context (HD-10). */
  readonly context?: Readonly<Record<string, string>>;
}

/**
 * A core-site.xml that sets the encryption of each bucket on its own (HD-11), by the names since Hadoop 3.3 (HD-01).
 * `keyArn` may be text for a person to replace, where the key does not exist yet.
 */
export function toCoreSite(
  buckets: readonly HadoopBucket[],
  head: { readonly title: string; readonly region: string; readonly endpoint?: string },
): string {
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    // Two dashes would end a comment.
    `<!-- ${head.title.replaceAll(/-(?=-)/g, '- ').replaceAll(/[\r\n]+/g, ' ')} -->`,
    '<configuration>',
    ...property('fs.s3a.endpoint.region', head.region),
    ...(head.endpoint === undefined
      ? []
      : [...property('fs.s3a.endpoint', head.endpoint), ...property('fs.s3a.path.style.access', 'true')]),
  ];
  for (const { bucket, algorithm, keyArn, context = {} } of buckets) {
    const name = (setting: string) => `fs.s3a.bucket.${bucket}.encryption.${setting}`;
    lines.push(...property(name('algorithm'), algorithm));
    if (keyArn !== undefined && algorithm !== 'AES256') lines.push(...property(name('key'), keyArn));
    const pairs = Object.entries(context).map(([key, value]) => `${key}=${value}`);
    if (pairs.length > 0) lines.push(...property(name('context'), pairs.join(',')));
  }
  return `${[...lines, '</configuration>'].join('\n')}\n`;
}

/** The general purpose buckets that a plan encrypts; S3A writes to no other kind by these settings. */
export function hadoopBuckets(calls: readonly SetupCall[]): readonly HadoopBucket[] {
  return resourcesOf(calls).resources.flatMap((it: Resource): HadoopBucket[] => {
    if (it.kind !== 'bucket' || it.encryption === undefined) return [];
    const { algorithm, keyArn } = it.encryption;
    return [
      {
        bucket: it.name,
        algorithm: algorithm === 'aws:kms' ? 'SSE-KMS' : algorithm === 'aws:kms:dsse' ? 'DSSE-KMS' : 'AES256',
        ...(keyArn === undefined
          ? {}
          : { keyArn: keyArn.startsWith('{{') ? 'ARN of the key, once it exists' : keyArn }),
      },
    ];
  });
}

function property(name: string, value: string): string[] {
  return ['  <property>', `    <name>${escaped(name)}</name>`, `    <value>${escaped(value)}</value>`, '  </property>'];
}

/** Text for an element; characters that XML 1.0 has no way to write are left out. */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
