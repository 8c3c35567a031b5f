/** Encrypt, Decrypt, ReEncrypt. */

import { constants, createPublicKey, privateDecrypt, publicEncrypt } from 'node:crypto';
import type {
  DecryptRequest,
  DecryptResponse,
  EncryptionAlgorithmSpec,
  EncryptRequest,
  EncryptResponse,
  ReEncryptRequest,
  ReEncryptResponse,
} from '@aws-sdk/client-kms';
import type { RequestContext } from '../../context.ts';
import type { Checked, OperationTable } from '../../wire/operation.ts';
import type { EncryptionContext } from '../authorize.ts';
import { type Call, directCall } from '../call.ts';
import {
  dryRunSucceeded,
  incompatibleAlgorithm,
  incorrectKey,
  invalid,
  invalidCiphertext,
  unknownCiphertextKey,
} from '../errors.ts';
import type { KeyRecord } from '../keys/record.ts';
import { specFacts } from '../keys/specs.ts';
import type { Kms } from '../kms.ts';
import { ANY_KEY, findKey, type Reference, resolveKey } from '../resolve.ts';
import { type BlobHeader, readHeader } from './ciphertext.ts';
import { refuseRecipient } from './data-keys.ts';
import { openWith, sealWith } from './symmetric.ts';
import { accessReference, recorded } from './use.ts';

interface Sealed {
  readonly ciphertextBlob: Buffer;
  readonly materialId?: string;
}

interface Opened {
  readonly key: KeyRecord;
  readonly plaintext: Buffer;
  readonly materialId?: string;
}

/** A request to open a blob, from a client or a service. */
export interface DecryptionRequest {
  /** Absent on a dry run that ignores the ciphertext. */
  readonly blob: Uint8Array | undefined;
  readonly keyId: string | undefined;
  readonly algorithm: EncryptionAlgorithmSpec;
  readonly encryptionContext: EncryptionContext | undefined;
  readonly dryRun?: boolean | undefined;
}

/** Opens a blob and records it. Throws as Decrypt does. */
export function decrypt(kms: Kms, call: Call, request: DecryptionRequest): Opened {
  const { keyId, encryptionContext, algorithm } = request;
  const record = {
    operation: 'Decrypt',
    sentKeyId: keyId,
    encryptionContext,
    requestParameters: { encryptionAlgorithm: algorithm },
  } as const;
  return recorded(kms, call, record, () => {
    const source = authorizeSource(kms, call, request, 'Decrypt', 'Decrypt');
    if (request.dryRun === true) {
      if (request.blob !== undefined) openBlob(kms, source, request);
      throw dryRunSucceeded();
    }
    return openBlob(kms, source, request);
  });
}

interface Source {
  readonly reference: Reference;
  readonly header: BlobHeader | undefined;
}

/** Finds the key that a blob is to be opened with and asks for it, in the order of KMS: key, permission, state, usage. */
function authorizeSource(
  kms: Kms,
  call: Call,
  request: DecryptionRequest,
  action: 'Decrypt' | 'ReEncryptFrom',
  operation: string,
): Source {
  const symmetric = request.algorithm === 'SYMMETRIC_DEFAULT';
  const blob = request.blob && asBuffer(request.blob);
  const header = blob && symmetric ? readHeader(blob) : undefined;
  const reference =
    request.keyId === undefined
      ? blobsKey(kms, call, request, header)
      : resolveKey(kms, call, request.keyId, action, ANY_KEY);
  accessReference(kms, call, reference, {
    action,
    operation,
    usage: 'ENCRYPT_DECRYPT',
    encryptionContext: request.encryptionContext,
    conditions: { encryptionalgorithm: request.algorithm },
  });
  demandAlgorithm(reference.key, request.algorithm);
  return { reference, header };
}

/** The key named inside a blob. */
function blobsKey(kms: Kms, call: Call, request: DecryptionRequest, header: BlobHeader | undefined): Reference {
  if (request.blob === undefined || request.algorithm !== 'SYMMETRIC_DEFAULT') {
    throw invalid('A key ID is required for this request: the ciphertext does not name its KMS key.');
  }
  if (header === undefined) throw invalidCiphertext();
  const key = findKey(kms, call.region, header.keyId);
  if (key === undefined) throw unknownCiphertextKey();
  return { key };
}

function openBlob(kms: Kms, { reference: { key }, header }: Source, request: DecryptionRequest): Opened {
  const blob = asBuffer(request.blob ?? new Uint8Array());
  if (request.algorithm === 'SYMMETRIC_DEFAULT') {
    if (header === undefined) throw invalidCiphertext();
    if (header.keyId !== key.keyId) throw incorrectKey();
    return { key, ...openWith(kms, key, header, request.encryptionContext, blob) };
  }
  try {
    return {
      key,
      plaintext: privateDecrypt({ key: kms.materials.current(key).secret, ...oaep(request.algorithm) }, blob),
    };
  } catch {
    throw invalidCiphertext();
  }
}

function sealUnder(
  kms: Kms,
  key: KeyRecord,
  algorithm: EncryptionAlgorithmSpec,
  context: EncryptionContext | undefined,
  plaintext: Uint8Array,
): Sealed {
  if (algorithm === 'SYMMETRIC_DEFAULT') return sealWith(kms, key, context, plaintext);
  const padding = algorithm === 'RSAES_OAEP_SHA_1' ? 42 : 66;
  const limit = (specFacts(key.spec)?.size ?? 0) / 8 - padding;
  if (plaintext.byteLength > limit) {
    throw invalid(`Algorithm ${algorithm} and key spec ${key.spec} cannot encrypt data larger than ${limit} bytes.`);
  }
  const publicKey = createPublicKey(kms.materials.current(key).secret);
  return { ciphertextBlob: publicEncrypt({ key: publicKey, ...oaep(algorithm) }, plaintext) };
}

function oaep(algorithm: EncryptionAlgorithmSpec) {
  return { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: algorithm === 'RSAES_OAEP_SHA_1' ? 'sha1' : 'sha256' };
}

/** A request to seal bytes, from a client or a service. */
export interface EncryptionRequest {
  readonly keyId: string;
  readonly algorithm: EncryptionAlgorithmSpec;
  readonly plaintext: Uint8Array;
  readonly encryptionContext: EncryptionContext | undefined;
  readonly dryRun?: boolean | undefined;
}

/** Seals bytes under a key and records it. Throws as Encrypt does. */
export function encrypt(kms: Kms, call: Call, request: EncryptionRequest): Sealed & { readonly key: KeyRecord } {
  const { keyId, algorithm, encryptionContext } = request;
  const record = {
    operation: 'Encrypt',
    sentKeyId: keyId,
    encryptionContext,
    requestParameters: { encryptionAlgorithm: algorithm },
  } as const;
  return recorded(kms, call, record, () => {
    const reference = resolveKey(kms, call, keyId, 'Encrypt', ANY_KEY);
    accessReference(kms, call, reference, {
      action: 'Encrypt',
      usage: 'ENCRYPT_DECRYPT',
      encryptionContext,
      conditions: { encryptionalgorithm: algorithm },
    });
    demandAlgorithm(reference.key, algorithm);
    const blob = sealUnder(kms, reference.key, algorithm, encryptionContext, request.plaintext);
    if (request.dryRun === true) throw dryRunSucceeded();
    return { key: reference.key, ...blob };
  });
}

function demandAlgorithm(key: KeyRecord, algorithm: EncryptionAlgorithmSpec): void {
  if (specFacts(key.spec)?.encryption?.includes(algorithm) !== true) throw incompatibleAlgorithm(algorithm, key.spec);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function encryptionOperations(kms: Kms): OperationTable<RequestContext> {
  return {
    Encrypt(input: Checked<EncryptRequest>, context: RequestContext): EncryptResponse {
      const algorithm = input.EncryptionAlgorithm ?? 'SYMMETRIC_DEFAULT';
      const sealed = encrypt(kms, directCall(context, input), {
        keyId: input.KeyId,
        algorithm,
        plaintext: input.Plaintext,
        encryptionContext: input.EncryptionContext,
        dryRun: input.DryRun,
      });
      return { CiphertextBlob: sealed.ciphertextBlob, KeyId: sealed.key.arn, EncryptionAlgorithm: algorithm };
    },

    Decrypt(input: Checked<DecryptRequest>, context: RequestContext): DecryptResponse {
      refuseRecipient(input.Recipient);
      const algorithm = input.EncryptionAlgorithm ?? 'SYMMETRIC_DEFAULT';
      const opened = decrypt(kms, directCall(context, input), {
        blob: ciphertextOf(input),
        keyId: input.KeyId,
        algorithm,
        encryptionContext: input.EncryptionContext,
        dryRun: input.DryRun,
      });
      return {
        KeyId: opened.key.arn,
        Plaintext: opened.plaintext,
        EncryptionAlgorithm: algorithm,
        ...(opened.materialId !== undefined && { KeyMaterialId: opened.materialId }),
      };
    },

    ReEncrypt(input: Checked<ReEncryptRequest>, context: RequestContext): ReEncryptResponse {
      const call = directCall(context, input);
      const sourceAlgorithm = input.SourceEncryptionAlgorithm ?? 'SYMMETRIC_DEFAULT';
      const algorithm = input.DestinationEncryptionAlgorithm ?? 'SYMMETRIC_DEFAULT';
      const request = {
        blob: ciphertextOf(input),
        keyId: input.SourceKeyId,
        algorithm: sourceAlgorithm,
        encryptionContext: input.SourceEncryptionContext,
      };
      const record = {
        operation: 'ReEncrypt',
        sentKeyId: undefined,
        encryptionContext: undefined,
        requestParameters: {
          sourceKeyId: input.SourceKeyId,
          destinationKeyId: input.DestinationKeyId,
          sourceEncryptionContext: input.SourceEncryptionContext,
          destinationEncryptionContext: input.DestinationEncryptionContext,
          sourceEncryptionAlgorithm: sourceAlgorithm,
          destinationEncryptionAlgorithm: algorithm,
        },
      } as const;
      const moved = recorded(kms, call, record, () => {
        const destination = resolveKey(kms, call, input.DestinationKeyId, 'ReEncryptTo', ANY_KEY);
        const source = authorizeSource(kms, call, request, 'ReEncryptFrom', 'ReEncrypt');
        accessReference(kms, call, destination, {
          action: 'ReEncryptTo',
          operation: 'ReEncrypt',
          usage: 'ENCRYPT_DECRYPT',
          encryptionContext: input.DestinationEncryptionContext,
          conditions: { encryptionalgorithm: algorithm, reencryptonsamekey: sameKey(source, destination) },
        });
        demandAlgorithm(destination.key, algorithm);
        if (input.DryRun === true && request.blob === undefined) throw dryRunSucceeded();
        const opened = openBlob(kms, source, request);
        const sealed = sealUnder(kms, destination.key, algorithm, input.DestinationEncryptionContext, opened.plaintext);
        opened.plaintext.fill(0);
        if (input.DryRun === true) throw dryRunSucceeded();
        return { key: destination.key, sealed, opened };
      });
      const { sealed, opened } = moved;
      return {
        CiphertextBlob: sealed.ciphertextBlob,
        SourceKeyId: opened.key.arn,
        KeyId: moved.key.arn,
        SourceEncryptionAlgorithm: sourceAlgorithm,
        DestinationEncryptionAlgorithm: algorithm,
        ...(opened.materialId !== undefined && { SourceKeyMaterialId: opened.materialId }),
        ...(sealed.materialId !== undefined && { DestinationKeyMaterialId: sealed.materialId }),
      };
    },
  };
}

const sameKey = (source: Source, destination: Reference) =>
  source.reference.key.arn === destination.key.arn ? 'true' : 'false';

/** The blob, which only a dry run that ignores it may leave out. */
function ciphertextOf(
  input: Pick<DecryptRequest, 'CiphertextBlob' | 'DryRun' | 'DryRunModifiers'>,
): Uint8Array | undefined {
  const ignored = input.DryRun === true && input.DryRunModifiers?.includes('IGNORE_CIPHERTEXT') === true;
  if (ignored) return undefined;
  if (input.CiphertextBlob === undefined)
    throw invalid('CiphertextBlob is required unless DryRunModifiers is IGNORE_CIPHERTEXT.');
  return input.CiphertextBlob;
}
