/** Requirements of a commit: what a writer assumed of the table (REST catalog spec, TableRequirement). */

import type { Id, TableMetadata } from './metadata.ts';

export type TableRequirement =
  | { readonly type: 'assert-create' }
  | { readonly type: 'assert-table-uuid'; readonly uuid: string }
  | { readonly type: 'assert-ref-snapshot-id'; readonly ref: string; readonly 'snapshot-id'?: Id | null | undefined }
  | { readonly type: 'assert-last-assigned-field-id'; readonly 'last-assigned-field-id': number }
  | { readonly type: 'assert-current-schema-id'; readonly 'current-schema-id': number }
  | { readonly type: 'assert-last-assigned-partition-id'; readonly 'last-assigned-partition-id': number }
  | { readonly type: 'assert-default-spec-id'; readonly 'default-spec-id': number }
  | { readonly type: 'assert-default-sort-order-id'; readonly 'default-sort-order-id': number };

/** The first requirement that does not hold, in the words of the reference implementation; undefined when all do. */
export function brokenRequirement(
  metadata: TableMetadata,
  requirements: readonly TableRequirement[],
): string | undefined {
  for (const requirement of requirements) {
    const broken = check(metadata, requirement);
    if (broken !== undefined) return `Requirement failed: ${broken}`;
  }
  return undefined;
}

function check(metadata: TableMetadata, requirement: TableRequirement): string | undefined {
  switch (requirement.type) {
    case 'assert-create':
      return 'table already exists';
    case 'assert-table-uuid':
      return requirement.uuid.toLowerCase() === metadata['table-uuid']?.toLowerCase()
        ? undefined
        : `UUID does not match: expected ${metadata['table-uuid']} != ${requirement.uuid}`;
    case 'assert-ref-snapshot-id':
      return checkRef(metadata, requirement.ref, requirement['snapshot-id'] ?? undefined);
    case 'assert-last-assigned-field-id':
      return same('last assigned field id', requirement['last-assigned-field-id'], metadata['last-column-id']);
    case 'assert-current-schema-id':
      return same('current schema', requirement['current-schema-id'], metadata['current-schema-id']);
    case 'assert-last-assigned-partition-id':
      return same(
        'last assigned partition id',
        requirement['last-assigned-partition-id'],
        metadata['last-partition-id'],
      );
    case 'assert-default-spec-id':
      return same('default partition spec', requirement['default-spec-id'], metadata['default-spec-id']);
    default:
      return same('default sort order', requirement['default-sort-order-id'], metadata['default-sort-order-id']);
  }
}

function same(what: string, expected: number, found: number | undefined): string | undefined {
  return expected === found ? undefined : `${what} changed: expected id ${expected} != ${found}`;
}

function checkRef(metadata: TableMetadata, name: string, expected: Id | undefined): string | undefined {
  const ref = metadata.refs && Object.hasOwn(metadata.refs, name) ? metadata.refs[name] : undefined;
  if (ref === undefined)
    return expected === undefined ? undefined : `branch or tag ${name} is missing, expected ${expected}`;
  if (expected === undefined) return `${ref.type} ${name} was created concurrently`;
  if (ref['snapshot-id'] === expected) return undefined;
  return `${ref.type} ${name} has changed: expected id ${expected} != ${ref['snapshot-id']}`;
}
