import type { Trace } from '@/lib/access/types';
import type { CallRow } from '@/lib/scenarios/calls';
import type { Amount, Excerpt, Fact, Picture } from '@/lib/scenarios/story';
import { DecisionTree } from '../decisions/decision-tree';
import { Badge, Status } from '../ui/badge';
import { JsonLine } from '../ui/code';
import { cx } from '../ui/cx';
import { formatCount } from '../ui/format';
import { Principal } from '../ui/principal';
import { KeyLanes } from './key-lanes';

/** The one picture of a step, of the console's own parts, large enough for a room. */
export function StepPicture({ picture, account }: { picture: Picture; account: string }) {
  switch (picture.kind) {
    case 'calls':
      return <Calls rows={picture.rows} account={account} />;
    case 'decision':
      return (
        <div className="demo-zoom">
          {picture.sentence && (
            <figure className="demo-sentence">
              <figcaption>What the caller reads</figcaption>
              <blockquote className="mono">{picture.sentence}</blockquote>
            </figure>
          )}
          <DecisionTree trace={whatSpoke(picture.trace)} title="How KMS and S3 decide" />
        </div>
      );
    case 'excerpt':
      return <Lines excerpt={picture.excerpt} />;
    case 'lanes':
      return <KeyLanes lanes={picture.lanes} account={account} />;
    case 'amounts':
      return <Amounts amounts={picture.amounts} />;
    default:
      return <Facts facts={picture.facts} />;
  }
}

/** Layers in which there was something to look at: a room does not need those that are absent. */
function whatSpoke(trace: Trace): Trace {
  const layers = trace.layers.filter(
    (layer) => layer.decides || layer.policies.length > 0 || (layer.grants?.length ?? 0) > 0,
  );
  return { ...trace, layers };
}

function Calls({ rows, account }: { rows: readonly CallRow[]; account: string }) {
  return (
    <ul className="demo-calls">
      {rows.map((row) => (
        <li key={row.requestId} className={row.ok ? undefined : 'refused'}>
          <div className="who">
            <Principal principal={row.by} account={account} />
          </div>
          <div className="what">
            <span className="mono call">{row.call}</span>
            <span className="mono on">{row.on}</span>
            {row.error && (
              <p className="said">
                <span className="mono">{row.error.code}</span> {row.error.message}
              </p>
            )}
          </div>
          <div className="how">
            <Status tone={row.ok ? 'good' : 'bad'}>{row.ok ? 'Done' : 'Refused'}</Status>
            {row.keys.map(({ kind, operation, count }) => (
              <Badge key={`${kind} ${operation}`} tone={kind === 'made' ? 'info' : 'neutral'}>
                {count > 1 ? `${count} × ` : ''}
                {operation} {kind}
              </Badge>
            ))}
            {row.keys.length === 0 && <span className="text-ink-3">no request to KMS</span>}
          </div>
        </li>
      ))}
    </ul>
  );
}

function Amounts({ amounts }: { amounts: readonly Amount[] }) {
  const most = Math.max(1, ...amounts.map(({ made, spared, refused }) => made + spared + refused));
  const share = (part: number) => `${(100 * part) / most}%`;
  return (
    <ul className="demo-amounts">
      {amounts.map((amount) => (
        <li key={amount.label}>
          <p>
            <strong>{amount.label}</strong> <span>{amount.about}</span>
          </p>
          <div className="bars" aria-hidden>
            <i className="made" style={{ width: share(amount.made) }} />
            <i className="spared" style={{ width: share(amount.spared) }} />
            <i className="refused" style={{ width: share(amount.refused) }} />
          </div>
          <dl>
            <Part name="made" label="requests to KMS" value={amount.made} />
            <Part name="spared" label="answered by a key that S3 held" value={amount.spared} />
            {amount.refused > 0 && <Part name="refused" label="refused" value={amount.refused} />}
          </dl>
        </li>
      ))}
    </ul>
  );
}

function Part({ name, label, value }: { name: 'made' | 'spared' | 'refused'; label: string; value: number }) {
  return (
    <div className={name}>
      <dt>{label}</dt>
      <dd>{formatCount(value)}</dd>
    </div>
  );
}

function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className="demo-facts">
      {facts.map(({ label, value, tone, mono }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd className={cx(mono === true && 'mono')}>{tone ? <Status tone={tone}>{value}</Status> : value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Lines around the marked ones that are shown; a room can't read forty. */
const AROUND = 3;

function Lines({ excerpt: { title, text, mark, says } }: { excerpt: Excerpt }) {
  const lines = text.split('\n');
  const [first, last] = mark?.lines ?? [1, 0];
  const from = mark && lines.length > 24 ? Math.max(1, first - AROUND) : 1;
  const to = mark && lines.length > 24 ? Math.min(lines.length, last + AROUND) : lines.length;
  return (
    <figure className="demo-code">
      <figcaption>
        {title}
        {mark && says && <Badge tone={mark.tone}>{says}</Badge>}
      </figcaption>
      {/* A region that scrolls must be able to take focus, or a keyboard can't scroll it. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <section aria-label={title} tabIndex={0}>
        <ol start={from}>
          {lines.slice(from - 1, to).map((line, index) => {
            const number = from + index;
            return (
              <li key={number} className={cx(mark && number >= first && number <= last && mark.tone)}>
                <span className="line-number" aria-hidden>
                  {number}
                </span>
                <JsonLine line={line} />
              </li>
            );
          })}
        </ol>
      </section>
    </figure>
  );
}
