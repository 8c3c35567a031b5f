/** GetKeyPolicy, PutKeyPolicy, ListKeyPolicies. */

import type {
  GetKeyPolicyRequest,
  GetKeyPolicyResponse,
  ListKeyPoliciesRequest,
  ListKeyPoliciesResponse,
  PutKeyPolicyRequest,
} from '@aws-sdk/client-kms';
import type { RequestContext } from '../../context.ts';
import type { Checked, OperationTable } from '../../wire/operation.ts';
import { authorizeKey } from '../authorize.ts';
import { directCall } from '../call.ts';
import type { Kms } from '../kms.ts';
import { readMarker } from '../pages.ts';
import { OWN_KEY, resolveKey } from '../resolve.ts';
import { checkPolicy, checkPolicyName } from './policy-check.ts';

export function policyOperations(kms: Kms): OperationTable<RequestContext> {
  return {
    GetKeyPolicy(input: Checked<GetKeyPolicyRequest>, context: RequestContext): GetKeyPolicyResponse {
      const call = directCall(context);
      const { key } = resolveKey(kms, call, input.KeyId, 'GetKeyPolicy', OWN_KEY);
      authorizeKey(kms, call, { action: 'GetKeyPolicy', key });
      checkPolicyName(input.PolicyName);
      return { Policy: key.policyText, PolicyName: 'default' };
    },

    PutKeyPolicy(input: Checked<PutKeyPolicyRequest>, context: RequestContext): void {
      const call = directCall(context);
      const { key } = resolveKey(kms, call, input.KeyId, 'PutKeyPolicy', OWN_KEY);
      const bypass = input.BypassPolicyLockoutSafetyCheck;
      authorizeKey(kms, call, {
        action: 'PutKeyPolicy',
        key,
        conditions: { bypasspolicylockoutsafetycheck: String(bypass === true) },
      });
      checkPolicyName(input.PolicyName);
      checkPolicy(kms, context, key.arn, input.Policy, bypass);
      kms.write(() => kms.keys.update(key, { policyText: input.Policy }));
    },

    ListKeyPolicies(input: Checked<ListKeyPoliciesRequest>, context: RequestContext): ListKeyPoliciesResponse {
      const call = directCall(context);
      const { key } = resolveKey(kms, call, input.KeyId, 'ListKeyPolicies', OWN_KEY);
      authorizeKey(kms, call, { action: 'ListKeyPolicies', key });
      readMarker(input.Marker, /^default$/, '');
      return { PolicyNames: ['default'], Truncated: false };
    },
  };
}
