/** Import tokens carry the wrapping key themselves, sealed by the vault, so that nothing is stored until the import. */

import { constants, createDecipheriv, createPrivateKey, privateDecrypt } from 'node:crypto';
import type { AlgorithmSpec, KeySpec } from '@aws-sdk/client-kms';
import type { Vault } from '../../vault/vault.ts';
import { invalidCiphertext, kmsError } from '../errors.ts';
import { parsed } from '../rows.ts';
import { specFacts } from './specs.ts';

const PURPOSE = 'kms import token';

export interface ImportToken {
  readonly keyArn: string;
  readonly algorithm: AlgorithmSpec;
  /** World time, milliseconds. */
  readonly validTo: number;
  /** RSA, PKCS #8 in DER. */
  readonly privateKey: Uint8Array;
}

export function sealToken(vault: Vault, token: ImportToken): Uint8Array {
  const privateKey = Buffer.from(token.privateKey).toString('base64');
  return vault.wrap(Buffer.from(JSON.stringify({ ...token, privateKey })), PURPOSE);
}

/** Throws InvalidImportTokenException, ExpiredImportTokenException. */
export function openToken(vault: Vault, sealed: Uint8Array, keyArn: string, now: number): ImportToken {
  let token: ImportToken;
  try {
    const raw = parsed<Omit<ImportToken, 'privateKey'> & { privateKey: string }>(
      Buffer.from(vault.unwrap(sealed, PURPOSE)).toString(),
    );
    token = { ...raw, privateKey: Buffer.from(raw.privateKey, 'base64') };
  } catch {
    throw kmsError('InvalidImportTokenException', 'The import token is not valid.');
  }
  if (token.keyArn !== keyArn)
    throw kmsError('InvalidImportTokenException', 'The import token is for another KMS key.');
  if (token.validTo <= now) throw kmsError('ExpiredImportTokenException', 'The import token has expired.');
  return token;
}

/** The key material, checked against the key's spec. Throws InvalidCiphertextException, IncorrectKeyMaterialException. */
export function unwrapMaterial(token: ImportToken, encrypted: Uint8Array, spec: KeySpec): Uint8Array {
  const material = decryptMaterial(token, Buffer.from(encrypted));
  const facts = specFacts(spec);
  const raw = facts?.family === 'symmetric' || facts?.family === 'hmac';
  const fits = raw ? material.byteLength === facts.size : isPrivateKey(material, spec);
  if (!fits) throw kmsError('IncorrectKeyMaterialException', `The key material is not valid for key spec ${spec}.`);
  return material;
}

function decryptMaterial(token: ImportToken, encrypted: Buffer): Buffer {
  const key = createPrivateKey({ key: Buffer.from(token.privateKey), format: 'der', type: 'pkcs8' });
  const oaepHash = token.algorithm.endsWith('SHA_1') ? 'sha1' : 'sha256';
  const open = (bytes: Buffer) => privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, bytes);
  try {
    if (!token.algorithm.startsWith('RSA_AES')) return open(encrypted);
    const size = (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
    const wrappingKey = open(encrypted.subarray(0, size));
    // AES key wrap with padding (RFC 5649); its fixed initial value is the IV.
    const unwrap = createDecipheriv('id-aes256-wrap-pad', wrappingKey, Buffer.from('a65959a6', 'hex'));
    return Buffer.concat([unwrap.update(encrypted.subarray(size)), unwrap.final()]);
  } catch {
    throw invalidCiphertext();
  }
}

function isPrivateKey(material: Buffer, spec: KeySpec): boolean {
  const facts = specFacts(spec);
  try {
    const key = createPrivateKey({ key: material, format: 'der', type: 'pkcs8' });
    const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
    if (facts?.family === 'rsa') return modulusLength === facts.size;
    if (facts?.family === 'ecc') return namedCurve === facts.curve;
    return key.asymmetricKeyType === (facts?.family === 'ed25519' ? 'ed25519' : facts?.curve);
  } catch {
    return false;
  }
}
