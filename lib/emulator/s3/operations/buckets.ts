/** CreateBucket, DeleteBucket, HeadBucket, GetBucketLocation, ListBuckets, ListDirectoryBuckets. */

import type {
  CreateBucketOutput,
  CreateBucketRequest,
  DeleteBucketRequest,
  GetBucketLocationOutput,
  GetBucketLocationRequest,
  HeadBucketOutput,
  HeadBucketRequest,
  ListBucketsOutput,
  ListBucketsRequest,
  ListDirectoryBucketsOutput,
  ListDirectoryBucketsRequest,
} from '@aws-sdk/client-s3';
import type { RequestContext } from '../../context.ts';
import type { Checked } from '../../wire/operation.ts';
import type { Bucket, BucketConfig } from '../buckets/store.ts';
import { errors } from '../errors.ts';
import { readToken, writeToken } from '../lists/tokens.ts';
import {
  directoryBucketArn,
  generalBucketArn,
  isGeneralBucketName,
  isRegion,
  kindOfName,
  zoneOfDirectoryBucket,
  zonePrefixOfRegion,
} from '../names.ts';
import { checkTags } from '../objects/head.ts';
import type { S3Parts } from '../parts.ts';
import type { Answer } from '../stored.ts';
import { canonicalId } from './answers.ts';
import { isOwnership } from './ownership.ts';

/** S3UG: buckets per account, general purpose and directory. */
const MAXIMUM_BUCKETS = { general: 10_000, directory: 100 } as const;
const MAXIMUM_LISTED = 10_000;
const DIRECTORY_LISTED = 1000;

const ALL_BLOCKED = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

export function createBucket(
  s3: S3Parts,
  input: Checked<CreateBucketRequest>,
  context: RequestContext,
): CreateBucketOutput {
  const { Bucket: name } = input;
  if (kindOfName(name) === 'directory') return createDirectoryBucket(s3, input, context);
  const { accountId: account } = context;
  const arn = generalBucketArn(name);
  context.trail.resource = arn;
  s3.access.requireOwn(context, 's3:CreateBucket', arn, {
    locationconstraint: input.CreateBucketConfiguration?.LocationConstraint,
    'x-amz-acl': input.ACL,
    'x-amz-object-ownership': input.ObjectOwnership,
  });
  if (!isGeneralBucketName(name)) throw errors.invalidBucketName(name);
  const region = chooseRegion(context.region, input.CreateBucketConfiguration?.LocationConstraint);
  const existing = s3.buckets.find(name);
  if (existing !== undefined) {
    if (existing.account !== account) throw errors.bucketAlreadyExists(name);
    // In us-east-1 creating one's own bucket again changes nothing (S3 API CreateBucket).
    if (context.region === 'us-east-1' && existing.region === 'us-east-1')
      return { Location: `/${name}`, BucketArn: arn };
    throw errors.bucketAlreadyOwnedByYou(name);
  }
  const config: BucketConfig = {
    publicAccessBlock: ALL_BLOCKED,
    ownership: readOwnership(input.ObjectOwnership),
    ...(input.ObjectLockEnabledForBucket === true && { versioning: 'Enabled', objectLock: {} }),
    ...tagsOf(input),
  };
  requireRoom(s3, account, 'general');
  s3.buckets.create({ name, kind: 'general', account, region, created: context.now, config });
  const location = region === 'us-east-1' ? `/${name}` : `http://${name}.s3.amazonaws.com/`;
  return { Location: location, BucketArn: arn };
}

/** DB-01, DB-02, DB-03. */
function createDirectoryBucket(
  s3: S3Parts,
  input: Checked<CreateBucketRequest>,
  context: RequestContext,
): CreateBucketOutput {
  const { Bucket: name, CreateBucketConfiguration: configuration } = input;
  const { accountId: account, region } = context;
  const arn = directoryBucketArn(name, region, account);
  s3.zonal.refuseScoped(context);
  context.trail.resource = arn;
  const zone = zoneOfDirectoryBucket(name);
  s3.access.requireOwn(context, 's3express:CreateBucket', arn, { locationname: zone });
  if (zone === undefined) throw errors.invalidBucketName(name);
  const location = configuration?.Location;
  const info = configuration?.Bucket;
  const local = location?.Type === 'LocalZone';
  const consistent =
    (location?.Type === 'AvailabilityZone' || local) &&
    location.Name === zone &&
    info?.Type === 'Directory' &&
    info.DataRedundancy === (local ? 'SingleLocalZone' : 'SingleAvailabilityZone');
  if (!consistent) {
    throw errors.invalidRequest(
      'A directory bucket needs a Location whose Name is the zone ID in the bucket name, Bucket Type Directory, and the DataRedundancy of that zone type.',
    );
  }
  if (!zone.startsWith(`${zonePrefixOfRegion(region)}-`)) throw errors.invalidLocationConstraint(zone);
  const existing = s3.buckets.find(name);
  if (existing !== undefined) {
    throw existing.account === account ? errors.bucketAlreadyOwnedByYou(name) : errors.bucketAlreadyExists(name);
  }
  requireRoom(s3, account, 'directory');
  s3.buckets.create({
    name,
    kind: 'directory',
    account,
    region,
    created: context.now,
    config: { zone, publicAccessBlock: ALL_BLOCKED, ...tagsOf(input) },
  });
  s3.zonal.unbind(context);
  return { Location: `http://${name}.s3express-${zone}.${region}.amazonaws.com/`, BucketArn: arn };
}

function tagsOf(input: Checked<CreateBucketRequest>): Pick<BucketConfig, 'tags'> {
  const tags = input.CreateBucketConfiguration?.Tags;
  if (tags === undefined || tags.length === 0) return {};
  return {
    tags: checkTags(
      tags.map((tag) => [tag.Key, tag.Value] as const),
      50,
    ),
  };
}

function requireRoom(s3: S3Parts, account: string, kind: 'general' | 'directory'): void {
  if (s3.buckets.count(account, kind) >= MAXIMUM_BUCKETS[kind]) throw errors.tooManyBuckets();
}

function readOwnership(ownership: string | undefined): string {
  if (ownership === undefined) return 'BucketOwnerEnforced';
  if (isOwnership(ownership)) return ownership;
  throw errors.invalidArgument(
    `Invalid x-amz-object-ownership header: ${ownership}`,
    'x-amz-object-ownership',
    ownership,
  );
}

/** us-east-1 is S3's global endpoint: it creates buckets anywhere; every other one only in its own Region. */
function chooseRegion(endpoint: string, constraint: string | undefined): string {
  if (endpoint === 'us-east-1') {
    if (constraint === undefined || constraint === '') return endpoint;
    const region = constraint === 'EU' ? 'eu-west-1' : constraint;
    if (region === 'us-east-1' || !isRegion(region)) throw errors.invalidLocationConstraint(constraint);
    return region;
  }
  if (constraint === undefined || constraint === '') throw errors.illegalLocationConstraint('unspecified');
  if (constraint !== endpoint && !(constraint === 'EU' && endpoint === 'eu-west-1')) {
    throw errors.illegalLocationConstraint(constraint);
  }
  return endpoint;
}

export function deleteBucket(s3: S3Parts, input: Checked<DeleteBucketRequest>, context: RequestContext): object {
  const bucket = s3.access.bucket(context, input.Bucket, input.ExpectedBucketOwner);
  if (bucket.kind === 'table') throw errors.methodNotAllowed('DELETE', 'TABLE');
  s3.zonal.refuseScoped(context);
  s3.access.require(context, bucket, `${actionPrefix(bucket)}:DeleteBucket`, bucket.arn);
  if (!s3.objects.isEmpty(bucket.id)) {
    throw errors.bucketNotEmpty(bucket.name, bucket.config.versioning !== undefined);
  }
  s3.surroundings.state.write(() => {
    s3.objects.removeAll(bucket.id);
    s3.buckets.remove(bucket);
  });
  return {};
}

export function headBucket(s3: S3Parts, input: Checked<HeadBucketRequest>, context: RequestContext): HeadBucketOutput {
  const bucket = s3.access.bucket(context, input.Bucket, input.ExpectedBucketOwner);
  if (bucket.kind === 'table') throw errors.methodNotAllowed('HEAD', 'TABLE');
  if (bucket.kind === 'directory') {
    // DB-30: no session authorises it; the caller needs what it would take to open one.
    s3.zonal.authorize(context, bucket, 'ReadOnly', {});
    return {
      BucketArn: bucket.arn,
      BucketRegion: bucket.region,
      BucketLocationType: 'AvailabilityZone',
      BucketLocationName: bucket.config.zone,
      AccessPointAlias: false,
    };
  }
  s3.access.require(context, bucket, 's3:ListBucket', bucket.arn);
  return { BucketArn: bucket.arn, BucketRegion: bucket.region, AccessPointAlias: false };
}

export function getBucketLocation(
  s3: S3Parts,
  input: Checked<GetBucketLocationRequest>,
  context: RequestContext,
): Answer<GetBucketLocationOutput> {
  const bucket = s3.access.bucket(
    { ...context, region: homeOf(s3, input.Bucket, context) },
    input.Bucket,
    input.ExpectedBucketOwner,
  );
  if (bucket.kind !== 'general') throw errors.methodNotAllowed('GET', 'BUCKET');
  s3.access.require(context, bucket, 's3:GetBucketLocation', bucket.arn);
  return bucket.region === 'us-east-1' ? {} : { LocationConstraint: bucket.region };
}

/** Where a bucket is can be asked in any Region. */
function homeOf(s3: S3Parts, name: string, context: RequestContext): string {
  return s3.buckets.find(name)?.region ?? context.region;
}

export function listBuckets(
  s3: S3Parts,
  input: Checked<ListBucketsRequest>,
  context: RequestContext,
): ListBucketsOutput {
  s3.access.requireOwn(context, 's3:ListAllMyBuckets', '*');
  const limit = input.MaxBuckets ?? MAXIMUM_LISTED;
  if (limit < 1 || limit > MAXIMUM_LISTED) {
    throw errors.invalidArgument(
      'Argument max-buckets must be an integer between 1 and 10000',
      'max-buckets',
      String(limit),
    );
  }
  const { page, next } = listPage(s3, context, 'general', input.ContinuationToken, limit, {
    prefix: input.Prefix ?? '',
    region: input.BucketRegion ?? '',
  });
  return {
    Buckets: page.map((bucket) => ({
      Name: bucket.name,
      CreationDate: new Date(bucket.created),
      // Only paginated answers say Region and ARN (S3 API ListBuckets).
      ...(isPaginated(input) && { BucketRegion: bucket.region, BucketArn: bucket.arn }),
    })),
    Owner: { ID: canonicalId(context.accountId) },
    ...(next !== undefined && { ContinuationToken: next }),
    ...(input.Prefix !== undefined && { Prefix: input.Prefix }),
  };
}

function isPaginated(input: Checked<ListBucketsRequest>): boolean {
  return (
    input.MaxBuckets !== undefined ||
    input.ContinuationToken !== undefined ||
    input.Prefix !== undefined ||
    input.BucketRegion !== undefined
  );
}

export function listDirectoryBuckets(
  s3: S3Parts,
  input: Checked<ListDirectoryBucketsRequest>,
  context: RequestContext,
): ListDirectoryBucketsOutput {
  s3.access.requireOwn(context, 's3express:ListAllMyDirectoryBuckets', '*');
  const limit = input.MaxDirectoryBuckets ?? DIRECTORY_LISTED;
  if (limit < 0 || limit > DIRECTORY_LISTED) {
    throw errors.invalidArgument(
      'Argument max-directory-buckets must be an integer between 0 and 1000',
      'max-directory-buckets',
      String(limit),
    );
  }
  const region = { region: context.region };
  const { page, next } = listPage(s3, context, 'directory', input.ContinuationToken, limit, region);
  return {
    Buckets: page.map((bucket) => ({
      Name: bucket.name,
      CreationDate: new Date(bucket.created),
      BucketRegion: bucket.region,
      BucketArn: bucket.arn,
    })),
    ...(next !== undefined && { ContinuationToken: next }),
  };
}

function listPage(
  s3: S3Parts,
  context: RequestContext,
  kind: 'general' | 'directory',
  token: string | undefined,
  limit: number,
  filter: { prefix?: string; region?: string },
): { page: Bucket[]; next: string | undefined } {
  const after = token === undefined || token === '' ? '' : readToken(token);
  const found = s3.buckets.list({ account: context.accountId, kind, after, limit: limit + 1, ...filter });
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return { page, next: found.length > limit && last !== undefined ? writeToken(last.name) : undefined };
}

/** Bucket-level actions of directory buckets have a prefix of their own (DB-03, DB-17). */
export function actionPrefix(bucket: Bucket): 's3' | 's3express' {
  return bucket.kind === 'directory' ? 's3express' : 's3';
}
