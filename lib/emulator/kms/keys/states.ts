/** Which key states an operation bears (KMS-04, KMS-05; KMSDG key-state). */

import type { KeyState } from '@aws-sdk/client-kms';
import { invalidState, keyDisabled } from '../errors.ts';
import type { KeyRecord } from './record.ts';

/** The state as it stands in AWS's sentence. */
const SENTENCE: Readonly<Record<KeyState, string>> = {
  Creating: 'creating',
  Disabled: 'disabled',
  Enabled: 'enabled',
  PendingDeletion: 'pending deletion',
  PendingImport: 'pending import',
  PendingReplicaDeletion: 'pending replica deletion',
  Unavailable: 'unavailable',
  Updating: 'updating',
};

/** Cryptographic operations. */
export const USABLE: readonly KeyState[] = ['Enabled', 'Updating'];
export const GRANTABLE: readonly KeyState[] = ['Enabled', 'Updating', 'Unavailable'];
/** EnableKey, DisableKey. */
export const SWITCHABLE: readonly KeyState[] = ['Enabled', 'Disabled'];
/** Changes to a key that is not on its way out: tags, description, aliases, ScheduleKeyDeletion. */
export const CHANGEABLE: readonly KeyState[] = ['Enabled', 'Disabled', 'PendingImport', 'Unavailable'];
/** Rotation, ReplicateKey. */
export const ENABLED: readonly KeyState[] = ['Enabled'];

/** Throws DisabledException or KMSInvalidStateException unless the key is in one of the states. */
export function demandState(key: Pick<KeyRecord, 'arn' | 'state'>, states: readonly KeyState[]): void {
  if (states.includes(key.state)) return;
  throw key.state === 'Disabled' ? keyDisabled(key.arn) : invalidState(key.arn, SENTENCE[key.state]);
}
