import 'server-only';
import type { KeyRow } from '@/components/keys/key-table';
import type { Aws } from '@/lib/aws/connection';
import { describeKey, type ListedKey } from '@/lib/aws/keys';
import { mapLimited } from '@/lib/aws/result';
import { aliasesByKey } from './key-options';
import { worldNow } from './reads';

/** How many keys the server describes before the page is sent; the browser asks for the others. */
const READ_FIRST = 60;

interface ListedId {
  readonly id: string;
  readonly arn: string;
}

/** Describes listed keys, six at a time, in their order. */
export async function readKeyRows(aws: Aws, listed: readonly ListedId[]): Promise<readonly KeyRow[]> {
  const [names, now] = await Promise.all([aliasesByKey(), worldNow()]);
  return mapLimited(listed, 6, async (key) =>
    toKeyRow({ ...key, detail: await describeKey(aws, key.arn || key.id) }, names.get(key.id) ?? [], now),
  );
}

/** Rows for all listed keys: the first ones complete, the others with what the list and the aliases say. */
export async function keyRows(aws: Aws, listed: readonly ListedId[]): Promise<readonly KeyRow[]> {
  const names = await aliasesByKey();
  const pending = listed.slice(READ_FIRST).map(
    ({ id, arn }): KeyRow => ({
      id,
      arn,
      pending: true,
      aliases: names.get(id) ?? [],
      description: '',
      state: '',
      manager: '',
      spec: '',
    }),
  );
  return [...(await readKeyRows(aws, listed.slice(0, READ_FIRST))), ...pending];
}

/** One row. A key whose details are refused stays in the list and says so. */
function toKeyRow(listed: ListedKey, aliases: readonly string[], now: number): KeyRow {
  if (!listed.detail.ok) {
    return {
      id: listed.id,
      arn: listed.arn,
      aliases,
      description: '',
      state: 'not read',
      manager: 'not read',
      spec: '',
      refused: listed.detail.error,
    };
  }
  const { data: key } = listed.detail;
  return {
    id: key.id,
    arn: key.arn,
    aliases,
    description: key.description,
    state: key.state,
    manager: key.manager === 'AWS' ? 'AWS' : 'Customer',
    spec: key.spec,
    ...(key.createdAt ? { createdAt: key.createdAt } : {}),
    ...(key.deletionAt ? { daysLeft: Math.max(0, Math.ceil((Date.parse(key.deletionAt) - now) / 86_400_000)) } : {}),
  };
}
