import { cva, type VariantProps } from 'class-variance-authority';
import type { Route } from 'next';
import Link from 'next/link';
import type { ComponentProps, ReactNode } from 'react';
import { cx } from './cx';

const look = cva('button', {
  variants: {
    kind: { normal: '', primary: 'primary', danger: 'danger', ghost: 'ghost' },
    size: { normal: '', small: 'small' },
  },
  defaultVariants: { kind: 'normal', size: 'normal' },
});

type Look = VariantProps<typeof look>;

interface ButtonProps extends Omit<ComponentProps<'button'>, 'disabled'>, Look {
  /** Why it can't be used now. The button stays visible, can take focus, and says so. */
  unavailable?: string | undefined;
}

/** A button. What can't be used is not hidden: it explains itself. */
export function Button({
  kind,
  size,
  unavailable,
  className,
  onClick,
  children,
  type = 'button',
  ...rest
}: ButtonProps) {
  if (!unavailable) {
    return (
      <button type={type} className={cx(look({ kind, size }), className)} onClick={onClick} {...rest}>
        {children}
      </button>
    );
  }
  return (
    <button
      type="button"
      className={cx(look({ kind, size }), className)}
      aria-disabled="true"
      data-why={unavailable}
      {...rest}
    >
      {children}
      <span className="sr-only">. {unavailable}</span>
    </button>
  );
}

/** A link that looks like a button, for going somewhere. */
export function ButtonLink({
  href,
  kind,
  size,
  className,
  children,
}: Look & { href: Route; className?: string; children: ReactNode }) {
  return (
    <Link href={href} className={cx(look({ kind, size }), className)}>
      {children}
    </Link>
  );
}
