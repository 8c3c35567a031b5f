/** How S3 says what KMS refused (ERR-00 … ERR-08). */

import { AwsError } from '../../wire/error.ts';
import { errors } from '../errors.ts';

/** The four codes that S3 passes on, prefixed, with KMS's own sentence (ERR-00). */
const PASSED_ON = new Set([
  'DisabledException',
  'InvalidKeyUsageException',
  'KMSInvalidStateException',
  'NotFoundException',
]);

/** ERR-08. */
const THROTTLED = 'Please reduce your request rate for operations involving AWS KMS.';
/** ERR-07. */
const UNREADABLE =
  'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.';

/** Runs a call to KMS and turns its errors into S3's. */
export function throughKms<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw error instanceof AwsError ? translate(error) : error;
  }
}

function translate(error: AwsError): AwsError {
  if (PASSED_ON.has(error.code)) return errors.kms(error.code, error.message);
  switch (error.code) {
    case 'AccessDeniedException':
      return errors.accessDenied(error.message);
    case 'InvalidCiphertextException':
    case 'IncorrectKeyException':
      return errors.accessDenied(UNREADABLE);
    case 'ThrottlingException':
    case 'LimitExceededException':
      return errors.slowDown(THROTTLED);
    // An identifier that no key can have is, for S3, a key that does not exist (ERR-03).
    case 'ValidationException':
    case 'InvalidArnException':
      return errors.kms('NotFoundException', error.message);
    default:
      return error.status >= 500 ? errors.slowDown(THROTTLED) : errors.accessDenied(error.message);
  }
}
