'use client';

import type { ReactNode } from 'react';
import { useFormErrors } from '../ui/form';

/** A part of a form that is folded until it is wanted, or until something in it is wrong. */
export function FormSection({
  title,
  names,
  open = false,
  children,
}: {
  title: string;
  /** Fields inside. */
  names: readonly string[];
  open?: boolean;
  children: ReactNode;
}) {
  const errors = useFormErrors();
  const wrong = names.some((name) => errors[name]?.length);
  return (
    <details className="form-section" open={open || wrong}>
      <summary>{title}</summary>
      <div className="form">{children}</div>
    </details>
  );
}
