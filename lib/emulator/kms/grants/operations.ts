import type {
  CreateGrantRequest,
  ListGrantsRequest,
  ListRetirableGrantsRequest,
  RetireGrantRequest,
  RevokeGrantRequest,
} from '@aws-sdk/client-kms';
import type { RequestContext } from '../../context.ts';
import type { Checked, OperationTable } from '../../wire/operation.ts';
import type { Kms } from '../kms.ts';
import { createGrant } from './create.ts';
import { retireGrant, revokeGrant } from './end.ts';
import { listGrants, listRetirableGrants } from './list.ts';

export function grantOperations(kms: Kms): OperationTable<RequestContext> {
  return {
    CreateGrant: (input: Checked<CreateGrantRequest>, context: RequestContext) => createGrant(kms, input, context),
    ListGrants: (input: Checked<ListGrantsRequest>, context: RequestContext) => listGrants(kms, input, context),
    ListRetirableGrants: (input: Checked<ListRetirableGrantsRequest>, context: RequestContext) =>
      listRetirableGrants(kms, input, context),
    RetireGrant: (input: Checked<RetireGrantRequest>, context: RequestContext) => retireGrant(kms, input, context),
    RevokeGrant: (input: Checked<RevokeGrantRequest>, context: RequestContext) => revokeGrant(kms, input, context),
  };
}
