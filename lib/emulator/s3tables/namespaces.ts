/** Namespaces: create, get, list, delete (TB-37…TB-39). They have no ARN: every decision is about the bucket. */

import type {
  CreateNamespaceRequest,
  CreateNamespaceResponse,
  DeleteNamespaceRequest,
  GetNamespaceRequest,
  GetNamespaceResponse,
  ListNamespacesRequest,
  ListNamespacesResponse,
} from '@aws-sdk/client-s3tables';
import type { RequestContext } from '../context.ts';
import type { Checked } from '../wire/operation.ts';
import { openBucket } from './decide.ts';
import type { Desk } from './desk.ts';
import { badRequest, conflict, noSuchNamespace } from './errors.ts';
import type { BucketRow, NamespaceRow } from './model.ts';
import { checkNamespaceName, newId } from './names.ts';
import { LARGEST_PAGE, page, readToken } from './pages.ts';

/** LIM-06 */
const MOST_NAMESPACES = 10_000;

const named = (namespace: string): ReadonlyMap<string, readonly string[]> =>
  new Map([['s3tables:namespace', [namespace]]]);

export function namespaceOperations(desk: Desk) {
  const { rows, around } = desk;
  return {
    CreateNamespace(input: Checked<CreateNamespaceRequest>, context: RequestContext): CreateNamespaceResponse {
      const [name = '', ...more] = input.namespace;
      if (more.length > 0) throw badRequest('The specified namespace name is not valid.');
      checkNamespaceName(name);
      const bucket = openBucket(desk, context, input.tableBucketARN, ['s3tables:CreateNamespace'], named(name));
      if (rows.namespace(bucket.id, name)) {
        throw conflict('A namespace with an identical name already exists in the bucket.');
      }
      if (rows.countNamespaces(bucket.id) >= MOST_NAMESPACES) {
        throw badRequest('You have attempted to create more namespaces than allowed.');
      }
      around.state.write(() =>
        rows.addNamespace({
          id: newId(),
          bucketId: bucket.id,
          name,
          createdAt: context.now,
          createdBy: context.accountId,
        }),
      );
      return { tableBucketARN: bucket.arn, namespace: [name] };
    },

    GetNamespace(input: Checked<GetNamespaceRequest>, context: RequestContext): GetNamespaceResponse {
      const bucket = openBucket(desk, context, input.tableBucketARN, ['s3tables:GetNamespace'], named(input.namespace));
      const namespace = rows.namespace(bucket.id, input.namespace);
      if (!namespace) throw noSuchNamespace();
      return describe(bucket, namespace);
    },

    ListNamespaces(input: Checked<ListNamespacesRequest>, context: RequestContext): ListNamespacesResponse {
      const bucket = openBucket(desk, context, input.tableBucketARN, ['s3tables:ListNamespaces']);
      const [after = ''] = readToken('namespaces', input.continuationToken, 1);
      const size = input.maxNamespaces ?? LARGEST_PAGE;
      const found = rows.namespaces(bucket.id, input.prefix ?? '', after, size + 1);
      const { rows: shown, continuationToken } = page(found, size, 'namespaces', ({ name }) => [name]);
      return {
        namespaces: shown.map((namespace) => describe(bucket, namespace)),
        ...(continuationToken && { continuationToken }),
      };
    },

    DeleteNamespace(input: Checked<DeleteNamespaceRequest>, context: RequestContext): Record<string, never> {
      const bucket = openBucket(
        desk,
        context,
        input.tableBucketARN,
        ['s3tables:DeleteNamespace'],
        named(input.namespace),
      );
      around.state.write(() => {
        const namespace = rows.namespace(bucket.id, input.namespace);
        if (!namespace) throw noSuchNamespace();
        if (rows.hasTables(bucket.id, namespace.name)) {
          throw conflict('The namespace that you tried to delete is not empty.');
        }
        rows.removeNamespace(namespace.id);
      });
      return {};
    },
  };
}

function describe(bucket: BucketRow, namespace: NamespaceRow): Required<GetNamespaceResponse> {
  return {
    namespace: [namespace.name],
    createdAt: new Date(namespace.createdAt),
    createdBy: namespace.createdBy,
    ownerAccountId: bucket.accountId,
    namespaceId: namespace.id,
    tableBucketId: bucket.id,
  };
}
