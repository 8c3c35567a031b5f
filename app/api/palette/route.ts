import { routes } from '@/components/routes';
import type { PaletteEntry } from '@/components/shell/palette';
import { listAliases } from '@/lib/aws/aliases';
import { listBuckets } from '@/lib/aws/buckets';
import { listDirectoryBuckets } from '@/lib/aws/directory-buckets';
import { workplace } from '@/lib/aws/session';
import { listTableBuckets } from '@/lib/aws/table-buckets';

/** Everything the command palette can go to by name. Lists that can't be read are left out. */
export async function GET() {
  const { aws } = await workplace();
  const [tables, directories, general, aliases] = await Promise.all([
    listTableBuckets(aws),
    listDirectoryBuckets(aws),
    listBuckets(aws),
    listAliases(aws),
  ]);
  const entries: PaletteEntry[] = [];
  if (tables.ok)
    for (const { name } of tables.data.items)
      entries.push({ kind: 'table bucket', name, href: routes.tableBucket(name) });
  if (directories.ok)
    for (const { name } of directories.data.items)
      entries.push({ kind: 'directory bucket', name, href: routes.directoryBucket(name) });
  if (general.ok)
    for (const { name } of general.data.items)
      entries.push({ kind: 'general purpose bucket', name, href: routes.bucket(name) });
  if (aliases.ok) {
    for (const { name, keyId } of aliases.data.items)
      if (keyId) entries.push({ kind: 'KMS key', name, href: routes.key(keyId) });
  }
  return Response.json(entries, { headers: { 'cache-control': 'no-store' } });
}
