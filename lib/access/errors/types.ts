/** What an error text of AWS says, whoever printed it. */

import type { Layer } from '../types.ts';

/** Who printed the text. */
export type ErrorForm =
  | 'cli'
  | 'sdk-javascript'
  | 'sdk-java'
  | 'sdk-go'
  | 'sdk-python'
  | 'xml'
  | 'json'
  | 'cloudtrail'
  | 'encoded-message'
  | 'decoded-message'
  | 'text';

/** Parts of an error; what the text does not say is absent. */
export interface ErrorParts {
  readonly form: ErrorForm;
  /** `AccessDenied`, `KMS.DisabledException`, … as the service wrote it. */
  readonly code?: string;
  readonly message?: string;
  readonly status?: number;
  readonly requestId?: string;
  readonly hostId?: string;
  /** Operation that the client called: `PutObject`. */
  readonly operation?: string;
  /** Service that answered: `s3`, `kms`, `s3tables`, `s3express`, `sts`, … */
  readonly service?: string;
  readonly principal?: string;
  /** The action that was refused: `kms:GenerateDataKey`. */
  readonly action?: string;
  readonly resource?: string;
  /** ARN or id of the KMS key that is spoken of. */
  readonly key?: string;
  readonly bucket?: string;
  readonly region?: string;
  /** Layer that the sentence names (ERR-05). */
  readonly layer?: Layer;
  /** `deny`: a statement denies. `silence`: nothing allows. `hidden`: AWS doesn't say (ERR-06). */
  readonly how?: 'deny' | 'silence' | 'hidden';
  /** The policy that denies, where AWS names it. */
  readonly policyArn?: string;
  /** What `sts:DecodeAuthorizationMessage` can read. */
  readonly encoded?: string;
  /** Condition values of a decoded message or an event. */
  readonly context?: Readonly<Record<string, string>>;
}
