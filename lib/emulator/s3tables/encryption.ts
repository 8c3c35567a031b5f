/** Encryption settings of table buckets and tables: what a request may ask for (TB-04, TB-15, TB-16, TB-20, TB-21). */

import type { EncryptionConfiguration } from '@aws-sdk/client-s3tables';
import type { RequestContext } from '../context.ts';
import type { KeyFacts, KmsPort } from '../ports.ts';
import { badRequest, fromOtherService } from './errors.ts';
import type { Encryption } from './model.ts';

/** The pattern of `kmsKeyArn` (TB-15): a key ARN; no key id, no alias. */
const KEY_ARN = /^arn:aws[-a-z0-9]*:kms:([-a-z0-9]*):[0-9]{12}:key\/.+$/;

/** What an input's encryption configuration asks for. Throws BadRequestException when it contradicts itself (TB-16). */
export function readEncryptionConfiguration(configuration: EncryptionConfiguration): Encryption {
  const { sseAlgorithm, kmsKeyArn } = configuration;
  if (sseAlgorithm === 'AES256') {
    if (kmsKeyArn !== undefined) {
      throw badRequest('The encryption configuration is not valid: kmsKeyArn can only be given with aws:kms.');
    }
    return { algorithm: 'AES256' };
  }
  if (sseAlgorithm !== 'aws:kms') {
    throw badRequest('The encryption configuration is not valid: sseAlgorithm must be AES256 or aws:kms.');
  }
  if (kmsKeyArn === undefined) {
    throw badRequest('The encryption configuration is not valid: aws:kms requires kmsKeyArn.');
  }
  if (!KEY_ARN.test(kmsKeyArn)) {
    throw badRequest('The encryption configuration is not valid: kmsKeyArn must be the ARN of a KMS key.');
  }
  return { algorithm: 'aws:kms', keyArn: kmsKeyArn };
}

/** The shape in which operations answer an encryption setting (TB-01). */
export function writeEncryptionConfiguration(encryption: Encryption): EncryptionConfiguration {
  return encryption.algorithm === 'AES256'
    ? { sseAlgorithm: 'AES256' }
    : { sseAlgorithm: 'aws:kms', kmsKeyArn: encryption.keyArn };
}

/**
 * Refuses what can never encrypt a table of this Region: a key of another Region (TB-21) or a key that AWS manages
 * (TB-04). It does not ask whether the key can be used: a bucket's default may name a key that nobody may use (TB-19).
 */
export function refuseImpossibleKey(kms: KmsPort, encryption: Encryption, accountId: string, region: string): void {
  if (encryption.algorithm !== 'aws:kms') return;
  const keyRegion = KEY_ARN.exec(encryption.keyArn)?.[1];
  if (keyRegion !== region) {
    throw badRequest(
      `The KMS key ${encryption.keyArn} is not in the Region of the table bucket. Use a key in ${region}.`,
    );
  }
  if (kms.facts(encryption.keyArn, accountId, region)?.manager === 'AWS') {
    throw badRequest(
      `The KMS key ${encryption.keyArn} is an AWS managed key. S3 Tables supports only customer managed keys.`,
    );
  }
}

/**
 * What CreateTable learns of the key before it uses it (TB-20). With the world's `describeKeyAtCreateTable` it asks
 * KMS in the caller's name; without, nobody is asked and nothing is recorded. An unknown or disabled key is left to
 * the maintenance check, which says its own sentence (TB-17).
 */
export function inspectKeyForTable(
  kms: KmsPort,
  encryption: Encryption,
  context: RequestContext,
  owner: { readonly accountId: string; readonly region: string },
  ask: boolean,
): void {
  if (encryption.algorithm !== 'aws:kms') return;
  refuseImpossibleKey(kms, encryption, owner.accountId, owner.region);
  const facts = ask
    ? describeAsCaller(kms, encryption.keyArn, context, owner)
    : kms.facts(encryption.keyArn, owner.accountId, owner.region);
  if (facts && (facts.usage !== 'ENCRYPT_DECRYPT' || facts.spec !== 'SYMMETRIC_DEFAULT')) {
    throw badRequest(
      `The KMS key ${facts.keyArn} cannot encrypt tables: its usage is ${facts.usage} and its spec is ${facts.spec}. ` +
        'S3 Tables supports only symmetric encryption keys.',
    );
  }
}

function describeAsCaller(
  kms: KmsPort,
  keyId: string,
  context: RequestContext,
  owner: { readonly accountId: string; readonly region: string },
): KeyFacts {
  try {
    return kms.describeKey({
      context,
      caller: context.caller,
      keyId,
      accountId: owner.accountId,
      region: owner.region,
      encryptionContext: {},
      viaService: `s3tables.${owner.region}.amazonaws.com`,
    });
  } catch (error) {
    throw fromOtherService(context.operation, error);
  }
}
