/** PutBucketLifecycleConfiguration, GetBucketLifecycleConfiguration, DeleteBucketLifecycle: kept and answered, not carried out. */

import type {
  DeleteBucketLifecycleRequest,
  GetBucketLifecycleConfigurationOutput,
  GetBucketLifecycleConfigurationRequest,
  LifecycleRule,
  LifecycleRuleFilter,
  PutBucketLifecycleConfigurationOutput,
  PutBucketLifecycleConfigurationRequest,
} from '@aws-sdk/client-s3';
import type { RequestContext } from '../../context.ts';
import { parseStored } from '../../storage/stored-json.ts';
import type { Checked } from '../../wire/operation.ts';
import { errors } from '../errors.ts';
import type { S3Parts } from '../parts.ts';
import { enterSettings } from './bucket-settings.ts';

const MAXIMUM_RULES = 1000;
const DAY = 86_400_000;
const MINIMUM_SIZES = new Set(['varies_by_storage_class', 'all_storage_classes_128K']);

export function putBucketLifecycleConfiguration(
  s3: S3Parts,
  input: Checked<PutBucketLifecycleConfigurationRequest>,
  context: RequestContext,
): PutBucketLifecycleConfigurationOutput {
  const bucket = enterSettings(s3, input, context, 's3:PutLifecycleConfiguration');
  const rules = input.LifecycleConfiguration?.Rules ?? [];
  if (rules.length === 0 || rules.length > MAXIMUM_RULES) throw errors.malformedXml();
  for (const rule of rules) checkRule(rule);
  const ids = rules.map((rule) => rule.ID);
  if (new Set(ids).size !== ids.length) {
    throw errors.invalidArgument('Rule ID must be unique. Found same ID for more than one rule');
  }
  const minimum: string = input.TransitionDefaultMinimumObjectSize ?? 'all_storage_classes_128K';
  if (!MINIMUM_SIZES.has(minimum)) {
    throw errors.invalidRequest(`Invalid TransitionDefaultMinimumObjectSize found: ${minimum}`);
  }
  s3.buckets.update(bucket, { lifecycle: { rules: JSON.stringify(rules), minimum } });
  return { TransitionDefaultMinimumObjectSize: answered(minimum) };
}

function answered(minimum: string): PutBucketLifecycleConfigurationOutput['TransitionDefaultMinimumObjectSize'] {
  return minimum === 'varies_by_storage_class' ? minimum : 'all_storage_classes_128K';
}

/** Throws MalformedXML, InvalidArgument, InvalidRequest as recorded from AWS. */
function checkRule(rule: LifecycleRule): void {
  const { Expiration: expiration, NoncurrentVersionExpiration: noncurrent, Filter: filter } = rule;
  if (rule.ID === undefined || (filter === undefined && rule.Prefix === undefined)) throw errors.malformedXml();
  if (rule.ID.length > 255) {
    throw errors.invalidArgument('ID length should not exceed allowed limit of 255');
  }
  if (rule.Status !== 'Enabled' && rule.Status !== 'Disabled') throw errors.malformedXml();
  if (
    noncurrent !== undefined &&
    noncurrent.NoncurrentDays === undefined &&
    noncurrent.NewerNoncurrentVersions === undefined
  ) {
    throw errors.malformedXml();
  }
  if (expiration !== undefined) {
    const { Date: date, Days: days, ExpiredObjectDeleteMarker: marker } = expiration;
    if ([date, days, marker].filter((member) => member !== undefined).length !== 1) throw errors.malformedXml();
    if (date !== undefined && date.getTime() % DAY !== 0) {
      throw errors.invalidArgument("'Date' must be at midnight GMT", 'Date', date.toISOString());
    }
    if (days !== undefined && days < 1) {
      throw errors.invalidArgument("'Days' for Expiration action must be a positive integer");
    }
  }
  if (filter !== undefined) checkFilter(filter);
  const acts =
    expiration ??
    noncurrent ??
    rule.Transitions ??
    rule.NoncurrentVersionTransitions ??
    rule.AbortIncompleteMultipartUpload;
  if (acts === undefined) throw errors.invalidRequest('At least one action needs to be specified in a rule');
}

function checkFilter(filter: LifecycleRuleFilter): void {
  const { And: and, ...single } = filter;
  const named = Object.values(single).filter((member) => member !== undefined).length;
  if (named > 1 || (and !== undefined && named > 0)) throw errors.malformedXml();
  if (and === undefined) return;
  const tags = and.Tags ?? [];
  const conditions =
    tags.length +
    [and.Prefix, and.ObjectSizeGreaterThan, and.ObjectSizeLessThan].filter((one) => one !== undefined).length;
  if (conditions < 2) throw errors.malformedXml();
  if (new Set(tags.map((tag) => tag.Key)).size !== tags.length) {
    throw errors.invalidRequest('Duplicate Tag Keys are not allowed.');
  }
}

export function getBucketLifecycleConfiguration(
  s3: S3Parts,
  input: Checked<GetBucketLifecycleConfigurationRequest>,
  context: RequestContext,
): GetBucketLifecycleConfigurationOutput {
  const bucket = enterSettings(s3, input, context, 's3:GetLifecycleConfiguration');
  const { lifecycle } = bucket.config;
  if (lifecycle === undefined) throw errors.noSuchLifecycle(bucket.name);
  const rules = parseStored<LifecycleRule[]>(lifecycle.rules).map(withDates);
  return { Rules: rules, TransitionDefaultMinimumObjectSize: answered(lifecycle.minimum) };
}

/** JSON keeps dates as text. */
function withDates(rule: LifecycleRule): LifecycleRule {
  const { Expiration: expiration, Transitions: transitions } = rule;
  return {
    ...rule,
    ...(expiration?.Date !== undefined && { Expiration: { ...expiration, Date: new Date(expiration.Date) } }),
    ...(transitions !== undefined && {
      Transitions: transitions.map((one) => (one.Date === undefined ? one : { ...one, Date: new Date(one.Date) })),
    }),
  };
}

export function deleteBucketLifecycle(
  s3: S3Parts,
  input: Checked<DeleteBucketLifecycleRequest>,
  context: RequestContext,
): object {
  const bucket = enterSettings(s3, input, context, 's3:PutLifecycleConfiguration');
  s3.buckets.update(bucket, { lifecycle: undefined });
  return {};
}
