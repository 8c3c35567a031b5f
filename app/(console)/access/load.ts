import 'server-only';
import { cache } from 'react';
import { rowsOf, thingsOf } from '@/components/graph/model/rows';
import type { KeyInfo, ThingInfo, WayRow } from '@/components/graph/model/types';
import { type Way, waysTo } from '@/lib/access/reach/index';
import { type AccessPicture, accessPicture } from '@/lib/aws/access-picture';
import { workplace } from '@/lib/aws/session';
import { grantDelay, ownAccount, worldNow } from '../reads';

/** What was read of the account, and every way that follows from it. */
export interface Loaded extends AccessPicture {
  readonly ways: readonly Way[];
  /** One for each way, in the same order. */
  readonly rows: readonly WayRow[];
  readonly keyInfos: readonly KeyInfo[];
  readonly thingInfos: readonly ThingInfo[];
}

/** The same picture gives the same ways: they are worked out once for all the pages that show it. */
const analysed = new WeakMap<AccessPicture, Loaded>();

/** @param keyId only this key */
export const loadAccess = cache(async (keyId?: string): Promise<Loaded> => {
  const [{ aws }, accountId, now, delay] = await Promise.all([workplace(), ownAccount(), worldNow(), grantDelay()]);
  const read = await accessPicture(aws, {
    accountId,
    now,
    grantDelay: delay,
    ...(keyId === undefined ? {} : { keyId }),
  });
  const known = analysed.get(read);
  if (known !== undefined) return known;
  const loaded = analyse(read);
  analysed.set(read, loaded);
  return loaded;
});

function analyse(read: AccessPicture): Loaded {
  const { picture, details } = read;
  const ways = picture.keys.flatMap((key) => waysTo(picture, key));
  const keyInfos = picture.keys.map(({ arn, state, grants }): KeyInfo => {
    const id = arn.slice(arn.lastIndexOf('/') + 1);
    return {
      arn,
      name: details.get(arn)?.alias ?? `key …${id.slice(-12)}`,
      tail: `…${id.slice(-12)}`,
      state,
      grants: grants.length,
    };
  });
  const kinds = new Map(picture.principals.map(({ name, kind }) => [name, kind]));
  const names = new Map(keyInfos.map(({ arn, name }) => [arn, name]));
  return { ...read, ways, rows: rowsOf(ways, kinds, names), keyInfos, thingInfos: thingsOf(picture.things) };
}
