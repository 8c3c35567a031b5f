/** A planned change as a person reviews it: what will be called, who gains and loses, what is touched. All of it data. */
import type { ApiCallText } from '../aws/api-call.ts';
import type { CallRecord } from '../aws/result.ts';

/** One API call that will be made, before it is made. */
export interface PlannedCall {
  readonly service: CallRecord['service'];
  /** As in the API: `PutKeyPolicy`. */
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** What it does, in one sentence. */
  readonly says: string;
  /** Why it can't be taken back; absent where it can. */
  readonly irreversible?: string;
}

/** Somebody whose access differs after the change. */
export interface AccessRow {
  readonly direction: 'gains' | 'loses';
  /** ARN, or the DNS name of a service. A role stands for its sessions. */
  readonly principal: string;
  /** `kms:Decrypt`, `s3:PutObject`, … */
  readonly actions: readonly string[];
  /** On what, or through what: "Tables of analytics-lakehouse". */
  readonly holdsWhen: string;
  /** Which policy, statement or grant decides. */
  readonly because: string;
  /** World time of the last use that was found, ISO 8601. */
  readonly lastUsed?: string;
}

/** Who gains and loses. */
export interface AccessChanges {
  /** Gains first, then losses. */
  readonly rows: readonly AccessRow[];
  /** Principals that can do the same before and after. */
  readonly keep: number;
  /** Rows that were left out because there are too many. */
  readonly more: number;
  /** False when there were more questions than are asked. */
  readonly complete: boolean;
}

/** A document before and after. */
export interface DocumentChange {
  readonly label: string;
  readonly before: string;
  readonly after: string;
}

/** A statement or grant that speaks of an encryption context which S3 sends differently after the change. */
export interface ContextChange {
  /** "Key policy, statement AllowIngest", "Grant nightly". */
  readonly where: string;
  readonly expects: string;
  readonly before: string;
  readonly after: string;
  readonly matchedBefore: boolean;
  readonly matchesAfter: boolean;
}

/** Something that the change reaches, or does not reach though one might think so. */
export interface Touched {
  readonly name: string;
  readonly what: string;
  /** Where the console shows it. */
  readonly place?: Place;
}

/** A bucket, table or key of the console. */
export interface Place {
  readonly kind: 'bucket' | 'directory-bucket' | 'table-bucket' | 'table' | 'key';
  /** Name; of a key its id. */
  readonly name: string;
  /** Of a table: its bucket and namespace. */
  readonly bucket?: string;
  readonly namespace?: string;
}

/** Why a plan wants a second look. A risk that is `grave` wants a typed word. */
export interface Risk {
  readonly grave: boolean;
  readonly title: string;
  readonly detail: string;
}

/** Everything that a person sees before applying. */
export interface Plan {
  /** Of the state that the plan was made against: applying refuses when that has changed. */
  readonly fingerprint: string;
  /** World time, ISO 8601. */
  readonly madeAt: string;
  readonly title: string;
  readonly calls: readonly (PlannedCall & { readonly text: ApiCallText })[];
  readonly access?: AccessChanges;
  readonly documents: readonly DocumentChange[];
  readonly contexts: readonly ContextChange[];
  readonly touched: readonly Touched[];
  /** What stays as it is though the change is about its kind. */
  readonly untouched: readonly Touched[];
  readonly risks: readonly Risk[];
  /** What could not be read, so that the plan can't tell. */
  readonly unseen: readonly string[];
  /** To be typed before applying; present where a risk is grave. */
  readonly word?: string;
  /** Whether there is a way back after applying. */
  readonly undoable: boolean;
}
