import { ShieldCheck } from 'lucide-react';
import type { Metadata } from 'next';
import { ExportFindings, FindingsTable, IgnoredTable } from '@/components/findings/findings-table';
import { LiveScan } from '@/components/findings/live-scan';
import { Alert } from '@/components/ui/alert';
import { Badge } from '@/components/ui/badge';
import { ActionButton } from '@/components/ui/form';
import { formatCount, formatTime, plural } from '@/components/ui/format';
import { Card, PageHeader } from '@/components/ui/layout';
import { Empty } from '@/components/ui/states';
import { workplace } from '@/lib/aws/session';
import { readIgnored } from '@/lib/findings/ignored';
import { beginScan, lastScan } from '@/lib/findings/registry';
import { aliasesByKey } from '../key-options';
import { readOnlyReason, writeTarget } from '../reads';
import { scanAgain } from './actions';
import { scanSetting } from './scan-setting';

export const metadata: Metadata = { title: 'Findings' };

/** Best practices and lint rules over every resource of the connection. The first visit begins the scan. */
export default async function FindingsPage() {
  const [{ aws }, names, readOnly, target, setting] = await Promise.all([
    workplace(),
    aliasesByKey(),
    readOnlyReason(),
    writeTarget(),
    scanSetting(),
  ]);
  const scan = lastScan(aws) ?? beginScan(aws, setting);
  // Machine time: what is ignored is the console's own, not the world's.
  const ignored = readIgnored(aws, new Date().getTime());
  const open = scan.findings.filter(({ id }) => !ignored.has(id));
  const count = (severity: string) => open.filter((one) => one.severity === severity).length;
  const [errors, warnings] = [count('error'), count('warning')];
  const aliases = new Map([...names].flatMap(([id, [first]]) => (first ? [[id, first] as const] : [])));
  return (
    <>
      <PageHeader
        title="Findings"
        badges={
          <>
            {errors > 0 && <Badge tone="bad">{plural(errors, 'error')}</Badge>}
            {warnings > 0 && <Badge tone="warn">{plural(warnings, 'warning')}</Badge>}
          </>
        }
        sub={
          <span>
            {scan.status === 'running'
              ? 'Looking at every key, bucket, table and policy. Nothing is changed.'
              : `${plural(scan.done, 'resource')} looked at, ${formatTime(scan.endedAt ?? scan.startedAt, 'seconds')}`}
          </span>
        }
        actions={
          <>
            <ExportFindings findings={open} />
            <ActionButton
              action={scanAgain}
              input={{}}
              kind="primary"
              unavailable={scan.status === 'running' ? 'The scan is going' : undefined}
            >
              Scan again
            </ActionButton>
          </>
        }
      />
      {scan.status === 'running' && <LiveScan key={scan.startedAt} scan={scan} />}
      {scan.unseen.length > 0 && (
        <Alert tone="warn" title="Not everything could be looked at" className="mb-4">
          <ul className="list-disc pl-5">
            {scan.unseen.slice(0, 8).map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </Alert>
      )}
      <div className="stack">
        <Card title="Open" count={formatCount(open.length)} rule bare>
          {open.length === 0 ? (
            <Empty
              icon={ShieldCheck}
              title={scan.status === 'running' ? 'Nothing was found so far' : 'Nothing was found'}
            >
              Checked are key, bucket, table and IAM policies, grants, defaults and rotation. A check finds known
              mistakes; it doesn't prove that there are no others.
            </Empty>
          ) : (
            <FindingsTable findings={open} names={aliases} unavailable={readOnly} target={target} />
          )}
        </Card>
        {ignored.size > 0 && (
          <Card title="Ignored" count={formatCount(ignored.size)} rule bare>
            <IgnoredTable
              rows={[...ignored.values()].map((one) => ({
                ignored: one,
                found: scan.findings.find(({ id }) => id === one.id),
              }))}
            />
          </Card>
        )}
      </div>
    </>
  );
}
