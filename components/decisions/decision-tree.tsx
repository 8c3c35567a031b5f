import { Ban, ChevronRight, CircleCheck, CircleMinus, CircleX } from 'lucide-react';
import type { ReactNode } from 'react';
import type { GrantTrace, LayerTrace, PartTrace, StatementTrace, Trace } from '@/lib/access/types';
import { plural } from '../ui/format';
import { Card } from '../ui/layout';
import { layerName } from './layers';

type Mark = 'allows' | 'denies' | 'none';

function MarkIcon({ mark }: { mark: Mark }) {
  const Icon = mark === 'allows' ? CircleCheck : mark === 'denies' ? CircleX : CircleMinus;
  const word = mark === 'allows' ? 'Allows' : mark === 'denies' ? 'Denies' : 'No effect';
  return (
    <span className={`status ${mark === 'allows' ? 'good' : mark === 'denies' ? 'bad' : 'neutral'}`}>
      <Icon size={14} aria-hidden />
      <span className="sr-only">{word}: </span>
    </span>
  );
}

function Node({
  level,
  mark,
  name,
  finding,
  where,
  decides,
  allow,
  twist = false,
  children,
}: {
  level: 0 | 1 | 2;
  mark: Mark;
  name: ReactNode;
  finding?: ReactNode;
  where?: ReactNode;
  decides: boolean;
  allow: boolean;
  twist?: boolean;
  children?: ReactNode;
}) {
  return (
    <span className={`node level-${level} ${decides ? `decides ${allow ? 'allow' : ''}` : ''}`}>
      <span className="twist">{twist && <ChevronRight size={14} aria-hidden />}</span>
      <MarkIcon mark={mark} />
      <span className="name">{name}</span>
      <span className="finding text-ink-2">{finding}</span>
      <span className="where text-xs text-ink-3">{decides ? 'decides' : where}</span>
      {children}
    </span>
  );
}

/** How one action was decided: an answer, the layers in order, and the outcome. */
export function DecisionTree({ trace, title = 'How it was decided' }: { trace: Trace; title?: string }) {
  const looked = trace.layers.reduce((sum, layer) => sum + layer.policies.length + (layer.grants?.length ?? 0), 0);
  const allow = trace.outcome === 'allow';
  const Icon = allow ? CircleCheck : trace.outcome === 'explicit-deny' ? Ban : CircleX;
  return (
    <div className="stack">
      <div className={`answer ${allow ? 'allow' : ''}`}>
        <Icon size={18} aria-hidden className={allow ? 'text-success' : 'text-danger'} />
        <div>
          <h2>{trace.summary}</h2>
        </div>
      </div>
      <Card title={title} count={`${plural(looked, 'policy or grant', 'policies and grants')} looked at`} rule bare>
        <div className="tree py-1.5">
          {trace.layers.map((layer) => (
            <LayerNode key={layer.layer} layer={layer} resource={trace.request.resource} allow={allow} />
          ))}
        </div>
        <div className="verdict">
          <span />
          <MarkIcon mark={allow ? 'allows' : 'denies'} />
          <span>
            {allow ? 'Allow' : trace.outcome === 'explicit-deny' ? 'Explicit deny' : 'Implicit deny'}
            <span className="font-normal text-ink-2">
              {' '}
              {allow
                ? 'nothing denies it'
                : trace.outcome === 'explicit-deny'
                  ? 'a deny outweighs every allow'
                  : 'no layer allows, none denies'}
            </span>
          </span>
        </div>
      </Card>
    </div>
  );
}

function LayerNode({ layer, resource, allow }: { layer: LayerTrace; resource: string; allow: boolean }) {
  const statements = layer.policies.reduce((sum, policy) => sum + policy.statements.length, 0);
  const grants = layer.grants?.length ?? 0;
  const mark: Mark =
    layer.verdict === 'allow' ? 'allows' : layer.verdict === 'deny' || (layer.decides && !allow) ? 'denies' : 'none';
  const head = (twist: boolean) => (
    <Node
      level={0}
      mark={mark}
      name={layerName(layer.layer, resource)}
      finding={layer.finding}
      where={statements > 0 ? plural(statements, 'statement') : grants > 0 ? plural(grants, 'grant') : undefined}
      // The deciding statement carries the tint where there is one.
      decides={layer.decides && !hasDecidingChild(layer)}
      allow={allow}
      twist={twist}
    />
  );
  if (statements === 0 && grants === 0) return head(false);
  return (
    <details open={layer.decides || layer.verdict === 'deny'}>
      <summary>{head(true)}</summary>
      {layer.policies.map((policy) =>
        policy.statements.map((statement) => (
          <StatementNode
            key={`${policy.source} ${statement.statement}`}
            statement={statement}
            source={layer.policies.length > 1 ? policy.source : undefined}
            allow={allow}
          />
        )),
      )}
      {layer.grants?.map((grant) => (
        <GrantNode key={grant.grantId} grant={grant} allow={allow} />
      ))}
    </details>
  );
}

function hasDecidingChild(layer: LayerTrace): boolean {
  return (
    layer.policies.some((policy) => policy.statements.some((statement) => statement.decides)) ||
    (layer.grants?.some((grant) => grant.decides) ?? false)
  );
}

function StatementNode({
  statement,
  source,
  allow,
}: {
  statement: StatementTrace;
  source: string | undefined;
  allow: boolean;
}) {
  const failing = statement.parts.filter((part) => !part.matched);
  const near = !statement.matched && failing.length === 1 && statement.parts.length > 1;
  const mark: Mark = statement.matched ? (statement.effect === 'Allow' ? 'allows' : 'denies') : 'none';
  const finding = statement.matched
    ? `${statement.effect === 'Allow' ? 'allows' : 'denies'} it`
    : failing.length === 0
      ? 'does not apply'
      : `${near ? `would ${statement.effect.toLowerCase()}, ` : ''}${failing.map(partName).join(', ')} does not match`;
  const head = (twist: boolean) => (
    <Node
      level={1}
      mark={mark}
      name={statement.statement}
      finding={finding}
      where={source ?? statement.effect}
      decides={statement.decides}
      allow={allow}
      twist={twist}
    />
  );
  if (statement.parts.length === 0) return head(false);
  return (
    <details open={statement.decides || near}>
      <summary>{head(true)}</summary>
      {statement.parts.map((part, index) => (
        <PartNode key={`${index}:${part.part}:${part.name ?? ''}`} part={part} allow={allow} />
      ))}
    </details>
  );
}

function partName(part: PartTrace): string {
  return part.name ?? part.part;
}

function PartNode({ part, allow }: { part: PartTrace; allow: boolean }) {
  const same = part.expects.length === 1 && part.sent.length === 1 && part.expects[0] === part.sent[0];
  return (
    <Node
      level={2}
      mark={part.matched ? 'allows' : 'denies'}
      name={partName(part)}
      finding={
        part.matched ? (
          <span className="mono">{short(part.matched && same ? part.sent : part.expects)}</span>
        ) : (
          'does not match'
        )
      }
      decides={false}
      allow={allow}
    >
      {!part.matched && (
        <span className="compare">
          <span>Policy expects</span>
          <span className="mono wrap-anywhere">{marked(part.expects, part.sent)}</span>
          <span>Request sent</span>
          <span className="mono wrap-anywhere">{part.sent.length === 0 ? 'nothing' : part.sent.join(', ')}</span>
        </span>
      )}
    </Node>
  );
}

function short(values: readonly string[]): string {
  const text = values.slice(0, 3).join(', ');
  return values.length > 3 ? `${text} and ${values.length - 3} more` : text;
}

/** What is expected, with the characters marked that differ from the one value that was sent. */
function marked(expects: readonly string[], sent: readonly string[]): ReactNode {
  const [expected] = expects;
  const [value] = sent;
  if (expects.length !== 1 || sent.length !== 1 || expected === undefined || value === undefined) return short(expects);
  let head = 0;
  while (head < expected.length && expected[head] === value[head]) head++;
  let tail = 0;
  while (tail < expected.length - head && tail < value.length - head && expected.at(-1 - tail) === value.at(-1 - tail))
    tail++;
  // Marking nearly everything would mark nothing.
  if (head + tail < expected.length / 3) return expected;
  const different = expected.slice(head, expected.length - tail);
  return (
    <>
      {expected.slice(0, head)}
      {different && <mark>{different}</mark>}
      {expected.slice(expected.length - tail)}
    </>
  );
}

function GrantNode({ grant, allow }: { grant: GrantTrace; allow: boolean }) {
  return (
    <Node
      level={1}
      mark={grant.matched ? 'allows' : 'none'}
      name={<span className="mono">{grant.name ?? `…${grant.grantId.slice(-12)}`}</span>}
      finding={grant.finding}
      decides={grant.decides}
      allow={allow}
    />
  );
}
