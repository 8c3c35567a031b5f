/** Condition keys of KMS and the actions that carry them (Service Authorization Reference; KMSDG conditions-kms). */

import { EVERY, type ServiceKeys } from './service-keys.ts';

/** Symmetric operations, and those on grants whose constraints hold a context. */
const WITH_CONTEXT = [
  'CreateGrant',
  'Decrypt',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
  'GenerateDataKeyWithoutPlaintext',
  'ReEncryptFrom',
  'ReEncryptTo',
  'RetireGrant',
];
const SIGNING = ['Sign', 'Verify'];
const MAC = ['GenerateMac', 'VerifyMac'];
const WITH_KEY_ID = [
  ...WITH_CONTEXT.filter((action) => !action.endsWith('Grant')),
  ...SIGNING,
  ...MAC,
  'DeriveSharedSecret',
  'DescribeKey',
  'GetPublicKey',
];
const ENCLAVE = ['Decrypt', 'DeriveSharedSecret', 'GenerateDataKey', 'GenerateDataKeyPair', 'GenerateRandom'];

export const KMS_KEYS: ServiceKeys = {
  service: 'kms',
  name: 'KMS',
  complete: true,
  keys: {
    CallerAccount: EVERY,
    ViaService: EVERY,
    KeyOrigin: EVERY,
    KeySpec: EVERY,
    KeyUsage: EVERY,
    CustomerMasterKeySpec: EVERY,
    CustomerMasterKeyUsage: EVERY,
    MultiRegion: EVERY,
    MultiRegionKeyType: EVERY,
    ResourceAliases: EVERY,
    BypassPolicyLockoutSafetyCheck: ['CreateKey', 'PutKeyPolicy', 'ReplicateKey'],
    DataKeyPairSpec: ['GenerateDataKeyPair', 'GenerateDataKeyPairWithoutPlaintext'],
    EncryptionAlgorithm: WITH_CONTEXT.filter((action) => !action.endsWith('Grant')),
    'EncryptionContext:': WITH_CONTEXT,
    EncryptionContextKeys: WITH_CONTEXT,
    ExpirationModel: ['ImportKeyMaterial'],
    GrantConstraintSourceArn: ['CreateGrant'],
    GrantConstraintType: ['CreateGrant', 'RetireGrant'],
    GranteePrincipal: ['CreateGrant'],
    GranteeServicePrincipal: ['CreateGrant'],
    GrantIsForAWSResource: ['CreateGrant', 'ListGrants', 'RevokeGrant'],
    GrantOperations: ['CreateGrant'],
    KeyAgreementAlgorithm: ['DeriveSharedSecret'],
    MacAlgorithm: MAC,
    MessageType: SIGNING,
    PrimaryRegion: ['UpdatePrimaryRegion'],
    ReEncryptOnSameKey: ['ReEncryptFrom', 'ReEncryptTo'],
    'RecipientAttestation:': ENCLAVE,
    ReplicaRegion: ['ReplicateKey'],
    RequestAlias: WITH_KEY_ID,
    RetiringPrincipal: ['CreateGrant'],
    RetiringServicePrincipal: ['CreateGrant'],
    RotationPeriodInDays: ['EnableKeyRotation'],
    ScheduleKeyDeletionPendingWindowInDays: ['ScheduleKeyDeletion'],
    SigningAlgorithm: SIGNING,
    ValidTo: ['ImportKeyMaterial'],
    WrappingAlgorithm: ['GetParametersForImport'],
    WrappingKeySpec: ['GetParametersForImport'],
  },
};

/** Keys that hold several values (KMSDG conditions-kms); all others of KMS hold one. */
export const SEVERAL_VALUES: ReadonlySet<string> = new Set([
  'kms:encryptioncontextkeys',
  'kms:grantoperations',
  'kms:resourcealiases',
]);
