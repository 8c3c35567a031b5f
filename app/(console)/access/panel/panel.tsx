import { X } from 'lucide-react';
import type { Route } from 'next';
import Link from 'next/link';
import { keyId, principalId, thingId } from '@/components/graph/model/ids';
import type { WayRow } from '@/components/graph/model/types';
import type { Effect } from '@/lib/access/reach/index';
import type { Loaded } from '../load';
import type { Address, Focus } from '../question';
import { AnswerPanel } from './answer-panel';
import { KeyPanel, ThingPanel } from './object-panels';
import { PrincipalPanel } from './principal-panel';
import { WayPanel } from './way-panel';

export interface PanelProps {
  readonly address: Address;
  readonly focus: Focus;
  readonly loaded: Loaded;
  readonly rows: readonly WayRow[];
  readonly effects: readonly Effect[] | undefined;
  readonly account: string;
  readonly answer: string;
  readonly href: (changed: Readonly<Record<string, string>>) => Route;
}

/** What stands beside the graph: the selected thing and why it is so, else the answer. */
export function Panel(props: PanelProps) {
  const { address, href } = props;
  const content = selectedPanel(props);
  return (
    // It scrolls by itself, so a keyboard must reach it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <aside className="access-panel" aria-label="Explanation" tabIndex={0}>
      {content !== undefined && (
        <Link
          className="icon-button small panel-close"
          aria-label="Close explanation"
          href={href({ sel: '', who: '', on: '' })}
          scroll={false}
        >
          <X size={14} aria-hidden />
        </Link>
      )}
      {content ?? <AnswerPanel {...props} key={address.ask} />}
    </aside>
  );
}

function selectedPanel(props: PanelProps) {
  const { address, loaded, rows } = props;
  const { sel, who, on } = address;
  if (sel === '') return undefined;
  const key = loaded.keyInfos.find(({ arn }) => keyId(arn) === sel);
  if (key !== undefined) return <KeyPanel {...props} info={key} />;
  const thing = loaded.thingInfos.find(({ arn }) => thingId(arn) === sel);
  if (thing !== undefined) return <ThingPanel {...props} info={thing} />;
  const ofReason = rows.filter(({ reasonId }) => reasonId === sel);
  const chosen =
    ofReason.find(({ principal, key: arn }) => principal === who && arn === on) ??
    ofReason.find(({ principal }) => principal === who) ??
    ofReason[0];
  if (chosen !== undefined) return <WayPanel {...props} row={chosen} others={ofReason} />;
  const own = rows.filter(({ principal }) => principalId(principal) === sel);
  const [first, second] = own;
  if (first === undefined) return undefined;
  return second === undefined ? (
    <WayPanel {...props} row={first} others={own} />
  ) : (
    <PrincipalPanel {...props} own={own} />
  );
}
