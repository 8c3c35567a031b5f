/** TagResource, UntagResource, ListResourceTags. */

import type {
  ListResourceTagsRequest,
  ListResourceTagsResponse,
  Tag,
  TagResourceRequest,
  UntagResourceRequest,
} from '@aws-sdk/client-kms';
import type { RequestContext } from '../../context.ts';
import type { Checked, OperationTable } from '../../wire/operation.ts';
import { authorizeKey, tagConditions } from '../authorize.ts';
import { directCall } from '../call.ts';
import { invalid, kmsError } from '../errors.ts';
import type { Kms } from '../kms.ts';
import { cutPage, readMarker } from '../pages.ts';
import { OWN_KEY, resolveKey } from '../resolve.ts';
import { CHANGEABLE, demandState } from './states.ts';

const MAX_TAGS = 50;

/** Lengths and characters of tags, their number, and no key twice (recorded). */
export function checkTags(tags: readonly Tag[]): void {
  const names = tags.map((tag) => tag.TagKey ?? '');
  if (new Set(names).size !== names.length) throw kmsError('TagException', 'Duplicate tag keys');
  if (names.length > MAX_TAGS) throw kmsError('TagException', 'Too many tags');
  if (names.some((name) => /^aws:/i.test(name))) {
    throw kmsError('TagException', 'Tags beginning with aws: are reserved');
  }
  if (tags.some((tag) => tag.TagKey === undefined || tag.TagValue === undefined)) {
    throw invalid('Every tag needs a TagKey and a TagValue.');
  }
}

export function tagsToText(tags: readonly Tag[] | undefined): string {
  return JSON.stringify(Object.fromEntries((tags ?? []).map((tag) => [tag.TagKey ?? '', tag.TagValue ?? ''])));
}

export function tagOperations(kms: Kms): OperationTable<RequestContext> {
  return {
    TagResource(input: Checked<TagResourceRequest>, context: RequestContext): void {
      const call = directCall(context);
      const { key } = resolveKey(kms, call, input.KeyId, 'TagResource', OWN_KEY);
      authorizeKey(kms, call, { action: 'TagResource', key, conditions: tagConditions(input.Tags) });
      demandState(key, CHANGEABLE);
      checkTags(input.Tags);
      const tags = { ...key.tagMap, ...Object.fromEntries(input.Tags.map((tag) => [tag.TagKey, tag.TagValue])) };
      if (Object.keys(tags).length > MAX_TAGS) throw kmsError('TagException', 'Too many tags');
      kms.write(() => kms.keys.update(key, { tags: JSON.stringify(tags) }));
    },

    UntagResource(input: Checked<UntagResourceRequest>, context: RequestContext): void {
      const call = directCall(context);
      const { key } = resolveKey(kms, call, input.KeyId, 'UntagResource', OWN_KEY);
      authorizeKey(kms, call, { action: 'UntagResource', key, conditions: { 'aws:tagkeys': input.TagKeys } });
      demandState(key, CHANGEABLE);
      const gone = new Set(input.TagKeys);
      const left = Object.entries(key.tagMap).filter(([name]) => !gone.has(name));
      kms.write(() => kms.keys.update(key, { tags: JSON.stringify(Object.fromEntries(left)) }));
    },

    ListResourceTags(input: Checked<ListResourceTagsRequest>, context: RequestContext): ListResourceTagsResponse {
      const call = directCall(context);
      const { key } = resolveKey(kms, call, input.KeyId, 'ListResourceTags', OWN_KEY);
      authorizeKey(kms, call, { action: 'ListResourceTags', key });
      const start = Number(readMarker(input.Marker, /^\d{1,3}$/, '0'));
      const limit = Math.min(input.Limit ?? 50, 50);
      const tags = Object.entries(key.tagMap)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([TagKey, TagValue], index) => ({ TagKey, TagValue, index }))
        .slice(start, start + limit + 1);
      const page = cutPage(tags, limit, (tag) => String(tag.index + 1));
      return { Tags: page.items.map(({ TagKey, TagValue }) => ({ TagKey, TagValue })), ...page.next };
    },
  };
}
