import Link from 'next/link';
import type { KeyOperation } from '@/lib/contract/ledger';
import type { UploadedObject } from '@/lib/uploads/record';
import { routes } from '../routes';
import { Arn } from '../ui/arn';
import { Badge, Status } from '../ui/badge';
import { formatBytes, formatCount } from '../ui/format';

const ANSWERED: Readonly<Record<KeyOperation['answeredBy'], string>> = {
  kms: 'reached KMS',
  'bucket-key': 'bucket key',
  'table-key': 'table key',
  session: 'session',
};

/** The requests of a run, each with its key operations, context and outcome. */
export function RequestTable({ objects, withLedger }: { objects: readonly UploadedObject[]; withLedger: boolean }) {
  return (
    <div className="table-scroll">
      <table aria-label="Requests of the upload" className="stack-small">
        <thead>
          <tr>
            <th scope="col" className="num">
              No.
            </th>
            <th scope="col">Request</th>
            <th scope="col">Key operations</th>
            <th scope="col">Encryption context</th>
            <th scope="col" className="num">
              Bytes
            </th>
            <th scope="col" className="num">
              Latency
            </th>
            <th scope="col">Outcome</th>
            <th scope="col">
              <span className="sr-only">Explain</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {objects.map((object) => (
            <Request key={object.index} object={object} withLedger={withLedger} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Request({ object, withLedger }: { object: UploadedObject; withLedger: boolean }) {
  const { index, operation, key, keyOperations, bytes, latencyMs, status, error, requestId } = object;
  return (
    <tr>
      <td className="num text-ink-3">{formatCount(index + 1)}</td>
      <td>
        <span className="mono block">{operation}</span>
        {key !== '' && (
          <span className="sub mono block max-w-[30ch] truncate" title={key}>
            {key.slice(key.lastIndexOf('/') + 1)}
          </span>
        )}
      </td>
      <td>
        {keyOperations.length === 0 ? (
          <span className="text-ink-3">{withLedger ? 'none needed' : 'not read'}</span>
        ) : (
          keyOperations.map((it, position) => <Operation key={`${position}${it.operation}`} operation={it} />)
        )}
      </td>
      <td>
        <Context operations={keyOperations} />
      </td>
      <td className="num whitespace-nowrap">{formatBytes(bytes)}</td>
      <td className="num whitespace-nowrap text-ink-2">{latencyMs.toFixed(1)} ms</td>
      <td>
        {error === undefined ? (
          <Status tone="good">{status || 'Done'}</Status>
        ) : (
          <span title={error.message}>
            <Status tone="bad">{error.code}</Status>
            <span className="sub block max-w-[36ch]">
              {error.decidedBy ? `Decided by the ${error.decidedBy.replaceAll('-', ' ')}` : error.message}
            </span>
          </span>
        )}
      </td>
      <td className="num">
        {withLedger && requestId !== '' && (
          <Link className="link" href={routes.decision(requestId)} aria-label={`Explain request ${index + 1}`}>
            Explain
          </Link>
        )}
      </td>
    </tr>
  );
}

function Operation({ operation }: { operation: KeyOperation }) {
  const made = operation.kind === 'made';
  const age = operation.cachedKeyAge;
  return (
    <span className="flex items-center gap-2 py-0.5">
      <Badge tone={operation.error ? 'bad' : made ? 'info' : 'neutral'}>
        {operation.error ? 'refused' : operation.kind}
      </Badge>
      <span>
        <span className="mono">{operation.operation}</span>
        <span className="sub block">
          {ANSWERED[operation.answeredBy]}
          {!made && age !== undefined ? `, ${Math.round(age)} s old` : ''}
        </span>
      </span>
    </span>
  );
}

/** Each distinct pair once: the operations of a request mostly share their context. */
function Context({ operations }: { operations: readonly KeyOperation[] }) {
  const pairs = [
    ...new Set(
      operations.flatMap((it) => Object.entries(it.encryptionContext).map(([name, value]) => `${name}\n${value}`)),
    ),
  ];
  return pairs.map((pair) => {
    const [name = '', value = ''] = pair.split('\n');
    return (
      <span key={pair} className="block max-w-[40ch]">
        <span className="sub mono block">{name}</span>
        <Arn value={value} copy={false} />
      </span>
    );
  });
}
