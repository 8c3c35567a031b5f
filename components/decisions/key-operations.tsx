import type { KeyOperation } from '@/lib/contract/ledger';
import { KeyLink } from '../keys/key-link';
import { Badge, Status } from '../ui/badge';
import { formatDuration, plural } from '../ui/format';
import { Card } from '../ui/layout';
import { Principal } from '../ui/principal';

const ANSWERED: Readonly<Record<KeyOperation['answeredBy'], string>> = {
  kms: 'KMS',
  'bucket-key': 'Bucket key',
  'table-key': 'Table key',
  session: 'Session',
};

/** The key operations of one request: those that reached KMS and those that did not have to. */
export function KeyOperations({
  operations,
  names,
}: {
  operations: readonly KeyOperation[];
  names: ReadonlyMap<string, readonly string[]>;
}) {
  const made = operations.filter((operation) => operation.kind === 'made').length;
  return (
    <Card
      title="Key operations"
      count={`${plural(made, 'request')} made, ${operations.length - made} spared`}
      rule
      bare
    >
      <div className="table-scroll">
        <table aria-label="Key operations" className="stack-small">
          <thead>
            <tr>
              <th scope="col">Operation</th>
              <th scope="col">Key</th>
              <th scope="col">As</th>
              <th scope="col">Answered by</th>
              <th scope="col" className="w-[38%]">
                Encryption context
              </th>
            </tr>
          </thead>
          <tbody>
            {operations.map((operation, index) => (
              <tr key={`${index}:${operation.operation}`}>
                <td>
                  <span className="mono block">{operation.operation}</span>
                  {operation.error ? (
                    <Status tone="bad">{operation.error.code}</Status>
                  ) : (
                    <Badge tone={operation.kind === 'made' ? 'info' : 'neutral'}>{operation.kind}</Badge>
                  )}
                </td>
                <td>
                  <KeyLink reference={operation.keyArn} aliases={names} />
                </td>
                <td>
                  <Principal principal={operation.principalArn} />
                </td>
                <td>
                  {ANSWERED[operation.answeredBy]}
                  {operation.cachedKeyAge !== undefined && (
                    <span className="sub block">{formatDuration(operation.cachedKeyAge)} old</span>
                  )}
                </td>
                <td className="min-w-[190px]">
                  {Object.entries(operation.encryptionContext).map(([name, value]) => (
                    <span key={name} className="mono block wrap-anywhere">
                      <span className="code-key">{name}</span>: <span className="code-string">{value}</span>
                    </span>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
