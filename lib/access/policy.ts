/**
 * Placeholder shape of a compiled policy; `parsePolicy` turns text into one.
 * Compiled once when it is stored, shared by every evaluation.
 */
export interface Policy {
  /** The document exactly as it was given. */
  readonly text: string;
  /** SHA-256 of `text`, hex: policies are stored and compared by it. */
  readonly hash: string;
}
