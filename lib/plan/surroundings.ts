import { namedPrincipal, type Surroundings } from '../access/index.ts';
import type { Aws } from '../aws/connection.ts';
import type { Around } from './effect.ts';
import type { KeySide } from './key-side.ts';

/** What lint is told beside a document; beside a key policy also what the key protects. */
export function surroundings(
  aws: Aws,
  { account, identities, editor }: Around,
  side?: Pick<KeySide, 'key' | 'dependants'>,
): Surroundings {
  const caller = namedPrincipal(editor);
  const tableBuckets = new Map<string, { arn: string; name: string }[]>();
  for (const { kind, arn, name } of side?.dependants.found ?? []) {
    if (kind === 'table-bucket') tableBuckets.set(arn, tableBuckets.get(arn) ?? []);
    if (kind !== 'table') continue;
    const bucketArn = arn.split('/table/')[0] ?? arn;
    tableBuckets.set(bucketArn, [...(tableBuckets.get(bucketArn) ?? []), { arn, name }]);
  }
  return {
    account,
    region: aws.region,
    ...(caller ? { editor: caller } : {}),
    ...(identities ? { principals: new Set(identities.principals.flatMap(({ arn, id }) => [arn, id])) } : {}),
    ...(side
      ? {
          keyArn: side.key.arn,
          tableBuckets: [...tableBuckets].map(([arn, tables]) => ({ arn, tables })),
          buckets: side.dependants.found
            .filter(({ kind }) => kind === 'bucket')
            .map(({ name, bucketKey = false }) => ({ name, bucketKey })),
        }
      : {}),
  };
}
