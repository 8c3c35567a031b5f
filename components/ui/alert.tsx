import { CircleCheck, CircleX, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx';

const ICONS = { warn: TriangleAlert, bad: CircleX, info: Info, good: CircleCheck, quiet: Info };

/** The state of a thing, beside it. */
export function Alert({
  tone = 'info',
  title,
  children,
  role,
  className,
}: {
  tone?: keyof typeof ICONS;
  title?: ReactNode;
  children?: ReactNode;
  role?: 'alert' | 'status';
  className?: string;
}) {
  const Icon = ICONS[tone];
  return (
    <div className={cx('alert', tone, className)} role={role}>
      <Icon size={16} aria-hidden />
      <div className="min-w-0">
        {title && <div className="title">{title}</div>}
        {children && <div className={title ? 'mt-0.5 text-ink-2' : undefined}>{children}</div>}
      </div>
    </div>
  );
}
