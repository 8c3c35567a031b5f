/** Sign, Verify, GetPublicKey, DeriveSharedSecret. */

import {
  constants,
  createPublicKey,
  diffieHellman,
  type KeyObject,
  privateEncrypt,
  publicDecrypt,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto';
import type {
  DeriveSharedSecretRequest,
  DeriveSharedSecretResponse,
  GetPublicKeyRequest,
  GetPublicKeyResponse,
  SigningAlgorithmSpec,
  SignRequest,
  SignResponse,
  VerifyRequest,
  VerifyResponse,
} from '@aws-sdk/client-kms';
import type { RequestContext } from '../../context.ts';
import type { Checked, OperationTable } from '../../wire/operation.ts';
import { authorizeKey } from '../authorize.ts';
import { directCall } from '../call.ts';
import { dryRunSucceeded, incompatibleAlgorithm, invalid, kmsError } from '../errors.ts';
import { keyAlgorithms, legacySpec } from '../keys/metadata.ts';
import type { KeyRecord } from '../keys/record.ts';
import { specFacts } from '../keys/specs.ts';
import { demandState, USABLE } from '../keys/states.ts';
import type { Kms } from '../kms.ts';
import { ANY_KEY, resolveKey } from '../resolve.ts';
import { refuseRecipient } from './data-keys.ts';
import { signDigest, verifyDigest } from './ecdsa-digest.ts';
import { emsaPssEncode, emsaPssVerify } from './pss.ts';
import { accessReference, noteDirectUse } from './use.ts';

type Hash = 'sha256' | 'sha384' | 'sha512';
const DIGEST_BYTES: Readonly<Record<Hash, number>> = { sha256: 32, sha384: 48, sha512: 64 };
/** DER of DigestInfo up to the digest (RFC 8017, section 9.2). */
const DIGEST_INFO: Readonly<Record<Hash, string>> = {
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
};

function hashOf(algorithm: SigningAlgorithmSpec): Hash {
  if (algorithm.endsWith('256')) return 'sha256';
  return algorithm.endsWith('384') ? 'sha384' : 'sha512';
}
const isPss = (algorithm: SigningAlgorithmSpec) => algorithm.startsWith('RSASSA_PSS');

/** Checks what both sides of a signature have in common; returns the key. */
function accessSigner(
  kms: Kms,
  input: Pick<Checked<SignRequest>, 'KeyId' | 'SigningAlgorithm' | 'MessageType' | 'Message' | 'GrantTokens'>,
  context: RequestContext,
  action: 'Sign' | 'Verify',
): KeyRecord {
  const call = directCall(context, input);
  const reference = resolveKey(kms, call, input.KeyId, action, ANY_KEY);
  const messageType = input.MessageType ?? 'RAW';
  accessReference(kms, call, reference, {
    action,
    usage: 'SIGN_VERIFY',
    conditions: { signingalgorithm: input.SigningAlgorithm, messagetype: messageType },
  });
  const { key } = reference;
  const facts = specFacts(key.spec);
  if (facts?.signing?.includes(input.SigningAlgorithm) !== true)
    throw incompatibleAlgorithm(input.SigningAlgorithm, key.spec);
  const prehashed = messageType !== 'RAW';
  if (input.SigningAlgorithm === 'ED25519_PH_SHA_512' || messageType === 'EXTERNAL_MU') {
    throw kmsError(
      'UnsupportedOperationException',
      `${input.SigningAlgorithm} with MessageType ${messageType} is not supported by this emulator.`,
    );
  }
  if (prehashed && (facts.family === 'ed25519' || facts.family === 'ml-dsa')) {
    throw invalid(`MessageType ${messageType} is not valid for ${input.SigningAlgorithm}.`);
  }
  if (prehashed && input.Message.byteLength !== DIGEST_BYTES[hashOf(input.SigningAlgorithm)]) {
    throw invalid(`Digest is invalid length for algorithm ${input.SigningAlgorithm}.`);
  }
  return key;
}

/** Off the main thread where Node can: an RSA-4096 signature takes milliseconds. */
function signRaw(algorithm: SigningAlgorithmSpec, message: Uint8Array, key: KeyObject): Promise<Buffer> {
  const digest = key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'ec' ? hashOf(algorithm) : null;
  return new Promise((resolve, reject) =>
    sign(digest, message, { key, ...padding(algorithm) }, (error, signature) =>
      error ? reject(error) : resolve(signature),
    ),
  );
}

function verifyRaw(
  algorithm: SigningAlgorithmSpec,
  message: Uint8Array,
  key: KeyObject,
  signature: Uint8Array,
): boolean {
  const digest = key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'ec' ? hashOf(algorithm) : null;
  return verify(digest, message, { key, ...padding(algorithm) }, signature);
}

function padding(algorithm: SigningAlgorithmSpec) {
  if (!isPss(algorithm)) return {};
  return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
}

function signPrehashed(algorithm: SigningAlgorithmSpec, digest: Uint8Array, key: KeyObject): Buffer {
  const hash = hashOf(algorithm);
  if (key.asymmetricKeyType === 'ec') return signDigest(key, digest);
  if (!isPss(algorithm)) return privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, digestInfo(hash, digest));
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, emsaPssEncode(hash, digest, bits));
}

function verifyPrehashed(
  algorithm: SigningAlgorithmSpec,
  digest: Uint8Array,
  key: KeyObject,
  signature: Uint8Array,
): boolean {
  const hash = hashOf(algorithm);
  if (key.asymmetricKeyType === 'ec') return verifyDigest(key, digest, signature);
  try {
    if (!isPss(algorithm)) {
      const opened = publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature);
      const expected = digestInfo(hash, digest);
      return opened.byteLength === expected.byteLength && timingSafeEqual(opened, expected);
    }
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    return emsaPssVerify(hash, digest, publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, signature), bits);
  } catch {
    return false;
  }
}

const digestInfo = (hash: Hash, digest: Uint8Array) => Buffer.concat([Buffer.from(DIGEST_INFO[hash], 'hex'), digest]);

export function signingOperations(kms: Kms): OperationTable<RequestContext> {
  return {
    async Sign(input: Checked<SignRequest>, context: RequestContext): Promise<SignResponse> {
      const key = accessSigner(kms, input, context, 'Sign');
      if (input.DryRun === true) throw dryRunSucceeded();
      const { secret } = kms.materials.current(key);
      const raw = (input.MessageType ?? 'RAW') === 'RAW';
      const Signature = raw
        ? await signRaw(input.SigningAlgorithm, input.Message, secret)
        : signPrehashed(input.SigningAlgorithm, input.Message, secret);
      noteDirectUse(kms, context, key, 'Sign');
      return { KeyId: key.arn, Signature, SigningAlgorithm: input.SigningAlgorithm };
    },

    Verify(input: Checked<VerifyRequest>, context: RequestContext): VerifyResponse {
      const key = accessSigner(kms, input, context, 'Verify');
      const publicKey = createPublicKey(kms.materials.current(key).secret);
      const raw = (input.MessageType ?? 'RAW') === 'RAW';
      const check = raw ? verifyRaw : verifyPrehashed;
      if (!check(input.SigningAlgorithm, input.Message, publicKey, input.Signature)) {
        throw kmsError('KMSInvalidSignatureException', '');
      }
      if (input.DryRun === true) throw dryRunSucceeded();
      noteDirectUse(kms, context, key, 'Verify');
      return { KeyId: key.arn, SignatureValid: true, SigningAlgorithm: input.SigningAlgorithm };
    },

    GetPublicKey(input: Checked<GetPublicKeyRequest>, context: RequestContext): GetPublicKeyResponse {
      const call = directCall(context, input);
      const { key, alias } = resolveKey(kms, call, input.KeyId, 'GetPublicKey', ANY_KEY);
      authorizeKey(kms, call, { action: 'GetPublicKey', key, alias, grantable: true });
      const family = specFacts(key.spec)?.family;
      if (family === 'symmetric' || family === 'hmac') {
        throw kmsError(
          'UnsupportedOperationException',
          `${key.arn} key spec is ${key.spec} which is not valid for GetPublicKey.`,
        );
      }
      demandState(key, USABLE);
      const publicKey = createPublicKey(kms.materials.current(key).secret);
      return {
        KeyId: key.arn,
        PublicKey: publicKey.export({ type: 'spki', format: 'der' }),
        ...legacySpec(key.spec),
        KeySpec: key.spec,
        KeyUsage: key.usage,
        ...keyAlgorithms(key),
      };
    },

    DeriveSharedSecret(input: Checked<DeriveSharedSecretRequest>, context: RequestContext): DeriveSharedSecretResponse {
      refuseRecipient(input.Recipient);
      const call = directCall(context, input);
      const reference = resolveKey(kms, call, input.KeyId, 'DeriveSharedSecret', ANY_KEY);
      accessReference(kms, call, reference, {
        action: 'DeriveSharedSecret',
        usage: 'KEY_AGREEMENT',
        conditions: { keyagreementalgorithm: input.KeyAgreementAlgorithm },
      });
      const { key } = reference;
      const secret = agree(kms.materials.current(key).secret, input.PublicKey, key.spec);
      if (input.DryRun === true) throw dryRunSucceeded();
      noteDirectUse(kms, context, key, 'DeriveSharedSecret');
      return {
        KeyId: key.arn,
        SharedSecret: secret,
        KeyAgreementAlgorithm: input.KeyAgreementAlgorithm,
        KeyOrigin: key.origin,
      };
    },
  };
}

function agree(privateKey: KeyObject, peer: Uint8Array, spec: string): Buffer {
  try {
    const publicKey = createPublicKey({ key: Buffer.from(peer), format: 'der', type: 'spki' });
    return diffieHellman({ privateKey, publicKey });
  } catch {
    throw invalid(`The public key is not a DER-encoded ${spec} public key.`);
  }
}
