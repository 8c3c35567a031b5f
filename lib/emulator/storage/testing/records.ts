/** Requests as the server would record them. */

import { parsePolicy } from '../../../access/index.ts';
import type { KeyOperation } from '../../../contract/ledger.ts';
import type { RecordedDecision, TrailEvent } from '../../context.ts';
import type { RequestRecord } from '../audit.ts';
import { orderedId } from '../ordered-id.ts';

export const ACCOUNT = '111122223333';
export const REGION = 'us-east-1';
export const KEY_ARN = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
export const BUCKET_ARN = 'arn:aws:s3:::photos';
/** 2026-11-21T00:00:00Z */
export const NOON = Date.UTC(2026, 10, 21);

export const ALICE = {
  kind: 'IAMUser',
  arn: `arn:aws:iam::${ACCOUNT}:user/alice`,
  accountId: ACCOUNT,
  userId: 'AIDAALICE',
} as const;

export const POLICY = parsePolicy(
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Sid: 'Write', Effect: 'Allow', Action: 's3:PutObject', Resource: `${BUCKET_ARN}/*` },
      { Sid: 'Never', Effect: 'Deny', Action: 's3:PutObject', Resource: `${BUCKET_ARN}/secret/*` },
    ],
  }),
);

export function eventOf(change: Partial<TrailEvent> = {}): TrailEvent {
  return {
    eventId: orderedId(),
    category: 'Management',
    eventSource: 'kms.amazonaws.com',
    eventName: 'GenerateDataKey',
    readOnly: true,
    principal: ALICE,
    accessKeyId: 'AKIAALICE',
    requestParameters: { keyId: KEY_ARN, keySpec: 'AES_256', encryptionContext: { 'aws:s3:arn': BUCKET_ARN } },
    responseElements: null,
    resources: [{ accountId: ACCOUNT, type: 'AWS::KMS::Key', ARN: KEY_ARN }],
    ...change,
  };
}

export function decisionOn(resource: string): RecordedDecision {
  return {
    request: {
      principal: ALICE,
      action: 's3:PutObject',
      resource,
      resourceAccountId: ACCOUNT,
      context: new Map([
        ['aws:currenttime', ['2026-11-21T00:00:00Z']],
        ['aws:sourceip', ['192.0.2.1']],
        ['aws:tagkeys', ['one', 'two']],
      ]),
    },
    policies: { identity: [{ source: 'inline photos', policy: POLICY }] },
    decision: { outcome: 'allow', decidedBy: 'identity-policy', source: 'inline photos', statement: 'Write' },
  };
}

export interface PutChange {
  readonly key?: string;
  readonly time?: number;
  readonly accountId?: string;
  readonly principalArn?: string;
  readonly parent?: string;
  readonly keyOperations?: readonly KeyOperation[];
  readonly events?: readonly TrailEvent[];
  readonly decisions?: readonly RecordedDecision[];
  readonly error?: { readonly code: string; readonly message: string };
}

/** A PutObject of `key` into the bucket. */
export function putRecord(change: PutChange = {}): RequestRecord {
  const parent = change.parent ?? BUCKET_ARN;
  const resource = `${parent}/${change.key ?? 'a.jpg'}`;
  return {
    ledger: {
      requestId: orderedId(),
      accountId: change.accountId ?? ACCOUNT,
      region: REGION,
      service: 's3',
      operation: 'PutObject',
      principalArn: change.principalArn ?? ALICE.arn,
      accessKeyId: 'AKIAALICE',
      resource,
      parent,
      bytes: 1024,
      status: change.error === undefined ? 200 : 403,
      ...(change.error !== undefined && { error: change.error }),
      durationMs: 1.5,
      keyOperations: change.keyOperations ?? [],
    },
    time: change.time ?? NOON,
    origin: { sourceIp: '192.0.2.1', userAgent: 'test', secureTransport: false, host: '127.0.0.1:4566' },
    events: change.events ?? [
      eventOf({
        category: 'Data',
        eventSource: 's3.amazonaws.com',
        eventName: 'PutObject',
        readOnly: false,
        requestParameters: { bucketName: 'photos', key: change.key ?? 'a.jpg' },
        responseElements: { 'x-amz-server-side-encryption': 'aws:kms' },
        resources: [
          { type: 'AWS::S3::Object', ARN: resource },
          { accountId: ACCOUNT, type: 'AWS::S3::Bucket', ARN: parent },
        ],
      }),
    ],
    decisions: change.decisions ?? [decisionOn(resource)],
  };
}

export const SPARED: KeyOperation = {
  kind: 'spared',
  operation: 'GenerateDataKey',
  keyArn: KEY_ARN,
  principalArn: ALICE.arn,
  encryptionContext: { 'aws:s3:arn': BUCKET_ARN },
  viaService: 's3.us-east-1.amazonaws.com',
  answeredBy: 'bucket-key',
  cachedKeyId: 'bk-1',
  cachedKeyAge: 12.5,
};

export const MADE: KeyOperation = {
  kind: 'made',
  operation: 'GenerateDataKey',
  keyArn: KEY_ARN,
  principalArn: ALICE.arn,
  encryptionContext: { 'aws:s3:arn': BUCKET_ARN },
  viaService: 's3.us-east-1.amazonaws.com',
  answeredBy: 'kms',
  cachedKeyId: 'bk-1',
  decision: 0,
};
