import { Cylinder, FolderTree, type LucideIcon, Table2 } from 'lucide-react';
import { EncryptionBadge, type EncryptionKind } from '@/components/ui/encryption';
import { formatCount } from '@/components/ui/format';
import { Card } from '@/components/ui/layout';
import { getBucketEncryption } from '@/lib/aws/buckets';
import type { Encryption } from '@/lib/aws/encryption';
import { mapLimited, type Result } from '@/lib/aws/result';
import { workplace } from '@/lib/aws/session';
import { getTableBucketEncryption } from '@/lib/aws/table-buckets';
import { directoryBuckets, generalBuckets, tableBuckets } from '../reads';

/** Buckets beyond this many of each kind are not asked one by one on the overview. */
const MOST_ASKED = 200;

type Share = { readonly kind: EncryptionKind | 'not read'; readonly own: boolean };

function toShare(result: Result<Encryption>): Share {
  return result.ok
    ? { kind: result.data.kind, own: result.data.keyId !== undefined }
    : { kind: 'not read', own: false };
}

/** How the three kinds of buckets encrypt by default, as bars and as numbers. */
export async function DefaultEncryption() {
  const [{ aws }, tables, directories, general] = await Promise.all([
    workplace(),
    tableBuckets(),
    directoryBuckets(),
    generalBuckets(),
  ]);
  const first = <T,>(list: Result<{ items: readonly T[] }>) => (list.ok ? list.data.items.slice(0, MOST_ASKED) : []);
  const [ofTables, ofDirectories, ofGeneral] = await Promise.all([
    mapLimited(first(tables), 8, async (bucket) => toShare(await getTableBucketEncryption(aws, bucket.arn))),
    mapLimited(first(directories), 8, async (bucket) => toShare(await getBucketEncryption(aws, bucket.name))),
    mapLimited(first(general), 8, async (bucket) => toShare(await getBucketEncryption(aws, bucket.name))),
  ]);
  const all = [...ofTables, ...ofDirectories, ...ofGeneral];
  const count = (test: (share: Share) => boolean) => all.filter(test).length;
  const unread = count((share) => share.kind === 'not read');
  const rows: readonly { kind: EncryptionKind; about: string; number: number }[] = [
    { kind: 'SSE-KMS', about: 'customer managed key', number: count((share) => share.kind === 'SSE-KMS' && share.own) },
    {
      kind: 'SSE-KMS',
      about: 'AWS managed key aws/s3',
      number: count((share) => share.kind === 'SSE-KMS' && !share.own),
    },
    { kind: 'DSSE-KMS', about: 'bucket keys not available', number: count((share) => share.kind === 'DSSE-KMS') },
    { kind: 'SSE-S3', about: 'no key of yours', number: count((share) => share.kind === 'SSE-S3') },
  ];
  return (
    <Card title="Default encryption">
      <div className="posture">
        <Bar icon={Table2} label="Table buckets" shares={ofTables} read={tables.ok} />
        <Bar icon={FolderTree} label="Directory buckets" shares={ofDirectories} read={directories.ok} />
        <Bar icon={Cylinder} label="General purpose" shares={ofGeneral} read={general.ok} />
      </div>
      <ul className="mt-1">
        {rows.map((row) => (
          <li key={`${row.kind} ${row.about}`} className="posture-row">
            <EncryptionBadge kind={row.kind} />
            <span className="text-ink-2">{row.about}</span>
            <span className="font-medium">{formatCount(row.number)}</span>
          </li>
        ))}
        {unread > 0 && (
          <li className="posture-row">
            <span className="text-ink-2">not read</span>
            <span className="text-ink-2">refused or failed</span>
            <span className="font-medium">{formatCount(unread)}</span>
          </li>
        )}
      </ul>
    </Card>
  );
}

const FILLS: readonly { kind: Share['kind']; look: string }[] = [
  { kind: 'SSE-KMS', look: 'fill-kms' },
  { kind: 'DSSE-KMS', look: 'fill-dsse' },
  { kind: 'SSE-S3', look: 'fill-s3' },
  { kind: 'not read', look: 'fill-unread' },
];

function Bar({
  icon: Icon,
  label,
  shares,
  read,
}: {
  icon: LucideIcon;
  label: string;
  shares: readonly Share[];
  read: boolean;
}) {
  const parts = FILLS.map((fill) => ({
    ...fill,
    number: shares.filter((share) => share.kind === fill.kind).length,
  })).filter((part) => part.number > 0);
  return (
    <>
      <span className="flex items-center gap-2">
        <Icon size={14} aria-hidden className="text-ink-3" />
        {label}
      </span>
      <span className="text-ink-2">{read ? formatCount(shares.length) : 'not read'}</span>
      <div
        className="share-bar"
        role="img"
        aria-label={
          parts.length === 0
            ? `${label}: none`
            : `${label}: ${parts.map((part) => `${part.number} ${part.kind}`).join(', ')}`
        }
      >
        {parts.length === 0 && <i className="fill-none" />}
        {parts.map((part) => (
          <i key={part.kind} className={part.look} style={{ flex: part.number }} />
        ))}
      </div>
    </>
  );
}
