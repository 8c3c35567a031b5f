import { FolderTree } from 'lucide-react';
import { LoadWorldButton } from '@/app/(console)/load-world-button';
import { TargetField, type TargetOption } from '@/components/setup/target-field';
import { Alert } from '@/components/ui/alert';
import { TextField } from '@/components/ui/form';
import { Card } from '@/components/ui/layout';
import { Empty } from '@/components/ui/states';
import { getBucketEncryption } from '@/lib/aws/buckets';
import type { Encryption } from '@/lib/aws/encryption';
import { mapLimited, type Result } from '@/lib/aws/result';
import { workplace } from '@/lib/aws/session';
import { getTableBucketEncryption } from '@/lib/aws/table-buckets';
import { directoryBuckets, generalBuckets, tableBuckets } from '../../../reads';
import { listOf, textOf } from '../../field-values';
import type { StepProps } from './page';

/** Which bucket: a new one, or those that are there. */
export async function GoalStep({ draft, fields }: StepProps) {
  switch (draft.wizard) {
    case 'table':
      return (
        <Card className="page-form">
          <div className="form">
            <TextField
              name="bucket"
              label="Table bucket"
              mono
              defaultValue={textOf(fields, 'bucket')}
              hint="3 to 63 lower-case letters, digits and dashes. Unique in this account and Region."
            />
            <TextField
              name="namespace"
              label="Namespace"
              mono
              defaultValue={textOf(fields, 'namespace')}
              hint="Tables have their names in it. Lower-case letters, digits and underscores."
            />
            <TextField
              name="table"
              label="First table"
              mono
              defaultValue={textOf(fields, 'table')}
              hint="Making a table is the test of the key: S3 Tables refuses it where maintenance can't use the key."
            />
          </div>
        </Card>
      );
    case 'directory':
      return (
        <Card className="page-form">
          <div className="form">
            <Alert tone="warn" title="A directory bucket keeps its key for life">
              Whatever key you choose next can't be changed or replaced while the bucket exists. Another key means a new
              bucket and a copy of every object.
            </Alert>
            <TextField
              name="bucket"
              label="Name"
              mono
              defaultValue={textOf(fields, 'bucket')}
              hint="The zone and --x-s3 are added to it. Unique in the zone, among all accounts."
            />
            <TextField
              name="zone"
              label="Zone"
              mono
              defaultValue={textOf(fields, 'zone')}
              hint="The id of an availability zone with directory buckets, such as use1-az4."
            />
          </div>
        </Card>
      );
    case 'general':
      return (
        <Card className="page-form">
          <div className="form">
            <TextField
              name="bucket"
              label="Name"
              mono
              defaultValue={textOf(fields, 'bucket')}
              hint="3 to 63 lower-case letters, digits, dots and dashes. Unique among all accounts."
            />
          </div>
        </Card>
      );
    case 'secure':
      return <ExistingBuckets chosen={listOf(fields, 'targets')} />;
  }
}

async function ExistingBuckets({ chosen }: { chosen: readonly string[] }) {
  const [{ aws }, tables, directories, general] = await Promise.all([
    workplace(),
    tableBuckets(),
    directoryBuckets(),
    generalBuckets(),
  ]);
  const option = (kind: TargetOption['kind'], name: string, found: Result<Encryption>): TargetOption => ({
    kind,
    name,
    ...(found.ok
      ? { encryption: found.data.kind, bucketKey: found.data.bucketKey ?? false }
      : { refused: found.error.code }),
  });
  const options = [
    ...(await mapLimited(tables.ok ? tables.data.items : [], 8, async ({ name, arn }) =>
      option('table', name, await getTableBucketEncryption(aws, arn)),
    )),
    ...(await mapLimited(directories.ok ? directories.data.items : [], 8, async ({ name }) =>
      option('directory', name, await getBucketEncryption(aws, name)),
    )),
    ...(await mapLimited(general.ok ? general.data.items : [], 8, async ({ name }) =>
      option('general', name, await getBucketEncryption(aws, name)),
    )),
  ];
  // What is weakest comes first.
  const weak = (it: TargetOption) => (it.encryption === 'SSE-S3' ? 0 : 1);
  const ordered = options.toSorted((a, b) => weak(a) - weak(b) || a.name.localeCompare(b.name));
  return (
    <Card bare={ordered.length === 0}>
      {ordered.length === 0 ? (
        <Empty icon={FolderTree} title="There are no buckets yet" actions={<LoadWorldButton />}>
          Set up a new one, or load a world with buckets of each kind.
        </Empty>
      ) : (
        <TargetField options={ordered} chosen={chosen} />
      )}
    </Card>
  );
}
