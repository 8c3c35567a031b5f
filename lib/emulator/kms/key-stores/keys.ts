/** Keys in custom key stores: what CreateKey asks of the store (SDK CreateKey; KMSDG create-cmk-keystore). */

import type { CreateKeyRequest, OriginType } from '@aws-sdk/client-kms';
import type { RequestContext } from '../../context.ts';
import { invalid, keyStoreNotFound, kmsError } from '../errors.ts';
import type { Kms } from '../kms.ts';
import { demandConnection } from './operations.ts';

export interface KeyOrigin {
  readonly origin: OriginType;
  readonly customKeyStore: string | null;
  readonly xksKeyId: string | null;
}

/** Where the material of a new key comes from. Throws as CreateKey does when that cannot be. */
export function checkOrigin(kms: Kms, input: CreateKeyRequest, spec: string, context: RequestContext): KeyOrigin {
  const origin = input.Origin ?? 'AWS_KMS';
  if (origin !== 'EXTERNAL_KEY_STORE' && input.XksKeyId !== undefined) {
    throw invalid(`XksKeyId is not valid with Origin ${origin}.`);
  }
  if (origin === 'AWS_KMS' || origin === 'EXTERNAL') {
    if (input.CustomKeyStoreId !== undefined) throw invalid(`CustomKeyStoreId is not valid with Origin ${origin}.`);
    return { origin, customKeyStore: null, xksKeyId: null };
  }
  const { CustomKeyStoreId: storeId, XksKeyId: xksKeyId } = input;
  if (storeId === undefined) throw invalid(`CustomKeyStoreId is required with Origin ${origin}.`);
  if (origin === 'EXTERNAL_KEY_STORE' && xksKeyId === undefined) {
    throw invalid(`XksKeyId is required with Origin ${origin}.`);
  }
  if (spec !== 'SYMMETRIC_DEFAULT' || input.MultiRegion === true) {
    throw kmsError(
      'UnsupportedOperationException',
      'Keys in custom key stores are single-Region keys of KeySpec SYMMETRIC_DEFAULT.',
    );
  }
  const store = kms.customKeyStores.find(context.accountId, context.region, storeId);
  if (store === undefined) throw keyStoreNotFound(storeId);
  if ((store.type === 'AWS_CLOUDHSM') !== (origin === 'AWS_CLOUDHSM')) {
    throw invalid(`Origin ${origin} is not valid for a custom key store of type ${store.type}.`);
  }
  demandConnection(store, 'CONNECTED');
  if (xksKeyId !== undefined && kms.customKeyStores.hasExternalKey(store, xksKeyId)) {
    throw kmsError(
      'XksKeyAlreadyInUseException',
      `The external key ${xksKeyId} is already associated with a KMS key in the custom key store ${store.id}.`,
    );
  }
  return { origin, customKeyStore: store.id, xksKeyId: xksKeyId ?? null };
}

/** GenerateRandom in a store: only a connected CloudHSM cluster makes random bytes (SDK GenerateRandom). */
export function checkRandomSource(kms: Kms, context: RequestContext, storeId: string): void {
  const store = kms.customKeyStores.find(context.accountId, context.region, storeId);
  if (store === undefined) throw keyStoreNotFound(storeId);
  if (store.type !== 'AWS_CLOUDHSM') {
    throw kmsError('UnsupportedOperationException', `GenerateRandom is not supported in ${store.type} key stores.`);
  }
  demandConnection(store, 'CONNECTED');
}
