/** What every operation knows of its request beside the input: who, where, when, and where its consequences are written. */

import type { AccessRequest, Decision, PolicySet, Principal } from '../access/types.ts';
import type { KeyOperation } from '../contract/ledger.ts';
import type { ServiceName } from './wire/operation.ts';

/** The authenticated caller and the credentials it used. */
export interface Caller {
  readonly principal: Principal;
  readonly accessKeyId: string;
  /** Present for temporary credentials (STS). */
  readonly session?: CallerSession;
  /** Present when the request was signed with credentials of CreateSession (DB-30, DB-31). */
  readonly bucketSession?: BucketSession;
  /**
   * Whom S3 treats as one requester (BK-06): the role, user or account, and the hash of its session policies.
   * Two sessions of one role without session policies are the same requester.
   */
  readonly requester: string;
}

export interface CallerSession {
  /** World time, milliseconds. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Texts of inline and managed session policies, in order. */
  readonly policies: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly sourceIdentity?: string;
  readonly mfa: boolean;
}

/** A session of a directory bucket (DB-31…DB-37). */
export interface BucketSession {
  readonly bucket: string;
  readonly mode: 'ReadOnly' | 'ReadWrite';
  readonly expiresAt: number;
  readonly encryption: { readonly algorithm: 'AES256' } | { readonly algorithm: 'aws:kms'; readonly keyArn: string };
  /** The principal that called CreateSession; KMS was asked in its name. */
  readonly creator: Principal;
}

/** One evaluated question, kept with what it was evaluated on, so that its trace can be made again on demand. */
export interface RecordedDecision {
  readonly request: AccessRequest;
  readonly policies: PolicySet;
  readonly decision: Decision;
}

/** A CloudTrail event in the making; `lib/emulator/cloudtrail` turns it into a record. */
export interface TrailEvent {
  readonly eventId: string;
  readonly category: 'Management' | 'Data';
  /** `kms.amazonaws.com` */
  readonly eventSource: string;
  readonly eventName: string;
  readonly readOnly: boolean;
  readonly principal: Principal;
  readonly accessKeyId?: string;
  readonly session?: CallerSession;
  /** Set when a service called on somebody's behalf (CT-05). */
  readonly invokedBy?: string;
  readonly requestParameters: unknown;
  readonly responseElements: unknown;
  readonly additionalEventData?: unknown;
  readonly resources: readonly { readonly accountId?: string; readonly type: string; readonly ARN: string }[];
  readonly errorCode?: string;
  readonly errorMessage?: string;
  /** The account in whose trail it appears; the caller's unless said otherwise. */
  readonly recipientAccountId?: string;
  readonly serviceEventDetails?: unknown;
  /** Same in the copies of an event that the trails of two accounts hold (cross-account use of a key). */
  readonly sharedEventId?: string;
}

/** What a request leaves behind. Operations and ports append; the server writes it when the answer is known. */
export interface RequestTrail {
  readonly decisions: RecordedDecision[];
  readonly keyOperations: KeyOperation[];
  /** Events beside the request's own: KMS calls that a service made. */
  readonly events: TrailEvent[];
  /** Set by the operation: what the request was about. */
  resource?: string;
  parent?: string;
  bytes?: number;
  /** The request's own event: set by the operation where the generic description would be wrong. */
  event?: Partial<TrailEvent>;
}

export interface RequestContext {
  readonly requestId: string;
  readonly service: ServiceName;
  readonly operation: string;
  readonly caller: Caller;
  /** Account of the caller; state is kept under the account that owns a resource, which may be another. */
  readonly accountId: string;
  readonly region: string;
  /** World time of the caller's account at arrival, milliseconds. */
  readonly now: number;
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly secureTransport: boolean;
  /** `header`, `query` (presigned), `none`. */
  readonly authType: 'header' | 'query' | 'none';
  /** Age of the signature in milliseconds of machine time. */
  readonly signatureAge: number;
  readonly host: string;
  /** Raw request headers, lower case: only for condition keys that quote headers. */
  readonly headers: Readonly<Record<string, string>>;
  readonly trail: RequestTrail;
}
