/**
 * ECDSA over a digest that somebody else made (FIPS 186-5, section 6.4), which Node's own `sign` does not offer: it
 * always hashes. Curve arithmetic where it must be fast and blind is OpenSSL's; the few steps modulo the order are here.
 */

import { createECDH, type KeyObject } from 'node:crypto';
import { readSignature, writeSignature } from './ecdsa-der.ts';

interface Curve {
  /** OpenSSL's name. */
  readonly name: string;
  readonly bytes: number;
  /** Prime of the field, coefficient a, order of the base point. */
  readonly p: bigint;
  readonly a: bigint;
  readonly n: bigint;
}

const CURVES: Readonly<Record<string, Curve>> = {
  prime256v1: {
    name: 'prime256v1',
    bytes: 32,
    p: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
    a: -3n,
    n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  },
  secp384r1: {
    name: 'secp384r1',
    bytes: 48,
    p: 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffffn,
    a: -3n,
    n: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  },
  secp521r1: {
    name: 'secp521r1',
    bytes: 66,
    p: 2n ** 521n - 1n,
    a: -3n,
    n: 0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
  },
  secp256k1: {
    name: 'secp256k1',
    bytes: 32,
    p: 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2fn,
    a: 0n,
    n: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
  },
};

/** A DER signature of the digest. */
export function signDigest(privateKey: KeyObject, digest: Uint8Array): Buffer {
  const curve = curveOf(privateKey);
  const d = fromBase64Url(privateKey.export({ format: 'jwk' }).d);
  for (;;) {
    // A fresh key pair is the nonce and its point.
    const nonce = createECDH(curve.name);
    const point = nonce.generateKeys();
    const r = toBigInt(point.subarray(1, 1 + curve.bytes)) % curve.n;
    const k = toBigInt(nonce.getPrivateKey());
    const s = mod(inverse(k, curve.n) * (truncated(digest, curve) + r * d), curve.n);
    if (r !== 0n && s !== 0n) return writeSignature(r, s);
  }
}

export function verifyDigest(publicKey: KeyObject, digest: Uint8Array, signature: Uint8Array): boolean {
  const curve = curveOf(publicKey);
  const pair = readSignature(Buffer.from(signature));
  if (pair === undefined) return false;
  const { r, s } = pair;
  if (r <= 0n || s <= 0n || r >= curve.n || s >= curve.n) return false;
  const w = inverse(s, curve.n);
  const jwk = publicKey.export({ format: 'jwk' });
  const q = { x: fromBase64Url(jwk.x), y: fromBase64Url(jwk.y) };
  const g = basePoint(curve);
  const sum = add(
    multiply(g, mod(truncated(digest, curve) * w, curve.n), curve),
    multiply(q, mod(r * w, curve.n), curve),
    curve,
  );
  return sum !== undefined && sum.x % curve.n === r;
}

interface Point {
  readonly x: bigint;
  readonly y: bigint;
}

function curveOf(key: KeyObject): Curve {
  const curve = CURVES[key.asymmetricKeyDetails?.namedCurve ?? ''];
  if (curve === undefined) throw new Error('not an elliptic curve key');
  return curve;
}

function basePoint(curve: Curve): Point {
  const one = createECDH(curve.name);
  one.setPrivateKey(Buffer.from('01'.padStart(curve.bytes * 2, '0'), 'hex'));
  const point = one.getPublicKey();
  return { x: toBigInt(point.subarray(1, 1 + curve.bytes)), y: toBigInt(point.subarray(1 + curve.bytes)) };
}

/** Affine addition; undefined is the point at infinity. Only public values come here. */
function add(a: Point | undefined, b: Point | undefined, curve: Curve): Point | undefined {
  if (a === undefined) return b;
  if (b === undefined) return a;
  const { p } = curve;
  if (a.x === b.x && mod(a.y + b.y, p) === 0n) return undefined;
  const slope =
    a.x === b.x
      ? mod((3n * a.x * a.x + curve.a) * inverse(mod(2n * a.y, p), p), p)
      : mod((b.y - a.y) * inverse(mod(b.x - a.x, p), p), p);
  const x = mod(slope * slope - a.x - b.x, p);
  return { x, y: mod(slope * (a.x - x) - a.y, p) };
}

function multiply(point: Point, factor: bigint, curve: Curve): Point | undefined {
  let result: Point | undefined;
  let doubled: Point | undefined = point;
  for (let rest = factor; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = add(result, doubled, curve);
    doubled = add(doubled, doubled, curve);
  }
  return result;
}

/** The leftmost bits of the digest, as many as the order has. */
function truncated(digest: Uint8Array, curve: Curve): bigint {
  const bits = curve.n.toString(2).length;
  const surplus = digest.byteLength * 8 - bits;
  const value = toBigInt(digest);
  return surplus > 0 ? value >> BigInt(surplus) : value;
}

function mod(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b] = [mod(value, modulus), modulus];
  let [x, y] = [1n, 0n];
  while (a > 1n) {
    const quotient = b / a;
    [a, b] = [b - quotient * a, a];
    [x, y] = [y - quotient * x, x];
  }
  return mod(x, modulus);
}

function toBigInt(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex') || '0'}`);
}

function fromBase64Url(text: string | undefined): bigint {
  return toBigInt(Buffer.from(text ?? '', 'base64url'));
}
