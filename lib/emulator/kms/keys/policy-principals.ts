/**
 * Users and roles that key policies name, so that a deleted one is found without reading every policy. AWS keeps the
 * unique id behind such an ARN: after the deletion the policy shows the id, and nobody of the same name gets the
 * permissions of the one that is gone (IAMUG reference_policies_elements_principal).
 */

import { type JsonNode, readJson } from '../../../access/json.ts';
import type { StateStore } from '../../storage/store.ts';
import type { Kms } from '../kms.ts';
import { all } from '../rows.ts';
import type { KeyRow } from './record.ts';

const PRINCIPAL = /"(arn:[a-z-]+:iam::\d{12}:(?:user|role)\/[^"\\*?]+)"/g;

type PolicyKey = Pick<KeyRow, 'accountId' | 'region' | 'keyId'>;

/** Notes whom a key's policy names. Call it inside the write that stores the policy. */
export function notePrincipals(state: StateStore, key: PolicyKey, policyText: string): void {
  forgetPrincipals(state, key);
  const arns = new Set(Array.from(policyText.matchAll(PRINCIPAL), ([, arn = '']) => arn));
  for (const arn of arns) {
    state
      .statement('INSERT INTO kms_policy_principals (arn, region, key_id, account) VALUES (?, ?, ?, ?)')
      .run(arn, key.region, key.keyId, key.accountId);
  }
}

export function forgetPrincipals(state: StateStore, { region, keyId }: PolicyKey): void {
  state.statement('DELETE FROM kms_policy_principals WHERE region = ? AND key_id = ?').run(region, keyId);
}

/** Puts the unique id of a deleted user or role in the place of its ARN, in key policies and grants. */
export function replaceDeleted(kms: Kms, arn: string, uniqueId: string): void {
  const { state } = kms.surroundings;
  const found = all<{ region: string; keyId: string }>(
    state.statement('SELECT region, key_id AS keyId FROM kms_policy_principals WHERE arn = ?'),
    arn,
  );
  kms.write(() => {
    for (const { region, keyId } of found) {
      const key = kms.keys.find(region, keyId);
      if (key !== undefined) kms.keys.update(key, { policyText: withoutPrincipal(key.policyText, arn, uniqueId) });
    }
    kms.grants.replacePrincipal(arn, uniqueId);
  });
}

/** The document with one principal's ARN replaced where it stands as a principal, and nothing else touched. */
export function withoutPrincipal(text: string, arn: string, uniqueId: string): string {
  const places: JsonNode[] = [];
  for (const statement of itemsOf(member(readJson(text), 'Statement'))) {
    for (const element of ['Principal', 'NotPrincipal']) {
      for (const name of itemsOf(member(member(statement, element), 'AWS'))) {
        if (name.type === 'string' && name.value === arn) places.push(name);
      }
    }
  }
  let replaced = text;
  for (const { offset, end } of places.toReversed()) {
    replaced = `${replaced.slice(0, offset)}${JSON.stringify(uniqueId)}${replaced.slice(end)}`;
  }
  return replaced;
}

function member(node: JsonNode | undefined, key: string): JsonNode | undefined {
  return node?.type === 'object' ? node.members.find((one) => one.key === key)?.node : undefined;
}

function itemsOf(node: JsonNode | undefined): readonly JsonNode[] {
  if (node === undefined) return [];
  return node.type === 'array' ? node.items : [node];
}
