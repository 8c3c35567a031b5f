/** Buckets: rows, and all of them that were met lately in memory with their policy compiled, written through. */

import { parsePolicy } from '../../../access/index.ts';
import type { SourcedPolicy } from '../../../access/types.ts';
import type { Warehouse } from '../../ports.ts';
import type { StateStore } from '../../storage/store.ts';
import { parseStored } from '../../storage/stored-json.ts';
import { type BucketKind, directoryBucketArn, generalBucketArn } from '../names.ts';
import { allRows, firstRow } from '../stored.ts';
import { isPublicPolicy } from './public.ts';

/** Default encryption as it was put (GP-14a: the key id stays as it was sent). */
export interface DefaultEncryption {
  readonly algorithm: 'AES256' | 'aws:kms' | 'aws:kms:dsse';
  readonly keyId?: string;
  readonly bucketKey: boolean;
  /** GP-24: `SSE-C` or `NONE`. */
  readonly blocked?: readonly string[];
}

/** The part of a bucket that changes; stored as one JSON text. */
export interface BucketConfig {
  readonly encryption?: DefaultEncryption;
  /** DB-11, DB-12: the one customer managed key that the bucket may ever use, once one was set. */
  readonly keyForLife?: string;
  readonly policy?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly publicAccessBlock?: PublicAccessBlock;
  readonly ownership?: string;
  /** Absent until it was set once; from then on it can be suspended but never removed (S3UG Versioning). */
  readonly versioning?: 'Enabled' | 'Suspended';
  /** Present where Object Lock is enabled; what new objects are locked with by default. */
  readonly objectLock?: DefaultRetention;
  /** JSON of the SDK's CORSRule[]. */
  readonly cors?: string;
  /** JSON of the SDK's LifecycleRule[], and the transition minimum. */
  readonly lifecycle?: { readonly rules: string; readonly minimum: string };
  /** The replication configuration as it was put. */
  readonly replication?: ReplicationConfig;
  readonly zone?: string;
  readonly metadata?: MetadataConfig;
}

/** Object Lock's default retention of a bucket; empty where it has none. */
export interface DefaultRetention {
  readonly mode?: 'GOVERNANCE' | 'COMPLIANCE';
  readonly days?: number;
  readonly years?: number;
}

/** S3 Metadata of a bucket: its journal table, and whether records still get there. */
export interface MetadataConfig {
  /** 1: a table in a customer's bucket; 2: in the AWS managed one. */
  readonly version: 1 | 2;
  readonly tableBucketArn: string;
  readonly namespace: string;
  readonly tableName: string;
  /** Absent where the table could not be made. */
  readonly tableArn?: string;
  readonly status: 'ACTIVE' | 'FAILED';
  readonly error?: { readonly code: string; readonly message: string };
  readonly expirationDays?: number;
}

export interface ReplicationConfig {
  /** ARN of the role that copies. */
  readonly role: string;
  /** JSON of the SDK's ReplicationRule[]. */
  readonly rules: string;
}

export interface PublicAccessBlock {
  readonly BlockPublicAcls: boolean;
  readonly IgnorePublicAcls: boolean;
  readonly BlockPublicPolicy: boolean;
  readonly RestrictPublicBuckets: boolean;
}

export interface Bucket {
  readonly id: number;
  readonly name: string;
  readonly kind: BucketKind;
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  /** World time, milliseconds. */
  readonly created: number;
  readonly config: BucketConfig;
  readonly policy?: SourcedPolicy;
  /** Whether the policy is public: then block public access may shut others out. */
  readonly isPublic?: boolean;
  /** `--table-s3` only: whose warehouse it is, looked up anew for each request. */
  readonly warehouse?: Warehouse;
}

interface BucketRow {
  readonly id: number;
  readonly name: string;
  readonly kind: BucketKind;
  readonly account: string;
  readonly region: string;
  readonly created: number;
  readonly config: string;
}

/** Buckets held in memory at most; the one not used for longest goes first. */
const MAXIMUM_CACHED = 10_000;

export class Buckets {
  readonly #state: StateStore;
  readonly #cache = new Map<string, Bucket>();

  constructor(state: StateStore) {
    this.#state = state;
  }

  /** The bucket of this name, whoever owns it, or undefined. */
  find(name: string): Bucket | undefined {
    const cached = this.#cache.get(name);
    if (cached !== undefined) return cached;
    const row = firstRow<BucketRow>(this.#state.statement('SELECT * FROM s3_bucket WHERE name = ?'), name);
    return row === undefined ? undefined : this.#remember(fromRow(row));
  }

  create(bucket: Omit<Bucket, 'id' | 'arn' | 'policy' | 'warehouse'>): Bucket {
    const { name, kind, account, region, created, config } = bucket;
    return this.#state.write(() => {
      const { lastInsertRowid } = this.#state
        .statement('INSERT INTO s3_bucket (name, kind, account, region, created, config) VALUES (?, ?, ?, ?, ?, ?)')
        .run(name, kind, account, region, created, JSON.stringify(config));
      return this.#remember({ ...bucket, id: Number(lastInsertRowid), arn: arnOf(bucket) });
    });
  }

  /** Stores members of the configuration; those given as undefined are removed. */
  update(bucket: Bucket, change: { readonly [K in keyof BucketConfig]?: BucketConfig[K] | undefined }): Bucket {
    const config = parseStored<BucketConfig>(JSON.stringify({ ...bucket.config, ...change }));
    this.#state.write(() => {
      this.#state.statement('UPDATE s3_bucket SET config = ? WHERE id = ?').run(JSON.stringify(config), bucket.id);
    });
    const { policy: _, isPublic: __, ...rest } = bucket;
    return this.#remember({ ...rest, config, ...compiled(config) });
  }

  /** Removes the row; what was in the bucket is the caller's business. */
  remove(bucket: Bucket): void {
    this.#state.write(() => {
      this.#state.statement('DELETE FROM s3_bucket WHERE id = ?').run(bucket.id);
      this.#state.statement('DELETE FROM s3_cached_key WHERE bucket = ?').run(bucket.id);
    });
    this.#cache.delete(bucket.name);
  }

  /** Buckets of an account and kind by name, after `after`, at most `limit`. */
  list(input: {
    account: string;
    kind: BucketKind;
    after: string;
    limit: number;
    prefix?: string;
    region?: string;
  }): Bucket[] {
    const statement = this.#state.statement(
      `SELECT * FROM s3_bucket WHERE account = ?1 AND kind = ?2 AND name > ?3
         AND (?4 = '' OR substr(name, 1, length(?4)) = ?4) AND (?5 = '' OR region = ?5) ORDER BY name LIMIT ?6`,
    );
    return allRows<BucketRow>(
      statement,
      input.account,
      input.kind,
      input.after,
      input.prefix ?? '',
      input.region ?? '',
      input.limit,
    ).map(fromRow);
  }

  count(account: string, kind: BucketKind): number {
    const count = this.#state.statement('SELECT count(*) AS n FROM s3_bucket WHERE account = ? AND kind = ?');
    return firstRow<{ n: number }>(count, account, kind)?.n ?? 0;
  }

  /** Every bucket of an account, for `reset`. */
  all(account: string): Bucket[] {
    return allRows<BucketRow>(this.#state.statement('SELECT * FROM s3_bucket WHERE account = ?'), account).map(fromRow);
  }

  #remember(bucket: Bucket): Bucket {
    this.#cache.delete(bucket.name);
    if (this.#cache.size >= MAXIMUM_CACHED) {
      for (const oldest of this.#cache.keys()) {
        this.#cache.delete(oldest);
        break;
      }
    }
    this.#cache.set(bucket.name, bucket);
    return bucket;
  }
}

function fromRow(row: BucketRow): Bucket {
  const config = parseStored<BucketConfig>(row.config);
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    arn: arnOf(row),
    account: row.account,
    region: row.region,
    created: row.created,
    config,
    ...compiled(config),
  };
}

function compiled(config: BucketConfig): Pick<Bucket, 'policy' | 'isPublic'> {
  if (config.policy === undefined) return {};
  const policy = parsePolicy(config.policy, 'resource');
  return { policy: { source: 'bucket policy', policy }, isPublic: isPublicPolicy(policy) };
}

function arnOf(bucket: { name: string; kind: BucketKind; region: string; account: string }): string {
  return bucket.kind === 'directory'
    ? directoryBucketArn(bucket.name, bucket.region, bucket.account)
    : generalBucketArn(bucket.name);
}
