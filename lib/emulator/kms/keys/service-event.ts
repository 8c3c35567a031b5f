import type { TrailEvent } from '../../context.ts';
import { orderedId } from '../../storage/ordered-id.ts';
import type { KeyRecord } from './record.ts';

/** The CloudTrail event of something that KMS did by itself (KMSDG ct-deletekey, ct-rotatekey). */
export function serviceEvent(
  key: KeyRecord,
  eventName: string,
  details: Readonly<Record<string, string>> = {},
): TrailEvent {
  return {
    eventId: orderedId(),
    category: 'Management',
    eventSource: 'kms.amazonaws.com',
    eventName,
    readOnly: false,
    principal: {
      kind: 'AWSService',
      arn: 'kms.amazonaws.com',
      accountId: '',
      userId: 'kms.amazonaws.com',
      serviceName: 'kms.amazonaws.com',
    },
    invokedBy: 'AWS Internal',
    requestParameters: null,
    responseElements: null,
    resources: [{ accountId: key.accountId, type: 'AWS::KMS::Key', ARN: key.arn }],
    recipientAccountId: key.accountId,
    serviceEventDetails: { keyId: key.keyId, ...details },
  };
}
