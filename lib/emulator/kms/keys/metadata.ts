import type { KeyMetadata, KeyUsageType } from '@aws-sdk/client-kms';
import type { Kms } from '../kms.ts';
import { type KeyRecord, keyArn } from './record.ts';
import { specFacts } from './specs.ts';

/** KeyMetadata as CreateKey, DescribeKey and ReplicateKey answer it. */
export function keyMetadata(kms: Kms, key: KeyRecord): KeyMetadata {
  return {
    AWSAccountId: key.accountId,
    KeyId: key.keyId,
    Arn: key.arn,
    CreationDate: new Date(key.createdAt),
    Enabled: key.state === 'Enabled',
    Description: key.description,
    KeyUsage: key.usage,
    KeyState: key.state,
    ...(key.state === 'PendingDeletion' && key.deletionAt !== null && { DeletionDate: new Date(key.deletionAt) }),
    ...(key.validTo !== null && { ValidTo: new Date(key.validTo) }),
    Origin: key.origin,
    ...(key.expirationModel !== null && key.state !== 'PendingImport' && { ExpirationModel: key.expirationModel }),
    KeyManager: key.manager,
    ...legacySpec(key.spec),
    KeySpec: key.spec,
    ...keyAlgorithms(key),
    MultiRegion: key.multiRegion === 1,
    ...(key.primaryRegion !== null && { MultiRegionConfiguration: multiRegion(kms, key, key.primaryRegion) }),
    ...(key.state === 'PendingReplicaDeletion' &&
      key.deletionWindow !== null && { PendingDeletionWindowInDays: key.deletionWindow }),
    ...(key.customKeyStore !== null && { CustomKeyStoreId: key.customKeyStore }),
    ...(key.clusterId !== null && { CloudHsmClusterId: key.clusterId }),
    ...(key.xksKeyId !== null && { XksKeyConfiguration: { Id: key.xksKeyId } }),
    ...(key.spec === 'SYMMETRIC_DEFAULT' && key.materialId !== null && { CurrentKeyMaterialId: key.materialId }),
  };
}

/** The deprecated twin of KeySpec has the same value on the wire, though its type knows no newer specs. */
export function legacySpec(spec: string): Pick<KeyMetadata, 'CustomerMasterKeySpec'> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return { CustomerMasterKeySpec: spec } as Pick<KeyMetadata, 'CustomerMasterKeySpec'>;
}

/** The algorithms of a key, under the member that belongs to its usage. */
export function keyAlgorithms(key: {
  readonly spec: KeyRecord['spec'];
  readonly usage: KeyUsageType;
}): Pick<
  KeyMetadata,
  'EncryptionAlgorithms' | 'SigningAlgorithms' | 'MacAlgorithms' | 'KeyAgreementAlgorithms' | 'EncapsulationAlgorithms'
> {
  const facts = specFacts(key.spec);
  switch (key.usage) {
    case 'ENCRYPT_DECRYPT':
      return { EncryptionAlgorithms: [...(facts?.encryption ?? [])] };
    case 'SIGN_VERIFY':
      return { SigningAlgorithms: [...(facts?.signing ?? [])] };
    case 'GENERATE_VERIFY_MAC':
      return { MacAlgorithms: [...(facts?.mac ?? [])] };
    case 'KEY_AGREEMENT':
      return { KeyAgreementAlgorithms: ['ECDH'] };
    default:
      return { EncapsulationAlgorithms: ['ML_KEM'] };
  }
}

function multiRegion(kms: Kms, key: KeyRecord, primaryRegion: string): KeyMetadata['MultiRegionConfiguration'] {
  const replicas = kms.keys.family(key.accountId, key.keyId).filter((member) => member.region !== primaryRegion);
  return {
    MultiRegionKeyType: key.region === primaryRegion ? 'PRIMARY' : 'REPLICA',
    PrimaryKey: { Arn: keyArn(key.accountId, primaryRegion, key.keyId), Region: primaryRegion },
    ReplicaKeys: replicas.map((replica) => ({ Arn: replica.arn, Region: replica.region })),
  };
}
