/** What the tests of grants have in common. Tests only. */

import type { CreateGrantResponse, CreateKeyResponse, ListGrantsResponse } from '@aws-sdk/client-kms';
import type { Caller } from '../../context.ts';
import { type Kms, startKms } from '../testing.ts';

/** A KMS with short ways to make keys and grants and to try them. */
export function startGrants() {
  const kms: Kms = startKms();
  const dataKey = (KeyId: string, more: object = {}) => ({ KeyId, KeySpec: 'AES_256', ...more });
  return {
    kms,
    dataKey,

    createKey: async (input: object = {}) => {
      const { KeyMetadata } = await kms.run<CreateKeyResponse>('CreateKey', input);
      return { KeyId: KeyMetadata?.KeyId ?? '', arn: KeyMetadata?.Arn ?? '' };
    },

    /** A grant on a key; `Operations` is Decrypt and GenerateDataKey unless said otherwise. */
    grant: async (KeyId: string, to: Caller, more: object = {}, by?: Caller) => {
      const GranteePrincipal = to.principal.roleArn ?? to.principal.arn;
      const input = { KeyId, GranteePrincipal, Operations: ['Decrypt', 'GenerateDataKey'], ...more };
      const answer = await kms.run<CreateGrantResponse>('CreateGrant', input, kms.context(by));
      return { GrantId: answer.GrantId ?? '', GrantToken: answer.GrantToken ?? '' };
    },

    listGrants: (input: object) => kms.run<ListGrantsResponse>('ListGrants', input),

    makeDataKey: (KeyId: string, who: Caller, more: object = {}) =>
      kms.run<{ CiphertextBlob: Uint8Array }>('GenerateDataKey', dataKey(KeyId, more), kms.as(who)),

    /** Whether GenerateDataKey is refused for want of permission. */
    denied: async (KeyId: string, who: Caller, more: object = {}) =>
      (await kms.refusal('GenerateDataKey', dataKey(KeyId, more), kms.as(who))).code === 'AccessDeniedException',
  };
}
