/** A custom key store: a CloudHSM cluster or an external key manager behind keys (KMSDG key-store-overview). */

import type {
  ConnectionStateType,
  CustomKeyStoresListEntry,
  CustomKeyStoreType,
  XksProxyConnectivityType,
} from '@aws-sdk/client-kms';

/**
 * Columns of `kms_custom_key_stores`. There is no cluster and no proxy behind a store here: passwords and secret access
 * keys are therefore checked for their form and forgotten, and connecting succeeds at once.
 */
export interface CustomKeyStoreRow {
  readonly accountId: string;
  readonly region: string;
  readonly id: string;
  readonly name: string;
  readonly type: CustomKeyStoreType;
  readonly connection: ConnectionStateType;
  readonly createdAt: number;
  readonly clusterId: string | null;
  readonly trustAnchor: string | null;
  readonly connectivity: XksProxyConnectivityType | null;
  readonly uriEndpoint: string | null;
  readonly uriPath: string | null;
  readonly endpointService: string | null;
  readonly endpointServiceOwner: string | null;
  readonly proxyAccessKeyId: string | null;
}

/** A store as DescribeCustomKeyStores answers it. */
export function describeStore(store: CustomKeyStoreRow): CustomKeyStoresListEntry {
  return {
    CustomKeyStoreId: store.id,
    CustomKeyStoreName: store.name,
    CustomKeyStoreType: store.type,
    ConnectionState: store.connection,
    CreationDate: new Date(store.createdAt),
    ...(store.clusterId !== null && { CloudHsmClusterId: store.clusterId }),
    ...(store.trustAnchor !== null && { TrustAnchorCertificate: store.trustAnchor }),
    ...(store.connectivity !== null && {
      XksProxyConfiguration: {
        Connectivity: store.connectivity,
        ...(store.proxyAccessKeyId !== null && { AccessKeyId: store.proxyAccessKeyId }),
        ...(store.uriEndpoint !== null && { UriEndpoint: store.uriEndpoint }),
        ...(store.uriPath !== null && { UriPath: store.uriPath }),
        ...(store.endpointService !== null && { VpcEndpointServiceName: store.endpointService }),
        ...(store.endpointServiceOwner !== null && { VpcEndpointServiceOwner: store.endpointServiceOwner }),
      },
    }),
  };
}
