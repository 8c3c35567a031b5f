import type { Metadata } from 'next';
import { ErrorDecoder } from '@/components/errors/error-decoder';
import { PageHeader } from '@/components/ui/layout';
import { ownAccount } from '../reads';
import { decodeMessageAction, rebuildAction } from './actions';

export const metadata: Metadata = { title: 'Decode an error' };

export default async function DecodePage() {
  return (
    <>
      <PageHeader
        title="Decode an error"
        sub={<span>Paste what S3, S3 Tables or KMS answered, as any client printed it.</span>}
      />
      <ErrorDecoder account={await ownAccount()} rebuild={rebuildAction} decode={decodeMessageAction} />
    </>
  );
}
