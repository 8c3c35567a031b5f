'use client';

import { Download } from 'lucide-react';
import Link from 'next/link';
import { ignoreFinding, repairFinding, showFinding } from '@/app/(console)/findings/actions';
import type { Found, Ignored } from '@/lib/findings/types';
import { placeHref } from '../plan/place-href';
import { Status, type Tone } from '../ui/badge';
import { FormDialogButton } from '../ui/confirm';
import { toCsv } from '../ui/csv';
import { type Column, DataTable } from '../ui/data-table';
import { ActionButton, SelectField, TextField } from '../ui/form';
import { saveFile } from '../ui/save-file';
import { Time } from '../ui/time';

const TONES: Readonly<Record<Found['severity'], Tone>> = { error: 'bad', warning: 'warn', info: 'info' };
const WORDS: Readonly<Record<Found['severity'], string>> = { error: 'Error', warning: 'Warning', info: 'Note' };
const RANK: Readonly<Record<Found['severity'], number>> = { error: 0, warning: 1, info: 2 };
const KINDS: Readonly<Record<string, string>> = {
  bucket: 'General purpose bucket',
  'directory-bucket': 'Directory bucket',
  'table-bucket': 'Table bucket',
  table: 'Table',
  key: 'KMS key',
};

interface Around {
  /** Aliases by key id. */
  readonly names: ReadonlyMap<string, string>;
  readonly unavailable: string | undefined;
  readonly target: string;
}

function columnsFor({ names, unavailable, target }: Around): readonly Column<Found>[] {
  return [
    {
      id: 'severity',
      head: 'Severity',
      sort: (row) => RANK[row.severity],
      property: (row) => WORDS[row.severity],
      cell: (row) => <Status tone={TONES[row.severity]}>{WORDS[row.severity]}</Status>,
    },
    {
      id: 'finding',
      head: 'Finding',
      cell: (row) => (
        <div className="finding-cell">
          <span>{row.title}</span>
          <span className="sub block wrap-anywhere">{row.evidence}</span>
          <span className="mt-1 flex flex-wrap gap-1">
            {row.rules.map((rule) => (
              <span className="chip" key={rule}>
                {rule}
              </span>
            ))}
          </span>
        </div>
      ),
    },
    {
      id: 'check',
      head: 'Check',
      sort: (row) => row.check,
      property: (row) => row.check,
      cell: (row) => <span className="mono">{row.check}</span>,
    },
    {
      id: 'resource',
      head: 'Resource',
      sort: (row) => row.resource,
      cell: (row) => <Resource found={row} names={names} />,
    },
    {
      id: 'kind',
      head: 'Kind',
      property: (row) => KINDS[row.place?.kind ?? ''] ?? 'IAM policy',
      cell: (row) => <span className="text-ink-2">{KINDS[row.place?.kind ?? ''] ?? 'IAM policy'}</span>,
    },
    {
      id: 'do',
      head: 'Repair',
      cell: (row) => (
        <span className="flex flex-wrap gap-1">
          {row.repair && (
            <ActionButton
              action={repairFinding}
              input={{ id: row.id }}
              size="small"
              unavailable={unavailable}
              target={target}
            >
              {row.repair}
            </ActionButton>
          )}
          <Ignore found={row} />
        </span>
      ),
    },
  ];
}

/** All findings that are not ignored; filter and order are in the address. */
export function FindingsTable({ findings, ...around }: Around & { findings: readonly Found[] }) {
  const columns = columnsFor(around);
  return (
    <DataTable
      rows={findings.toSorted((a, b) => RANK[a.severity] - RANK[b.severity] || (a.id < b.id ? -1 : 1))}
      columns={columns}
      rowKey={(row) => row.id}
      text={(row) => `${row.title} ${row.evidence} ${row.check} ${row.resource} ${row.rules.join(' ')}`}
      label="Findings"
      noun="findings"
      filterHint="Finding, resource or rule"
    />
  );
}

function Resource({ found: { place, tab, resource }, names }: { found: Found; names: ReadonlyMap<string, string> }) {
  const shown = place?.kind === 'key' ? (names.get(place.name) ?? `…${place.name.slice(-12)}`) : resource;
  if (!place) return <span className="mono wrap-anywhere">{shown.split('/').at(-1)}</span>;
  return (
    <Link className="link mono wrap-anywhere" href={placeHref(place, tab)}>
      {shown}
    </Link>
  );
}

function Ignore({ found }: { found: Found }) {
  return (
    <FormDialogButton
      label="Ignore"
      kind="ghost"
      size="small"
      title="Ignore this finding"
      action={ignoreFinding}
      submit="Ignore"
    >
      <p className="text-ink-2">{found.title}</p>
      <input type="hidden" name="id" value={found.id} />
      <TextField name="reason" label="Reason" hint="Whoever looks at this later reads it." focusFirst />
      <SelectField
        name="days"
        label="Until"
        defaultValue="90"
        options={[
          { value: '30', label: 'In 30 days' },
          { value: '90', label: 'In 90 days' },
          { value: '365', label: 'In a year' },
        ]}
      />
    </FormDialogButton>
  );
}

/** What is ignored, why and until when. */
export function IgnoredTable({
  rows,
}: {
  rows: readonly { readonly ignored: Ignored; readonly found: Found | undefined }[];
}) {
  return (
    <div className="table-scroll">
      <table aria-label="Ignored findings" className="stack-small">
        <thead>
          <tr>
            <th scope="col">Finding</th>
            <th scope="col">Reason</th>
            <th scope="col">Until</th>
            <th scope="col">
              <span className="sr-only">Action</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ ignored, found }) => (
            <tr key={ignored.id}>
              <td className="wrap">
                {found ? found.title : <span className="mono wrap-anywhere">{ignored.id}</span>}
                {found && <span className="sub block">{found.resource}</span>}
              </td>
              <td className="wrap">{ignored.reason}</td>
              <td>
                <Time value={ignored.until} precision="day" />
              </td>
              <td>
                <ActionButton action={showFinding} input={{ id: ignored.id }} size="small" kind="ghost">
                  Show again
                </ActionButton>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Saves the findings as CSV or JSON. */
export function ExportFindings({ findings }: { findings: readonly Found[] }) {
  const rows = findings.map(({ severity, check, rules, title, evidence, resource }) => ({
    severity,
    check,
    rules: rules.join(' '),
    title,
    evidence,
    resource,
  }));
  // A leading = + - @ would be a formula to a spreadsheet.
  const csv = () =>
    toCsv(
      ['severity', 'check', 'rules', 'title', 'evidence', 'resource'],
      rows.map((row) => Object.values(row)),
    );
  return (
    <>
      <button
        type="button"
        className="button"
        onClick={() => saveFile('findings.json', 'application/json', `${JSON.stringify(rows, null, 2)}\n`)}
      >
        <Download size={14} aria-hidden />
        JSON
      </button>
      <button type="button" className="button" onClick={() => saveFile('findings.csv', 'text/csv', csv())}>
        <Download size={14} aria-hidden />
        CSV
      </button>
    </>
  );
}
