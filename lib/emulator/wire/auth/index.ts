/**
 * Authentication on the wire: Signature Version 4 in all its forms, aws-chunked bodies and checksums. One request goes
 *
 *     auth = readCredentials(request, service)        → AwsError where it is malformed
 *     credential = identity.credential(auth.accessKeyId)
 *     checkCredential(auth, credential, worldNow)     → unknown key, wrong or expired token
 *     verify(request, auth, secret, { machineNow, bodyHash })
 *     body = openBody(request, auth, secret, bytes or stream)
 *
 * Services other than S3 need `bodyHash: sha256Hex(body)`; S3 declares the hash of its body in a header, which `verify`
 * trusts and `openBody` proves.
 */

export { openBody } from './body.ts';
export { readCredentials } from './credentials.ts';
export { missingAuthentication } from './errors.ts';
export { isSignatureOf, signS3Request } from './sign-request.ts';
export { sha256Hex } from './signature.ts';
export type { AuthInfo, CredentialScope } from './types.ts';
export { checkCredential, verify } from './verify.ts';
