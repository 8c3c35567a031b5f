/** What users, roles and groups have in common when they are made, named and deleted. */

import type { Entity, EntityKind } from '../entities.ts';
import { alreadyExists, deleteConflict, limitExceeded, noSuchEntity } from '../errors.ts';
import type { Iam } from '../iam.ts';

/** Default quotas per account (IAMUG reference_iam-quotas), by the names of IAM's sentences. */
const QUOTAS = {
  user: ['UsersPerAccount', 5000],
  role: ['RolesPerAccount', 1000],
  group: ['GroupsPerAccount', 300],
} as const;

/** @throws AwsError EntityAlreadyExists or LimitExceeded when another cannot be made */
export function requireRoom(iam: Iam, accountId: string, kind: EntityKind, name: string): void {
  if (iam.entities.isTaken(accountId, kind, name)) throw alreadyExists(kind, name);
  const [quota, limit] = QUOTAS[kind];
  if (iam.entities.count(accountId, kind) >= limit) throw limitExceeded(`Cannot exceed quota for ${quota}: ${limit}`);
}

/** @throws AwsError NoSuchEntity when a permissions boundary is no managed policy of the account or of AWS */
export function requireBoundary(iam: Iam, accountId: string, arn: string): void {
  if (iam.policies.get(arn, accountId) === undefined) {
    throw noSuchEntity(`Scope ARN: ${arn} does not exist or is not attachable.`);
  }
}

/** @throws AwsError DeleteConflict while policies hang on the entity */
export function requireNoPolicies(iam: Iam, { accountId, kind, name }: Entity): void {
  if (iam.policies.attached(accountId, kind, name).length > 0) {
    throw deleteConflict('Cannot delete entity, must detach all policies first.');
  }
  if (iam.policies.inline(accountId, kind, name).length > 0) {
    throw deleteConflict('Cannot delete entity, must delete policies first.');
  }
}

/** The entity without its permissions boundary. */
export function unbounded(entity: Entity): Entity {
  const { boundary: _, ...rest } = entity;
  return rest;
}

/** Condition key of operations that set a boundary. */
export const boundaryCondition = (arn: string | undefined): [string, readonly string[]][] =>
  arn === undefined ? [] : [['iam:permissionsboundary', [arn]]];
