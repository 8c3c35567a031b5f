/** Every error KMS answers, and the sentences that are known of it. Nothing else leaves this folder. */

import { hiddenResourceMessage } from '../../access/index.ts';
import { AwsError } from '../wire/error.ts';

/** On the wire practically every client error of KMS is a 400, whatever the model says (KMS-03). */
const STATUS = {
  AccessDeniedException: 400,
  AlreadyExistsException: 400,
  CloudHsmClusterInUseException: 400,
  ConflictException: 400,
  CustomKeyStoreHasCMKsException: 400,
  CustomKeyStoreInvalidStateException: 400,
  CustomKeyStoreNameInUseException: 400,
  CustomKeyStoreNotFoundException: 400,
  DisabledException: 400,
  DryRunOperationException: 400,
  ExpiredImportTokenException: 400,
  IncorrectKeyException: 400,
  IncorrectKeyMaterialException: 400,
  InvalidAliasNameException: 400,
  InvalidArnException: 400,
  InvalidCiphertextException: 400,
  InvalidGrantIdException: 400,
  InvalidGrantTokenException: 400,
  InvalidImportTokenException: 400,
  InvalidKeyUsageException: 400,
  InvalidMarkerException: 400,
  KMSInternalException: 500,
  KMSInvalidMacException: 400,
  KMSInvalidSignatureException: 400,
  KMSInvalidStateException: 400,
  LimitExceededException: 400,
  MalformedPolicyDocumentException: 400,
  NotFoundException: 400,
  TagException: 400,
  ThrottlingException: 400,
  UnsupportedOperationException: 400,
  ValidationException: 400,
  XksKeyAlreadyInUseException: 400,
  XksProxyUriEndpointInUseException: 400,
  XksProxyUriInUseException: 400,
  XksProxyVpcEndpointServiceInUseException: 400,
} as const;

export type KmsErrorCode = keyof typeof STATUS;

export function kmsError(code: KmsErrorCode, message: string): AwsError {
  return new AwsError(code, STATUS[code], message);
}

/** KMS-02 */
export const keyNotFound = (keyArn: string) => kmsError('NotFoundException', `Key '${keyArn}' does not exist`);
/** KMS-02 */
export const invalidKeyId = (keyId: string) => kmsError('NotFoundException', `Invalid keyId '${keyId}'`);
/** KMS-02: the ARN of another Region; the message quotes that Region. */
export const foreignRegion = (region: string) => kmsError('NotFoundException', `Invalid arn ${region}`);
export const aliasNotFound = (aliasArn: string) => kmsError('NotFoundException', `Alias ${aliasArn} is not found.`);
/** KMS-04 */
export const keyDisabled = (keyArn: string) => kmsError('DisabledException', `${keyArn} is disabled.`);
/** KMS-04, KMS-05: `state` as it stands in the sentence, `pending deletion`. */
export const invalidState = (keyArn: string, state: string) =>
  kmsError('KMSInvalidStateException', `${keyArn} is ${state}.`);
/** KMS-10, ERR-11 */
export const invalidUsage = (keyArn: string, usage: string, operation: string) =>
  kmsError('InvalidKeyUsageException', `${keyArn} key usage is ${usage} which is not valid for ${operation}.`);
/** KMS-10 */
export const incompatibleAlgorithm = (algorithm: string, spec: string) =>
  kmsError('InvalidKeyUsageException', `Algorithm ${algorithm} is incompatible with key spec ${spec}.`);
/** KMS-07 */
export const invalidOrigin = (keyArn: string, origin: string) =>
  kmsError('UnsupportedOperationException', `${keyArn} origin is ${origin} which is not valid for this operation.`);
/** KMS-10: wrong context, damaged, truncated or foreign blob; AWS gives no message. */
export const invalidCiphertext = () => kmsError('InvalidCiphertextException', '');
/** KMS-10 */
export const incorrectKey = () =>
  kmsError(
    'IncorrectKeyException',
    'The key ID in the request does not identify a CMK that can perform this operation.',
  );
/** ERR-07 */
export const unknownCiphertextKey = () =>
  kmsError(
    'AccessDeniedException',
    'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
  );
/** ERR-06: the key of another account that is not there or does not let the caller in. */
export const hiddenKey = (principalArn: string, action: string) =>
  kmsError('AccessDeniedException', hiddenResourceMessage(principalArn, action));
export const keyStoreNotFound = (idOrName: string) =>
  kmsError('CustomKeyStoreNotFoundException', `The custom key store ${idOrName} does not exist.`);
/** KMS-14 */
export const dryRunSucceeded = () =>
  kmsError('DryRunOperationException', 'The request would have succeeded, but the DryRun option is set.');
/** ERR-08 */
export const throttled = () =>
  kmsError(
    'ThrottlingException',
    'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
  );
export const invalid = (message: string) => kmsError('ValidationException', message);
