import { formatCount } from '@/components/ui/format';
import type { Listing } from '@/lib/aws/paginate';
import type { Result } from '@/lib/aws/result';
import { workplace } from '@/lib/aws/session';
import { readIgnored } from '@/lib/findings/ignored';
import { lastScan } from '@/lib/findings/registry';
import { directoryBuckets, generalBuckets, keyIds, tableBuckets } from './reads';

/** The numbers in the side navigation. A list that can't be read has none. */
function show(result: Result<Listing<unknown>>) {
  return result.ok ? formatCount(result.data.items.length) : null;
}

export async function TableBucketCount() {
  return show(await tableBuckets());
}

export async function DirectoryBucketCount() {
  return show(await directoryBuckets());
}

export async function BucketCount() {
  return show(await generalBuckets());
}

export async function KeyCount() {
  return show(await keyIds());
}

/** Open findings of the last scan that ended; nothing before the first. */
export async function FindingCount() {
  const { aws } = await workplace();
  const scan = lastScan(aws);
  if (!scan || scan.status === 'running') return null;
  const ignored = readIgnored(aws, new Date().getTime());
  return formatCount(scan.findings.filter(({ id }) => !ignored.has(id)).length);
}
