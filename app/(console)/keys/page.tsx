import { KeyRound } from 'lucide-react';
import type { Metadata } from 'next';
import { KeyTable } from '@/components/keys/key-table';
import { ListPage } from '@/components/ui/list-page';
import { workplace } from '@/lib/aws/session';
import { keyRows } from '../key-rows';
import { LoadWorldButton } from '../load-world-button';
import { keyIds, readOnlyReason, writeTarget } from '../reads';

export const metadata: Metadata = { title: 'KMS keys' };

export default async function KeysPage() {
  const [{ aws }, keys, readOnly, target] = await Promise.all([workplace(), keyIds(), readOnlyReason(), writeTarget()]);
  const rows = keys.ok ? await keyRows(aws, keys.data.items) : [];
  return (
    <ListPage
      title="KMS keys"
      sub="Keys that encrypt data keys for S3 and S3 Tables, with who may use them."
      create={{ href: '/keys/new', label: 'Create key' }}
      noun="keys"
      icon={KeyRound}
      list={keys}
      empty="A customer managed key lets you decide who can read what a bucket holds, and shows each use."
      other={<LoadWorldButton />}
    >
      <KeyTable rows={rows} unavailable={readOnly} target={target} />
    </ListPage>
  );
}
