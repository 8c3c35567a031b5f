/** RenameObject: directory buckets only; the bytes and their key stay as they are. */

import type { RenameObjectOutput, RenameObjectRequest } from '@aws-sdk/client-s3';
import type { RequestContext } from '../../context.ts';
import type { Checked } from '../../wire/operation.ts';
import { errors } from '../errors.ts';
import { checkKey } from '../names.ts';
import { checkRead, checkWrite } from '../objects/conditions.ts';
import type { S3Parts } from '../parts.ts';

export function renameObject(
  s3: S3Parts,
  input: Checked<RenameObjectRequest>,
  context: RequestContext,
): RenameObjectOutput {
  const { Bucket: name, Key: key } = input;
  checkKey(key);
  const { bucket } = s3.gate.enter(context, name, { action: 's3:PutObject', mode: 'ReadWrite', key });
  if (bucket.kind !== 'directory') throw errors.methodNotAllowed('PUT', 'OBJECT');
  const from = sourceKey(input.RenameSource);
  const { ClientToken: token } = input;
  if (token !== undefined && s3.renames.isRepeated(bucket.id, token, [from, key])) return {};
  s3.surroundings.state.write(() => {
    const source = s3.objects.findHead(bucket.id, from);
    if (source === undefined) throw errors.noSuchKey(from);
    checkRead(
      {
        IfMatch: input.SourceIfMatch,
        IfNoneMatch: input.SourceIfNoneMatch,
        IfModifiedSince: input.SourceIfModifiedSince,
        IfUnmodifiedSince: input.SourceIfUnmodifiedSince,
      },
      source,
    );
    const { DestinationIfMatch: ifMatch, DestinationIfNoneMatch: ifNoneMatch } = input;
    checkWrite(ifMatch, ifNoneMatch, key, () => s3.objects.findHead(bucket.id, key));
    if (from !== key) s3.objects.rename(bucket.id, from, key);
  });
  if (token !== undefined) s3.renames.remember(bucket.id, token, [from, key]);
  return {};
}

/** `[/]KEY`, percent-encoded: the source lies in the same bucket. */
function sourceKey(header: string): string {
  try {
    const key = decodeURIComponent(header).replace(/^\//, '');
    if (key !== '') return key;
  } catch {
    // Falls through to the refusal: the header is not a percent-encoded key.
  }
  throw errors.invalidArgument('Invalid rename source object key', 'x-amz-rename-source', header);
}
