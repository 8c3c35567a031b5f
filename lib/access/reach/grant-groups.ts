/** Fifty thousand grants are mostly the same few, said again: they are asked as groups. */

import { grantMismatch } from '../grants.ts';
import type { Grant, GrantQuestion } from '../types.ts';
import type { GrantGroup } from './types.ts';

function constraintOf({ constraints }: Grant): GrantGroup['constraint'] {
  if (constraints === undefined) return 'none';
  const kinds = [
    ...(constraints.encryptionContextEquals === undefined ? [] : ['equals' as const]),
    ...(constraints.encryptionContextSubset === undefined ? [] : ['subset' as const]),
    ...(constraints.sourceArn === undefined ? [] : ['source' as const]),
  ];
  return kinds.length === 0 ? 'none' : kinds.length > 1 ? 'several' : (kinds[0] ?? 'none');
}

/** Name of the grantee as it stands in the grant. */
export function granteeOf(grant: Grant): string {
  return grant.granteePrincipal ?? grant.granteeServicePrincipal ?? '';
}

/** Grants with the same grantee, operations and kind of constraint; in the order of their first grant. */
export function grantGroups(grants: readonly Grant[]): readonly GrantGroup[] {
  const groups = new Map<string, GrantGroup & { grants: Grant[] }>();
  const sortedOnce = new Map<string, readonly string[]>();
  for (const grant of grants) {
    const asGiven = grant.operations.join();
    let operations = sortedOnce.get(asGiven);
    if (operations === undefined) {
      operations = [...new Set(grant.operations)].sort();
      sortedOnce.set(asGiven, operations);
    }
    const constraint = constraintOf(grant);
    const key = `${granteeOf(grant)} ${operations.join()} ${constraint}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { grantee: granteeOf(grant), operations, constraint, grants: [grant] });
    else group.grants.push(grant);
  }
  return [...groups.values()];
}

/** Of a group, one grant for each different constraint and each side of "known everywhere". */
const kept = new WeakMap<GrantGroup, readonly Grant[]>();

function different(group: GrantGroup): readonly Grant[] {
  const known = kept.get(group);
  if (known !== undefined) return known;
  const found = new Map<string, Grant>();
  for (const grant of group.grants) {
    const key = grant.constraints === undefined ? '' : canonical(grant);
    const other = found.get(key);
    // The one that counts first counts whenever another of the same does.
    if (other === undefined || grant.effectiveAt < other.effectiveAt) found.set(key, grant);
  }
  const list = [...found.values()];
  kept.set(group, list);
  return list;
}

function canonical({ constraints }: Grant): string {
  const pairs = (of: Readonly<Record<string, string>> | undefined) =>
    of === undefined ? null : Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([
    pairs(constraints?.encryptionContextEquals),
    pairs(constraints?.encryptionContextSubset),
    constraints?.sourceArn ?? null,
  ]);
}

/** The first grant of the group that fits a question; undefined if none does. */
export function fitting(group: GrantGroup, question: GrantQuestion): Grant | undefined {
  return different(group).find((grant) => grantMismatch(grant, question) === undefined);
}
