import { CreateAccessKeyCommand, DeleteAccessKeyCommand, type IAMClient } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import type { UploadPrincipal } from './plan.ts';

export interface UploadCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Credentials of a run's principal, and how to give them back. */
export interface BorrowedCredentials {
  /** Undefined: the connection's own. */
  readonly credentials?: UploadCredentials;
  readonly principalArn: string;
  giveBack(): Promise<void>;
}

/**
 * Becomes the principal of a run: a role is assumed in a session named after the run, a user gets an access key that
 * is deleted afterwards. Rejects with the SDK's error when that is refused.
 */
export async function becomePrincipal(
  principal: UploadPrincipal,
  runId: string,
  clients: { readonly iam: IAMClient; readonly sts: STSClient },
): Promise<BorrowedCredentials> {
  switch (principal.kind) {
    case 'root': {
      const identity = await clients.sts.send(new GetCallerIdentityCommand({}));
      return { principalArn: identity.Arn ?? '', giveBack: () => Promise.resolve() };
    }
    case 'role': {
      const session = await clients.sts.send(
        new AssumeRoleCommand({ RoleArn: principal.roleArn, RoleSessionName: `upload-${runId}` }),
      );
      return {
        credentials: {
          accessKeyId: session.Credentials?.AccessKeyId ?? '',
          secretAccessKey: session.Credentials?.SecretAccessKey ?? '',
          sessionToken: session.Credentials?.SessionToken ?? '',
        },
        principalArn: session.AssumedRoleUser?.Arn ?? principal.roleArn,
        giveBack: () => Promise.resolve(),
      };
    }
    case 'user': {
      const { userName } = principal;
      const { AccessKey } = await clients.iam.send(new CreateAccessKeyCommand({ UserName: userName }));
      const accessKeyId = AccessKey?.AccessKeyId ?? '';
      const identity = await clients.sts.send(new GetCallerIdentityCommand({}));
      return {
        credentials: { accessKeyId, secretAccessKey: AccessKey?.SecretAccessKey ?? '' },
        principalArn: `arn:aws:iam::${identity.Account ?? ''}:user/${userName}`,
        async giveBack() {
          await clients.iam.send(new DeleteAccessKeyCommand({ UserName: userName, AccessKeyId: accessKeyId }));
        },
      };
    }
  }
}
