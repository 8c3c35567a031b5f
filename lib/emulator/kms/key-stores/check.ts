/** What a request about a custom key store must have, and what no two stores of an account may share. */

import type { CreateCustomKeyStoreRequest, UpdateCustomKeyStoreRequest } from '@aws-sdk/client-kms';
import { invalid, kmsError } from '../errors.ts';
import type { CustomKeyStoreRow } from './record.ts';

const CLOUDHSM_ONLY = ['CloudHsmClusterId', 'TrustAnchorCertificate', 'KeyStorePassword'] as const;
const XKS_NEEDED = [
  'XksProxyConnectivity',
  'XksProxyUriEndpoint',
  'XksProxyUriPath',
  'XksProxyAuthenticationCredential',
] as const;
const XKS_ONLY = [...XKS_NEEDED, 'XksProxyVpcEndpointServiceName', 'XksProxyVpcEndpointServiceOwner'] as const;

type Members = Partial<CreateCustomKeyStoreRequest> & Partial<UpdateCustomKeyStoreRequest>;

/** Throws ValidationException unless the members of the store's type are there, and none of the other's (SDK CreateCustomKeyStore). */
export function checkMembers(input: Members, type: CustomKeyStoreRow['type'], creates: boolean): void {
  const [own, other] = type === 'AWS_CLOUDHSM' ? [CLOUDHSM_ONLY, XKS_ONLY] : [XKS_NEEDED, CLOUDHSM_ONLY];
  for (const name of other) {
    if (input[name] !== undefined) throw invalid(`${name} is not valid for a custom key store of type ${type}.`);
  }
  if (!creates) return;
  for (const name of own) {
    if (input[name] === undefined) throw invalid(`${name} is required for a custom key store of type ${type}.`);
  }
}

/** Throws XksProxyInvalidConfigurationException unless the proxy can be reached in the way that is asked for. */
export function checkProxy(store: CustomKeyStoreRow): void {
  if (store.connectivity === 'VPC_ENDPOINT_SERVICE' && store.endpointService === null) {
    throw invalid('XksProxyVpcEndpointServiceName is required with XksProxyConnectivity VPC_ENDPOINT_SERVICE.');
  }
  if (store.connectivity === 'PUBLIC_ENDPOINT' && store.endpointService !== null) {
    throw invalid('XksProxyVpcEndpointServiceName is not valid with XksProxyConnectivity PUBLIC_ENDPOINT.');
  }
}

/** Names, clusters and proxies belong to one store of an account and Region (SDK CreateCustomKeyStore). */
export function checkUnique(store: CustomKeyStoreRow, stores: readonly CustomKeyStoreRow[]): void {
  for (const other of stores) {
    if (other.id === store.id) continue;
    if (other.name === store.name) {
      throw kmsError('CustomKeyStoreNameInUseException', `The custom key store name ${store.name} is already in use.`);
    }
    if (store.clusterId !== null && other.clusterId === store.clusterId) {
      throw kmsError(
        'CloudHsmClusterInUseException',
        `The CloudHSM cluster ${store.clusterId} is already associated with a custom key store.`,
      );
    }
    checkProxyUnique(store, other);
  }
}

function checkProxyUnique(store: CustomKeyStoreRow, other: CustomKeyStoreRow): void {
  if (store.uriEndpoint !== null && other.uriEndpoint === store.uriEndpoint) {
    if (other.uriPath === store.uriPath) {
      throw kmsError(
        'XksProxyUriInUseException',
        `The proxy URI ${store.uriEndpoint}${store.uriPath ?? ''} is already associated with a custom key store.`,
      );
    }
    if (store.connectivity === 'VPC_ENDPOINT_SERVICE' || other.connectivity === 'VPC_ENDPOINT_SERVICE') {
      throw kmsError(
        'XksProxyUriEndpointInUseException',
        `The proxy URI endpoint ${store.uriEndpoint} is already associated with a custom key store.`,
      );
    }
  }
  if (store.endpointService !== null && other.endpointService === store.endpointService) {
    throw kmsError(
      'XksProxyVpcEndpointServiceInUseException',
      `The VPC endpoint service ${store.endpointService} is already associated with a custom key store.`,
    );
  }
}
