import type { KeyFacts, KeyUse, KmsPort } from '../ports.ts';
import { AwsError } from '../wire/error.ts';
import { type Call, serviceCall } from './call.ts';
import { generateDataKey } from './crypto/data-keys.ts';
import { decrypt, encrypt } from './crypto/encryption.ts';
import { accessKey, recorded } from './crypto/use.ts';
import { describeKey } from './keys/describe.ts';
import { managedKey } from './keys/managed.ts';
import type { KeyRecord } from './keys/record.ts';
import type { Kms } from './kms.ts';
import { ANY_KEY, resolveKey } from './resolve.ts';

/** KMS as other services call it: the same operations, in the name that the use gives (KMS-25). */
export function createPort(kms: Kms): KmsPort {
  const admitted = (use: KeyUse, operation: string): Call => {
    kms.quota.admit(use.context, operation);
    return serviceCall(use);
  };
  return {
    generateDataKey(use) {
      const made = generateDataKey(kms, admitted(use, 'GenerateDataKey'), {
        keyId: use.keyId,
        encryptionContext: use.encryptionContext,
        size: 32,
        keySpec: 'AES_256',
      });
      return { keyArn: made.key.arn, plaintext: made.plaintext, ciphertextBlob: made.ciphertextBlob };
    },

    encrypt(use, plaintext) {
      const sealed = encrypt(kms, admitted(use, 'Encrypt'), {
        keyId: use.keyId,
        algorithm: 'SYMMETRIC_DEFAULT',
        plaintext,
        encryptionContext: use.encryptionContext,
      });
      return { keyArn: sealed.key.arn, ciphertextBlob: sealed.ciphertextBlob };
    },

    decrypt(use, blob) {
      const opened = decrypt(kms, admitted(use, 'Decrypt'), {
        blob,
        keyId: use.keyId,
        algorithm: 'SYMMETRIC_DEFAULT',
        encryptionContext: use.encryptionContext,
      });
      return { keyArn: opened.key.arn, plaintext: opened.plaintext };
    },

    check(use, operation) {
      const call = serviceCall(use);
      if (operation === 'DescribeKey') return { keyArn: describeKey(kms, call, use.keyId).arn };
      const key = accessKey(kms, call, use.keyId, {
        action: operation,
        usage: 'ENCRYPT_DECRYPT',
        symmetricOnly: operation === 'GenerateDataKey',
        encryptionContext: use.encryptionContext,
        conditions: { encryptionalgorithm: 'SYMMETRIC_DEFAULT' },
      });
      return { keyArn: key.arn };
    },

    describeKey(use) {
      const call = admitted(use, 'DescribeKey');
      const record = {
        operation: 'DescribeKey',
        sentKeyId: use.keyId,
        encryptionContext: undefined,
        requestParameters: {},
      } as const;
      return factsOf(recorded(kms, call, record, () => ({ key: describeKey(kms, call, use.keyId) })).key);
    },

    facts(keyId, accountId, region) {
      try {
        return factsOf(resolveKey(kms, { accountId, region, caller: NOBODY }, keyId, 'DescribeKey', ANY_KEY).key);
      } catch (error) {
        if (error instanceof AwsError) return undefined;
        throw error;
      }
    },

    managedKey(alias, accountId, region) {
      return factsOf(managedKey(kms, alias, accountId, region));
    },
  };
}

const NOBODY = {
  principal: { kind: 'Anonymous', arn: '', accountId: '', userId: '' },
  accessKeyId: '',
  requester: '',
} as const;

function factsOf(key: KeyRecord): KeyFacts {
  return {
    keyArn: key.arn,
    keyId: key.keyId,
    accountId: key.accountId,
    region: key.region,
    manager: key.manager,
    state: key.state,
    spec: key.spec,
    usage: key.usage,
    origin: key.origin,
  };
}
