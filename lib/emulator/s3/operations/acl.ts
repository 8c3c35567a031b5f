/**
 * Access control lists. Every bucket and object here has the list that gives its owner full control and nobody else
 * anything; policies speak for others. A list that would say more is checked as S3 checks it and then refused: by the
 * bucket's ownership setting, by block public access, or because it is not built.
 */

import type {
  AccessControlPolicy,
  GetBucketAclOutput,
  GetBucketAclRequest,
  GetObjectAclOutput,
  GetObjectAclRequest,
  PutBucketAclRequest,
  PutObjectAclRequest,
} from '@aws-sdk/client-s3';
import type { RequestContext } from '../../context.ts';
import type { Checked } from '../../wire/operation.ts';
import type { Bucket } from '../buckets/store.ts';
import { errors } from '../errors.ts';
import type { S3Parts } from '../parts.ts';
import { canonicalId, versionAnswer } from './answers.ts';
import { enterSettings } from './bucket-settings.ts';
import { findVersion } from './find-version.ts';

const CANNED = new Set([
  'private',
  'public-read',
  'public-read-write',
  'authenticated-read',
  'aws-exec-read',
  'bucket-owner-read',
  'bucket-owner-full-control',
  'log-delivery-write',
]);
const PUBLIC_CANNED = new Set(['public-read', 'public-read-write', 'authenticated-read']);
const GROUPS = new Map([
  ['http://acs.amazonaws.com/groups/global/AllUsers', true],
  ['http://acs.amazonaws.com/groups/global/AuthenticatedUsers', true],
  ['http://acs.amazonaws.com/groups/s3/LogDelivery', false],
]);
const PERMISSIONS = new Set(['READ', 'WRITE', 'READ_ACP', 'WRITE_ACP', 'FULL_CONTROL']);
const CANONICAL_ID = /^[0-9a-f]{64}$/;

/** Canned list and grant headers of PutBucketAcl, PutObjectAcl and writes of objects. */
export interface AclHeaders {
  readonly ACL?: string | undefined;
  readonly GrantFullControl?: string | undefined;
  readonly GrantRead?: string | undefined;
  readonly GrantReadACP?: string | undefined;
  readonly GrantWrite?: string | undefined;
  readonly GrantWriteACP?: string | undefined;
}

/** What a list says: nothing beyond the owner's control, something for others, something for everyone. */
type Reach = 'owner' | 'others' | 'public';

export function putBucketAcl(s3: S3Parts, input: Checked<PutBucketAclRequest>, context: RequestContext): object {
  const bucket = enterSettings(s3, input, context, 's3:PutBucketAcl');
  admit(bucket, reachOfRequest(bucket, input, input.AccessControlPolicy));
  return {};
}

export function putObjectAcl(s3: S3Parts, input: Checked<PutObjectAclRequest>, context: RequestContext): object {
  const { Key: key, VersionId: version } = input;
  const action = version === undefined ? 's3:PutObjectAcl' : 's3:PutObjectVersionAcl';
  const passage = {
    action,
    mode: 'ReadWrite',
    key,
    conditions: { versionid: version, 'x-amz-acl': input.ACL },
  } as const;
  const { bucket } = s3.gate.enter(context, input.Bucket, passage, input.ExpectedBucketOwner);
  if (bucket.kind !== 'general') throw errors.methodNotAllowed('PUT', 'ACL');
  findVersion(s3, context, bucket, { key, version, hidden: 'refused' });
  admit(bucket, reachOfRequest(bucket, input, input.AccessControlPolicy));
  return {};
}

export function getBucketAcl(
  s3: S3Parts,
  input: Checked<GetBucketAclRequest>,
  context: RequestContext,
): GetBucketAclOutput {
  return ownersList(enterSettings(s3, input, context, 's3:GetBucketAcl'));
}

export function getObjectAcl(
  s3: S3Parts,
  input: Checked<GetObjectAclRequest>,
  context: RequestContext,
): GetObjectAclOutput {
  const { Key: key, VersionId: version } = input;
  const action = version === undefined ? 's3:GetObjectAcl' : 's3:GetObjectVersionAcl';
  const passage = { action, mode: 'ReadOnly', key, conditions: { versionid: version } } as const;
  const { bucket } = s3.gate.enter(context, input.Bucket, passage, input.ExpectedBucketOwner);
  if (bucket.kind !== 'general') throw errors.methodNotAllowed('GET', 'ACL');
  const row = findVersion(s3, context, bucket, { key, version });
  return { ...ownersList(bucket), ...versionAnswer(bucket, row) };
}

function ownersList(bucket: Bucket): GetBucketAclOutput {
  const ID = canonicalId(bucket.account);
  return { Owner: { ID }, Grants: [{ Grantee: { Type: 'CanonicalUser', ID }, Permission: 'FULL_CONTROL' }] };
}

/** Checks the list that comes with a new object or bucket; throws where it cannot be kept. */
export function checkAclHeaders(bucket: Bucket, headers: AclHeaders): void {
  if (hasAcl(headers)) admit(bucket, reachOfHeaders(bucket, headers));
}

function hasAcl(headers: AclHeaders): boolean {
  return (
    headers.ACL !== undefined ||
    headers.GrantFullControl !== undefined ||
    headers.GrantRead !== undefined ||
    headers.GrantReadACP !== undefined ||
    headers.GrantWrite !== undefined ||
    headers.GrantWriteACP !== undefined
  );
}

function admit(bucket: Bucket, reach: Reach): void {
  if (reach === 'owner') return;
  const { ownership, publicAccessBlock } = bucket.config;
  if (ownership === 'BucketOwnerEnforced') throw errors.aclNotSupported();
  if (reach === 'public' && publicAccessBlock?.BlockPublicAcls === true) throw errors.accessDenied();
  throw errors.notImplementedHeader('x-amz-acl');
}

function reachOfRequest(bucket: Bucket, headers: AclHeaders, policy: AccessControlPolicy | undefined): Reach {
  const said = hasAcl(headers);
  if (policy === undefined) {
    if (!said) throw errors.missingSecurityHeader();
    return reachOfHeaders(bucket, headers);
  }
  if (said) throw errors.unexpectedContent();
  return reachOfPolicy(bucket, policy);
}

function grantsOf(headers: AclHeaders): string[] {
  const { GrantFullControl, GrantRead, GrantReadACP, GrantWrite, GrantWriteACP } = headers;
  return [GrantFullControl, GrantRead, GrantReadACP, GrantWrite, GrantWriteACP].filter((grant) => grant !== undefined);
}

function reachOfHeaders(bucket: Bucket, headers: AclHeaders): Reach {
  const { ACL: canned } = headers;
  const grants = grantsOf(headers);
  if (canned === undefined) {
    const reaches = grants.flatMap((grant) => grant.split(',').map((grantee) => reachOfGrantee(bucket, grantee)));
    return widest(reaches);
  }
  if (!CANNED.has(canned)) throw errors.invalidArgument('', 'x-amz-acl', canned);
  if (grants.length > 0) {
    throw errors.invalidRequest('Specifying both Canned ACLs and Header Grants is not allowed');
  }
  if (canned === 'private' || canned === 'bucket-owner-full-control' || canned === 'bucket-owner-read') return 'owner';
  return PUBLIC_CANNED.has(canned) ? 'public' : 'others';
}

/** `id="…"`, `uri="…"` or `emailAddress="…"`. */
function reachOfGrantee(bucket: Bucket, text: string): Reach {
  const [, kind = '', value = ''] = /^\s*(\w+)\s*=\s*"?([^"]*)"?\s*$/.exec(text) ?? [];
  if (kind === 'id') return reachOfId(bucket, value);
  if (kind === 'uri') return reachOfGroup(value);
  if (kind === 'emailAddress') return 'others';
  throw errors.invalidArgument('Argument format not recognized', 'x-amz-grant', text);
}

function reachOfId(bucket: Bucket, id: string | undefined): Reach {
  if (id === undefined || !CANONICAL_ID.test(id)) throw errors.invalidArgument('Invalid id', 'CanonicalUser/ID', id);
  return id === canonicalId(bucket.account) ? 'owner' : 'others';
}

function reachOfGroup(uri: string | undefined): Reach {
  const isPublic = GROUPS.get(uri ?? '');
  if (isPublic === undefined) throw errors.invalidArgument('Invalid group uri', 'Group/URI', uri);
  return isPublic ? 'public' : 'others';
}

function reachOfPolicy(bucket: Bucket, policy: AccessControlPolicy): Reach {
  const { Owner: owner, Grants: grants } = policy;
  if (owner?.ID === undefined || grants === undefined) throw errors.malformedAcl();
  if (reachOfId(bucket, owner.ID) !== 'owner') throw errors.accessDenied();
  const reaches = grants.map(({ Grantee: grantee, Permission: permission }): Reach => {
    const type: string | undefined = grantee?.Type;
    if (permission === undefined || !PERMISSIONS.has(permission)) throw errors.malformedAcl();
    if (type === 'CanonicalUser') return reachOfId(bucket, grantee?.ID);
    if (type === 'Group') return reachOfGroup(grantee?.URI);
    if (type === 'AmazonCustomerByEmail') return 'others';
    throw errors.malformedAcl();
  });
  return widest(reaches);
}

function widest(reaches: readonly Reach[]): Reach {
  if (reaches.includes('public')) return 'public';
  return reaches.includes('others') ? 'others' : 'owner';
}
