import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  DeleteRolePolicyCommand,
  DeleteUserPolicyCommand,
  type IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import type { Requester, UploadPrincipal } from './plan.ts';

export interface UploadCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** World time in milliseconds. */
  readonly expiresAt?: number;
}

interface Clients {
  readonly iam: IAMClient;
  readonly sts: STSClient;
}

/** Credentials of one session of a run's principal, and how to give them back. */
export interface BorrowedCredentials {
  /** Undefined: the connection's own. */
  readonly credentials?: UploadCredentials;
  readonly principalArn: string;
  giveBack(): Promise<void>;
}

const NOTHING_TO_GIVE_BACK = { giveBack: () => Promise.resolve() };

/**
 * Becomes the principal of a requester: a role is assumed in a session named after the run, a user gets an access key
 * that is deleted afterwards. Rejects with the SDK's error when that is refused.
 */
export async function becomePrincipal(
  requester: Pick<Requester, 'principal' | 'sessions' | 'scoped'>,
  session: number,
  runId: string,
  clients: Clients,
): Promise<BorrowedCredentials> {
  const { principal } = requester;
  switch (principal.kind) {
    case 'root': {
      const identity = await clients.sts.send(new GetCallerIdentityCommand({}));
      return { principalArn: identity.Arn ?? '', ...NOTHING_TO_GIVE_BACK };
    }
    case 'role': {
      const RoleSessionName = requester.sessions > 1 ? `upload-${runId}-${session + 1}` : `upload-${runId}`;
      const assumed = await clients.sts.send(
        new AssumeRoleCommand({
          RoleArn: principal.roleArn,
          RoleSessionName,
          ...(requester.scoped && { Policy: ownPolicy(session) }),
        }),
      );
      const made = assumed.Credentials;
      return {
        credentials: {
          accessKeyId: made?.AccessKeyId ?? '',
          secretAccessKey: made?.SecretAccessKey ?? '',
          sessionToken: made?.SessionToken ?? '',
          ...(made?.Expiration && { expiresAt: made.Expiration.getTime() }),
        },
        principalArn: assumed.AssumedRoleUser?.Arn ?? principal.roleArn,
        ...NOTHING_TO_GIVE_BACK,
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

/** A session policy that takes nothing away but differs from every other session's (BK-06). */
function ownPolicy(session: number): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Sid: `Session${session + 1}`, Effect: 'Allow', Action: '*', Resource: '*' }],
  });
}

const DENIED = { kms: ['kms:*'], everything: ['*'] } as const;

/**
 * Takes a permission from a principal with a Deny of its own, really and at once.
 * @returns what was called, and how to take it back
 */
export async function revokePermission(
  principal: UploadPrincipal,
  what: keyof typeof DENIED,
  runId: string,
  iam: IAMClient,
): Promise<string> {
  const PolicyName = policyName(runId);
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Sid: 'RevokedByAWorkload', Effect: 'Deny', Action: DENIED[what], Resource: '*' }],
  });
  if (principal.kind === 'role') {
    const RoleName = nameOf(principal.roleArn);
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
    return `iam:PutRolePolicy ${RoleName}`;
  }
  if (principal.kind === 'user') {
    await iam.send(new PutUserPolicyCommand({ UserName: principal.userName, PolicyName, PolicyDocument }));
    return `iam:PutUserPolicy ${principal.userName}`;
  }
  throw new RangeError('The root user can’t be refused by a policy.');
}

/** Takes the Deny of `revokePermission` back. */
export async function restorePermission(principal: UploadPrincipal, runId: string, iam: IAMClient): Promise<void> {
  const PolicyName = policyName(runId);
  if (principal.kind === 'role') {
    await iam.send(new DeleteRolePolicyCommand({ RoleName: nameOf(principal.roleArn), PolicyName }));
  } else if (principal.kind === 'user') {
    await iam.send(new DeleteUserPolicyCommand({ UserName: principal.userName, PolicyName }));
  }
}

const policyName = (runId: string): string => `upload-${runId}-revoked`;
const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);
