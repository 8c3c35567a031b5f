/** An answer that is an error of AWS: each service throws only those of its own closed set (its `errors.ts`). */
export class AwsError extends Error {
  /** Code on the wire, `NoSuchBucket`, `DisabledException`, `KMS.DisabledException`. */
  readonly code: string;
  /** HTTP status. */
  readonly status: number;
  /** Further members of the error shape (`Resource`, `ArgumentName`, …), written where the protocol has a place for them. */
  readonly members: Readonly<Record<string, string>>;
  /** Further answer headers (`x-amz-bucket-region`, `x-amz-delete-marker`, …). */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: string,
    status: number,
    message: string,
    extra: { members?: Readonly<Record<string, string>>; headers?: Readonly<Record<string, string>> } = {},
  ) {
    // It is an answer, not a failure of ours: nobody reads its stack, and taking one costs more than all the rest.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'AwsError';
    this.code = code;
    this.status = status;
    this.members = extra.members ?? {};
    this.headers = extra.headers ?? {};
  }
}
