/** Table buckets, namespaces and tables as this service thinks of them. */

import type { BucketMaintenance, JobStates, TableMaintenance } from './maintenance-settings.ts';

export type Encryption = { readonly algorithm: 'AES256' } | { readonly algorithm: 'aws:kms'; readonly keyArn: string };

export type StorageClassName = 'STANDARD' | 'INTELLIGENT_TIERING';
export type Tags = Readonly<Record<string, string>>;

export interface Replication {
  readonly versionToken: string;
  readonly role: string;
  readonly destinations: readonly string[];
}

export interface RecordExpiration {
  readonly status: 'enabled' | 'disabled';
  readonly days?: number;
}

export interface BucketRow {
  readonly id: string;
  readonly arn: string;
  readonly accountId: string;
  readonly region: string;
  readonly name: string;
  readonly createdAt: number;
  readonly encryption: Encryption;
  readonly storageClass: StorageClassName;
  readonly policy?: string;
  readonly metricsId?: string;
  readonly tags: Tags;
  readonly maintenance?: BucketMaintenance;
  readonly replication?: Replication;
}

export interface NamespaceRow {
  readonly id: string;
  readonly bucketId: string;
  readonly name: string;
  readonly createdAt: number;
  readonly createdBy: string;
}

export interface TableRow {
  readonly id: string;
  readonly bucketId: string;
  readonly namespace: string;
  readonly namespaceId: string;
  readonly name: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly modifiedAt: number;
  readonly modifiedBy: string;
  readonly versionToken: string;
  readonly metadataLocation?: string;
  readonly warehouseAlias: string;
  readonly encryption: Encryption;
  readonly storageClass: StorageClassName;
  readonly policy?: string;
  readonly tags: Tags;
  readonly maintenance?: TableMaintenance;
  readonly jobs?: JobStates;
  readonly replication?: Replication;
  readonly recordExpiration?: RecordExpiration;
}
