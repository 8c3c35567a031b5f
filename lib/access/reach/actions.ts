/** What is asked about a key. */

/** Operations in which data is encrypted or decrypted. */
export const DATA_ACTIONS = ['kms:Decrypt', 'kms:GenerateDataKey'] as const;

const USE = [
  ...DATA_ACTIONS,
  'kms:Encrypt',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
] as const;

const ADMINISTER = [
  'kms:CreateGrant',
  'kms:DescribeKey',
  'kms:DisableKey',
  'kms:PutKeyPolicy',
  'kms:RevokeGrant',
  'kms:ScheduleKeyDeletion',
] as const;

/** Sorted by name. */
export const ASKED_ACTIONS: readonly string[] = [...USE, ...ADMINISTER].sort();

const USES: ReadonlySet<string> = new Set(USE);

/** Whether an action uses the key, and does not only look at it or change it. */
export function usesKey(action: string): boolean {
  return USES.has(action);
}
