import 'server-only';
import * as sdk from '@aws-sdk/client-iam';
import type { Aws } from './connection.ts';
import { type Listing, readAll } from './paginate.ts';
import { mapResult, type Result } from './result.ts';
import { send } from './send.ts';

/** Access keys of IAM users. A secret is answered once, when its key is made. */
export interface AccessKey {
  readonly id: string;
  readonly active: boolean;
  readonly createdAt?: string;
}

export function listAccessKeys(aws: Aws, user: string): Promise<Result<Listing<AccessKey>>> {
  return readAll(
    (token) => send(aws, 'iam', new sdk.ListAccessKeysCommand({ UserName: user, ...(token ? { Marker: token } : {}) })),
    (page) => ({
      items: page.AccessKeyMetadata?.map((key) => ({
        id: key.AccessKeyId ?? '',
        active: key.Status === 'Active',
        ...(key.CreateDate ? { createdAt: key.CreateDate.toISOString() } : {}),
      })),
      next: page.IsTruncated ? page.Marker : undefined,
    }),
  );
}

export async function createAccessKey(aws: Aws, user: string): Promise<Result<{ id: string; secret: string }>> {
  const answer = await send(aws, 'iam', new sdk.CreateAccessKeyCommand({ UserName: user }));
  return mapResult(answer, ({ AccessKey: key }) => ({
    id: key?.AccessKeyId ?? '',
    secret: key?.SecretAccessKey ?? '',
  }));
}

export function setAccessKeyActive(aws: Aws, user: string, id: string, active: boolean): Promise<Result<unknown>> {
  const Status = active ? 'Active' : 'Inactive';
  return send(aws, 'iam', new sdk.UpdateAccessKeyCommand({ UserName: user, AccessKeyId: id, Status }));
}

export function deleteAccessKey(aws: Aws, user: string, id: string): Promise<Result<unknown>> {
  return send(aws, 'iam', new sdk.DeleteAccessKeyCommand({ UserName: user, AccessKeyId: id }));
}
