'use client';

import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { KeyGrant } from '@/lib/aws/grants';
import { Arn } from '../ui/arn';
import { CodeBlock } from '../ui/code';
import { formatTime } from '../ui/format';
import { Fact, Facts } from '../ui/layout';
import { Principal } from '../ui/principal';

/** Details of one grant beside the list. */
export function GrantPanel({ grant, onClose, actions }: { grant: KeyGrant; onClose: () => void; actions: ReactNode }) {
  const constraint = grant.contextEquals ?? grant.contextSubset;
  return (
    <aside aria-label="Grant">
      <div className="flex items-center justify-between gap-2 px-4 pt-3">
        <h3 className="text-md font-semibold">Grant {grant.name ?? ''}</h3>
        <button type="button" className="icon-button small" aria-label="Close" onClick={onClose}>
          <X size={14} aria-hidden />
        </button>
      </div>
      <div className="grant-facts px-4 pb-3">
        <Facts>
          <Fact label="Grant ID" oneLine>
            <Arn value={grant.id} label="grant ID" />
          </Fact>
          <Fact label="Name">
            {grant.name ? <span className="mono">{grant.name}</span> : <span className="text-ink-3">None</span>}
          </Fact>
          <Fact label="Grantee" oneLine>
            <Principal principal={grant.grantee} />
          </Fact>
          <Fact label="Retires" oneLine>
            {grant.retiring ? (
              <Principal principal={grant.retiring} />
            ) : (
              <span className="text-ink-3">Nobody named</span>
            )}
          </Fact>
          <Fact label="Issued by">
            {grant.issuedBy ? (
              <span className="mono">{grant.issuedBy.split(':')[4] ?? grant.issuedBy}</span>
            ) : (
              'not read'
            )}
          </Fact>
          <Fact label="Operations">
            {grant.operations.map((operation) => (
              <span className="chip" key={operation}>
                {operation}
              </span>
            ))}
          </Fact>
        </Facts>
      </div>
      <hr />
      <div className="p-4">
        <h4 className="mb-2 font-semibold">
          {constraint ? `Constraint: context ${grant.contextEquals ? 'equals' : 'includes'}` : 'Constraint: none'}
        </h4>
        {constraint ? (
          <CodeBlock text={JSON.stringify(constraint, null, 2)} label="Encryption context constraint" wrap />
        ) : (
          <p className="text-ink-2">Counts for every encryption context.</p>
        )}
      </div>
      <hr />
      <div className="p-4">
        <h4 className="mb-2 font-semibold">Life of this grant</h4>
        <ol className="steps-list">
          <li className="done">
            <span className="mark" />
            <span>
              <span className="font-medium">CreateGrant answers</span>
              <span className="block text-ink-2">Works with its grant token at once</span>
            </span>
            <span className="mono text-ink-3">{grant.createdAt ? formatTime(grant.createdAt).slice(0, 16) : ''}</span>
          </li>
          <li>
            <span className="mark" />
            <span>
              <span className="font-medium">Known everywhere</span>
              <span className="block text-ink-2">Within 5 minutes, then without the token</span>
            </span>
          </li>
          <li>
            <span className="mark" />
            <span>
              <span className="font-medium">Retired or revoked</span>
              <span className="block text-ink-2">Grants do not expire by themselves</span>
            </span>
          </li>
        </ol>
        <div className="flex flex-wrap gap-2">{actions}</div>
      </div>
    </aside>
  );
}
