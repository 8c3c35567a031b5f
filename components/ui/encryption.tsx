import { FileKey, KeyRound, Layers2, Lock, type LucideIcon } from 'lucide-react';
import { cx } from './cx';

export type EncryptionKind = 'SSE-S3' | 'SSE-KMS' | 'DSSE-KMS' | 'SSE-C';

const KINDS: Readonly<Record<EncryptionKind, { look: string; icon: LucideIcon }>> = {
  'SSE-S3': { look: 's3', icon: Lock },
  'SSE-KMS': { look: 'kms', icon: KeyRound },
  'DSSE-KMS': { look: 'dsse', icon: Layers2 },
  'SSE-C': { look: 'ssec', icon: FileKey },
};

/** The kind of encryption: icon and name. */
export function EncryptionBadge({ kind }: { kind: EncryptionKind }) {
  const { look, icon: Icon } = KINDS[kind];
  return (
    <span className={cx('encryption', look)}>
      <Icon size={12} aria-hidden />
      {kind}
    </span>
  );
}
