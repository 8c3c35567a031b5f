/** What each key spec can do (KMSDG symm-asymm-choose-key-spec). SM2 exists in China Regions only and is left out. */

import type {
  EncryptionAlgorithmSpec,
  GrantOperation,
  KeySpec,
  KeyUsageType,
  MacAlgorithmSpec,
  SigningAlgorithmSpec,
} from '@aws-sdk/client-kms';

type SpecFamily = 'symmetric' | 'hmac' | 'rsa' | 'ecc' | 'ed25519' | 'ml-dsa' | 'ml-kem';

export interface SpecFacts {
  readonly family: SpecFamily;
  readonly usages: readonly KeyUsageType[];
  /** Symmetric and HMAC: bytes of key material. RSA: bits of the modulus. */
  readonly size?: number;
  /** OpenSSL's name of the curve or of the algorithm's parameter set. */
  readonly curve?: string;
  readonly encryption?: readonly EncryptionAlgorithmSpec[];
  readonly signing?: readonly SigningAlgorithmSpec[];
  readonly mac?: readonly MacAlgorithmSpec[];
}

const RSA = {
  family: 'rsa',
  usages: ['ENCRYPT_DECRYPT', 'SIGN_VERIFY'],
  encryption: ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'],
  signing: [
    'RSASSA_PKCS1_V1_5_SHA_256',
    'RSASSA_PKCS1_V1_5_SHA_384',
    'RSASSA_PKCS1_V1_5_SHA_512',
    'RSASSA_PSS_SHA_256',
    'RSASSA_PSS_SHA_384',
    'RSASSA_PSS_SHA_512',
  ],
} as const;
const ECC = { family: 'ecc', usages: ['SIGN_VERIFY', 'KEY_AGREEMENT'] } as const;
const HMAC = { family: 'hmac', usages: ['GENERATE_VERIFY_MAC'] } as const;
const ML_DSA = { family: 'ml-dsa', usages: ['SIGN_VERIFY'], signing: ['ML_DSA_SHAKE_256'] } as const;
const ML_KEM = { family: 'ml-kem', usages: ['ENCAPSULATE_DECAPSULATE'] } as const;

const SPECS: Readonly<Partial<Record<KeySpec, SpecFacts>>> = {
  SYMMETRIC_DEFAULT: { family: 'symmetric', usages: ['ENCRYPT_DECRYPT'], size: 32, encryption: ['SYMMETRIC_DEFAULT'] },
  RSA_2048: { ...RSA, size: 2048 },
  RSA_3072: { ...RSA, size: 3072 },
  RSA_4096: { ...RSA, size: 4096 },
  ECC_NIST_P256: { ...ECC, curve: 'prime256v1', signing: ['ECDSA_SHA_256'] },
  ECC_NIST_P384: { ...ECC, curve: 'secp384r1', signing: ['ECDSA_SHA_384'] },
  ECC_NIST_P521: { ...ECC, curve: 'secp521r1', signing: ['ECDSA_SHA_512'] },
  ECC_SECG_P256K1: { family: 'ecc', usages: ['SIGN_VERIFY'], curve: 'secp256k1', signing: ['ECDSA_SHA_256'] },
  ECC_NIST_EDWARDS25519: {
    family: 'ed25519',
    usages: ['SIGN_VERIFY'],
    signing: ['ED25519_SHA_512', 'ED25519_PH_SHA_512'],
  },
  HMAC_224: { ...HMAC, size: 28, mac: ['HMAC_SHA_224'] },
  HMAC_256: { ...HMAC, size: 32, mac: ['HMAC_SHA_256'] },
  HMAC_384: { ...HMAC, size: 48, mac: ['HMAC_SHA_384'] },
  HMAC_512: { ...HMAC, size: 64, mac: ['HMAC_SHA_512'] },
  ML_DSA_44: { ...ML_DSA, curve: 'ml-dsa-44' },
  ML_DSA_65: { ...ML_DSA, curve: 'ml-dsa-65' },
  ML_DSA_87: { ...ML_DSA, curve: 'ml-dsa-87' },
  ML_KEM_512: { ...ML_KEM, curve: 'ml-kem-512' },
  ML_KEM_768: { ...ML_KEM, curve: 'ml-kem-768' },
  ML_KEM_1024: { ...ML_KEM, curve: 'ml-kem-1024' },
};

/** Undefined for what is not offered here (SM2). */
export function specFacts(spec: KeySpec): SpecFacts | undefined {
  return SPECS[spec];
}

const ALWAYS: readonly GrantOperation[] = ['CreateGrant', 'RetireGrant', 'DescribeKey'];
const SYMMETRIC_ONLY: readonly GrantOperation[] = [
  'Encrypt',
  'Decrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
  'ReEncryptFrom',
  'ReEncryptTo',
];

/** Operations that a grant on a key of this spec and usage may permit (KMS-42). */
export function grantableOperations(spec: KeySpec, usage: KeyUsageType): readonly GrantOperation[] {
  if (spec === 'SYMMETRIC_DEFAULT') return [...SYMMETRIC_ONLY, ...ALWAYS];
  switch (usage) {
    case 'ENCRYPT_DECRYPT':
      return ['Encrypt', 'Decrypt', 'ReEncryptFrom', 'ReEncryptTo', 'GetPublicKey', ...ALWAYS];
    case 'SIGN_VERIFY':
      return ['Sign', 'Verify', 'GetPublicKey', ...ALWAYS];
    case 'GENERATE_VERIFY_MAC':
      return ['GenerateMac', 'VerifyMac', ...ALWAYS];
    case 'KEY_AGREEMENT':
      return ['DeriveSharedSecret', 'GetPublicKey', ...ALWAYS];
    default:
      return ['Encapsulate', 'Decapsulate', 'GetPublicKey', ...ALWAYS];
  }
}
