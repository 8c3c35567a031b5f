import 'server-only';
import type { Aws } from '@/lib/aws/connection';
import type { Encryption } from '@/lib/aws/encryption';
import { mapLimited, type Result } from '@/lib/aws/result';
import { getTableEncryption, type TableSummary } from '@/lib/aws/tables';

/** A table with how it is encrypted, as far as that could be read. */
export interface TableWithEncryption extends TableSummary {
  readonly encryption: Result<Encryption>;
}

/** More tables than this are not asked one by one on a page; their encryption shows on their own pages. */
const MOST_ASKED = 300;

/** GetTableEncryption of each table, eight at a time. */
export function readTableEncryptions(
  aws: Aws,
  bucketArn: string,
  tables: readonly TableSummary[],
): Promise<TableWithEncryption[]> {
  return mapLimited(tables.slice(0, MOST_ASKED), 8, async (table) => ({
    ...table,
    encryption: await getTableEncryption(aws, { bucketArn, namespace: table.namespace, name: table.name }),
  }));
}

/** Whether a table's encryption differs from the bucket's default. Unknown counts as equal. */
export function differs(table: Result<Encryption>, bucket: Result<Encryption>): boolean {
  if (!table.ok || !bucket.ok) return false;
  return table.data.kind !== bucket.data.kind || table.data.keyId !== bucket.data.keyId;
}
