import {
  Ban,
  CircleCheck,
  CircleMinus,
  CircleX,
  FlaskConical,
  Hourglass,
  Info,
  type LucideIcon,
  Trash2,
  TriangleAlert,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx';

/** What a thing's state means. Always with an icon and a word, so that nothing depends on colour. */
export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'neutral';

const ICONS: Readonly<Record<Tone, LucideIcon>> = {
  good: CircleCheck,
  warn: TriangleAlert,
  bad: CircleX,
  info: Info,
  neutral: CircleMinus,
};

/** Tinted badge, in headers and where states differ between rows. */
export function Badge({ tone = 'neutral', icon, children }: { tone?: Tone; icon?: LucideIcon; children: ReactNode }) {
  const Icon = icon ?? ICONS[tone];
  return (
    <span className={cx('badge', tone)}>
      <Icon size={12} aria-hidden />
      {children}
    </span>
  );
}

/** Icon and word without a tint, in long columns. */
export function Status({ tone = 'neutral', icon, children }: { tone?: Tone; icon?: LucideIcon; children: ReactNode }) {
  const Icon = icon ?? ICONS[tone];
  return (
    <span className={cx('status', tone)}>
      <Icon size={14} aria-hidden />
      <span>{children}</span>
    </span>
  );
}

/** Marks what AWS does not publish. Dashed, with a flask. */
export function Assumed({ children = 'Assumption' }: { children?: ReactNode }) {
  return (
    <span className="badge assumed" title="AWS publishes nothing about this. It can be changed under World.">
      <FlaskConical size={12} aria-hidden />
      {children}
    </span>
  );
}

const KEY_STATES: Readonly<Record<string, { tone: Tone; label: string; icon?: LucideIcon }>> = {
  Enabled: { tone: 'good', label: 'Enabled' },
  Disabled: { tone: 'neutral', label: 'Disabled' },
  PendingDeletion: { tone: 'bad', label: 'Pending deletion', icon: Trash2 },
  PendingReplicaDeletion: { tone: 'bad', label: 'Pending replica deletion', icon: Trash2 },
  PendingImport: { tone: 'warn', label: 'Pending import', icon: Hourglass },
  Unavailable: { tone: 'bad', label: 'Unavailable', icon: Ban },
  Creating: { tone: 'info', label: 'Creating', icon: Hourglass },
  Updating: { tone: 'info', label: 'Updating', icon: Hourglass },
};

/** State of a KMS key. `days` are those left until a scheduled deletion. */
export function KeyState({
  state,
  days,
  plain = false,
}: {
  state: string;
  days?: number | undefined;
  plain?: boolean;
}) {
  const known = KEY_STATES[state] ?? { tone: 'neutral' as const, label: state };
  const Shape = plain ? Status : Badge;
  return (
    <Shape tone={known.tone} {...(known.icon ? { icon: known.icon } : {})}>
      {known.label}
      {days === undefined ? '' : `, ${days} d`}
    </Shape>
  );
}
