import type { Fields } from '@/lib/setup/choices';

/** One text of a step's fields. */
export function textOf(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}

/** A list of a step's fields. */
export function listOf(fields: Fields, name: string): readonly string[] {
  const value = fields[name];
  return typeof value === 'string' ? [value] : (value ?? []);
}

/** Whether a box is ticked. */
export function isOn(fields: Fields, name: string): boolean {
  return fields[name] === 'on';
}
