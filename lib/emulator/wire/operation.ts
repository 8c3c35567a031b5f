/** What a service declares and what the wire layer gives it: no header, XML or JSON passes this line. */

/** Services whose contract is the schema of an SDK. `s3` holds S3 Express too: its operations are S3's own. */
export type SdkServiceName = 'kms' | 's3' | 's3tables' | 'iam' | 'sts' | 'cloudtrail';

/** Services on the wire: beside those of the SDKs the Iceberg REST catalog of S3 Tables, whose contract is Iceberg's. */
export type ServiceName = SdkServiceName | 'iceberg';

/** SDK input types mark required members as possibly undefined; after validation they are there. */
export type Checked<T> = {
  [K in keyof T]: Record<string, never> extends Pick<T, K> ? T[K] : Exclude<T[K], undefined>;
};

/** A request body that streams, already stripped of aws-chunked framing and checked against its declared checksums. */
export interface BodySource extends AsyncIterable<Uint8Array> {
  /** Decoded length in bytes where the client declared one (`x-amz-decoded-content-length`, else `Content-Length`). */
  readonly length: number | undefined;
  /** The whole body when it has already arrived (small uploads): lets a service skip streaming. */
  readonly whole: Uint8Array | undefined;
  /** Checksums that came as trailers, header name to value; empty until the iteration has ended. */
  readonly trailers: ReadonlyMap<string, string>;
}

/** A streaming answer body. */
export interface BodyAnswer {
  readonly length: number;
  readonly bytes: Uint8Array | AsyncIterable<Uint8Array>;
}

/** An operation: a plain function of typed input and the context of the request. Throws AwsError. */
export type Operation<Input, Output, Context> = (input: Checked<Input>, context: Context) => Output | Promise<Output>;

/** Operations by AWS name; what is missing answers in the service's own "not implemented" way. */
export type OperationTable<Context> = Readonly<Record<string, Operation<never, unknown, Context>>>;
