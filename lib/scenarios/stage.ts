import type { IAMClient } from '@aws-sdk/client-iam';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { S3Client } from '@aws-sdk/client-s3';
import type { S3TablesClient } from '@aws-sdk/client-s3tables';
import type { STSClient } from '@aws-sdk/client-sts';
import type { Trace } from '../access/types.ts';
import type { LedgerRecord } from '../contract/ledger.ts';
import type { WorldSettingName } from '../contract/world.ts';

/** Credentials as STS, IAM and S3 hand them out. */
export interface ActorCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The official clients of one principal. */
export interface Clients {
  readonly iam: IAMClient;
  readonly kms: KMSClient;
  readonly s3: S3Client;
  readonly s3tables: S3TablesClient;
  readonly sts: STSClient;
}

/**
 * Where a scenario plays: two accounts of the emulator that belong to nobody else, the official clients, and the
 * emulator's own interface. The console and the tests each bring one.
 */
export interface Stage {
  readonly region: string;
  /** The account that the story is about. */
  readonly home: string;
  /** Another company's account; it begins anew with the scenario too. */
  readonly partner: string;
  /** Clients of the root user of one of the two accounts. */
  root(account: string): Clients;
  /** Clients of whoever has these credentials. The stage destroys them. */
  as(credentials: ActorCredentials): Clients;
  /** An S3 client that makes every request to directory buckets inside this session. The stage destroys it. */
  inSession(credentials: ActorCredentials): S3Client;
  /** Empties both accounts and begins their worlds with this seed and clock. */
  begin(start: { readonly seed: string; readonly clock: string }): Promise<void>;
  /** Moves the clock of both accounts. */
  advance(seconds: number): Promise<void>;
  /** World time of the home account, ISO 8601. */
  now(): Promise<string>;
  change(settings: Partial<Record<WorldSettingName, number | boolean | string>>): Promise<void>;
  /** What the ledger of an account (the home account without it) has of a request. Rejects where it has nothing. */
  record(requestId: string, account?: string): Promise<LedgerRecord>;
  /** All requests about a bucket, table or key and what is in it, oldest first. */
  records(parent: string, account?: string): Promise<readonly LedgerRecord[]>;
  /** The traces of a request's decisions, in their order. */
  decisions(requestId: string, account?: string): Promise<readonly Trace[]>;
  /** Waits until all that is to be replicated is. */
  replicated(): Promise<void>;
  /** Runs the maintenance of a table of the home account. Gives its record in the ledger. */
  maintain(table: { tableBucketARN: string; namespace: string; name: string }): Promise<LedgerRecord>;
}
