import 'server-only';
import * as iam from '@aws-sdk/client-iam';
import * as kms from '@aws-sdk/client-kms';
import * as s3 from '@aws-sdk/client-s3';
import * as s3tables from '@aws-sdk/client-s3tables';
import type { PlannedCall } from '../plan/types.ts';
import { type ApiCallText, describeCall } from './api-call.ts';
import type { Aws } from './connection.ts';
import type { Result } from './result.ts';
import { rehearse, send } from './send.ts';

/** Calls that a plan may make: described before, sent when the plan is applied. Others are refused. */

// biome-ignore format: one operation per line would hide the list
const COMMANDS = {
  kms: {
    CancelKeyDeletion: kms.CancelKeyDeletionCommand, CreateAlias: kms.CreateAliasCommand, CreateGrant: kms.CreateGrantCommand,
    CreateKey: kms.CreateKeyCommand, DeleteAlias: kms.DeleteAliasCommand, DisableKey: kms.DisableKeyCommand,
    DisableKeyRotation: kms.DisableKeyRotationCommand, EnableKey: kms.EnableKeyCommand,
    EnableKeyRotation: kms.EnableKeyRotationCommand, PutKeyPolicy: kms.PutKeyPolicyCommand,
    RetireGrant: kms.RetireGrantCommand, RevokeGrant: kms.RevokeGrantCommand,
    RotateKeyOnDemand: kms.RotateKeyOnDemandCommand, ScheduleKeyDeletion: kms.ScheduleKeyDeletionCommand,
    UpdateAlias: kms.UpdateAliasCommand,
  },
  s3: {
    CreateBucket: s3.CreateBucketCommand, DeleteBucket: s3.DeleteBucketCommand,
    DeleteBucketEncryption: s3.DeleteBucketEncryptionCommand, DeleteBucketPolicy: s3.DeleteBucketPolicyCommand,
    PutBucketEncryption: s3.PutBucketEncryptionCommand, PutBucketPolicy: s3.PutBucketPolicyCommand,
  },
  s3tables: {
    CreateNamespace: s3tables.CreateNamespaceCommand, CreateTable: s3tables.CreateTableCommand,
    CreateTableBucket: s3tables.CreateTableBucketCommand, DeleteNamespace: s3tables.DeleteNamespaceCommand,
    DeleteTable: s3tables.DeleteTableCommand, DeleteTableBucket: s3tables.DeleteTableBucketCommand,
    DeleteTableBucketEncryption: s3tables.DeleteTableBucketEncryptionCommand,
    DeleteTableBucketPolicy: s3tables.DeleteTableBucketPolicyCommand, DeleteTablePolicy: s3tables.DeleteTablePolicyCommand,
    PutTableBucketEncryption: s3tables.PutTableBucketEncryptionCommand,
    PutTableBucketPolicy: s3tables.PutTableBucketPolicyCommand, PutTablePolicy: s3tables.PutTablePolicyCommand,
  },
  iam: {
    CreateRole: iam.CreateRoleCommand, DeleteRole: iam.DeleteRoleCommand, DeleteRolePolicy: iam.DeleteRolePolicyCommand,
    DeleteUserPolicy: iam.DeleteUserPolicyCommand, PutRolePolicy: iam.PutRolePolicyCommand, PutUserPolicy: iam.PutUserPolicyCommand,
  },
} as const;

type Command = Parameters<typeof send>[2];

function commandOf({ service, operation, input }: PlannedCall): Command {
  const known: Readonly<Record<string, Readonly<Record<string, unknown>>>> = COMMANDS;
  const Make = known[service]?.[operation] as (new (input: object) => Command) | undefined;
  if (!Make) throw new TypeError(`A plan can't make ${service}:${operation}.`);
  return new Make(structuredClone(input));
}

/** A call in the AWS CLI, in TypeScript and in HTTP, as it will be made. Nothing is sent. */
export async function describePlannedCall(aws: Aws, call: PlannedCall): Promise<ApiCallText> {
  return describeCall(await rehearse(aws, call.service, commandOf(call)));
}

/** Makes a planned call. */
export function sendPlannedCall(aws: Aws, call: PlannedCall): Promise<Result<unknown>> {
  return send(aws, call.service, commandOf(call));
}
