import type { Metadata, Route } from 'next';
import { notFound } from 'next/navigation';
import { DownloadButton } from '@/components/exports/download-button';
import { routes } from '@/components/routes';
import { Alert } from '@/components/ui/alert';
import { ButtonLink } from '@/components/ui/button';
import { CodeBlock } from '@/components/ui/code';
import { CopyButton } from '@/components/ui/copy-button';
import { Card, PageHeader, Tabs } from '@/components/ui/layout';
import { Failure } from '@/components/ui/states';
import { workplace } from '@/lib/aws/session';
import { toCliScript } from '@/lib/exports/cli';
import { toCloudFormation } from '@/lib/exports/cloudformation';
import { hadoopBuckets, toCoreSite } from '@/lib/exports/core-site';
import { toTerraform } from '@/lib/exports/terraform';
import type { SetupCall } from '@/lib/setup/plan';
import { ownAccount } from '../../../reads';
import { EXPORTED, type Exported, readExport } from '../../read-export';

type Props = PageProps<'/export/[of]/[name]'>;

async function asked(params: Props['params']): Promise<{ readonly of: Exported; readonly name: string } | undefined> {
  const { of, name } = await params;
  const isKnown = (text: string): text is Exported => (EXPORTED as readonly string[]).includes(text);
  return isKnown(of) ? { of, name: decodeURIComponent(name) } : undefined;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const it = await asked(params);
  return { title: it ? `${it.name} · Export` : 'Export' };
}

export default async function ExportPage({ params, searchParams }: Props) {
  const [it, { tab }] = await Promise.all([asked(params), searchParams]);
  if (!it) notFound();
  const [{ aws }, account] = await Promise.all([workplace(), ownAccount()]);
  const read = await readExport(aws, account, it.of, it.name);
  if (!read.ok) {
    return (
      <>
        <PageHeader title="Export" />
        <Card bare>
          <Failure title="This can't be exported" error={read.error} />
        </Card>
      </>
    );
  }
  const { title, calls } = read.data;
  const head = {
    title: `${title}, exported from account ${account} in ${aws.region}`,
    region: aws.region,
    ...(aws.endpoint === undefined ? {} : { endpoint: aws.endpoint }),
  };
  const forms = formsOf(calls, head, title);
  const shown = forms.find(({ id }) => id === tab) ?? forms[0];
  if (!shown) notFound();
  return (
    <>
      <PageHeader
        title={`Export ${title}`}
        sub={
          it.of === 'setup'
            ? 'The same calls that the set-up makes, for your own tools.'
            : 'What makes another one like it. Data, grants and key material are not part of it.'
        }
        actions={
          <>
            <ButtonLink href={placeOf(it.of, it.name)}>Back</ButtonLink>
            <DownloadButton text={shown.text} name={shown.file} />
          </>
        }
      />
      <Tabs
        label="Forms of the export"
        open={shown.id}
        href={(form) => routes.exportOf(it.of, it.name, form)}
        tabs={forms.map(({ id, label }) => ({ id, label }))}
      />
      <div className="stack">
        {shown.notes.length > 0 && (
          <Alert tone="warn" title="What it can't say">
            <ul>
              {shown.notes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          </Alert>
        )}
        <Card
          title={<span className="mono">{shown.file}</span>}
          end={<CopyButton text={shown.text} label={`Copy ${shown.file}`} />}
          rule
          bare
        >
          <CodeBlock text={shown.text.trimEnd()} label={shown.file} />
        </Card>
      </div>
    </>
  );
}

interface Form {
  readonly id: string;
  readonly label: string;
  readonly file: string;
  readonly text: string;
  readonly notes: readonly string[];
}

function formsOf(calls: readonly SetupCall[], head: Parameters<typeof toCliScript>[1], title: string): readonly Form[] {
  const base = title
    .replace(/^alias\//, '')
    .replaceAll(/[^\w-]+/g, '-')
    .slice(0, 60);
  const buckets = hadoopBuckets(calls);
  return [
    { id: 'cli', label: 'AWS CLI', file: `${base}.sh`, text: toCliScript(calls, head), notes: [] },
    { id: 'cloudformation', label: 'CloudFormation', file: `${base}.template.json`, ...toCloudFormation(calls, head) },
    { id: 'terraform', label: 'Terraform', file: `${base}.tf`, ...toTerraform(calls, head) },
    ...(buckets.length === 0
      ? []
      : [{ id: 'hadoop', label: 'Hadoop', file: 'core-site.xml', text: toCoreSite(buckets, head), notes: [] }]),
  ];
}

function placeOf(of: Exported, name: string): Route {
  switch (of) {
    case 'setup':
      return routes.setup(name, 'review');
    case 'key':
      return routes.key(name);
    case 'bucket':
      return routes.bucket(name);
    case 'directory-bucket':
      return routes.directoryBucket(name);
    case 'table-bucket':
      return routes.tableBucket(name);
  }
}
