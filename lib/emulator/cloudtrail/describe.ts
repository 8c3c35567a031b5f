/** The event of a request itself. Events of the KMS calls that a service makes are written by KMS. */

import type { RequestContext, TrailEvent } from '../context.ts';
import { orderedId } from '../storage/ordered-id.ts';
import type { ServiceName } from '../wire/operation.ts';
import { elements, textOf } from './parameters.ts';
import { describeS3 } from './s3-event.ts';

const EVENT_SOURCES: Readonly<Record<ServiceName, string>> = {
  kms: 'kms.amazonaws.com',
  s3: 's3.amazonaws.com',
  s3tables: 's3tables.amazonaws.com',
  iceberg: 's3tables.amazonaws.com',
  iam: 'iam.amazonaws.com',
  sts: 'sts.amazonaws.com',
  cloudtrail: 'cloudtrail.amazonaws.com',
};

const READING = /^(?:BatchGet|Describe|Get|Head|List|Lookup|Search|Select|Simulate|Verify)/;
/** They change nothing that a client could read again (KMSDG logging-using-cloudtrail, IAMUG cloudtrail-integration). */
const READING_TOO: ReadonlySet<string> = new Set([
  'AssumeRole',
  'AssumeRoleWithSAML',
  'AssumeRoleWithWebIdentity',
  'CreateSession',
  'Decrypt',
  'DeriveSharedSecret',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateMac',
  'GenerateRandom',
  'ReEncrypt',
  'Sign',
]);

/** Whether an operation only reads, by its name. */
export function isReadOnly(operation: string): boolean {
  return READING.test(operation) || READING_TOO.has(operation);
}

/**
 * Describes a request from its input and output, then lets what the operation said of itself (`context.trail.event`)
 * have the last word. For a management event on a resource of another account, the copy that the owner's trail gets is
 * appended to `context.trail.events`, with the same `sharedEventID`. Never throws.
 */
export function describeRequest(
  context: RequestContext,
  input: unknown,
  output: unknown,
  error: { readonly code: string; readonly message: string } | undefined,
): TrailEvent {
  const { caller, trail } = context;
  const readOnly = isReadOnly(context.operation);
  const described =
    context.service === 's3'
      ? describeS3(context, input, output, error !== undefined, readOnly)
      : describeGeneric(context, input, output, error !== undefined, readOnly);
  const event: TrailEvent = {
    eventId: orderedId(),
    readOnly,
    principal: caller.principal,
    ...(caller.accessKeyId !== '' && { accessKeyId: caller.accessKeyId }),
    ...(caller.session !== undefined && { session: caller.session }),
    ...(error !== undefined && {
      // The log has one name for all refusals.
      errorCode: /^(?:AccessDenied|Forbidden)(?:Exception)?$/.test(error.code) ? 'AccessDenied' : error.code,
      errorMessage: error.message,
    }),
    ...described,
    ...trail.event,
    ...(error !== undefined && { responseElements: null }),
  };
  return event.category === 'Data' ? event : shareWithOwner(context, event);
}

function describeGeneric(
  context: RequestContext,
  input: unknown,
  output: unknown,
  failed: boolean,
  readOnly: boolean,
): Pick<TrailEvent, 'category' | 'eventSource' | 'eventName' | 'requestParameters' | 'responseElements' | 'resources'> {
  return {
    category: 'Management',
    eventSource: EVENT_SOURCES[context.service],
    eventName: context.operation,
    requestParameters: elements(input),
    // STS reads nothing but answers with credentials, whose names belong into the log.
    responseElements: failed || (readOnly && !context.operation.startsWith('Assume')) ? null : elements(output),
    resources: resourcesOf(context, input),
  };
}

function resourcesOf(context: RequestContext, input: unknown): TrailEvent['resources'] {
  const arn = context.trail.resource ?? (context.service === 'sts' ? textOf(input, 'RoleArn') : undefined);
  if (arn === undefined) return [];
  const [, , service, , account, ...rest] = arn.split(':');
  const type = TYPES[`${service}:${rest.join(':').split('/')[0]}`];
  return type === undefined ? [] : [{ accountId: account || context.accountId, type, ARN: arn }];
}

/** Types of resources by the service and first word of their ARN. */
const TYPES: Readonly<Record<string, string>> = {
  'kms:key': 'AWS::KMS::Key',
  'iam:role': 'AWS::IAM::Role',
  'iam:user': 'AWS::IAM::User',
  'iam:policy': 'AWS::IAM::Policy',
  'iam:group': 'AWS::IAM::Group',
  's3tables:bucket': 'AWS::S3Tables::TableBucket',
};

function shareWithOwner(context: RequestContext, event: TrailEvent): TrailEvent {
  const own = event.recipientAccountId ?? context.accountId;
  const owner = event.resources.find(({ accountId }) => accountId !== undefined && accountId !== own)?.accountId;
  if (owner === undefined || event.sharedEventId !== undefined) return event;
  const shared = { ...event, sharedEventId: orderedId() };
  context.trail.events.push({ ...shared, eventId: orderedId(), recipientAccountId: owner });
  return shared;
}
