/**
 * Where services meet. A service never reaches into another's folder: it calls it through one of these,
 * as on AWS: S3 calls KMS as a principal, with an encryption context, and gets a decision.
 * `lib/emulator/start.ts` wires the implementations together.
 */

import type { CreateTableRequest } from '@aws-sdk/client-s3tables';
import type {
  AccessRequest,
  ConditionContext,
  Decision,
  Grant,
  GrantQuestion,
  PolicySet,
  Principal,
  SourcedPolicy,
} from '../access/types.ts';
import type { NewColumn } from '../iceberg/metadata.ts';
import type { Row } from '../iceberg/values.ts';
import type { Caller, RequestContext, TrailEvent } from './context.ts';
import type { RequestRecord } from './storage/audit.ts';

/** Asks the evaluator with everything that applies to the caller, and records decision and trace inputs on the trail. */
export interface Authorizer {
  /** Never throws; the service turns a refusal into its own error with `denialMessage` of `lib/access`. */
  decide(context: RequestContext, question: AuthorizationQuestion): Decision;
}

export interface AuthorizationQuestion {
  readonly action: string;
  readonly resource: string;
  readonly resourceAccountId: string;
  /** Who is asked about; the request's caller unless a service acts as itself (maintenance) or for somebody. */
  readonly caller?: Caller;
  readonly resourcePolicy?: SourcedPolicy;
  readonly grants?: readonly Grant[];
  readonly grantQuestion?: GrantQuestion;
  /** Service-specific condition keys, lower case; the global ones (`aws:*`) are added by the authorizer. */
  readonly conditions?: ConditionContext;
  /** `s3.us-east-1.amazonaws.com` when a service makes the call on the caller's behalf. */
  readonly viaService?: string;
  /** Tags of the resource for `aws:ResourceTag/…`. */
  readonly resourceTags?: Readonly<Record<string, string>>;
}

/** Identities and their policies (IAM, STS). */
export interface IdentityPort {
  /** Credentials behind an access key id, or undefined. Expired sessions are returned too: the caller of this decides. */
  credential(accessKeyId: string): StoredCredential | undefined;
  /** Policies that speak for a caller: identity, boundary, session; and service control policies of its account. */
  policiesOf(caller: Caller): Omit<PolicySet, 'resource' | 'resourceControl' | 'grants' | 'endpoint'>;
  /** Resource control policies of the account that owns a resource, whoever asks; undefined where there are none. */
  resourceControlOf(accountId: string): PolicySet['resourceControl'];
  /** Tags of the principal for `aws:PrincipalTag/…`. */
  tagsOf(principal: Principal): Readonly<Record<string, string>>;
  /** Whether the principal named by an ARN exists (key policies and grants refuse others, KMS-24). */
  principalExists(arn: string): boolean;
  /** The unique id (`AIDA…`, `AROA…`) behind a user or role ARN, or undefined. */
  uniqueIdOf(arn: string): string | undefined;
  /** Tells of every user and role that is deleted, after it is gone: policies that name it keep only its unique id. */
  onPrincipalDeleted(listener: (arn: string, uniqueId: string) => void): void;
}

/** Temporary credentials: STS decides who gets them, IAM keeps them beside the other credentials. */
export interface SessionPort {
  /** The role behind `arn:aws:iam::ACCT:role/PATH/NAME`, or undefined. */
  role(arn: string): RoleFacts | undefined;
  /** Text of the default version of a managed policy that `accountId` may attach, or undefined. */
  managedPolicy(arn: string, accountId: string): string | undefined;
  /** The account whose access key this is; expired sessions too. */
  accountOf(accessKeyId: string): string | undefined;
  /** Tags that the caller's session hands on when it assumes a further role. */
  transitiveTags(accessKeyId: string): Readonly<Record<string, string>>;
  /** Makes credentials and keeps them; a session dies with the role or user that it is of. Runs in a write of its own. */
  open(session: NewSession): IssuedCredentials;
}

export interface RoleFacts {
  readonly arn: string;
  /** `AROA…` */
  readonly roleId: string;
  readonly name: string;
  readonly accountId: string;
  readonly trust: SourcedPolicy;
  /** Seconds. */
  readonly maxSessionDuration: number;
  readonly tags: Readonly<Record<string, string>>;
}

export interface NewSession {
  readonly principal: Principal;
  /** Unique id of the role or user that it is of (`AROA…`, `AIDA…`), or the account id for the root user. */
  readonly ownerId: string;
  /** World time, milliseconds. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Session policies in order; absent when none were given, which is not the same as an empty list. */
  readonly policies?: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity?: string;
  readonly mfa: boolean;
}

export interface IssuedCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiresAt: number;
}

export interface StoredCredential {
  readonly secretAccessKey: string;
  readonly active: boolean;
  readonly caller: Caller;
  /** Set for temporary credentials: must equal `x-amz-security-token` (or `x-amz-s3session-token`). */
  readonly sessionToken?: string;
  /** World time, milliseconds. */
  readonly expiresAt?: number;
}

/** A use of a key that a service makes (S3-08, DB-45, TB-62). Throws the AwsError that KMS itself would answer. */
export interface KeyUse {
  readonly context: RequestContext;
  /** In whose name: the requester, or the service principal for maintenance. */
  readonly caller: Caller;
  /** Key id, key ARN, alias name or alias ARN; ids and alias names resolve in `accountId` and `region`. */
  readonly keyId: string;
  readonly accountId: string;
  readonly region: string;
  readonly encryptionContext: Readonly<Record<string, string>>;
  readonly viaService: string;
  /** Printed as `invokedBy` and used for `aws:SourceArn` when a service principal calls. */
  readonly sourceArn?: string;
  readonly sourceAccount?: string;
}

export interface KmsPort {
  /** Makes a 256-bit data key; records the key operation (`made`), its decision and its CloudTrail event on the trail. */
  generateDataKey(use: KeyUse): {
    readonly keyArn: string;
    readonly plaintext: Uint8Array;
    readonly ciphertextBlob: Uint8Array;
  };
  /** Wraps 32 bytes of the service's own under the key. Records as above. */
  encrypt(use: KeyUse, plaintext: Uint8Array): { readonly keyArn: string; readonly ciphertextBlob: Uint8Array };
  /** Opens a blob; `keyId` must be the key that made it. Records as above. */
  decrypt(use: KeyUse, ciphertextBlob: Uint8Array): { readonly keyArn: string; readonly plaintext: Uint8Array };
  /** Like a dry run: throws what the operation would throw, records the decision but no KMS request. */
  check(
    use: KeyUse,
    operation: 'GenerateDataKey' | 'Decrypt' | 'DescribeKey' | 'Encrypt' | 'ReEncryptFrom' | 'ReEncryptTo',
  ): { readonly keyArn: string };
  /** DescribeKey in the caller's name (TB-20), recorded as `made`. */
  describeKey(use: KeyUse): KeyFacts;
  /** What is true of a key, nobody asked and nothing recorded; undefined if it does not resolve. */
  facts(keyId: string, accountId: string, region: string): KeyFacts | undefined;
  /** The AWS managed key of a service, made on first use (GP-07, GP-14b). */
  managedKey(alias: 'alias/aws/s3', accountId: string, region: string): KeyFacts;
}

export interface KeyFacts {
  readonly keyArn: string;
  readonly keyId: string;
  readonly accountId: string;
  readonly region: string;
  readonly manager: 'AWS' | 'CUSTOMER';
  readonly state: string;
  readonly spec: string;
  readonly usage: string;
  readonly origin: string;
}

/** Table data behind `s3://…--table-s3` (TB-61): S3 asks S3 Tables whose warehouse it is. */
export interface TablePort {
  /** The table whose warehouse location has this bucket alias, or undefined. */
  warehouse(bucketAlias: string): Warehouse | undefined;
}

export interface Warehouse {
  readonly bucketAlias: string;
  readonly tableArn: string;
  readonly tableBucketArn: string;
  readonly accountId: string;
  readonly region: string;
  readonly encryption: { readonly algorithm: 'AES256' } | { readonly algorithm: 'aws:kms'; readonly keyArn: string };
  /** Table policy and table bucket policy, whichever exist, merged for evaluation. */
  readonly resourcePolicy?: SourcedPolicy;
  readonly conditions: ConditionContext;
}

/** Object bytes of a warehouse, for table maintenance and the zero-byte probe of CreateTable (TB-17). */
export interface WarehousePort {
  /** Bodies up to 1 MiB. */
  put(input: { context: RequestContext; caller: Caller; warehouse: Warehouse; key: string; body: Uint8Array }): void;
  /** Bodies that lie in the database: up to 64 KiB, or written by `put`. Throws RangeError for larger ones. */
  get(input: { context: RequestContext; caller: Caller; warehouse: Warehouse; key: string }): Uint8Array | undefined;
  /** Bodies of any size, as one buffer; undefined when there is no such object. */
  read(input: {
    context: RequestContext;
    caller: Caller;
    warehouse: Warehouse;
    key: string;
  }): Promise<Uint8Array | undefined>;
  /** Bodies of any size. */
  write(input: {
    context: RequestContext;
    caller: Caller;
    warehouse: Warehouse;
    key: string;
    body: Uint8Array;
  }): Promise<void>;
  list(warehouse: Warehouse): readonly { readonly key: string; readonly size: number; readonly lastModified: number }[];
  delete(warehouse: Warehouse, keys: readonly string[]): void;
  /** Forgets an empty warehouse, once its table is deleted. */
  drop(warehouse: Warehouse): void;
}

/**
 * S3 Tables as the Iceberg REST catalog uses it, which turns every call into one of these (S3UG
 * s3-tables-integrating-open-source). Each decides and refuses as the operation of S3 Tables that it is named after, in
 * the name of the request's caller.
 */
export interface TableCatalogPort {
  getTableBucket(context: RequestContext, tableBucketARN: string): void;
  createNamespace(context: RequestContext, tableBucketARN: string, namespace: string): void;
  getNamespace(context: RequestContext, tableBucketARN: string, namespace: string): void;
  deleteNamespace(context: RequestContext, tableBucketARN: string, namespace: string): void;
  /** Names in order; `limit` undefined gives all of them. */
  listNamespaces(context: RequestContext, tableBucketARN: string, page: CatalogPage): CatalogNames;
  listTables(context: RequestContext, tableBucketARN: string, namespace: string, page: CatalogPage): CatalogNames;
  getTable(context: RequestContext, table: CatalogTable): void;
  /** Creates a table with its first metadata file; gives where that lies and its text. */
  createTable(
    context: RequestContext,
    table: CatalogTable,
    metadata: CreateTableRequest['metadata'],
  ): { readonly metadataLocation: string; readonly metadata: string };
  deleteTable(context: RequestContext, table: CatalogTable): Promise<void>;
  renameTable(context: RequestContext, table: CatalogTable, to: Pick<CatalogTable, 'namespace' | 'name'>): void;
  /** Where a table stands, if the caller may do all `actions`. */
  open(context: RequestContext, table: CatalogTable, actions: readonly string[]): CatalogVersion;
  /** Makes a file the table's metadata. Throws ConflictException unless the table still stands at `version`. */
  commit(context: RequestContext, version: CatalogVersion, metadataLocation: string): void;
}

/** Tables of S3 Metadata: made with the permissions of whoever configures it, written by `metadata.s3.amazonaws.com`. */
export interface MetadataTablePort {
  /** Makes what is missing of bucket, namespace and table. Throws what S3 Tables or KMS answers; then nothing was made. */
  create(context: RequestContext, table: NewMetadataTable): MetadataTable;
  /** Adds rows as one snapshot. Rejects with what S3 Tables or KMS answers. */
  append(tableArn: string, rows: readonly Row[]): Promise<void>;
}

export interface NewMetadataTable {
  /** A customer's bucket in the caller's account and Region; without it `aws-s3`. */
  readonly tableBucketARN?: string;
  readonly namespace: string;
  readonly name: string;
  readonly encryption?: Warehouse['encryption'];
  readonly columns: readonly NewColumn[];
}

export interface MetadataTable {
  readonly tableBucketArn: string;
  readonly tableArn: string;
}

export interface CatalogTable {
  readonly tableBucketARN: string;
  readonly namespace: string;
  readonly name: string;
}

export interface CatalogPage {
  readonly token?: string;
  readonly limit?: number;
}

export interface CatalogNames {
  readonly names: readonly string[];
  readonly nextToken?: string;
}

export interface CatalogVersion {
  readonly table: CatalogTable;
  readonly versionToken: string;
  readonly metadataLocation: string | undefined;
  /** `s3://…--table-s3` */
  readonly warehouseLocation: string;
  readonly warehouse: Warehouse;
}

/** Sessions of directory buckets are credentials; S3 keeps them, authentication asks for them. */
export interface BucketSessionPort {
  credential(accessKeyId: string): StoredCredential | undefined;
}

/** Writes what belongs to no request of a client: maintenance, deletion of a key when its window ends. */
export interface TrailPort {
  append(accountId: string, region: string, now: number, event: TrailEvent): void;
  /** A request that a service made of itself: its place in the ledger, its decisions and all its events. */
  request(record: RequestRecord): void;
}

export type { AccessRequest };
