'use client';

import { FileQuestion } from 'lucide-react';
import Link from 'next/link';
import { parseAsString, useQueryState } from 'nuqs';
import { useState } from 'react';
import { causesOf, type ErrorParts, parseError, rebuildOf } from '@/lib/access/errors/index';
import { LAYER_NAMES } from '../decisions/layers';
import { routes } from '../routes';
import { Card, Fact, Facts } from '../ui/layout';
import { Principal } from '../ui/principal';
import { Empty } from '../ui/states';
import { DecodeMessage, type DecodeMessageAction } from './decode-message';
import { type RebuildAction, RebuildCard } from './rebuild-card';

/** Longer texts are not put into the address. */
const MOST_IN_ADDRESS = 3000;

const EXAMPLE =
  'An error occurred (AccessDenied) when calling the PutObject operation: User: arn:aws:sts::111122223333:assumed-role/IngestWriter/i-0f3c is not authorized to perform: kms:GenerateDataKey on resource: arn:aws:kms:us-east-1:111122223333:key/c05f6b83-2e9d-47a1-9b74-e8d1a03c5f62 because no resource-based policy allows the kms:GenerateDataKey action';

/** Reads a pasted error as it is typed: its parts, what it likely means, and the proof in the emulator. */
export function ErrorDecoder({
  account,
  rebuild,
  decode,
}: {
  account: string;
  rebuild: RebuildAction;
  decode: DecodeMessageAction;
}) {
  const [kept, keep] = useQueryState(
    'text',
    parseAsString.withDefault('').withOptions({ history: 'replace', throttleMs: 400 }),
  );
  const [text, setText] = useState(kept);
  const write = (next: string) => {
    setText(next);
    void keep(next.length <= MOST_IN_ADDRESS ? next || null : null);
  };
  const parts = text.trim() === '' ? undefined : parseError(text);
  return (
    <div className="split decision-columns">
      <div className="stack">
        <Card
          title="The error"
          end={
            <>
              <button type="button" className="link" onClick={() => write(EXAMPLE)}>
                Example
              </button>
              <button type="button" className="link" onClick={() => write('')}>
                Clear
              </button>
            </>
          }
        >
          <label>
            <span className="sr-only">Error text</span>
            <textarea
              className="field-area mono"
              rows={9}
              spellCheck={false}
              value={text}
              placeholder="AWS CLI, SDK, Hadoop or Spark stack, XML, JSON, a CloudTrail event, or an encoded authorization message"
              onChange={(event) => write(event.target.value)}
            />
          </label>
        </Card>
        {parts && (
          <Card title="What it says">
            <Parts parts={parts} account={account} />
          </Card>
        )}
      </div>
      <div className="stack">
        {parts === undefined ? (
          <Card bare>
            <Empty icon={FileQuestion} title="Paste an error">
              It is read here in the browser: code, principal, action, key, the layer that refused, and what to do.
            </Empty>
          </Card>
        ) : (
          <Answer
            key={parts.requestId ?? parts.message}
            parts={parts}
            text={text}
            rebuild={rebuild}
            decode={decode}
            onDecoded={write}
          />
        )}
      </div>
    </div>
  );
}

function Answer({
  parts,
  text,
  rebuild,
  decode,
  onDecoded,
}: {
  parts: ErrorParts;
  text: string;
  rebuild: RebuildAction;
  decode: DecodeMessageAction;
  onDecoded: (text: string) => void;
}) {
  const [first, ...more] = causesOf(parts);
  const plan = rebuildOf(parts);
  if (parts.encoded !== undefined)
    return <DecodeMessage encoded={parts.encoded} decode={decode} onDecoded={onDecoded} />;
  return (
    <>
      {first && (
        <div className="answer">
          <FileQuestion size={18} aria-hidden className="text-danger" />
          <div>
            <h2>{first.title}.</h2>
            <p className="mt-1 text-ink-2">{first.detail}</p>
            <p className="mt-1">
              {first.check} <Source cause={first} />
            </p>
          </div>
        </div>
      )}
      {more.length > 0 && (
        <Card title="Else" count="less likely">
          <ol className="causes">
            {more.map((cause) => (
              <li key={cause.title}>
                <b>{cause.title}.</b> <span className="text-ink-2">{cause.detail}</span> {cause.check}{' '}
                <Source cause={cause} />
              </li>
            ))}
          </ol>
        </Card>
      )}
      <Links parts={parts} />
      <RebuildCard text={text} plan={plan} rebuild={rebuild} />
    </>
  );
}

function Source({ cause }: { cause: { readonly rules: readonly string[]; readonly source: string } }) {
  return (
    <span className="text-xs text-ink-2">
      {cause.rules.length > 0 && `${cause.rules.join(', ')}, `}
      <a className="link" href={cause.source} rel="noreferrer" target="_blank">
        AWS’s page
      </a>
    </span>
  );
}

function Parts({ parts, account }: { parts: ErrorParts; account: string }) {
  const layer = parts.how === 'hidden' ? 'AWS does not say which' : parts.layer && LAYER_NAMES[parts.layer];
  const mono = (label: string, value: string | number | undefined) =>
    value === undefined ? null : (
      <Fact label={label}>
        <span className="mono wrap-anywhere">{value}</span>
      </Fact>
    );
  return (
    <Facts>
      {mono('Code', parts.code)}
      {mono('Status', parts.status)}
      {mono('Said by', parts.service)}
      {mono('Operation', parts.operation)}
      {parts.principal && (
        <Fact label="Principal" oneLine>
          <Principal principal={parts.principal} account={account} />
        </Fact>
      )}
      {mono('Action', parts.action)}
      {mono('Resource', parts.resource)}
      {parts.key !== parts.resource && mono('Key', parts.key)}
      {mono('Bucket', parts.bucket)}
      {layer && (
        <Fact label="Layer named">
          {layer}
          {parts.how === 'deny' ? ', which denies' : parts.how === 'silence' ? ', which does not allow' : ''}
        </Fact>
      )}
      {mono('Policy', parts.policyArn)}
      {mono('Request id', parts.requestId)}
      {Object.entries(parts.context ?? {}).map(([name, value]) => (
        <Fact key={name} label={<span className="wrap-anywhere">{name}</span>}>
          <span className="mono wrap-anywhere">{value}</span>
        </Fact>
      ))}
    </Facts>
  );
}

function Links({ parts }: { parts: ErrorParts }) {
  const { principal, action, resource, key, bucket, requestId } = parts;
  const links = [
    ...(principal !== undefined && action !== undefined && resource !== undefined
      ? [{ label: 'Explain it with this connection’s policies', href: routes.explain({ principal, action, resource }) }]
      : []),
    ...(key?.startsWith('arn:') === true
      ? [{ label: 'Who can use the key', href: routes.access({ ask: 'use' as const, about: key }) }]
      : []),
    ...(bucket === undefined ? [] : [{ label: `Bucket ${bucket}`, href: routes.bucket(bucket) }]),
    ...(requestId === undefined
      ? []
      : [{ label: 'The decision on this request, if the emulator made it', href: routes.decision(requestId) }]),
  ];
  if (links.length === 0) return null;
  return (
    <Card title="Go on">
      <ul className="go-on">
        {links.map(({ label, href }) => (
          <li key={href}>
            <Link className="link" href={href} prefetch={false}>
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}
