/** GenerateMac, VerifyMac. */

import { createHmac, timingSafeEqual } from 'node:crypto';
import type {
  GenerateMacRequest,
  GenerateMacResponse,
  MacAlgorithmSpec,
  VerifyMacRequest,
  VerifyMacResponse,
} from '@aws-sdk/client-kms';
import type { RequestContext } from '../../context.ts';
import type { Checked, OperationTable } from '../../wire/operation.ts';
import { directCall } from '../call.ts';
import { dryRunSucceeded, incompatibleAlgorithm, kmsError } from '../errors.ts';
import type { KeyRecord } from '../keys/record.ts';
import { specFacts } from '../keys/specs.ts';
import type { Kms } from '../kms.ts';
import { ANY_KEY, resolveKey } from '../resolve.ts';
import { accessReference, noteDirectUse } from './use.ts';

const DIGEST: Readonly<Record<MacAlgorithmSpec, string>> = {
  HMAC_SHA_224: 'sha224',
  HMAC_SHA_256: 'sha256',
  HMAC_SHA_384: 'sha384',
  HMAC_SHA_512: 'sha512',
};

export function macOperations(kms: Kms): OperationTable<RequestContext> {
  function mac(
    input: Checked<GenerateMacRequest>,
    context: RequestContext,
    action: 'GenerateMac' | 'VerifyMac',
  ): { key: KeyRecord; mac: Buffer } {
    const call = directCall(context, input);
    const reference = resolveKey(kms, call, input.KeyId, action, ANY_KEY);
    accessReference(kms, call, reference, {
      action,
      usage: 'GENERATE_VERIFY_MAC',
      conditions: { macalgorithm: input.MacAlgorithm },
    });
    const { key } = reference;
    if (specFacts(key.spec)?.mac?.includes(input.MacAlgorithm) !== true) {
      throw incompatibleAlgorithm(input.MacAlgorithm, key.spec);
    }
    const made = createHmac(DIGEST[input.MacAlgorithm], kms.materials.current(key).secret)
      .update(input.Message)
      .digest();
    return { key, mac: made };
  }

  function finish(
    key: KeyRecord,
    context: RequestContext,
    operation: 'GenerateMac' | 'VerifyMac',
    dryRun?: boolean,
  ): void {
    if (dryRun === true) throw dryRunSucceeded();
    noteDirectUse(kms, context, key, operation);
  }

  return {
    GenerateMac(input: Checked<GenerateMacRequest>, context: RequestContext): GenerateMacResponse {
      const made = mac(input, context, 'GenerateMac');
      finish(made.key, context, 'GenerateMac', input.DryRun);
      return { Mac: made.mac, MacAlgorithm: input.MacAlgorithm, KeyId: made.key.arn };
    },

    VerifyMac(input: Checked<VerifyMacRequest>, context: RequestContext): VerifyMacResponse {
      const made = mac(input, context, 'VerifyMac');
      if (made.mac.byteLength !== input.Mac.byteLength || !timingSafeEqual(made.mac, input.Mac)) {
        throw kmsError('KMSInvalidMacException', '');
      }
      finish(made.key, context, 'VerifyMac', input.DryRun);
      return { KeyId: made.key.arn, MacValid: true, MacAlgorithm: input.MacAlgorithm };
    },
  };
}
