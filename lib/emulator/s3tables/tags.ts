/** Tags of table buckets and tables (TB-54). */

import type {
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  TagResourceRequest,
  UntagResourceRequest,
} from '@aws-sdk/client-s3tables';
import type { RequestContext } from '../context.ts';
import type { Checked } from '../wire/operation.ts';
import { openBucket, openTable, requestTagConditions } from './decide.ts';
import type { Desk } from './desk.ts';
import { badRequest } from './errors.ts';
import type { Tags } from './model.ts';
import { parseResourceArn } from './names.ts';

const MOST_TAGS = 50;

/** The tags of an input, absent ones as none. Throws BadRequestException for a key or value that no tag may have. */
export function checkTags(tags: Readonly<Record<string, string>> | undefined): Tags {
  const entries = Object.entries(tags ?? {});
  for (const [key, value] of entries) {
    if (key.length < 1 || key.length > 128 || key.toLowerCase().startsWith('aws:')) {
      throw badRequest(`The tag key '${key}' is not valid.`);
    }
    if (value.length > 256) throw badRequest(`The value of the tag '${key}' is not valid.`);
  }
  checkTagCount(entries.length);
  return Object.fromEntries(entries);
}

function checkTagCount(count: number): void {
  if (count > MOST_TAGS) throw badRequest(`A resource can have at most ${MOST_TAGS} tags.`);
}

interface Tagged {
  readonly tags: Tags;
  change(tags: Tags): void;
}

export function tagOperations(desk: Desk) {
  const { rows, around, warehouses } = desk;

  /** The bucket or table behind an ARN, after the decision. */
  const open = (
    context: RequestContext,
    arn: string,
    action: string,
    conditions?: ReadonlyMap<string, readonly string[]>,
  ): Tagged => {
    const parsed = parseResourceArn(arn);
    if ('tableId' in parsed) {
      const { table } = openTable(desk, context, { tableArn: arn }, [action], conditions);
      return {
        tags: table.tags,
        change(tags) {
          around.state.write(() => rows.changeTable(table.id, { tags }));
          warehouses.forget(table.warehouseAlias);
        },
      };
    }
    const bucket = openBucket(desk, context, arn, [action], conditions);
    return {
      tags: bucket.tags,
      change(tags) {
        around.state.write(() => rows.changeBucket(bucket.id, { tags }));
        warehouses.forgetAll();
      },
    };
  };

  return {
    TagResource(input: Checked<TagResourceRequest>, context: RequestContext): Record<string, never> {
      const tags = checkTags(input.tags);
      const resource = open(context, input.resourceArn, 's3tables:TagResource', requestTagConditions(tags));
      const all = { ...resource.tags, ...tags };
      checkTagCount(Object.keys(all).length);
      resource.change(all);
      return {};
    },

    UntagResource(input: Checked<UntagResourceRequest>, context: RequestContext): Record<string, never> {
      const resource = open(
        context,
        input.resourceArn,
        's3tables:UntagResource',
        new Map([['aws:tagkeys', input.tagKeys]]),
      );
      const gone = new Set(input.tagKeys);
      resource.change(Object.fromEntries(Object.entries(resource.tags).filter(([key]) => !gone.has(key))));
      return {};
    },

    ListTagsForResource(
      input: Checked<ListTagsForResourceRequest>,
      context: RequestContext,
    ): ListTagsForResourceResponse {
      return { tags: { ...open(context, input.resourceArn, 's3tables:ListTagsForResource').tags } };
    },
  };
}
