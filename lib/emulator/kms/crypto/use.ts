/** The way that every use of a key goes, whether a client or a service asks (KMS-02, KMS-04, KMS-10, KMS-14, KMS-20). */

import type { KeyLastUsageTrackingOperation, KeyUsageType } from '@aws-sdk/client-kms';
import type { KeyOperationName } from '../../../contract/ledger.ts';
import type { RequestContext, TrailEvent } from '../../context.ts';
import { orderedId } from '../../storage/ordered-id.ts';
import { AwsError } from '../../wire/error.ts';
import { authorizeKey, type Conditions, type EncryptionContext } from '../authorize.ts';
import type { Call } from '../call.ts';
import { dryRunSucceeded, invalid, invalidUsage } from '../errors.ts';
import type { KeyRecord } from '../keys/record.ts';
import { demandState, USABLE } from '../keys/states.ts';
import type { Kms } from '../kms.ts';
import { ANY_KEY, type Reference, resolveKey } from '../resolve.ts';

const NO_CONTEXT: EncryptionContext = {};
/** Characters of all names and values of an encryption context together (KMSDG encrypt_context). */
const MAX_CONTEXT = 8192;

export interface KeyAccess {
  /** The action without `kms:`. */
  readonly action: string;
  /** The operation as it stands in an error about the key's usage; the action unless said otherwise. */
  readonly operation?: string;
  readonly usage: KeyUsageType;
  readonly encryptionContext?: EncryptionContext | undefined;
  readonly conditions?: Conditions;
  readonly dryRun?: boolean | undefined;
  /** Only symmetric encryption keys will do. */
  readonly symmetricOnly?: boolean;
}

/** Resolves, authorises, then checks state and usage; throws as KMS does. A dry run that got this far has succeeded. */
export function accessKey(kms: Kms, call: Call, identifier: string, access: KeyAccess): KeyRecord {
  const reference = resolveKey(kms, call, identifier, access.action, ANY_KEY);
  accessReference(kms, call, reference, access);
  if (access.dryRun === true) throw dryRunSucceeded();
  return reference.key;
}

/** As `accessKey`, for a key that is known already. Does not end a dry run. */
export function accessReference(kms: Kms, call: Call, { key, alias }: Reference, access: KeyAccess): void {
  checkContext(access.encryptionContext);
  authorizeKey(kms, call, {
    action: access.action,
    key,
    alias,
    encryptionContext: access.encryptionContext,
    grantable: true,
    ...(access.conditions !== undefined && { conditions: access.conditions }),
  });
  kms.quota.admitUse(call, key);
  demandState(key, USABLE);
  if (key.usage !== access.usage || (access.symmetricOnly === true && key.spec !== 'SYMMETRIC_DEFAULT')) {
    throw invalidUsage(key.arn, key.usage, access.operation ?? access.action);
  }
}

function checkContext(context: EncryptionContext | undefined): void {
  if (context === undefined) return;
  let size = 0;
  for (const name of Object.keys(context)) size += name.length + (context[name]?.length ?? 0);
  if (size > MAX_CONTEXT) throw invalid(`The encryption context must not be longer than ${MAX_CONTEXT} characters.`);
}

/** What a use of a key leaves in the ledger and in CloudTrail (CT-05). */
export interface UseRecord {
  readonly operation: KeyOperationName;
  /** The identifier as it was sent, if one was. */
  readonly sentKeyId: string | undefined;
  readonly encryptionContext: EncryptionContext | undefined;
  readonly requestParameters: Readonly<Record<string, unknown>>;
}

/** Runs one use of a key and records it, whatever comes of it. `use` returns the key that it used. */
export function recorded<T extends { readonly key: KeyRecord }>(
  kms: Kms,
  call: Call,
  record: UseRecord,
  use: () => T,
): T {
  const decisionsBefore = call.context.trail.decisions.length;
  const eventId = orderedId();
  try {
    const result = use();
    if (record.operation !== 'DescribeKey' && record.operation !== 'CreateGrant') {
      noteUse(kms, call.context, result.key, record.operation, eventId);
    }
    write(call, record, eventId, decisionsBefore, result.key, undefined);
    return result;
  } catch (error) {
    if (error instanceof AwsError && error.code !== 'DryRunOperationException') {
      write(call, record, eventId, decisionsBefore, undefined, error);
    }
    throw error;
  }
}

/** Notes a use that no ledger entry is made of (signatures, MACs, key pairs): KMS-13 names its event. */
export function noteDirectUse(
  kms: Kms,
  context: RequestContext,
  key: KeyRecord,
  operation: KeyLastUsageTrackingOperation,
): void {
  const eventId = orderedId();
  context.trail.event = { ...context.trail.event, eventId, readOnly: true };
  noteUse(kms, context, key, operation, eventId);
}

/** KMS-13 */
function noteUse(
  kms: Kms,
  context: RequestContext,
  key: KeyRecord,
  operation: KeyLastUsageTrackingOperation,
  eventId: string,
): void {
  kms.lastUse.note(key, { operation, at: kms.now(key.accountId), eventId, requestId: context.requestId });
}

function write(
  call: Call,
  record: UseRecord,
  eventId: string,
  decisionsBefore: number,
  key: KeyRecord | undefined,
  error: AwsError | undefined,
): void {
  const { trail } = call.context;
  const decided = trail.decisions.length > decisionsBefore ? trail.decisions.length - 1 : undefined;
  const arn = key?.arn ?? (decided === undefined ? undefined : trail.decisions[decided]?.request.resource);
  trail.keyOperations.push({
    kind: 'made',
    operation: record.operation,
    keyArn: arn ?? record.sentKeyId ?? '',
    principalArn: call.caller.principal.arn,
    encryptionContext: record.encryptionContext ?? NO_CONTEXT,
    ...(call.viaService !== undefined && { viaService: call.viaService }),
    answeredBy: 'kms',
    ...(decided !== undefined && { decision: decided }),
    ...(error !== undefined && { error: { code: error.code, message: error.message } }),
  });
  const described = describeEvent(call, record, eventId, arn, error);
  // The server gives the owner of a key its copy of a request's own event; for a service it is given here.
  if (call.viaService === undefined) {
    trail.event = described;
    return;
  }
  const owner = arn?.split(':')[4];
  if (owner === undefined || owner === described.recipientAccountId) {
    trail.events.push(described);
    return;
  }
  const shared = { ...described, sharedEventId: orderedId() };
  trail.events.push(shared, { ...shared, eventId: orderedId(), recipientAccountId: owner });
}

function describeEvent(
  call: Call,
  record: UseRecord,
  eventId: string,
  arn: string | undefined,
  error: AwsError | undefined,
): TrailEvent {
  const { principal, accessKeyId, session } = call.caller;
  const isService = principal.kind === 'AWSService';
  const parts = arn?.split(':');
  return {
    eventId,
    category: 'Management',
    eventSource: 'kms.amazonaws.com',
    eventName: record.operation,
    readOnly: true,
    principal,
    ...(!isService && accessKeyId !== '' && { accessKeyId }),
    ...(session !== undefined && { session }),
    ...(call.viaService !== undefined && {
      invokedBy: isService ? (principal.serviceName ?? principal.arn) : serviceDomain(call.viaService),
    }),
    requestParameters: {
      ...(record.sentKeyId !== undefined && { keyId: record.sentKeyId }),
      ...(record.encryptionContext !== undefined && { encryptionContext: record.encryptionContext }),
      ...record.requestParameters,
    },
    responseElements: null,
    resources: arn === undefined ? [] : [{ accountId: parts?.[4] ?? '', type: 'AWS::KMS::Key', ARN: arn }],
    recipientAccountId: isService ? (parts?.[4] ?? call.accountId) : principal.accountId,
    ...(error !== undefined && {
      errorCode: error.code === 'AccessDeniedException' ? 'AccessDenied' : error.code,
      errorMessage: error.message,
    }),
  };
}

/** `s3.us-east-1.amazonaws.com` → `s3.amazonaws.com` */
function serviceDomain(viaService: string): string {
  const [service = '', ...rest] = viaService.split('.');
  return rest.length === 3 ? `${service}.amazonaws.com` : viaService;
}
