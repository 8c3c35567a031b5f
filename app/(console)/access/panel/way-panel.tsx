import { CircleCheck, CircleMinus, CircleX } from 'lucide-react';
import Link from 'next/link';
import { layerName } from '@/components/decisions/layers';
import type { WayRow } from '@/components/graph/model/types';
import { routes } from '@/components/routes';
import { Alert } from '@/components/ui/alert';
import { Badge } from '@/components/ui/badge';
import { CodeRows } from '@/components/ui/code';
import { CopyButton } from '@/components/ui/copy-button';
import { plural } from '@/components/ui/format';
import { evaluate, type LayerTrace } from '@/lib/access/index';
import { decideData, everything, readAction, situation, type Thing, type Way } from '@/lib/access/reach/index';
import { documentOf } from './document';
import { GrantFacts } from './grant-facts';
import type { PanelProps } from './panel';

/** One way in full: the sentence, the statement or grant, what must hold, and how the evaluator went about it. */
export function WayPanel(props: PanelProps & { row: WayRow; others: readonly WayRow[] }) {
  const { row, others, loaded, rows, account, href } = props;
  const way = loaded.ways[loaded.rows.indexOf(row)];
  if (way === undefined) return null;
  const asked = askedFor(props, way);
  const decision = decide(props, way, asked);
  const same = rows.filter(
    (one) =>
      one.principal === row.principal &&
      one.key === row.key &&
      one.verdict === row.verdict &&
      one.actions.includes(asked.action),
  );
  const verb = asked.action.slice('kms:'.length);
  const document = documentOf(way, loaded);
  const looked = decision?.trace?.layers.filter(({ verdict }) => verdict !== 'absent') ?? [];
  return (
    <>
      <section>
        {row.verdict === 'denied' ? (
          <Badge tone="bad">Denied</Badge>
        ) : row.onlyIf.length > 0 ? (
          <Badge tone="warn">Only if</Badge>
        ) : (
          <Badge tone="good">{row.verdict === 'administers' ? 'Administers' : 'Allowed'}</Badge>
        )}
        <h2 className="panel-title">{headline(row, verb)}</h2>
        <p className="text-ink-2">{consequence(row, same.length)}</p>
        <More
          noun="principal"
          rows={others.filter((one) => one !== row && one.key === row.key)}
          name={({ principalName }) => principalName}
          href={href}
        />
        <More
          noun="key"
          rows={others.filter((one) => one !== row && one.principal === row.principal)}
          name={({ keyName }) => keyName}
          href={href}
        />
      </section>
      {way.reason.kind === 'grant' ? (
        <GrantFacts group={way.reason.group} detail={loaded.details.get(way.key)} account={account} keyArn={way.key} />
      ) : (
        document && (
          <section>
            <div className="flex items-center justify-between gap-2">
              <h3 className="h3">{document.title}</h3>
              <CopyButton text={document.text} label="Copy the statement" />
            </div>
            <CodeRows rows={document.rows} label={document.title} wrap />
            {document.through && <p className="mt-2 text-ink-2">{document.through}</p>}
          </section>
        )
      )}
      {(row.onlyIf.length > 0 || row.except.length > 0 || contextNote(props, way) !== undefined) && (
        <section>
          <h3 className="h3">What must hold</h3>
          <ul className="conditions">
            {row.onlyIf.map((text) => (
              <li key={text} className="wrap-anywhere">
                {text}
              </li>
            ))}
            {row.except.map((text) => (
              <li key={text} className="wrap-anywhere">
                not where {text} denies it
              </li>
            ))}
          </ul>
          {contextNote(props, way) && (
            <div className="mt-2">
              <Alert tone="warn">{contextNote(props, way)}</Alert>
            </div>
          )}
        </section>
      )}
      <section>
        <h3 className="h3">Looked at, in order</h3>
        <p className="text-xs text-ink-2">
          {asked.action}
          {asked.thing === undefined ? ', called directly' : `, for data of ${asked.thing.name}`}
        </p>
        <ul className="looked">
          {looked.map((layer) => (
            <Looked key={layer.layer} layer={layer} resource={way.key} />
          ))}
        </ul>
        <DataSide {...props} way={way} />
      </section>
      <section className="panel-foot">
        {way.reason.kind === 'grant' && (
          <Link className="button small" href={routes.access({ ask: 'revoke', about: row.reasonId })}>
            What stops if revoked
          </Link>
        )}
        <Link
          className="link ml-auto"
          href={routes.explain({
            principal: row.principal,
            action: asked.action,
            resource: way.key,
            ...(asked.thing === undefined ? {} : { data: asked.thing.arn }),
          })}
        >
          Full decision
        </Link>
      </section>
    </>
  );
}

/** The same reason leads further: to others, or to other keys. */
function More({
  noun,
  rows,
  name,
  href,
}: {
  noun: 'principal' | 'key';
  rows: readonly WayRow[];
  name: (row: WayRow) => string;
  href: PanelProps['href'];
}) {
  if (rows.length === 0) return null;
  return (
    <p className="mt-1 text-ink-2">
      {noun === 'key' ? 'It leads to ' : 'It serves '}
      {plural(rows.length, `more ${noun}`)}:{' '}
      {rows.slice(0, 5).map((one, index) => (
        <span key={`${one.id} ${one.key}`}>
          {index > 0 && ', '}
          <Link className="link" href={href({ sel: one.reasonId, who: one.principal, on: one.key })} scroll={false}>
            {name(one)}
          </Link>
        </span>
      ))}
      {rows.length > 5 && ` and ${rows.length - 5} more`}
    </p>
  );
}

function headline(row: WayRow, verb: string): string {
  const cause = {
    statement: 'a key policy statement',
    identity: 'an IAM policy',
    grant: row.grants > 1 ? plural(row.grants, 'grant') : 'one grant',
    deny: 'a Deny',
  }[row.reasonKind];
  if (row.verdict === 'denied') return `${row.principalName} may not ${verb}, because of a Deny`;
  if (row.verdict === 'administers') return `${row.principalName} administers ${row.keyName}, because of ${cause}`;
  return `${row.principalName} may ${verb}${row.onlyIf.length > 0 ? ' under conditions' : ''}, because of ${cause}`;
}

function consequence(row: WayRow, same: number): string {
  if (row.verdict === 'denied') return 'Something gives it, and the Deny outweighs every allow.';
  const thing = {
    statement: 'the statement',
    identity: 'the policy',
    grant: row.grants > 1 ? 'all of them' : 'the grant',
    deny: 'it',
  }[row.reasonKind];
  const goes = row.reasonKind === 'grant' && row.grants > 1 ? 'go' : 'goes';
  return same <= 1
    ? `One path allows it. If ${thing} ${goes}, the access goes.`
    : `${plural(same, 'path')} allow it. If ${thing} ${goes}, the others still do.`;
}

interface Asked {
  readonly action: string;
  readonly thing?: Thing;
}

/** The question to show the decision of: the filter's operation where the way gives it, for what is in focus or opened first. */
function askedFor({ address, focus, loaded }: PanelProps, way: Way): Asked {
  const wanted = `kms:${address.op === '' ? 'Decrypt' : address.op}`;
  const given =
    way.gives.find(({ action }) => action === wanted) ??
    way.gives.find(({ things }) => things.length > 0) ??
    way.gives[0];
  const action = given?.action ?? way.actions.find((one) => one === wanted) ?? way.actions[0] ?? wanted;
  const arn =
    given?.things.includes(focus.thing) === true ? focus.thing : given?.direct === true ? undefined : given?.things[0];
  const thing = loaded.picture.things.find((one) => one.arn === arn);
  return { action, ...(thing === undefined ? {} : { thing }) };
}

function decide({ loaded: { picture } }: PanelProps, way: Way, asked: Asked) {
  const key = picture.keys.find(({ arn }) => arn === way.key);
  const who = picture.principals.find(({ name }) => name === way.principal);
  if (key === undefined || who === undefined) return undefined;
  const { request, policies } = situation(picture, key, who, asked, everything(key, who));
  return evaluate(request, policies, { trace: true });
}

function Looked({ layer, resource }: { layer: LayerTrace; resource: string }) {
  const Icon = layer.verdict === 'allow' ? CircleCheck : layer.verdict === 'deny' ? CircleX : CircleMinus;
  const tone = layer.verdict === 'allow' ? 'good' : layer.verdict === 'deny' ? 'bad' : 'neutral';
  return (
    <li className={layer.decides ? 'decides' : undefined}>
      <span className={`status ${tone}`}>
        <Icon size={14} aria-hidden />
      </span>
      <span className="font-medium">
        {layerName(layer.layer, resource)}
        {layer.decides && ', decides'}
      </span>
      <span className="text-ink-2 wrap-anywhere">{layer.finding}</span>
    </li>
  );
}

/** A grant or statement on the bucket's ARN counts only while the bucket key is on (GP-17). */
function contextNote({ loaded }: PanelProps, way: Way): string | undefined {
  if (way.verdict !== 'uses' || way.onlyIf.every((text) => !text.includes('aws:s3:arn'))) return undefined;
  const buckets = loaded.picture.things.filter(({ kind, keyArn }) => kind === 'bucket' && keyArn === way.key);
  const open = buckets.find(({ arn }) => way.things.includes(arn));
  const closed = buckets.find(
    ({ arn, name }) => !way.things.includes(arn) && way.onlyIf.some((text) => text.includes(`:::${name}`)),
  );
  if (open !== undefined) {
    return open.bucketKey
      ? `Matches ${open.name} only while its bucket key is on. Without it S3 sends the object’s ARN, and this stops matching.`
      : `Matches ${open.name} only while its bucket key is off. With it S3 sends the bucket’s ARN.`;
  }
  if (closed === undefined) return undefined;
  return `Does not match ${closed.name}: its bucket key is ${closed.bucketKey ? 'on, so S3 sends the bucket’s ARN' : 'off, so S3 sends the object’s ARN'}.`;
}

function DataSide({ loaded, focus, way }: PanelProps & { way: Way }) {
  const arn = focus.thing === '' ? way.things[0] : focus.thing;
  const thing = loaded.picture.things.find((one) => one.arn === arn);
  const who = loaded.picture.principals.find(({ name }) => name === way.principal);
  if (
    thing === undefined ||
    who === undefined ||
    who.kind === 'service' ||
    who.kind === 'everyone' ||
    way.verdict !== 'uses'
  )
    return null;
  const decision = decideData(loaded.picture, who, thing);
  const allowed = decision.outcome === 'allow';
  return (
    <p className="mt-2 text-ink-2">
      The key is one lock, {thing.name} the other: {readAction(thing)} is {allowed ? 'allowed' : 'refused'} there.{' '}
      {decision.trace?.summary}
    </p>
  );
}
