/** PutObjectTagging, GetObjectTagging, DeleteObjectTagging. */

import type {
  DeleteObjectTaggingOutput,
  DeleteObjectTaggingRequest,
  GetObjectTaggingOutput,
  GetObjectTaggingRequest,
  PutObjectTaggingOutput,
  PutObjectTaggingRequest,
} from '@aws-sdk/client-s3';
import type { RequestContext } from '../../context.ts';
import { parseStored } from '../../storage/stored-json.ts';
import type { Checked } from '../../wire/operation.ts';
import type { Bucket } from '../buckets/store.ts';
import { checkTags, formatTags } from '../objects/head.ts';
import type { ObjectRow } from '../objects/rows.ts';
import type { S3Parts } from '../parts.ts';
import { versionAnswer } from './answers.ts';
import { findVersion } from './find-version.ts';

export function putObjectTagging(
  s3: S3Parts,
  input: Checked<PutObjectTaggingRequest>,
  context: RequestContext,
): PutObjectTaggingOutput {
  const { bucket, row } = enter(s3, input, context, 'Put');
  const pairs = (input.Tagging.TagSet ?? []).map((tag) => [tag.Key, tag.Value] as const);
  return setTags(s3, bucket, row, formatTags(checkTags(pairs)));
}

export function getObjectTagging(
  s3: S3Parts,
  input: Checked<GetObjectTaggingRequest>,
  context: RequestContext,
): GetObjectTaggingOutput {
  const { bucket, row } = enter(s3, input, context, 'Get');
  const pairs = row.tags === null ? [] : Object.entries(parseStored<Record<string, string>>(row.tags));
  return { TagSet: pairs.map(([Key, Value]) => ({ Key, Value })), ...versionAnswer(bucket, row) };
}

export function deleteObjectTagging(
  s3: S3Parts,
  input: Checked<DeleteObjectTaggingRequest>,
  context: RequestContext,
): DeleteObjectTaggingOutput {
  const { bucket, row } = enter(s3, input, context, 'Delete');
  return setTags(s3, bucket, row, null);
}

function setTags(s3: S3Parts, bucket: Bucket, row: ObjectRow, tags: string | null) {
  s3.surroundings.state.write(() => s3.versions.change(bucket.id, row.key, row.version, { tags }));
  return versionAnswer(bucket, row);
}

interface Tagging {
  readonly Bucket: string;
  readonly Key: string;
  readonly VersionId?: string | undefined;
  readonly ExpectedBucketOwner?: string | undefined;
}

function enter(
  s3: S3Parts,
  input: Tagging,
  context: RequestContext,
  verb: 'Get' | 'Put' | 'Delete',
): { readonly bucket: Bucket; readonly row: ObjectRow } {
  const { Key: key, VersionId: version } = input;
  const passage = {
    action: `s3:${verb}Object${version === undefined ? '' : 'Version'}Tagging`,
    mode: verb === 'Get' ? 'ReadOnly' : 'ReadWrite',
    key,
    conditions: { versionid: version },
  } as const;
  const { bucket } = s3.gate.enter(context, input.Bucket, passage, input.ExpectedBucketOwner);
  return { bucket, row: findVersion(s3, context, bucket, { key, version, hidden: 'refused' }) };
}
