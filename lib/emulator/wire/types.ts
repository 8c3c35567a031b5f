/** The shapes that the HTTP layer and the wire layer hand each other. */

import type { BodyAnswer, BodySource, ServiceName } from './operation.ts';

/** One request as it arrived, before anything was decoded. */
export interface WireRequest {
  readonly method: string;
  /** The Host header, with its port. */
  readonly host: string;
  /** The path as sent, still percent-encoded, without the query. Begins with `/`. */
  readonly rawPath: string;
  /** The query as sent, without `?`; empty when there is none. */
  readonly rawQuery: string;
  /** Names in lower case; a header that came several times is joined with `,`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly secure: boolean;
  /** Of the credential scope (Authorization header or X-Amz-Credential); absent for unsigned requests. */
  readonly scope?: { readonly service: string; readonly region: string };
}

/** What a request asks for. */
export interface Route {
  readonly service: ServiceName;
  readonly operation: string;
  /** S3: the bucket, decoded, from path or host. */
  readonly bucket?: string;
  /** S3: the object key, decoded, every character as the client meant it. */
  readonly key?: string;
  /** Path members (S3: `Bucket`, `Key`; S3 Tables: `tableBucketARN`, …), decoded. */
  readonly labels: Readonly<Record<string, string>>;
  /** The query, decoded, in order of arrival: name to values. Shared with the decoder so that it is parsed once. */
  readonly query: ReadonlyMap<string, readonly string[]>;
  /** awsQuery: the parsed form, so that it is parsed once. */
  readonly form?: ReadonlyMap<string, string>;
}

/** For whom an error is written; what is known of the request when it fails. */
export interface ErrorTarget {
  readonly service: ServiceName;
  readonly operation?: string;
  /** HEAD answers have no body. */
  readonly method: string;
}

/** An answer, complete but for `Date` and the connection's own headers. */
export interface WireAnswer {
  readonly status: number;
  /** Names in lower case, `content-length` included where there is one. Values are safe for a header. */
  readonly headers: Record<string, string>;
  /** Absent: no body. */
  readonly body?: Uint8Array | Pick<BodyAnswer, 'bytes'>;
}

/** What a request may carry: bytes that were read whole, or a body that streams. */
export type WireBody = Uint8Array | BodySource;
