import 'server-only';
import * as iam from '@aws-sdk/client-iam';
import * as sts from '@aws-sdk/client-sts';
import { cache } from 'react';
import type { Aws } from './connection.ts';
import { type Listing, readAll } from './paginate.ts';
import { mapResult, type Result } from './result.ts';
import { send } from './send.ts';

export interface CallerIdentity {
  readonly accountId: string;
  readonly arn: string;
}

/** Who the connection's credentials are. Once for each render. */
export const callerIdentity = cache(async (aws: Aws): Promise<Result<CallerIdentity>> => {
  const answer = await send(aws, 'sts', new sts.GetCallerIdentityCommand({}));
  return mapResult(answer, (output) => ({ accountId: output.Account ?? '', arn: output.Arn ?? '' }));
});

export interface NamedPrincipal {
  readonly kind: 'user' | 'role';
  readonly name: string;
  readonly arn: string;
}

export function listRoles(aws: Aws): Promise<Result<Listing<NamedPrincipal>>> {
  return readAll(
    (token) => send(aws, 'iam', new iam.ListRolesCommand(token ? { Marker: token } : {})),
    (page) => ({
      items: page.Roles?.map((role) => ({ kind: 'role' as const, name: role.RoleName ?? '', arn: role.Arn ?? '' })),
      next: page.IsTruncated ? page.Marker : undefined,
    }),
    1000,
  );
}

export function listUsers(aws: Aws): Promise<Result<Listing<NamedPrincipal>>> {
  return readAll(
    (token) => send(aws, 'iam', new iam.ListUsersCommand(token ? { Marker: token } : {})),
    (page) => ({
      items: page.Users?.map((user) => ({ kind: 'user' as const, name: user.UserName ?? '', arn: user.Arn ?? '' })),
      next: page.IsTruncated ? page.Marker : undefined,
    }),
    1000,
  );
}
