/** ScheduleKeyDeletion, CancelKeyDeletion. The deletion itself is in `time.ts`. */

import type {
  CancelKeyDeletionRequest,
  CancelKeyDeletionResponse,
  ScheduleKeyDeletionRequest,
  ScheduleKeyDeletionResponse,
} from '@aws-sdk/client-kms';
import type { RequestContext } from '../../context.ts';
import type { Checked, OperationTable } from '../../wire/operation.ts';
import { authorizeKey } from '../authorize.ts';
import { directCall } from '../call.ts';
import { invalid, invalidState } from '../errors.ts';
import type { Kms } from '../kms.ts';
import { OWN_KEY, resolveKey } from '../resolve.ts';
import { DAY_MS } from './rotate.ts';
import { CHANGEABLE, demandState } from './states.ts';

/** Days; the model would take 1 to 365 (KMS-06). */
const WINDOW = { min: 7, max: 30, default: 30 } as const;

export function deletionOperations(kms: Kms): OperationTable<RequestContext> {
  return {
    ScheduleKeyDeletion(
      input: Checked<ScheduleKeyDeletionRequest>,
      context: RequestContext,
    ): ScheduleKeyDeletionResponse {
      const call = directCall(context);
      const days = input.PendingWindowInDays ?? WINDOW.default;
      if (days < WINDOW.min || days > WINDOW.max) {
        throw invalid(`PendingWindowInDays must be between ${WINDOW.min} and ${WINDOW.max} (inclusive).`);
      }
      const { key } = resolveKey(kms, call, input.KeyId, 'ScheduleKeyDeletion', OWN_KEY);
      authorizeKey(kms, call, {
        action: 'ScheduleKeyDeletion',
        key,
        conditions: { schedulekeydeletionpendingwindowindays: String(days) },
      });
      demandState(key, CHANGEABLE);
      const waitsForReplicas = key.primaryRegion === key.region && kms.keys.family(key.accountId, key.keyId).length > 1;
      const deletionAt = waitsForReplicas ? null : kms.now(key.accountId) + days * DAY_MS;
      const changed = kms.write(() =>
        kms.keys.update(key, {
          state: waitsForReplicas ? 'PendingReplicaDeletion' : 'PendingDeletion',
          deletionAt,
          deletionWindow: days,
        }),
      );
      return {
        KeyId: key.arn,
        ...(deletionAt !== null && { DeletionDate: new Date(deletionAt) }),
        KeyState: changed.state,
        PendingWindowInDays: days,
      };
    },

    CancelKeyDeletion(input: Checked<CancelKeyDeletionRequest>, context: RequestContext): CancelKeyDeletionResponse {
      const call = directCall(context);
      const { key } = resolveKey(kms, call, input.KeyId, 'CancelKeyDeletion', OWN_KEY);
      authorizeKey(kms, call, { action: 'CancelKeyDeletion', key });
      if (key.state !== 'PendingDeletion' && key.state !== 'PendingReplicaDeletion') {
        throw invalidState(key.arn, 'not pending deletion');
      }
      const missing = kms.materials.list(key).some((material) => material.present === 0);
      const state = missing || key.materialId === null ? 'PendingImport' : 'Disabled';
      kms.write(() => kms.keys.update(key, { state, deletionAt: null, deletionWindow: null }));
      return { KeyId: key.arn };
    },
  };
}
