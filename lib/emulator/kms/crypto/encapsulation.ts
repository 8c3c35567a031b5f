/** Encapsulate, Decapsulate: shared secrets under ML-KEM keys (FIPS 203). */

import { createPublicKey, decapsulate, encapsulate } from 'node:crypto';
import type {
  DecapsulateRequest,
  DecapsulateResponse,
  EncapsulateRequest,
  EncapsulateResponse,
} from '@aws-sdk/client-kms';
import type { RequestContext } from '../../context.ts';
import type { Checked, OperationTable } from '../../wire/operation.ts';
import { directCall } from '../call.ts';
import { invalidCiphertext } from '../errors.ts';
import type { KeyRecord } from '../keys/record.ts';
import type { Kms } from '../kms.ts';
import { accessKey, noteDirectUse } from './use.ts';

export function encapsulationOperations(kms: Kms): OperationTable<RequestContext> {
  function access(
    input: Checked<EncapsulateRequest>,
    context: RequestContext,
    action: 'Encapsulate' | 'Decapsulate',
  ): KeyRecord {
    return accessKey(kms, directCall(context, input), input.KeyId, {
      action,
      usage: 'ENCAPSULATE_DECAPSULATE',
      conditions: { encapsulationalgorithm: input.EncapsulationAlgorithm },
      dryRun: input.DryRun,
    });
  }

  return {
    Encapsulate(input: Checked<EncapsulateRequest>, context: RequestContext): EncapsulateResponse {
      const key = access(input, context, 'Encapsulate');
      const made = encapsulate(createPublicKey(kms.materials.current(key).secret));
      noteDirectUse(kms, context, key, 'Encapsulate');
      return {
        KeyId: key.arn,
        SharedSecret: made.sharedKey,
        SharedSecretCiphertextBlob: made.ciphertext,
        EncapsulationAlgorithm: input.EncapsulationAlgorithm,
      };
    },

    Decapsulate(input: Checked<DecapsulateRequest>, context: RequestContext): DecapsulateResponse {
      const key = access(input, context, 'Decapsulate');
      const { secret } = kms.materials.current(key);
      let SharedSecret: Buffer;
      try {
        SharedSecret = decapsulate(secret, input.SharedSecretCiphertextBlob);
      } catch {
        // Of the wrong length: anything else opens to some secret, as ML-KEM has it.
        throw invalidCiphertext();
      }
      noteDirectUse(kms, context, key, 'Decapsulate');
      return { KeyId: key.arn, SharedSecret, EncapsulationAlgorithm: input.EncapsulationAlgorithm };
    },
  };
}
