/** GetParametersForImport, ImportKeyMaterial, DeleteImportedKeyMaterial (KMS-09). */

import type {
  DeleteImportedKeyMaterialRequest,
  DeleteImportedKeyMaterialResponse,
  GetParametersForImportRequest,
  GetParametersForImportResponse,
  ImportKeyMaterialRequest,
  ImportKeyMaterialResponse,
} from '@aws-sdk/client-kms';
import type { RequestContext } from '../../context.ts';
import type { Checked, OperationTable } from '../../wire/operation.ts';
import { authorizeKey } from '../authorize.ts';
import { directCall } from '../call.ts';
import { generatePair, materialIdOf } from '../crypto/materials.ts';
import { invalid, invalidOrigin, kmsError } from '../errors.ts';
import type { Kms } from '../kms.ts';
import { OWN_KEY, resolveKey } from '../resolve.ts';
import { openToken, sealToken, unwrapMaterial } from './import-token.ts';
import type { KeyRecord } from './record.ts';
import { DAY_MS } from './rotate.ts';
import { isReplica, primaryOf } from './rotation.ts';
import { CHANGEABLE, demandState } from './states.ts';

/** Longest life of imported material (SDK ImportKeyMaterial). */
const MAX_VALIDITY = 365 * DAY_MS;

export function importOperations(kms: Kms): OperationTable<RequestContext> {
  return {
    async GetParametersForImport(
      input: Checked<GetParametersForImportRequest>,
      context: RequestContext,
    ): Promise<GetParametersForImportResponse> {
      const call = directCall(context);
      const { key } = resolveKey(kms, call, input.KeyId, 'GetParametersForImport', OWN_KEY);
      authorizeKey(kms, call, {
        action: 'GetParametersForImport',
        key,
        conditions: { wrappingalgorithm: input.WrappingAlgorithm, wrappingkeyspec: input.WrappingKeySpec },
      });
      demandImported(key);
      demandState(key, CHANGEABLE);
      if (
        input.WrappingAlgorithm === 'RSAES_PKCS1_V1_5' ||
        input.WrappingAlgorithm === 'SM2PKE' ||
        input.WrappingKeySpec === 'SM2'
      ) {
        throw kmsError(
          'UnsupportedOperationException',
          `WrappingAlgorithm ${input.WrappingAlgorithm} is not supported.`,
        );
      }
      const pair = await generatePair(input.WrappingKeySpec);
      const validTo = kms.now(key.accountId) + DAY_MS;
      const token = { keyArn: key.arn, algorithm: input.WrappingAlgorithm, validTo, privateKey: pair.privateKey };
      return {
        KeyId: key.arn,
        ImportToken: sealToken(kms.surroundings.vault, token),
        PublicKey: pair.publicKey,
        ParametersValidTo: new Date(validTo),
      };
    },

    ImportKeyMaterial(input: Checked<ImportKeyMaterialRequest>, context: RequestContext): ImportKeyMaterialResponse {
      const call = directCall(context);
      const { key } = resolveKey(kms, call, input.KeyId, 'ImportKeyMaterial', OWN_KEY);
      const model = input.ExpirationModel ?? 'KEY_MATERIAL_EXPIRES';
      authorizeKey(kms, call, {
        action: 'ImportKeyMaterial',
        key,
        conditions: { expirationmodel: model, validto: input.ValidTo?.toISOString() },
      });
      demandImported(key);
      demandState(key, CHANGEABLE);
      const now = kms.now(key.accountId);
      const validTo = readValidity(model, input.ValidTo, now);
      const token = openToken(kms.surroundings.vault, input.ImportToken, key.arn, now);
      const secret = unwrapMaterial(token, input.EncryptedKeyMaterial, key.spec);
      const materialId = materialIdOf(key.keyId, secret);
      // A replica takes what its primary has, and nothing else (SDK ImportKeyMaterial).
      const known = kms.materials.find(primaryOf(kms, key), materialId);
      const first = key.materialId === null;
      const isNew = isReplica(key)
        ? false
        : input.ImportType === 'NEW_KEY_MATERIAL' || (input.ImportType === undefined && first);
      checkMaterial(kms, key, { materialId, known: known !== undefined, isNew, expected: input.KeyMaterialId });
      kms.write(() => {
        const state = known?.state ?? (first ? 'CURRENT' : 'PENDING_ROTATION');
        const becomesCurrent = first && state === 'CURRENT';
        const description = input.KeyMaterialDescription ?? null;
        kms.materials.put(
          key,
          { materialId, state, rotatedAt: null, rotationType: null, expirationModel: model, validTo, description },
          secret,
        );
        afterImport(kms, key, becomesCurrent ? { materialId, expirationModel: model } : {});
      });
      secret.fill(0);
      return { KeyId: key.arn, ...(key.spec === 'SYMMETRIC_DEFAULT' && { KeyMaterialId: materialId }) };
    },

    DeleteImportedKeyMaterial(
      input: Checked<DeleteImportedKeyMaterialRequest>,
      context: RequestContext,
    ): DeleteImportedKeyMaterialResponse {
      const call = directCall(context);
      const { key } = resolveKey(kms, call, input.KeyId, 'DeleteImportedKeyMaterial', OWN_KEY);
      authorizeKey(kms, call, { action: 'DeleteImportedKeyMaterial', key });
      demandImported(key);
      demandState(key, CHANGEABLE);
      const materialId = input.KeyMaterialId ?? key.materialId;
      const material = materialId === null ? undefined : kms.materials.find(key, materialId);
      if (input.KeyMaterialId !== undefined && material === undefined) {
        throw kmsError('NotFoundException', `Key material ${input.KeyMaterialId} is not associated with ${key.arn}.`);
      }
      if (material?.present === 1) {
        kms.write(() => {
          // What waits for rotation is not bound to the key yet and goes altogether (SDK RotationsListEntry).
          if (material.state === 'PENDING_ROTATION') kms.materials.drop(key, material.materialId);
          else kms.materials.erase(key, material.materialId);
          afterImport(kms, key, {});
        });
      }
      return { KeyId: key.arn, ...(material !== undefined && { KeyMaterialId: material.materialId }) };
    },
  };
}

function demandImported(key: KeyRecord): void {
  if (key.origin !== 'EXTERNAL') throw invalidOrigin(key.arn, key.origin);
}

function readValidity(model: string, validTo: Date | undefined, now: number): number | null {
  if (model === 'KEY_MATERIAL_DOES_NOT_EXPIRE') {
    if (validTo !== undefined)
      throw invalid('A validTo date must not be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE');
    return null;
  }
  if (validTo === undefined) throw invalid('A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES');
  const at = validTo.getTime();
  if (at <= now || at > now + MAX_VALIDITY)
    throw invalid('The validTo date must be in the future and at most 365 days away.');
  return at;
}

interface Incoming {
  readonly materialId: string;
  readonly known: boolean;
  readonly isNew: boolean;
  readonly expected: string | undefined;
}

/** New material is new, other material was there before (SDK ImportKeyMaterial). */
function checkMaterial(kms: Kms, key: KeyRecord, incoming: Incoming): void {
  const { materialId, known, isNew, expected } = incoming;
  if (isNew && expected !== undefined) throw invalid('KeyMaterialId is not valid with ImportType NEW_KEY_MATERIAL.');
  if (expected !== undefined && expected !== materialId) throw incorrectMaterial();
  if (!isNew && !known) throw incorrectMaterial();
  if (!isNew || key.materialId === null) return;
  if (key.spec !== 'SYMMETRIC_DEFAULT' || known) throw incorrectMaterial();
  if (kms.materials.list(key).some((material) => material.state === 'PENDING_ROTATION')) {
    throw kmsError('KMSInvalidStateException', `${key.arn} has key material pending rotation.`);
  }
}

const incorrectMaterial = () =>
  kmsError(
    'IncorrectKeyMaterialException',
    'The key material in the request is not the key material that was previously imported into this KMS key.',
  );

/** A key is usable while all material that is bound to it is there; its date is the earliest of theirs. */
function afterImport(kms: Kms, key: KeyRecord, changes: Parameters<Kms['keys']['update']>[1]): void {
  const materials = kms.materials.list(key);
  const bound = materials.filter((material) => material.state === 'CURRENT' || material.state === 'NON_CURRENT');
  const complete = bound.length > 0 && bound.every((material) => material.present === 1);
  const dates = materials.filter((material) => material.present === 1 && material.validTo !== null);
  kms.keys.update(key, {
    ...changes,
    state: complete ? (key.state === 'PendingImport' ? 'Enabled' : key.state) : 'PendingImport',
    validTo: dates.length === 0 ? null : Math.min(...dates.map((material) => material.validTo ?? 0)),
  });
}
