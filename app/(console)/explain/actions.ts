'use server';

import { z } from 'zod';
import { form, Refused, writeAction } from '@/app/_actions/ladder';
import { failureOutcome, outcomeOf } from '@/app/_actions/outcome';
import { routes } from '@/components/routes';
import type { Outcome } from '@/components/ui/outcome';
import { sha256Hex } from '@/lib/access/hash';
import { getKeyPolicy, putKeyPolicy } from '@/lib/aws/keys';
import { keyIdField, policyField } from '../fields';

/** KMS-20: a key policy has at most 32 KiB. */
const KEY_POLICY_BYTES = 32_768;

/** Puts a repaired key policy, if the policy is still the one that was repaired. */
export const applyRepairAction = writeAction
  .metadata({ action: 'kms:PutKeyPolicy' })
  .inputSchema(
    form({ keyId: keyIdField, policy: policyField(KEY_POLICY_BYTES), before: z.string().regex(/^[0-9a-f]{64}$/) }),
  )
  .action(async ({ parsedInput: { keyId, policy, before }, ctx: { place } }): Promise<Outcome> => {
    const present = await getKeyPolicy(place.aws, keyId);
    if (!present.ok) return failureOutcome(present.error, 'The key policy was not changed');
    if (sha256Hex(present.data) !== before) {
      throw new Refused('The key policy was changed in the meantime. Read the answer again, then apply the repair.');
    }
    const put = await putKeyPolicy(place.aws, keyId, policy);
    return outcomeOf(
      put,
      {
        title: 'The key policy was changed',
        detail: 'The answer on this page is worked out anew.',
        links: [{ label: 'Key policy', href: routes.key(keyId.slice(keyId.lastIndexOf('/') + 1), 'policy') }],
      },
      'The key policy was not changed',
    );
  });
