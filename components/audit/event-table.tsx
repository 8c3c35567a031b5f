'use client';

import { Download } from 'lucide-react';
import Link from 'next/link';
import { parseAsString, useQueryState } from 'nuqs';
import { routes } from '../routes';
import { Status } from '../ui/badge';
import { CodeBlock } from '../ui/code';
import { CopyButton } from '../ui/copy-button';
import { toCsv } from '../ui/csv';
import { type Column, DataTable } from '../ui/data-table';
import { Dialog } from '../ui/dialog';
import { formatTime } from '../ui/format';
import { Principal } from '../ui/principal';
import { saveFile } from '../ui/save-file';
import type { EventRow } from './event-row';

const COLUMNS: readonly Column<EventRow>[] = [
  {
    id: 'time',
    head: 'UTC',
    sort: (event) => event.time,
    cell: (event) => (
      <time className="mono whitespace-nowrap" dateTime={event.time} title={formatTime(event.time, 'seconds')}>
        {formatTime(event.time, 'seconds').slice(5, 19)}
      </time>
    ),
  },
  {
    id: 'who',
    head: 'Principal',
    property: (event) => event.principal,
    cell: (event) => <Principal principal={event.principal} />,
  },
  {
    id: 'event',
    head: 'Event',
    sort: (event) => event.name,
    property: (event) => event.name,
    cell: (event) => (
      <span className="block min-w-0">
        <EventLink event={event} />
        <span className="sub mono block">{event.source}</span>
      </span>
    ),
  },
  {
    id: 'resource',
    head: 'Resource',
    cell: (event) => (
      <span className="mono block max-w-[38ch] truncate text-ink-2" title={event.resource}>
        {event.resource}
      </span>
    ),
  },
  {
    id: 'outcome',
    head: 'Outcome',
    sort: (event) => event.errorCode ?? '',
    property: (event) => event.errorCode ?? 'Success',
    cell: (event) =>
      event.errorCode ? <Status tone="bad">{event.errorCode}</Status> : <Status tone="good">Success</Status>,
  },
  {
    id: 'why',
    head: '',
    cell: (event) =>
      event.requestId ? (
        <Link
          className="link"
          href={routes.decision(event.requestId)}
          aria-label={`Explain ${event.name} ${event.requestId}`}
        >
          Explain
        </Link>
      ) : null,
  },
];

function EventLink({ event }: { event: EventRow }) {
  const [, setOpen] = useQueryState('event', parseAsString);
  return (
    <button type="button" className="link mono" onClick={() => void setOpen(event.id)}>
      {event.name}
    </button>
  );
}

/** CloudTrail events; one can be opened and is then in the address. */
export function EventTable({ rows }: { rows: readonly EventRow[] }) {
  const [open, setOpen] = useQueryState('event', parseAsString);
  const shown = rows.find((event) => event.id === open);
  return (
    <>
      <DataTable
        rows={rows}
        columns={COLUMNS}
        rowKey={(event) => event.id}
        text={(event) =>
          `${event.name} ${event.source} ${event.principal} ${event.resource} ${event.requestId ?? ''} ${event.errorCode ?? ''}`
        }
        label="Audit events"
        noun="events"
        filterHint="Event, principal, resource or request id"
      />
      <Dialog
        open={shown !== undefined}
        onClose={() => void setOpen(null)}
        title={shown ? `${shown.name}, ${formatTime(shown.time, 'seconds')}` : 'Event'}
        width="wide"
      >
        {shown && (
          <div className="dialog-body">
            <div className="mb-2 flex items-center gap-2">
              <span className="mono text-ink-2">{shown.id}</span>
              <CopyButton text={shown.json} label="Copy event" />
              {shown.requestId && (
                <Link className="link ml-auto" href={routes.decision(shown.requestId)}>
                  Explain the decision
                </Link>
              )}
            </div>
            <CodeBlock text={shown.json} label="CloudTrail event" wrap />
          </div>
        )}
      </Dialog>
    </>
  );
}

/** Saves what is listed, as JSON or CSV. */
export function ExportEvents({ rows }: { rows: readonly EventRow[] }) {
  return (
    <>
      <button
        type="button"
        className="button"
        onClick={() =>
          saveFile('events.json', 'application/json', `[\n${rows.map((row) => row.json).join(',\n')}\n]\n`)
        }
      >
        <Download size={14} aria-hidden />
        JSON
      </button>
      <button
        type="button"
        className="button"
        onClick={() =>
          saveFile(
            'events.csv',
            'text/csv',
            toCsv(
              ['time', 'event', 'source', 'principal', 'resource', 'outcome', 'requestId'],
              rows.map((row) => [
                row.time,
                row.name,
                row.source,
                row.principal,
                row.resource,
                row.errorCode ?? 'Success',
                row.requestId ?? '',
              ]),
            ),
          )
        }
      >
        <Download size={14} aria-hidden />
        CSV
      </button>
    </>
  );
}
