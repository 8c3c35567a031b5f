import { KeyRound, Plus } from 'lucide-react';
import type { Metadata } from 'next';
import { type KeyRow, KeyTable } from '@/components/keys/key-table';
import { ButtonLink } from '@/components/ui/button';
import { formatCount } from '@/components/ui/format';
import { Card, PageHeader } from '@/components/ui/layout';
import { Empty, Failure } from '@/components/ui/states';
import type { ListedKey } from '@/lib/aws/keys';
import { aliasesByKey } from '../key-options';
import { LoadWorldButton } from '../load-world-button';
import { keysWithDetails, worldNow } from '../reads';

export const metadata: Metadata = { title: 'KMS keys' };

export default async function KeysPage() {
  const [keys, names, now] = await Promise.all([keysWithDetails(), aliasesByKey(), worldNow()]);
  return (
    <>
      <PageHeader
        title="KMS keys"
        sub="Keys that encrypt data keys for S3 and S3 Tables, with who may use them."
        actions={
          <ButtonLink href="/keys/new" kind="primary">
            <Plus size={14} aria-hidden />
            Create key
          </ButtonLink>
        }
      />
      <Card bare>
        {!keys.ok ? (
          <Failure title="Keys could not be listed" error={keys.error} />
        ) : keys.data.items.length === 0 ? (
          <Empty
            icon={KeyRound}
            title="No keys yet"
            actions={
              <>
                <ButtonLink href="/keys/new" kind="primary">
                  Create key
                </ButtonLink>
                <LoadWorldButton />
              </>
            }
          >
            A customer managed key lets you decide who can read what a bucket holds, and shows each use.
          </Empty>
        ) : (
          <KeyTable rows={keys.data.items.map((key) => toRow(key, names.get(key.id) ?? [], now))} />
        )}
      </Card>
      {keys.ok && keys.data.cutOff && (
        <p className="mt-2 text-ink-2">Only the first {formatCount(keys.data.items.length)} keys were read.</p>
      )}
    </>
  );
}

function toRow(listed: ListedKey, aliases: readonly string[], now: number): KeyRow {
  if (!listed.detail.ok) {
    return {
      id: listed.id,
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
    aliases,
    description: key.description,
    state: key.state,
    manager: key.manager === 'AWS' ? 'AWS' : 'Customer',
    spec: key.spec,
    ...(key.createdAt ? { createdAt: key.createdAt } : {}),
    ...(key.deletionAt ? { daysLeft: Math.max(0, Math.ceil((Date.parse(key.deletionAt) - now) / 86_400_000)) } : {}),
  };
}
