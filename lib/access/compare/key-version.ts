/** A key with everything that decides on its use, as a version to compare. */

import { parseArn } from '../arn.ts';
import { conditionContext } from '../context.ts';
import type { Grant, PolicySet, Principal, SourcedPolicy } from '../types.ts';
import type { Question, Situation, Version } from './types.ts';

export interface KeySetup {
  readonly keyArn: string;
  readonly policy: SourcedPolicy;
  /** A list of `grantList` where there are many. */
  readonly grants: readonly Grant[];
  /** KMS-04: in any state but Enabled the key encrypts and decrypts nothing. Default Enabled. */
  readonly state?: string;
  /** General purpose buckets with an S3 Bucket Key: there S3 sends the bucket's ARN as context (GP-17). */
  readonly bucketKeys?: ReadonlySet<string>;
  /** Everything that stands on the caller's side: IAM policies, boundary, session and organisation. */
  readonly callerSide: (principal: Principal) => Omit<PolicySet, 'resource' | 'grants'>;
  /** World time in milliseconds. Default: all grants count. */
  readonly now?: number;
}

/** Refused while the key can't be used; all else works in every state (KMS-04, KMS-05). */
const NEEDS_ENABLED =
  /^kms:(?:Encrypt|Decrypt|GenerateDataKey.*|GenerateMac|VerifyMac|ReEncrypt(?:From|To)|Sign|Verify|DeriveSharedSecret|CreateGrant)$/;

/** How a question about a key reaches the evaluator: with the context that S3, S3 Express or S3 Tables sends for the data. */
export function keyVersion(setup: KeySetup): Version {
  const { keyArn, policy, grants, state = 'Enabled', callerSide, now = Number.MAX_SAFE_INTEGER } = setup;
  const arn = parseArn(keyArn);
  const region = arn?.region ?? '';
  return (question): Situation => {
    const { principal, action, resource } = question;
    if (resource === keyArn && STATES.has(state) && NEEDS_ENABLED.test(action)) {
      return { unavailable: `The key is ${STATES.get(state)}, so KMS refuses ${action} to everyone.` };
    }
    const { encryptionContext, viaService } = reached(question, region, setup.bucketKeys);
    const names = Object.keys(encryptionContext);
    const isService = principal.kind === 'AWSService';
    const request = {
      principal,
      action,
      resource,
      resourceAccountId: arn?.accountId ?? '',
      context: conditionContext([
        ['kms:CallerAccount', isService ? arn?.accountId : principal.accountId],
        ['aws:PrincipalArn', principal.roleArn ?? principal.arn],
        ['aws:PrincipalAccount', isService ? undefined : principal.accountId],
        ['aws:PrincipalIsAWSService', String(isService)],
        ['aws:PrincipalServiceName', principal.serviceName],
        ['aws:SourceAccount', isService ? arn?.accountId : undefined],
        ['aws:SourceArn', isService ? question.data : undefined],
        ['aws:SecureTransport', 'true'],
        ['aws:ViaAWSService', String(viaService !== undefined && !isService)],
        ['kms:ViaService', viaService],
        ['kms:EncryptionContextKeys', names.length === 0 ? undefined : names],
        ...names.map((name) => [`kms:EncryptionContext:${name}`, encryptionContext[name]] as const),
      ]),
      grant: {
        operation: action.slice(action.indexOf(':') + 1),
        encryptionContext,
        tokenGrantIds: NO_TOKENS,
        now,
        ...(isService && question.data !== undefined ? { sourceArn: question.data } : {}),
      },
    };
    return { request, policies: { ...callerSide(principal), resource: policy, grants } };
  };
}

const NO_TOKENS: ReadonlySet<string> = new Set();
/** States in which it can't be used, as people say them. */
const STATES: ReadonlyMap<string, string> = new Map([
  ['Disabled', 'disabled'],
  ['PendingDeletion', 'pending deletion'],
  ['PendingImport', 'pending import'],
  ['PendingReplicaDeletion', 'pending the deletion of its replicas'],
  ['Unavailable', 'unavailable'],
  ['Creating', 'being made'],
]);

interface Reached {
  readonly encryptionContext: Readonly<Record<string, string>>;
  readonly viaService: string | undefined;
}

/** Context and service by which data reaches the key (GP-17, DB-48, DB-50, TB-62). */
function reached(
  { action, data, encryptionContext = {} }: Question,
  region: string,
  bucketKeys: ReadonlySet<string> | undefined,
): Reached {
  if (data === undefined) return { encryptionContext, viaService: undefined };
  const viaService = `s3.${region}.amazonaws.com`;
  // DescribeKey and the like take no context.
  if (!/^kms:(?:Encrypt|Decrypt|GenerateDataKey.*|ReEncrypt.*)$/.test(action))
    return { encryptionContext: {}, viaService };
  const arn = parseArn(data);
  if (arn?.service === 's3express') {
    const bucket = data.split('/').slice(0, 2).join('/');
    return { encryptionContext: { 'aws:s3express:arn': bucket }, viaService };
  }
  if (arn?.service === 's3tables') {
    const table = arn.resource.includes('/table/') ? data : `${data}/table/00000000-0000-0000-0000-000000000000`;
    return { encryptionContext: { 'aws:s3:arn': `${table}/data` }, viaService };
  }
  const [bucket = ''] = arn?.resource.split('/', 1) ?? [];
  const context =
    bucketKeys?.has(bucket) === true ? data.slice(0, data.length - (arn?.resource.length ?? 0)) + bucket : data;
  return { encryptionContext: { 'aws:s3:arn': context }, viaService };
}
