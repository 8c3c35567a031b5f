/** Who may do what in S3: finds the bucket, asks the evaluator, and says no in S3's words. */

import { denialMessage } from '../../access/index.ts';
import type { ConditionContext, Decision } from '../../access/types.ts';
import type { RequestContext } from '../context.ts';
import type { Surroundings } from '../service.ts';
import type { Bucket, Buckets } from './buckets/store.ts';
import { errors } from './errors.ts';
import { kindOfName } from './names.ts';

/** Condition keys of S3 that come with the request itself, beside those of the operation. */
export type Conditions = Record<string, string | undefined>;

const ACCOUNT_ID = /^\d{12}$/;

export class Access {
  readonly #surroundings: Surroundings;
  readonly #buckets: Buckets;

  constructor(surroundings: Surroundings, buckets: Buckets) {
    this.#surroundings = surroundings;
    this.#buckets = buckets;
  }

  /**
   * The bucket of a request. Throws NoSuchBucket, PermanentRedirect for a bucket of another Region, AccessDenied where
   * the owner is not the expected one or a session asks for another bucket than its own.
   *
   * @param foreign whether a session may name it too: the source of a copy
   */
  bucket(context: RequestContext, name: string, expectedOwner?: string, foreign = false): Bucket {
    const { bucketSession } = context.caller;
    // DB-31: sessions are scoped to their bucket.
    if (bucketSession !== undefined && bucketSession.bucket !== name && !foreign) throw errors.accessDenied();
    const bucket = kindOfName(name) === 'table' ? this.#warehouse(context, name) : this.#buckets.find(name);
    if (expectedOwner !== undefined && !ACCOUNT_ID.test(expectedOwner))
      throw errors.invalidOwnerAccountId(expectedOwner);
    if (bucket === undefined) throw errors.noSuchBucket(name);
    context.trail.resource = bucket.arn;
    context.trail.parent = bucket.arn;
    if (bucket.region !== context.region) throw errors.permanentRedirect(name, bucket.region);
    if (expectedOwner !== undefined && expectedOwner !== bucket.account) throw errors.accessDenied();
    return bucket;
  }

  /** Throws AccessDenied unless the caller may do `action` on the resource. */
  require(
    context: RequestContext,
    bucket: Bucket,
    action: string,
    resource: string,
    conditions: Conditions = {},
    withoutPolicy = false,
  ): void {
    const decision = this.ask(context, bucket, action, resource, conditions, withoutPolicy);
    if (decision.outcome !== 'allow') throw this.refusal(context, bucket, action, resource, decision);
  }

  /** Puts a question and keeps the answer on the trail. */
  ask(
    context: RequestContext,
    bucket: Bucket,
    action: string,
    resource: string,
    conditions: Conditions = {},
    withoutPolicy = false,
  ): Decision {
    const { warehouse } = bucket;
    const policy = warehouse === undefined ? policyFor(context, bucket) : warehouse.resourcePolicy;
    return this.#surroundings.authorizer.decide(context, {
      action,
      resource,
      resourceAccountId: bucket.account,
      conditions: this.#conditions(context, bucket, conditions),
      ...(policy === undefined || withoutPolicy ? {} : { resourcePolicy: policy }),
      ...(bucket.config.tags === undefined ? {} : { resourceTags: bucket.config.tags }),
    });
  }

  /** An action on no bucket: ListBuckets, CreateBucket. */
  requireOwn(context: RequestContext, action: string, resource: string, conditions: Conditions = {}): void {
    const { bucketSession } = context.caller;
    if (bucketSession !== undefined && !resource.endsWith(`:bucket/${bucketSession.bucket}`))
      throw errors.accessDenied();
    const decision = this.#surroundings.authorizer.decide(context, {
      action,
      resource,
      resourceAccountId: context.accountId,
      conditions: toContext(context, action.startsWith('s3express:') ? 's3express' : 's3', conditions),
    });
    if (decision.outcome !== 'allow') throw refuse(context, decision, action, resource, context.accountId);
  }

  /** AccessDenied with the sentence that names who, what and why; other accounts and strangers learn nothing (S3UG troubleshoot-403). */
  refusal(context: RequestContext, bucket: Bucket, action: string, resource: string, decision: Decision): Error {
    return refuse(context, decision, action, resource, bucket.account);
  }

  #conditions(context: RequestContext, bucket: Bucket, conditions: Conditions): ConditionContext {
    const { warehouse } = bucket;
    if (warehouse !== undefined) return warehouse.conditions;
    const prefix = bucket.kind === 'directory' ? 's3express' : 's3';
    return toContext(context, prefix, conditions, bucket);
  }

  /** TB-61: the warehouse of a table, as a bucket whose rows S3 keeps and whose rules S3 Tables gives. */
  #warehouse(context: RequestContext, name: string): Bucket | undefined {
    const warehouse = this.#surroundings.ports.tables.warehouse(name);
    if (warehouse === undefined) return undefined;
    const { accountId: account, region } = warehouse;
    const bucket =
      this.#buckets.find(name) ??
      this.#buckets.create({ name, kind: 'table', account, region, created: context.now, config: {} });
    return { ...bucket, account, region, warehouse };
  }
}

/** RestrictPublicBuckets: a public policy speaks for nobody outside the owner's account but AWS services. */
function policyFor({ caller }: RequestContext, bucket: Bucket): Bucket['policy'] {
  const restricted = bucket.isPublic === true && bucket.config.publicAccessBlock?.RestrictPublicBuckets === true;
  if (!restricted || caller.principal.kind === 'AWSService') return bucket.policy;
  return caller.principal.accountId === bucket.account ? bucket.policy : undefined;
}

const NO_CONDITIONS: ConditionContext = new Map();

/** S3 prints the resource in quotes. */
function refuse(
  context: RequestContext,
  decision: Decision,
  action: string,
  resource: string,
  resourceAccountId: string,
): Error {
  const { principal } = context.caller;
  if (principal.kind === 'Anonymous' || principal.accountId !== resourceAccountId) return errors.accessDenied();
  const request = { principal, action, resource, resourceAccountId, context: NO_CONDITIONS };
  return errors.accessDenied(denialMessage(decision, request, { resource: `"${resource}"` }));
}

/** S3's service authorization reference: keys in lower case, those without a value left out. */
function toContext(
  context: RequestContext,
  prefix: 's3' | 's3express',
  conditions: Conditions,
  bucket?: Bucket,
): ConditionContext {
  const keys = new Map<string, readonly string[]>();
  if (context.authType !== 'none') {
    keys.set(`${prefix}:authtype`, context.authType === 'header' ? REST_HEADER : REST_QUERY);
    keys.set(`${prefix}:signatureversion`, SIGNATURE_VERSION);
    keys.set(`${prefix}:signatureage`, [String(Math.round(context.signatureAge))]);
  }
  if (bucket !== undefined) {
    keys.set(`${prefix}:resourceaccount`, [bucket.account]);
    if (bucket.config.zone !== undefined) keys.set(`${prefix}:locationname`, [bucket.config.zone]);
  }
  const payload = context.headers['x-amz-content-sha256'];
  if (payload !== undefined) keys.set(`${prefix}:x-amz-content-sha256`, [payload]);
  for (const name in conditions) {
    const value = conditions[name];
    if (value !== undefined) keys.set(`${prefix}:${name}`, [value]);
  }
  return keys;
}

const REST_HEADER = ['REST-HEADER'];
const REST_QUERY = ['REST-QUERY-STRING'];
const SIGNATURE_VERSION = ['AWS4-HMAC-SHA256'];
