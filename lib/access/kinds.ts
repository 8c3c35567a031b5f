/** Which elements each kind of policy must and must not have. */

import type { PolicyKind } from './policy.ts';

export interface KindRules {
  readonly principal: 'required' | 'prohibited';
  /** `optional`: a statement without it is accepted and has no effect (KMS-22). */
  readonly action: 'required' | 'optional';
  readonly resource: 'required' | 'optional' | 'prohibited';
  /** Characters of a Sid; undefined for any. IAM takes letters and digits only (IAMUG reference_policies_elements_sid). */
  readonly sid: RegExp | undefined;
  readonly uniqueSids: boolean;
}

const ATTACHED: KindRules = {
  principal: 'prohibited',
  action: 'required',
  resource: 'required',
  sid: /^[A-Za-z0-9]*$/,
  uniqueSids: true,
};

const ON_RESOURCE: KindRules = {
  principal: 'required',
  action: 'required',
  resource: 'required',
  sid: undefined,
  uniqueSids: true,
};

export const KIND_RULES: Readonly<Record<PolicyKind, KindRules>> = {
  identity: ATTACHED,
  boundary: ATTACHED,
  session: ATTACHED,
  scp: ATTACHED,
  rcp: ON_RESOURCE,
  resource: ON_RESOURCE,
  endpoint: ON_RESOURCE,
  key: { ...ON_RESOURCE, action: 'optional', resource: 'optional', uniqueSids: false },
  trust: { ...ON_RESOURCE, resource: 'prohibited', sid: /^[A-Za-z0-9]*$/ },
};
