/** GenerateDataKey and its relatives. */

import type {
  DataKeyPairSpec,
  DataKeySpec,
  GenerateDataKeyPairRequest,
  GenerateDataKeyPairResponse,
  GenerateDataKeyPairWithoutPlaintextRequest,
  GenerateDataKeyPairWithoutPlaintextResponse,
  GenerateDataKeyRequest,
  GenerateDataKeyResponse,
  GenerateDataKeyWithoutPlaintextRequest,
  GenerateDataKeyWithoutPlaintextResponse,
  GenerateRandomRequest,
  GenerateRandomResponse,
} from '@aws-sdk/client-kms';
import type { RequestContext } from '../../context.ts';
import type { Checked, OperationTable } from '../../wire/operation.ts';
import { authorizeAccount, type EncryptionContext } from '../authorize.ts';
import { type Call, directCall } from '../call.ts';
import { invalid, invalidOrigin, kmsError } from '../errors.ts';
import { checkRandomSource } from '../key-stores/keys.ts';
import type { KeyRecord } from '../keys/record.ts';
import { specFacts } from '../keys/specs.ts';
import type { Kms } from '../kms.ts';
import { generatePair } from './materials.ts';
import { random } from './random.ts';
import { sealWith } from './symmetric.ts';
import { accessKey, noteDirectUse, recorded } from './use.ts';

/** A request for a data key, from a client or a service. */
export interface DataKeyRequest {
  readonly keyId: string;
  readonly encryptionContext: EncryptionContext | undefined;
  /** Bytes of the data key, 1–1024. */
  readonly size: number;
  readonly keySpec?: DataKeySpec | undefined;
  readonly dryRun?: boolean | undefined;
}

export interface DataKey {
  readonly key: KeyRecord;
  readonly plaintext: Buffer;
  readonly ciphertextBlob: Buffer;
  readonly materialId: string;
}

/** Makes a data key and records its making. Throws as GenerateDataKey does. */
export function generateDataKey(
  kms: Kms,
  call: Call,
  request: DataKeyRequest,
  operation: 'GenerateDataKey' | 'GenerateDataKeyWithoutPlaintext' = 'GenerateDataKey',
): DataKey {
  const { keyId, encryptionContext, keySpec, size, dryRun } = request;
  const requestParameters = keySpec === undefined ? { numberOfBytes: size } : { keySpec };
  return recorded(kms, call, { operation, sentKeyId: keyId, encryptionContext, requestParameters }, () => {
    const key = accessKey(kms, call, keyId, {
      action: operation,
      usage: 'ENCRYPT_DECRYPT',
      symmetricOnly: true,
      encryptionContext,
      conditions: SYMMETRIC,
      dryRun,
    });
    const plaintext = random.take(size);
    return { key, plaintext, ...sealWith(kms, key, encryptionContext, plaintext) };
  });
}

const SYMMETRIC = { encryptionalgorithm: 'SYMMETRIC_DEFAULT' } as const;

export function dataKeyOperations(kms: Kms): OperationTable<RequestContext> {
  function dataKey(
    input: Checked<GenerateDataKeyRequest>,
    context: RequestContext,
    operation: 'GenerateDataKey' | 'GenerateDataKeyWithoutPlaintext',
  ) {
    if ((input.KeySpec === undefined) === (input.NumberOfBytes === undefined)) {
      throw invalid('Please specify either number of bytes or key spec.');
    }
    refuseRecipient(input.Recipient);
    const size = input.NumberOfBytes ?? (input.KeySpec === 'AES_128' ? 16 : 32);
    const request = {
      keyId: input.KeyId,
      encryptionContext: input.EncryptionContext,
      size,
      keySpec: input.KeySpec,
      dryRun: input.DryRun,
    };
    return generateDataKey(kms, directCall(context, input), request, operation);
  }

  async function dataKeyPair(
    input: Checked<GenerateDataKeyPairRequest>,
    context: RequestContext,
    operation: 'GenerateDataKeyPair' | 'GenerateDataKeyPairWithoutPlaintext',
  ) {
    refuseRecipient(input.Recipient);
    const call = directCall(context, input);
    if (specFacts(input.KeyPairSpec) === undefined) {
      throw kmsError(
        'UnsupportedOperationException',
        `KeyPairSpec ${input.KeyPairSpec} is not supported in this Region.`,
      );
    }
    const key = accessKey(kms, call, input.KeyId, {
      action: operation,
      usage: 'ENCRYPT_DECRYPT',
      symmetricOnly: true,
      encryptionContext: input.EncryptionContext,
      conditions: { ...SYMMETRIC, datakeypairspec: input.KeyPairSpec },
      dryRun: input.DryRun,
    });
    // SDK GenerateDataKeyPair: not with keys in custom key stores.
    if (key.customKeyStore !== null) throw invalidOrigin(key.arn, key.origin);
    const pair = await generatePair(input.KeyPairSpec);
    noteDirectUse(kms, context, key, operation);
    const sealed = sealWith(kms, key, input.EncryptionContext, pair.privateKey);
    return { key, pair, ...sealed };
  }

  return {
    GenerateDataKey(input: Checked<GenerateDataKeyRequest>, context: RequestContext): GenerateDataKeyResponse {
      const made = dataKey(input, context, 'GenerateDataKey');
      return {
        CiphertextBlob: made.ciphertextBlob,
        Plaintext: made.plaintext,
        KeyId: made.key.arn,
        KeyMaterialId: made.materialId,
      };
    },

    GenerateDataKeyWithoutPlaintext(
      input: Checked<GenerateDataKeyWithoutPlaintextRequest>,
      context: RequestContext,
    ): GenerateDataKeyWithoutPlaintextResponse {
      // AWS takes AES_256 when neither length nor spec is given here (KMS API reference).
      const withSpec = input.KeySpec === undefined && input.NumberOfBytes === undefined;
      const asked = withSpec ? { ...input, KeySpec: 'AES_256' as const } : input;
      const made = dataKey(asked, context, 'GenerateDataKeyWithoutPlaintext');
      made.plaintext.fill(0);
      return { CiphertextBlob: made.ciphertextBlob, KeyId: made.key.arn, KeyMaterialId: made.materialId };
    },

    async GenerateDataKeyPair(
      input: Checked<GenerateDataKeyPairRequest>,
      context: RequestContext,
    ): Promise<GenerateDataKeyPairResponse> {
      const made = await dataKeyPair(input, context, 'GenerateDataKeyPair');
      return { ...describePair(made, input.KeyPairSpec), PrivateKeyPlaintext: made.pair.privateKey };
    },

    async GenerateDataKeyPairWithoutPlaintext(
      input: Checked<GenerateDataKeyPairWithoutPlaintextRequest>,
      context: RequestContext,
    ): Promise<GenerateDataKeyPairWithoutPlaintextResponse> {
      const made = await dataKeyPair(input, context, 'GenerateDataKeyPairWithoutPlaintext');
      return describePair(made, input.KeyPairSpec);
    },

    GenerateRandom(input: Checked<GenerateRandomRequest>, context: RequestContext): GenerateRandomResponse {
      authorizeAccount(kms, directCall(context), 'GenerateRandom');
      refuseRecipient(input.Recipient);
      if (input.CustomKeyStoreId !== undefined) {
        checkRandomSource(kms, context, input.CustomKeyStoreId);
      }
      if (input.NumberOfBytes === undefined) throw invalid('NumberOfBytes is required.');
      return { Plaintext: random.take(input.NumberOfBytes) };
    },
  };
}

function describePair(
  made: { key: KeyRecord; pair: { publicKey: Buffer }; ciphertextBlob: Buffer; materialId: string },
  spec: DataKeyPairSpec,
) {
  return {
    PrivateKeyCiphertextBlob: made.ciphertextBlob,
    PublicKey: made.pair.publicKey,
    KeyId: made.key.arn,
    KeyPairSpec: spec,
    KeyMaterialId: made.materialId,
  };
}

/** There is no enclave to attest itself to this service. */
export function refuseRecipient(recipient: unknown): void {
  if (recipient !== undefined) {
    throw kmsError(
      'UnsupportedOperationException',
      'Recipient: attestation documents are not supported by this emulator.',
    );
  }
}
