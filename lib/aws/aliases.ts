import 'server-only';
import * as sdk from '@aws-sdk/client-kms';
import type { Aws } from './connection.ts';
import { type Listing, readAll } from './paginate.ts';
import type { Result } from './result.ts';
import { send } from './send.ts';

export interface Alias {
  /** With its prefix: `alias/lakehouse`. */
  readonly name: string;
  readonly arn: string;
  /** Absent for an alias of AWS that has no key yet. */
  readonly keyId?: string;
}

/** All aliases of the Region, or those of one key. */
export function listAliases(aws: Aws, keyId?: string): Promise<Result<Listing<Alias>>> {
  return readAll(
    (token) =>
      send(
        aws,
        'kms',
        new sdk.ListAliasesCommand({
          Limit: 100,
          ...(keyId ? { KeyId: keyId } : {}),
          ...(token ? { Marker: token } : {}),
        }),
      ),
    (page) => ({
      items: page.Aliases?.map((alias) => ({
        name: alias.AliasName ?? '',
        arn: alias.AliasArn ?? '',
        ...(alias.TargetKeyId ? { keyId: alias.TargetKeyId } : {}),
      })),
      next: page.Truncated ? page.NextMarker : undefined,
    }),
  );
}

export function createAlias(aws: Aws, alias: string, keyId: string): Promise<Result<unknown>> {
  return send(aws, 'kms', new sdk.CreateAliasCommand({ AliasName: alias, TargetKeyId: keyId }));
}

export function deleteAlias(aws: Aws, alias: string): Promise<Result<unknown>> {
  return send(aws, 'kms', new sdk.DeleteAliasCommand({ AliasName: alias }));
}
