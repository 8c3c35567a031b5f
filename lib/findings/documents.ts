/** Lint over every policy and grant, as findings. Pure. */
import {
  applyFix,
  type Finding,
  type Grant,
  type LintKind,
  lintGrants,
  lintPolicy,
  type Surroundings,
} from '../access/index.ts';
import type { Place } from '../plan/types.ts';
import type { Found } from './types.ts';

/** A policy with where it stands. */
export interface Document {
  readonly kind: LintKind;
  readonly text: string;
  /** "Key policy", "inline WriteRaw". */
  readonly label: string;
  readonly resource: string;
  readonly place?: Place;
  readonly tab?: string;
}

/** Findings on one document. */
export function documentFindings(document: Document, surroundings: Surroundings): readonly Found[] {
  const { kind, text, label, resource, place, tab } = document;
  return lintPolicy(text, kind, surroundings).map((finding) => ({
    id: idOf(finding, document),
    check: finding.check,
    rules: finding.rules,
    severity: finding.severity,
    title: finding.reason,
    evidence: `${label}, line ${finding.line}: ${excerpt(text, finding)}`,
    resource,
    ...(place ? { place } : {}),
    ...(tab ? { tab } : {}),
    ...(finding.fix && place && repairable(text, finding) ? { repair: finding.fix.title } : {}),
  }));
}

function idOf({ check, pointer }: Finding, { kind, resource, label }: Document): string {
  return `${check} ${kind} ${resource} ${kind === 'identity' ? `${label} ` : ''}${pointer}`;
}

/**
 * The document with the repair of one finding; undefined where the finding is not there any more.
 * @param id of the finding
 */
export function repairedDocument(document: Document, surroundings: Surroundings, id: string): string | undefined {
  const finding = lintPolicy(document.text, document.kind, surroundings).find((one) => idOf(one, document) === id);
  return finding?.fix && repairable(document.text, finding) ? applyFix(document.text, finding.fix) : undefined;
}

function repairable(text: string, { fix }: Finding): boolean {
  try {
    return fix !== undefined && applyFix(text, fix) !== text;
  } catch {
    return false;
  }
}

/** What the finding points at, on one line. */
function excerpt(text: string, { from, to }: Finding): string {
  const part = text.slice(from, to).replaceAll(/\s+/g, ' ').trim();
  return part.length > 120 ? `${part.slice(0, 117)}…` : part;
}

/** Findings on the grants of a key. */
export function grantFindings(
  keyId: string,
  name: string,
  grants: readonly Grant[],
  around: Parameters<typeof lintGrants>[1],
): readonly Found[] {
  return lintGrants(grants, around).map(({ check, rules, severity, reason, grantId, repair }) => ({
    id: `${check} grant ${keyId} ${grantId}`,
    check,
    rules,
    severity,
    title: reason,
    evidence: `Grant ${grantId}`,
    resource: name,
    place: { kind: 'key', name: keyId },
    tab: 'grants',
    ...(repair && repair.grantIds.length === 1 ? { repair: repair.title } : {}),
  }));
}
