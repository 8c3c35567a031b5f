/** Rules of replication: what S3 demands of them, and which objects they mean (REP-01, REP-06). */

import type { ReplicationConfiguration, ReplicationRule, ReplicationRuleFilter, Tag } from '@aws-sdk/client-s3';
import { parseStored } from '../../storage/stored-json.ts';
import type { Bucket, ReplicationConfig } from '../buckets/store.ts';
import { SCHEME } from '../encryption/scheme.ts';
import { errors } from '../errors.ts';
import type { ObjectColumns } from '../objects/rows.ts';

const MAXIMUM_RULES = 1000;
const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/;
const BUCKET_ARN = /^arn:aws[a-z-]*:s3:::([a-z0-9.-]{3,63})$/;

/** Checks a configuration as S3 does before it is kept. Throws MalformedXML, InvalidRequest, InvalidArgument. */
export function readConfiguration(configuration: ReplicationConfiguration): ReplicationConfig {
  const { Role: role, Rules: rules } = configuration;
  if (rules === undefined || rules.length === 0 || rules.length > MAXIMUM_RULES) throw errors.malformedXml();
  if (role === undefined || !ROLE_ARN.test(role)) {
    throw errors.invalidArgument('Invalid Amazon Resource Name (ARN) format', 'Role', role);
  }
  for (const rule of rules) checkRule(rule);
  const ids = rules.flatMap(({ ID }) => (ID === undefined || ID === '' ? [] : [ID]));
  if (new Set(ids).size !== ids.length) throw errors.invalidArgument('Rule Id must be unique');
  const priorities = rules.flatMap(({ Priority: priority }) => (priority === undefined ? [] : [priority]));
  if (new Set(priorities).size !== priorities.length) {
    throw errors.invalidRequest('Found duplicate priority in Replication configuration.');
  }
  return { role, rules: JSON.stringify(rules) };
}

function checkRule(rule: ReplicationRule): void {
  const { Destination: destination, Filter: filter, SourceSelectionCriteria: criteria } = rule;
  if (rule.Status !== 'Enabled' && rule.Status !== 'Disabled') throw errors.malformedXml();
  if ((rule.ID ?? '').length > 255) throw errors.invalidArgument('The maximum value for ID is 255 characters.');
  if (destination?.Bucket === undefined || destinationOf(rule) === undefined) throw errors.malformedXml();
  if (filter !== undefined) {
    if (rule.Prefix !== undefined) throw errors.malformedXml();
    if (rule.Priority === undefined) throw schemaDemands('Priority');
    if (rule.DeleteMarkerReplication === undefined) throw schemaDemands('DeleteMarkerReplication');
    checkFilter(filter);
  }
  const key = destination.EncryptionConfiguration?.ReplicaKmsKeyID;
  const encrypted = criteria?.SseKmsEncryptedObjects?.Status === 'Enabled';
  if (key !== undefined && criteria?.SseKmsEncryptedObjects === undefined) {
    throw errors.invalidRequest('SseKmsEncryptedObjects must be specified if EncryptionConfiguration is present.');
  }
  if (encrypted && key === undefined) {
    throw errors.invalidRequest('EncryptionConfiguration must be specified if SseKmsEncryptedObjects is Enabled.');
  }
}

function schemaDemands(member: string): Error {
  return errors.invalidRequest(
    `${member} must be specified for this version of Cross Region Replication configuration schema. Please refer to S3 Developer Guide for more information.`,
  );
}

function checkFilter({ And: and, ...single }: ReplicationRuleFilter): void {
  const named = Object.values(single).filter((member) => member !== undefined).length;
  if (named > 1 || (and !== undefined && named > 0)) throw errors.malformedXml();
  if (and !== undefined && (and.Tags ?? []).length + (and.Prefix === undefined ? 0 : 1) < 2)
    throw errors.malformedXml();
}

export function rulesOf(config: ReplicationConfig): ReplicationRule[] {
  return parseStored<ReplicationRule[]>(config.rules);
}

/** Name of the bucket that a rule copies to, or undefined where its ARN is none of a bucket. */
export function destinationOf(rule: ReplicationRule): string | undefined {
  return BUCKET_ARN.exec(rule.Destination?.Bucket ?? '')?.[1];
}

/** The rules by which an object is copied, one for each destination: that of the highest priority. */
export function rulesFor(bucket: Bucket, key: string, row: Pick<ObjectColumns, 'scheme' | 'tags'>): ReplicationRule[] {
  return chosen(bucket, (rule) => matches(rule, key, row.tags) && takesScheme(rule, row.scheme));
}

/** The rules by which a delete marker is copied. */
export function rulesForMarker(bucket: Bucket, key: string): ReplicationRule[] {
  // A rule of the old form, without a filter, always copies markers (S3UG replication-add-config).
  return chosen(
    bucket,
    (rule) =>
      matches(rule, key, null) && (rule.Filter === undefined || rule.DeleteMarkerReplication?.Status === 'Enabled'),
  );
}

function chosen(bucket: Bucket, takes: (rule: ReplicationRule) => boolean): ReplicationRule[] {
  const { replication } = bucket.config;
  if (replication === undefined) return [];
  const byDestination = new Map<string, ReplicationRule>();
  for (const rule of rulesOf(replication)) {
    if (rule.Status !== 'Enabled' || !takes(rule)) continue;
    const name = destinationOf(rule) ?? '';
    const before = byDestination.get(name);
    if (before === undefined || (rule.Priority ?? 0) > (before.Priority ?? 0)) byDestination.set(name, rule);
  }
  return [...byDestination.values()];
}

function matches(rule: ReplicationRule, key: string, tags: string | null): boolean {
  const { Filter: filter } = rule;
  const prefix = filter?.And?.Prefix ?? filter?.Prefix ?? rule.Prefix ?? '';
  if (!key.startsWith(prefix)) return false;
  const wanted: Tag[] = [...(filter?.And?.Tags ?? []), ...(filter?.Tag === undefined ? [] : [filter.Tag])];
  if (wanted.length === 0) return true;
  const has = tags === null ? {} : parseStored<Record<string, string>>(tags);
  return wanted.every(({ Key, Value }) => Key !== undefined && has[Key] === Value);
}

/** REP-06: KMS objects only where the rule says so. An SSE-C object cannot be opened without its customer. */
function takesScheme(rule: ReplicationRule, scheme: number): boolean {
  if (scheme === SCHEME.AES256) return true;
  if (scheme === SCHEME.CUSTOMER) return false;
  return rule.SourceSelectionCriteria?.SseKmsEncryptedObjects?.Status === 'Enabled';
}
