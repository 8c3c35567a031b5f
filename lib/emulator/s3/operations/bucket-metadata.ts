/** S3 Metadata of a bucket: its journal table (version 2, and version 1 with a table bucket of one's own). */

import type {
  CreateBucketMetadataConfigurationRequest,
  CreateBucketMetadataTableConfigurationRequest,
  DeleteBucketMetadataConfigurationRequest,
  GetBucketMetadataConfigurationOutput,
  GetBucketMetadataConfigurationRequest,
  GetBucketMetadataTableConfigurationOutput,
  GetBucketMetadataTableConfigurationRequest,
  MetadataTableEncryptionConfiguration,
  RecordExpiration,
  UpdateBucketMetadataInventoryTableConfigurationRequest,
  UpdateBucketMetadataJournalTableConfigurationRequest,
} from '@aws-sdk/client-s3';
import type { RequestContext } from '../../context.ts';
import type { NewMetadataTable } from '../../ports.ts';
import { AwsError } from '../../wire/error.ts';
import type { Checked } from '../../wire/operation.ts';
import type { Bucket, MetadataConfig } from '../buckets/store.ts';
import { errors } from '../errors.ts';
import { creatingFailed } from '../metadata/failures.ts';
import { JOURNAL_COLUMNS } from '../metadata/journal.ts';
import type { S3Parts } from '../parts.ts';
import { enterSettings } from './bucket-settings.ts';

const CREATE = 's3:CreateBucketMetadataTableConfiguration';
/** Days that journal records are kept at least (S3 API reference, RecordExpiration). */
const LEAST_DAYS = 7;
const MOST_DAYS = 2_147_483_647;

export function createBucketMetadataConfiguration(
  s3: S3Parts,
  input: Checked<CreateBucketMetadataConfigurationRequest>,
  context: RequestContext,
): object {
  const bucket = enterSettings(s3, input, context, CREATE);
  const { JournalTableConfiguration: journal, InventoryTableConfiguration: inventory } = input.MetadataConfiguration;
  if (journal === undefined) throw errors.malformedXml();
  if (inventory?.ConfigurationState === 'ENABLED') throw notBuilt('Live inventory tables');
  const expirationDays = readExpiration(journal.RecordExpiration);
  const encryption = readEncryption(journal.EncryptionConfiguration);
  create(s3, context, bucket, 2, { namespace: namespaceOf(bucket), name: 'journal', encryption }, expirationDays);
  return {};
}

export function createBucketMetadataTableConfiguration(
  s3: S3Parts,
  input: Checked<CreateBucketMetadataTableConfigurationRequest>,
  context: RequestContext,
): object {
  const bucket = enterSettings(s3, input, context, CREATE);
  const { TableBucketArn: tableBucketARN = '', TableName: name = '' } =
    input.MetadataTableConfiguration.S3TablesDestination ?? {};
  if (!/^[0-9a-z_]{1,255}$/.test(name)) throw errors.invalidArgument('The table name is not valid.', 'TableName');
  create(s3, context, bucket, 1, { tableBucketARN, namespace: 'aws_s3_metadata', name });
  return {};
}

/** The request succeeds whatever becomes of the table; the configuration says what did. */
function create(
  s3: S3Parts,
  context: RequestContext,
  bucket: Bucket,
  version: 1 | 2,
  wanted: Omit<NewMetadataTable, 'columns' | 'encryption'> & {
    encryption?: NewMetadataTable['encryption'] | undefined;
  },
  expirationDays?: number,
): void {
  if (bucket.config.metadata !== undefined) throw errors.metadataExists();
  const { encryption, ...named } = wanted;
  const table = { ...named, ...(encryption && { encryption }), columns: JOURNAL_COLUMNS };
  const common = {
    version,
    namespace: wanted.namespace,
    tableName: wanted.name,
    ...(expirationDays !== undefined && { expirationDays }),
  };
  let metadata: MetadataConfig;
  try {
    const made = s3.surroundings.ports.metadataTables.create(context, table);
    metadata = { ...common, ...made, status: 'ACTIVE' };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const tableBucketArn =
      wanted.tableBucketARN ?? `arn:aws:s3tables:${context.region}:${context.accountId}:bucket/aws-s3`;
    metadata = { ...common, tableBucketArn, status: 'FAILED', error: creatingFailed(version, error) };
  }
  s3.buckets.update(bucket, { metadata });
}

export function getBucketMetadataConfiguration(
  s3: S3Parts,
  input: Checked<GetBucketMetadataConfigurationRequest>,
  context: RequestContext,
): GetBucketMetadataConfigurationOutput {
  const bucket = enterSettings(s3, input, context, 's3:GetBucketMetadataTableConfiguration');
  const metadata = configured(bucket, 2);
  const { tableBucketArn, namespace, tableName, tableArn, status, error, expirationDays } = metadata;
  return {
    GetBucketMetadataConfigurationResult: {
      MetadataConfigurationResult: {
        DestinationResult: { TableBucketType: 'aws', TableBucketArn: tableBucketArn, TableNamespace: namespace },
        JournalTableConfigurationResult: {
          TableStatus: status,
          ...(error && { Error: { ErrorCode: error.code, ErrorMessage: error.message } }),
          TableName: tableName,
          TableArn: tableArn,
          RecordExpiration:
            expirationDays === undefined ? { Expiration: 'DISABLED' } : { Expiration: 'ENABLED', Days: expirationDays },
        },
        InventoryTableConfigurationResult: { ConfigurationState: 'DISABLED' },
      },
    },
  };
}

export function getBucketMetadataTableConfiguration(
  s3: S3Parts,
  input: Checked<GetBucketMetadataTableConfigurationRequest>,
  context: RequestContext,
): GetBucketMetadataTableConfigurationOutput {
  const bucket = enterSettings(s3, input, context, 's3:GetBucketMetadataTableConfiguration');
  const { tableBucketArn, namespace, tableName, tableArn = '', status, error } = configured(bucket, 1);
  return {
    GetBucketMetadataTableConfigurationResult: {
      MetadataTableConfigurationResult: {
        S3TablesDestinationResult: {
          TableBucketArn: tableBucketArn,
          TableName: tableName,
          TableArn: tableArn,
          TableNamespace: namespace,
        },
      },
      Status: status,
      ...(error && { Error: { ErrorCode: error.code, ErrorMessage: error.message } }),
    },
  };
}

/** Records end; the tables stay, and so does what is in them. */
export function deleteBucketMetadataConfiguration(
  s3: S3Parts,
  input: Checked<DeleteBucketMetadataConfigurationRequest>,
  context: RequestContext,
): object {
  const bucket = enterSettings(s3, input, context, 's3:DeleteBucketMetadataTableConfiguration');
  s3.buckets.update(bucket, { metadata: undefined });
  return {};
}

export function updateJournalTable(
  s3: S3Parts,
  input: Checked<UpdateBucketMetadataJournalTableConfigurationRequest>,
  context: RequestContext,
): object {
  const bucket = enterSettings(s3, input, context, 's3:UpdateBucketMetadataJournalTableConfiguration');
  const { expirationDays: _, ...metadata } = configured(bucket, 2);
  const days = readExpiration(input.JournalTableConfiguration.RecordExpiration);
  s3.buckets.update(bucket, { metadata: { ...metadata, ...(days !== undefined && { expirationDays: days }) } });
  return {};
}

export function updateInventoryTable(
  s3: S3Parts,
  input: Checked<UpdateBucketMetadataInventoryTableConfigurationRequest>,
  context: RequestContext,
): object {
  const bucket = enterSettings(s3, input, context, 's3:UpdateBucketMetadataInventoryTableConfiguration');
  configured(bucket, 2);
  if (input.InventoryTableConfiguration.ConfigurationState !== 'DISABLED') throw notBuilt('Live inventory tables');
  return {};
}

const notBuilt = (what: string): AwsError =>
  new AwsError('NotImplemented', 501, `${what} are not implemented by this emulator.`);

function configured(bucket: Bucket, version: 1 | 2): MetadataConfig {
  const { metadata } = bucket.config;
  if (metadata?.version !== version) throw errors.noSuchMetadata(bucket.name);
  return metadata;
}

/**
 * S3UG metadata-tables-overview: `b_` and the name of the bucket. Dots and hyphens become underscores here, since the API
 * of S3 Tables takes neither in a namespace.
 */
const namespaceOf = (bucket: Bucket): string => `b_${bucket.name.replaceAll(/[.-]/g, '_')}`;

function readExpiration(expiration: RecordExpiration | undefined): number | undefined {
  if (expiration?.Expiration === 'DISABLED') return undefined;
  const { Expiration: state, Days: days } = expiration ?? {};
  if (state !== 'ENABLED' || days === undefined || days < LEAST_DAYS || days > MOST_DAYS) throw errors.malformedXml();
  return days;
}

function readEncryption(
  configuration: MetadataTableEncryptionConfiguration | undefined,
): NewMetadataTable['encryption'] {
  if (configuration === undefined) return undefined;
  const { SseAlgorithm: algorithm, KmsKeyArn: keyArn } = configuration;
  if (algorithm === 'AES256' && keyArn === undefined) return { algorithm };
  if (algorithm !== 'aws:kms' || keyArn === undefined || !keyArn.startsWith('arn:')) {
    throw errors.invalidArgument('The encryption configuration of the metadata table is not valid.', 'KmsKeyArn');
  }
  return { algorithm, keyArn };
}
