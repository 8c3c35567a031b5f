/** Object Lock: configuration of buckets, retention and legal hold of versions. */

import type {
  GetObjectLegalHoldOutput,
  GetObjectLegalHoldRequest,
  GetObjectLockConfigurationOutput,
  GetObjectLockConfigurationRequest,
  GetObjectRetentionOutput,
  GetObjectRetentionRequest,
  PutObjectLegalHoldRequest,
  PutObjectLockConfigurationRequest,
  PutObjectRetentionRequest,
} from '@aws-sdk/client-s3';
import type { RequestContext } from '../../context.ts';
import type { Checked } from '../../wire/operation.ts';
import type { Bucket, DefaultRetention } from '../buckets/store.ts';
import { errors } from '../errors.ts';
import { formatLock, isRetained, lockOf, type ObjectLock } from '../objects/lock.ts';
import type { ObjectRow } from '../objects/rows.ts';
import type { S3Parts } from '../parts.ts';
import { enterSettings } from './bucket-settings.ts';
import { findVersion } from './find-version.ts';

export function putObjectLockConfiguration(
  s3: S3Parts,
  input: Checked<PutObjectLockConfigurationRequest>,
  context: RequestContext,
): object {
  const bucket = enterSettings(s3, input, context, 's3:PutBucketObjectLockConfiguration');
  const objectLock = readDefault(input.ObjectLockConfiguration);
  if (bucket.config.versioning !== 'Enabled') {
    throw errors.invalidBucketState("Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration");
  }
  s3.buckets.update(bucket, { objectLock });
  return {};
}

function readDefault(
  configuration: Checked<PutObjectLockConfigurationRequest>['ObjectLockConfiguration'],
): DefaultRetention {
  const enabled: string | undefined = configuration?.ObjectLockEnabled;
  if (configuration === undefined || enabled !== 'Enabled') throw errors.malformedXml();
  if (configuration.Rule === undefined) return {};
  const retention = configuration.Rule.DefaultRetention;
  const mode: string | undefined = retention?.Mode;
  const { Days: days, Years: years } = retention ?? {};
  if (mode !== 'GOVERNANCE' && mode !== 'COMPLIANCE') throw errors.malformedXml();
  if ((days === undefined) === (years === undefined)) throw errors.malformedXml();
  const length = days ?? years ?? 0;
  if (length < 1) {
    throw errors.invalidArgument('Default retention period must be a positive integer value.');
  }
  if ((days ?? (years ?? 0) * 365) > 36_500) {
    throw errors.invalidArgument('Default retention period too large');
  }
  return { mode, ...(days === undefined ? { years: length } : { days }) };
}

export function getObjectLockConfiguration(
  s3: S3Parts,
  input: Checked<GetObjectLockConfigurationRequest>,
  context: RequestContext,
): GetObjectLockConfigurationOutput {
  const { objectLock } = enterSettings(s3, input, context, 's3:GetBucketObjectLockConfiguration').config;
  if (objectLock === undefined) throw errors.noObjectLockConfiguration(input.Bucket);
  const { mode, days, years } = objectLock;
  return {
    ObjectLockConfiguration: {
      ObjectLockEnabled: 'Enabled',
      ...(mode !== undefined && {
        Rule: {
          DefaultRetention: {
            Mode: mode,
            ...(days !== undefined && { Days: days }),
            ...(years !== undefined && { Years: years }),
          },
        },
      }),
    },
  };
}

export function putObjectRetention(
  s3: S3Parts,
  input: Checked<PutObjectRetentionRequest>,
  context: RequestContext,
): object {
  const { bucket, row } = enter(s3, input, context, 's3:PutObjectRetention');
  const mode: string | undefined = input.Retention?.Mode;
  const until = input.Retention?.RetainUntilDate?.getTime();
  if (mode !== undefined && mode !== 'GOVERNANCE' && mode !== 'COMPLIANCE') throw errors.malformedXml();
  if ((mode === undefined) !== (until === undefined) || input.Retention === undefined) throw errors.malformedXml();
  if (until !== undefined && until <= context.now) throw errors.retentionInPast();
  const before = lockOf(row);
  const shortens = mode !== before.mode || (until ?? 0) < (before.until ?? 0);
  if (shortens) refuseRetained(s3, context, bucket, row, input.BypassGovernanceRetention === true);
  const { hold } = before;
  const held = hold === undefined ? {} : { hold };
  save(s3, bucket, row, mode === undefined || until === undefined ? held : { mode, until, ...held });
  return {};
}

export function getObjectRetention(
  s3: S3Parts,
  input: Checked<GetObjectRetentionRequest>,
  context: RequestContext,
): GetObjectRetentionOutput {
  const { mode, until } = lockOf(enter(s3, input, context, 's3:GetObjectRetention').row);
  if (mode === undefined || until === undefined) throw errors.noLockOfObject();
  return { Retention: { Mode: mode, RetainUntilDate: new Date(until) } };
}

export function putObjectLegalHold(
  s3: S3Parts,
  input: Checked<PutObjectLegalHoldRequest>,
  context: RequestContext,
): object {
  const { bucket, row } = enter(s3, input, context, 's3:PutObjectLegalHold');
  const hold: string | undefined = input.LegalHold?.Status;
  if (hold !== 'ON' && hold !== 'OFF') throw errors.malformedXml();
  save(s3, bucket, row, { ...lockOf(row), hold });
  return {};
}

export function getObjectLegalHold(
  s3: S3Parts,
  input: Checked<GetObjectLegalHoldRequest>,
  context: RequestContext,
): GetObjectLegalHoldOutput {
  const { hold } = lockOf(enter(s3, input, context, 's3:GetObjectLegalHold').row);
  if (hold === undefined) throw errors.noLockOfObject();
  return { LegalHold: { Status: hold } };
}

function save(s3: S3Parts, bucket: Bucket, row: ObjectRow, lock: ObjectLock): void {
  s3.surroundings.state.write(() => s3.versions.change(bucket.id, row.key, row.version, { lock: formatLock(lock) }));
}

/**
 * Throws AccessDenied where the version may not be removed: a legal hold, or retention that still runs; GOVERNANCE gives
 * way to those who may bypass it and say that they do.
 */
export function refuseLocked(
  s3: S3Parts,
  context: RequestContext,
  bucket: Bucket,
  row: ObjectRow,
  bypass: boolean,
): void {
  if (row.lock === null) return;
  if (lockOf(row).hold === 'ON') throw errors.objectLocked();
  refuseRetained(s3, context, bucket, row, bypass);
}

function refuseRetained(s3: S3Parts, context: RequestContext, bucket: Bucket, row: ObjectRow, bypass: boolean): void {
  if (isRetained(row, 'COMPLIANCE', context.now)) throw errors.objectLocked();
  if (!isRetained(row, 'GOVERNANCE', context.now)) return;
  if (!bypass) throw errors.objectLocked();
  s3.access.require(context, bucket, 's3:BypassGovernanceRetention', `${bucket.arn}/${row.key}`);
}

interface OnObject {
  readonly Bucket: string;
  readonly Key: string;
  readonly VersionId?: string | undefined;
  readonly ExpectedBucketOwner?: string | undefined;
}

function enter(
  s3: S3Parts,
  input: OnObject,
  context: RequestContext,
  action: string,
): { readonly bucket: Bucket; readonly row: ObjectRow } {
  const { Key: key, VersionId: version } = input;
  const passage = {
    action,
    mode: action.startsWith('s3:Get') ? 'ReadOnly' : 'ReadWrite',
    key,
    conditions: { versionid: version },
  } as const;
  const { bucket } = s3.gate.enter(context, input.Bucket, passage, input.ExpectedBucketOwner);
  if (bucket.kind !== 'general') throw errors.methodNotAllowed(context.operation, 'OBJECT');
  const row = findVersion(s3, context, bucket, { key, version, hidden: 'refused' });
  if (bucket.config.objectLock === undefined) throw errors.noObjectLock();
  return { bucket, row };
}
