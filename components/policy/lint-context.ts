import type { LintKind, Surroundings } from '@/lib/access/index';

/** What lint is told beside the text. */
export interface LintContext {
  readonly kind: LintKind;
  readonly surroundings: Surroundings;
}
