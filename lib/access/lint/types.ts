/** What lint is given and what it finds. */

import type { Principal } from '../types.ts';

/** What the document is attached to. */
export type LintKind = 'key' | 'bucket' | 'directory-bucket' | 'table-bucket' | 'table' | 'identity';

/** `error`: it can't work, or it locks out. `warning`: it works, but hardly as meant. `info`: good to know. */
export type Severity = 'error' | 'warning' | 'info';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * One change of a document, as in a JSON Patch (RFC 6902), by JSON Pointer (RFC 6901). `add` makes a new member, or
 * appends to a list where the path ends with `-`; `rename` gives a member another name in its place.
 */
export type Edit =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: Json }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'rename'; readonly path: string; readonly key: string };

export interface Fix {
  /** What it does, as on a button: `Let the maintenance principal in`. */
  readonly title: string;
  /** In order; each path is of the document after the edits before it. */
  readonly edits: readonly Edit[];
}

export interface Finding {
  /** Name of the check, `missing-maintenance`. */
  readonly check: string;
  /** Rules behind it; empty for what is no policy at all. */
  readonly rules: readonly string[];
  readonly severity: Severity;
  /** Why, in one or two sentences. */
  readonly reason: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** Indexes into the text: the first character of what is meant, and the one after its last. */
  readonly from: number;
  readonly to: number;
  /** JSON Pointer to what is meant. */
  readonly pointer: string;
  readonly fix?: Fix;
}

/** What is known beside the document. What is left out is taken as not read, never as empty. */
export interface Surroundings {
  /** Account and Region of what the policy is attached to; for an identity policy those where it will be used. */
  readonly account: string;
  readonly region: string;
  /** Default `aws`. */
  readonly partition?: string;
  /** The key whose policy this is. */
  readonly keyArn?: string;
  /** Who would put the policy. Its own IAM policies are taken to allow it. */
  readonly editor?: Principal;
  /** ARNs and unique ids of the users and roles of the account. */
  readonly principals?: ReadonlySet<string>;
  /** Table buckets that use the key, as their default or for a table. */
  readonly tableBuckets?: readonly KnownTableBucket[];
  /** General purpose buckets that use the key. */
  readonly buckets?: readonly KnownBucket[];
}

export interface KnownTableBucket {
  readonly arn: string;
  /** Whether S3 Metadata keeps tables in it (PERM-07). */
  readonly metadata?: boolean;
  readonly tables?: readonly { readonly arn: string; readonly name: string }[];
}

export interface KnownBucket {
  readonly name: string;
  /** Whether new objects get an S3 Bucket Key. */
  readonly bucketKey: boolean;
}
