/** Amazon Resource Names: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`; the resource may itself hold colons. */

export interface Arn {
  readonly partition: string;
  readonly service: string;
  /** Empty for global services. */
  readonly region: string;
  /** Twelve digits, or empty (S3 buckets). */
  readonly accountId: string;
  /** `key/UUID`, `alias/x`, `user/path/name`, `bucket/object`, `assumed-role/ROLE/SESSION`. */
  readonly resource: string;
}

/** Takes text; gives its parts, or undefined when it has not six parts or does not begin with `arn:`. Never throws. */
export function parseArn(text: string): Arn | undefined {
  if (!text.startsWith('arn:')) return undefined;
  const ends: number[] = [3];
  for (let part = 0; part < 4; part += 1) {
    const end = text.indexOf(':', ends[part]! + 1);
    if (end < 0) return undefined;
    ends.push(end);
  }
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = ends;
  const partition = text.slice(a + 1, b);
  const service = text.slice(b + 1, c);
  const resource = text.slice(e + 1);
  if (partition === '' || service === '' || resource === '') return undefined;
  return { partition, service, region: text.slice(c + 1, d), accountId: text.slice(d + 1, e), resource };
}

/** The text of an ARN. */
export function formatArn(arn: Arn): string {
  return `arn:${arn.partition}:${arn.service}:${arn.region}:${arn.accountId}:${arn.resource}`;
}
