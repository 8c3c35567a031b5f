import { type ClassValue, clsx } from 'clsx';

/** Joins class names. Utilities lie in a later layer than component classes, so they win without being merged. */
export function cx(...classes: ClassValue[]): string {
  return clsx(classes);
}
