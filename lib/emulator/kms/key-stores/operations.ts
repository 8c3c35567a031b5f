/** CreateCustomKeyStore, DescribeCustomKeyStores, UpdateCustomKeyStore, Connect…, Disconnect…, DeleteCustomKeyStore. */

import type {
  ConnectCustomKeyStoreRequest,
  CreateCustomKeyStoreRequest,
  CreateCustomKeyStoreResponse,
  DeleteCustomKeyStoreRequest,
  DescribeCustomKeyStoresRequest,
  DescribeCustomKeyStoresResponse,
  DisconnectCustomKeyStoreRequest,
  UpdateCustomKeyStoreRequest,
} from '@aws-sdk/client-kms';
import type { RequestContext } from '../../context.ts';
import type { Checked, OperationTable } from '../../wire/operation.ts';
import { idBytes } from '../../world/id-source.ts';
import { authorizeAccount } from '../authorize.ts';
import { directCall } from '../call.ts';
import { invalid, keyStoreNotFound, kmsError } from '../errors.ts';
import type { Kms } from '../kms.ts';
import { cutPage, readMarker } from '../pages.ts';
import { checkMembers, checkProxy, checkUnique } from './check.ts';
import { type CustomKeyStoreRow, describeStore } from './record.ts';

/** Custom key stores of an account in a Region (LIM-05). */
const MAX_STORES = 10;
const STORE_ID = /^cks-[0-9a-f]{17}$/;

export function customKeyStoreOperations(kms: Kms): OperationTable<RequestContext> {
  function authorize(context: RequestContext, action: string): void {
    // Actions on custom key stores know no resource type (KMSDG kms-api-permissions-reference).
    authorizeAccount(kms, directCall(context), action);
  }

  function find(context: RequestContext, id: string): CustomKeyStoreRow {
    const store = kms.customKeyStores.find(context.accountId, context.region, id);
    if (store === undefined) throw keyStoreNotFound(id);
    return store;
  }

  /** Changes what keys in stores can do: their records in memory are made anew. */
  function change(work: () => void): void {
    kms.write(() => {
      work();
      kms.keys.clear();
    });
  }

  return {
    CreateCustomKeyStore(
      input: Checked<CreateCustomKeyStoreRequest>,
      context: RequestContext,
    ): CreateCustomKeyStoreResponse {
      authorize(context, 'CreateCustomKeyStore');
      const type = input.CustomKeyStoreType ?? 'AWS_CLOUDHSM';
      checkMembers(input, type, true);
      const stores = kms.customKeyStores.list(context.accountId, context.region);
      if (stores.length >= MAX_STORES) {
        throw kmsError(
          'LimitExceededException',
          `The limit of ${MAX_STORES} custom key stores in this account and Region is reached.`,
        );
      }
      const store: CustomKeyStoreRow = {
        accountId: context.accountId,
        region: context.region,
        id: `cks-${idBytes(9).toString('hex').slice(0, 17)}`,
        name: input.CustomKeyStoreName,
        type,
        connection: 'DISCONNECTED',
        createdAt: kms.now(context.accountId),
        clusterId: input.CloudHsmClusterId ?? null,
        trustAnchor: input.TrustAnchorCertificate ?? null,
        connectivity: input.XksProxyConnectivity ?? null,
        uriEndpoint: input.XksProxyUriEndpoint ?? null,
        uriPath: input.XksProxyUriPath ?? null,
        endpointService: input.XksProxyVpcEndpointServiceName ?? null,
        endpointServiceOwner: input.XksProxyVpcEndpointServiceOwner ?? null,
        proxyAccessKeyId: input.XksProxyAuthenticationCredential?.AccessKeyId ?? null,
      };
      checkProxy(store);
      checkUnique(store, stores);
      kms.write(() => kms.customKeyStores.put(store));
      return { CustomKeyStoreId: store.id };
    },

    DescribeCustomKeyStores(
      input: Checked<DescribeCustomKeyStoresRequest>,
      context: RequestContext,
    ): DescribeCustomKeyStoresResponse {
      authorize(context, 'DescribeCustomKeyStores');
      const { CustomKeyStoreId: id, CustomKeyStoreName: name } = input;
      if (id !== undefined && name !== undefined) {
        throw invalid('You can specify either CustomKeyStoreId or CustomKeyStoreName, but not both.');
      }
      const stores = kms.customKeyStores.list(context.accountId, context.region);
      const after = readMarker(input.Marker, STORE_ID, '');
      const wanted = stores.filter(
        (store) => store.id > after && (id ?? store.id) === store.id && (name ?? store.name) === store.name,
      );
      const asked = id ?? name;
      if (asked !== undefined && wanted.length === 0) throw keyStoreNotFound(asked);
      const page = cutPage(wanted, input.Limit ?? 100, (store) => store.id);
      return { CustomKeyStores: page.items.map(describeStore), ...page.next };
    },

    UpdateCustomKeyStore(input: Checked<UpdateCustomKeyStoreRequest>, context: RequestContext): object {
      authorize(context, 'UpdateCustomKeyStore');
      const store = find(context, input.CustomKeyStoreId);
      checkMembers(input, store.type, false);
      const { CustomKeyStoreId, NewCustomKeyStoreName, ...others } = input;
      const changes = Object.values(others).filter((value) => value !== undefined);
      if (NewCustomKeyStoreName === undefined && changes.length === 0) {
        throw invalid(`Nothing to update in the custom key store ${CustomKeyStoreId}.`);
      }
      // The name, and nothing else, may change while the store is connected.
      if (changes.length > 0) demandConnection(store, 'DISCONNECTED');
      const connectivity = input.XksProxyConnectivity ?? store.connectivity;
      const inVpc = connectivity === 'VPC_ENDPOINT_SERVICE';
      const changed: CustomKeyStoreRow = {
        ...store,
        name: NewCustomKeyStoreName ?? store.name,
        clusterId: input.CloudHsmClusterId ?? store.clusterId,
        connectivity,
        uriEndpoint: input.XksProxyUriEndpoint ?? store.uriEndpoint,
        uriPath: input.XksProxyUriPath ?? store.uriPath,
        endpointService: input.XksProxyVpcEndpointServiceName ?? (inVpc ? store.endpointService : null),
        endpointServiceOwner: input.XksProxyVpcEndpointServiceOwner ?? (inVpc ? store.endpointServiceOwner : null),
        proxyAccessKeyId: input.XksProxyAuthenticationCredential?.AccessKeyId ?? store.proxyAccessKeyId,
      };
      checkProxy(changed);
      checkUnique(changed, kms.customKeyStores.list(context.accountId, context.region));
      change(() => kms.customKeyStores.put(changed));
      return {};
    },

    ConnectCustomKeyStore(input: Checked<ConnectCustomKeyStoreRequest>, context: RequestContext): object {
      authorize(context, 'ConnectCustomKeyStore');
      const store = find(context, input.CustomKeyStoreId);
      if (store.connection !== 'CONNECTED') change(() => kms.customKeyStores.connect(store, 'CONNECTED'));
      return {};
    },

    DisconnectCustomKeyStore(input: Checked<DisconnectCustomKeyStoreRequest>, context: RequestContext): object {
      authorize(context, 'DisconnectCustomKeyStore');
      const store = find(context, input.CustomKeyStoreId);
      demandConnection(store, 'CONNECTED');
      change(() => kms.customKeyStores.connect(store, 'DISCONNECTED'));
      return {};
    },

    DeleteCustomKeyStore(input: Checked<DeleteCustomKeyStoreRequest>, context: RequestContext): object {
      authorize(context, 'DeleteCustomKeyStore');
      const store = find(context, input.CustomKeyStoreId);
      demandConnection(store, 'DISCONNECTED');
      if (kms.customKeyStores.hasKeys(store)) {
        throw kmsError('CustomKeyStoreHasCMKsException', `The custom key store ${store.id} contains KMS keys.`);
      }
      kms.write(() => kms.customKeyStores.remove(store));
      return {};
    },
  };
}

/** Throws CustomKeyStoreInvalidStateException unless the store is in this state of connection. */
export function demandConnection(store: CustomKeyStoreRow, connection: 'CONNECTED' | 'DISCONNECTED'): void {
  if (store.connection === connection) return;
  throw kmsError(
    'CustomKeyStoreInvalidStateException',
    `The custom key store ${store.id} is ${store.connection}: this operation needs it to be ${connection}.`,
  );
}
