/** What in a plan wants a second look. Pure. */
import type { Finding } from '../access/index.ts';
import type { AccessChanges, AccessRow, ContextChange, PlannedCall, Risk } from './types.ts';

/** A role, user or service by the end of its name. */
export function shortName(principal: string): string {
  return principal.endsWith('.amazonaws.com') ? principal : (principal.split(/[:/]/).at(-1) ?? principal);
}

/**
 * Grave are: nobody may change the policy afterwards, somebody who used the key loses it, and what can't be taken back.
 * @param editor ARN of who will apply the plan
 */
export function risksOf({
  calls,
  access,
  contexts,
  findings,
  editor,
}: {
  readonly calls: readonly PlannedCall[];
  readonly access: AccessChanges | undefined;
  readonly contexts: readonly ContextChange[];
  /** Of the document as it will be. */
  readonly findings: readonly Finding[];
  readonly editor: string;
}): readonly Risk[] {
  const losers = access?.rows.filter(({ direction }) => direction === 'loses') ?? [];
  const used = losers.filter(({ lastUsed }) => lastUsed !== undefined);
  const stops = contexts.filter(({ matchedBefore }) => matchedBefore);
  return [
    ...findings
      .filter(({ severity }) => severity === 'error')
      .map(({ check, reason, line }) => ({
        grave: check === 'lock-out',
        title:
          check === 'lock-out' ? 'Nobody may change this policy afterwards' : `Line ${line} can't work as it stands`,
        detail: reason,
      })),
    ...(losers.some((row) => isEditor(row, editor))
      ? [
          {
            grave: true,
            title: "You can't change this policy afterwards",
            detail: `${shortName(editor)}, as whom this is applied, loses the permission to put it back.`,
          },
        ]
      : []),
    ...(used.length > 0 ? [usedRisk(used)] : []),
    ...calls
      .filter(({ irreversible }) => irreversible !== undefined)
      .map(({ operation, irreversible = '' }) => ({
        grave: true,
        title: `${operation} can't be taken back`,
        detail: irreversible,
      })),
    ...(stops.length > 0
      ? [
          {
            grave: false,
            title: `${stops.length === 1 ? 'One statement or grant stops' : `${stops.length} statements and grants stop`} matching`,
            detail: 'S3 sends another encryption context after this change. The list is under "Encryption context".',
          },
        ]
      : []),
  ];
}

function isEditor({ principal, actions }: AccessRow, editor: string): boolean {
  return principal === editor && actions.some((action) => /:Put\w*Policy$/.test(action));
}

function usedRisk(rows: readonly AccessRow[]): Risk {
  const names = [...new Set(rows.map(({ principal }) => shortName(principal)))].toReversed();
  const actions = [...new Set(rows.flatMap((row) => row.actions.map((action) => action.replace(/^\w+:/, ''))))];
  const who = names.length <= 2 ? names.join(' and ') : `${names[0]} and ${names.length - 1} more`;
  const what = actions.slice(0, 2).join(' and ');
  return {
    grave: true,
    title: `${who} used the key and ${names.length === 1 ? 'loses' : 'lose'} ${what}`,
    detail: 'What they read or write with it stops.',
  };
}
