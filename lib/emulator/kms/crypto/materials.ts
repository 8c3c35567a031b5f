import { createHash, createPrivateKey, createSecretKey, generateKeyPair, type KeyObject } from 'node:crypto';
import type { ExpirationModelType, KeyMaterialState, KeySpec, RotationType } from '@aws-sdk/client-kms';
import { BoundedMap } from '../../bounded-map.ts';
import type { StateStore } from '../../storage/store.ts';
import type { Vault } from '../../vault/vault.ts';
import type { KeyRecord } from '../keys/record.ts';
import { type SpecFacts, specFacts } from '../keys/specs.ts';
import { all, one } from '../rows.ts';
import { random } from './random.ts';

/** One key material of a KMS key, without the secret. Times in milliseconds of world time. */
export interface MaterialRow {
  /** 64 hexadecimal digits. */
  readonly materialId: string;
  readonly seq: number;
  readonly state: KeyMaterialState;
  /** 0 once imported material has expired or was deleted. */
  readonly present: number;
  readonly rotatedAt: number | null;
  readonly rotationType: RotationType | null;
  readonly expirationModel: ExpirationModelType | null;
  readonly validTo: number | null;
  readonly description: string | null;
}

export interface OpenMaterial {
  /** 64 hexadecimal digits. */
  readonly materialId: string;
  /** Its first 16 bytes, as in a blob. */
  readonly blobId: Buffer;
  /** Symmetric and HMAC keys: a secret key; all others: the private key. */
  readonly secret: KeyObject;
}

const SELECT = `SELECT material_id AS materialId, seq, state, wrapped IS NOT NULL AS present, rotated_at AS rotatedAt,
  rotation_type AS rotationType, expiration_model AS expirationModel, valid_to AS validTo, description FROM kms_materials`;

/** Key material: wrapped by the vault at rest, unwrapped in a bounded cache. Call changes inside a write. */
export class MaterialStore {
  readonly #state: StateStore;
  readonly #vault: Vault;
  readonly #open = new BoundedMap<string, OpenMaterial>(5_000);

  constructor(state: StateStore, vault: Vault) {
    this.#state = state;
    this.#vault = vault;
  }

  /** The material that encrypts and signs. Throws when the key has none: check its state first. */
  current(key: KeyRecord): OpenMaterial {
    const material = key.materialId === null ? undefined : this.byPrefix(key, key.materialId.slice(0, 32));
    if (material === undefined) throw new Error(`${key.arn} has no key material`);
    return material;
  }

  /** The material whose id begins with these 32 digits, if it is there. */
  byPrefix(key: KeyRecord, prefix: string): OpenMaterial | undefined {
    const name = `${key.region}/${key.keyId}/${prefix}`;
    const cached = this.#open.get(name);
    if (cached !== undefined) return cached;
    const row = one<{ materialId: string; wrapped: Uint8Array }>(
      this.#state.statement(`SELECT material_id AS materialId, wrapped FROM kms_materials
         WHERE region = ? AND key_id = ? AND material_id >= ? AND material_id < ? AND wrapped IS NOT NULL LIMIT 1`),
      key.region,
      key.keyId,
      prefix,
      `${prefix}~`,
    );
    if (row === undefined) return undefined;
    const secret = this.#vault.unwrap(row.wrapped, purpose(key));
    const material = {
      materialId: row.materialId,
      blobId: Buffer.from(prefix, 'hex'),
      secret: asKey(secret, specFacts(key.spec)),
    };
    secret.fill(0);
    this.#open.set(name, material);
    return material;
  }

  /** All materials of a key, oldest first. */
  list(key: KeyRecord): readonly MaterialRow[] {
    return all<MaterialRow>(
      this.#state.statement(`${SELECT} WHERE region = ? AND key_id = ? ORDER BY seq`),
      key.region,
      key.keyId,
    );
  }

  find(key: KeyRecord, materialId: string): MaterialRow | undefined {
    return one<MaterialRow>(
      this.#state.statement(`${SELECT} WHERE region = ? AND key_id = ? AND material_id = ?`),
      key.region,
      key.keyId,
      materialId,
    );
  }

  /** Stores a secret, in the place of the same material if that was there before. */
  put(
    key: Pick<KeyRecord, 'region' | 'keyId' | 'accountId'>,
    material: Omit<MaterialRow, 'seq' | 'present'>,
    secret: Uint8Array,
  ): void {
    this.#state
      .statement(
        `INSERT INTO kms_materials (region, key_id, account, material_id, seq, wrapped, state, rotated_at, rotation_type,
           expiration_model, valid_to, description)
         VALUES (?1, ?2, ?3, ?4, (SELECT coalesce(max(seq), 0) + 1 FROM kms_materials WHERE region = ?1 AND key_id = ?2),
           ?5, ?6, ?7, ?8, ?9, ?10, ?11)
         ON CONFLICT DO UPDATE SET wrapped = excluded.wrapped, expiration_model = excluded.expiration_model,
           valid_to = excluded.valid_to, description = coalesce(excluded.description, description)`,
      )
      .run(
        key.region,
        key.keyId,
        key.accountId,
        material.materialId,
        this.#vault.wrap(secret, purpose(key)),
        material.state,
        material.rotatedAt,
        material.rotationType,
        material.expirationModel,
        material.validTo,
        material.description,
      );
  }

  /** The bytes themselves, to copy them into a replica. */
  reveal(key: KeyRecord, materialId: string): Uint8Array | undefined {
    const row = one<{ wrapped: Uint8Array | null }>(
      this.#state.statement('SELECT wrapped FROM kms_materials WHERE region = ? AND key_id = ? AND material_id = ?'),
      key.region,
      key.keyId,
      materialId,
    );
    return row?.wrapped ? this.#vault.unwrap(row.wrapped, purpose(key)) : undefined;
  }

  /** Makes `materialId` the current one, and what was current readable only. */
  promote(key: KeyRecord, materialId: string, rotatedAt: number, rotationType: RotationType): void {
    this.#state
      .statement(`UPDATE kms_materials SET state = 'NON_CURRENT' WHERE region = ? AND key_id = ? AND state = 'CURRENT'`)
      .run(key.region, key.keyId);
    this.#state
      .statement(
        `UPDATE kms_materials SET state = 'CURRENT', rotated_at = ?, rotation_type = ?
         WHERE region = ? AND key_id = ? AND material_id = ?`,
      )
      .run(rotatedAt, rotationType, key.region, key.keyId, materialId);
  }

  /** Forgets the secret but keeps its place: the same material may be imported again (KMS-09). */
  erase(key: KeyRecord, materialId: string): void {
    this.#state
      .statement('UPDATE kms_materials SET wrapped = NULL WHERE region = ? AND key_id = ? AND material_id = ?')
      .run(key.region, key.keyId, materialId);
    this.#open.delete(`${key.region}/${key.keyId}/${materialId.slice(0, 32)}`);
  }

  drop(key: KeyRecord, materialId: string): void {
    this.erase(key, materialId);
    this.#state
      .statement('DELETE FROM kms_materials WHERE region = ? AND key_id = ? AND material_id = ?')
      .run(key.region, key.keyId, materialId);
  }

  removeKey(key: KeyRecord): void {
    this.#state.statement('DELETE FROM kms_materials WHERE region = ? AND key_id = ?').run(key.region, key.keyId);
    this.clear();
  }

  removeAccount(accountId: string): void {
    this.#state.statement('DELETE FROM kms_materials WHERE account = ?').run(accountId);
    this.clear();
  }

  clear(): void {
    this.#open.clear();
  }
}

function purpose(key: Pick<KeyRecord, 'region' | 'keyId' | 'accountId'>): string {
  return `kms key material ${key.accountId} ${key.region} ${key.keyId}`;
}

function asKey(secret: Uint8Array, facts: SpecFacts | undefined): KeyObject {
  const bytes = Buffer.from(secret);
  if (facts?.family === 'symmetric' || facts?.family === 'hmac') return createSecretKey(bytes);
  return createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' });
}

/** The id follows from key id and material, so that the same material imported twice is recognised (ImportKeyMaterial). */
export function materialIdOf(keyId: string, secret: Uint8Array): string {
  return createHash('sha256').update(`kms key material id ${keyId} `).update(secret).digest('hex');
}

/** Fresh secret for a key of this spec: raw bytes, or a private key as PKCS #8. Key pairs are made off the main thread. */
export async function generateMaterial(spec: KeySpec): Promise<Uint8Array> {
  const facts = specFacts(spec);
  if (facts?.family === 'symmetric' || facts?.family === 'hmac') return random.take(facts.size ?? 32);
  const pair = await generatePair(spec);
  return pair.privateKey;
}

/** A key pair in DER: the public key as SPKI, the private key as PKCS #8. */
export function generatePair(spec: KeySpec): Promise<{ publicKey: Buffer; privateKey: Buffer }> {
  const facts = specFacts(spec);
  const encoding = {
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  } as const;
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, publicKey: Buffer, privateKey: Buffer) =>
      error ? reject(error) : resolve({ publicKey, privateKey });
    switch (facts?.family) {
      case 'rsa':
        return generateKeyPair('rsa', { modulusLength: facts.size ?? 2048, ...encoding }, done);
      case 'ecc':
        return generateKeyPair('ec', { namedCurve: facts.curve ?? '', ...encoding }, done);
      case 'ed25519':
        return generateKeyPair('ed25519', encoding, done);
      case 'ml-dsa':
      case 'ml-kem':
        return generatePostQuantum(facts.curve ?? '', done);
      default:
        return reject(new Error(`${spec} has no key pair`));
    }
  });
}

type PairCallback = (error: Error | null, publicKey: Buffer, privateKey: Buffer) => void;

function generatePostQuantum(algorithm: string, done: PairCallback): void {
  const encoded = (error: Error | null, publicKey: KeyObject, privateKey: KeyObject) => {
    if (error) return done(error, Buffer.alloc(0), Buffer.alloc(0));
    done(null, publicKey.export({ type: 'spki', format: 'der' }), privateKey.export({ type: 'pkcs8', format: 'der' }));
  };
  // Node's type definitions know the names one by one.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `specs.ts` holds names that Node 24 has
  generateKeyPair(algorithm as 'ml-dsa-44', undefined, encoded);
}
