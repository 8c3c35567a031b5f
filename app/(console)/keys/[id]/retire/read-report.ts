import 'server-only';
import { listBuckets } from '@/lib/aws/buckets';
import type { Aws } from '@/lib/aws/connection';
import { listDirectoryBuckets } from '@/lib/aws/directory-buckets';
import { listGrants } from '@/lib/aws/grants';
import { readDependants } from '@/lib/aws/key-dependants';
import { getLastUse, readKeyUsers } from '@/lib/aws/key-use';
import type { Key } from '@/lib/aws/keys';
import { countObjects } from '@/lib/aws/objects-by-key';
import { dataOr, mapLimited } from '@/lib/aws/result';

/** Objects that are asked one by one: of a bucket whose default is the key, and of any other. */
const OBJECTS = { default: 200, other: 20 };
/** Other buckets that are sampled: a request may name the key whatever the default is. */
const MOST_SAMPLED = 50;
const MOST_GRANTS = 1000;

/** Everything a retirement report says, as far as the connection may read it. */
export async function readRetirement(aws: Aws, key: Key) {
  const [dependants, lastUse, users, grants, general, directory] = await Promise.all([
    readDependants(aws, key),
    getLastUse(aws, key.id),
    readKeyUsers(aws, key.arn),
    listGrants(aws, key.id, { most: MOST_GRANTS }),
    listBuckets(aws),
    listDirectoryBuckets(aws),
  ]);
  const named = new Set(dependants.found.map(({ name }) => name));
  const buckets = [general, directory].flatMap((listed) => dataOr(listed, { items: [], cutOff: false }).items);
  const chosen = [
    ...buckets.filter(({ name }) => named.has(name)),
    ...buckets.filter(({ name }) => !named.has(name)).slice(0, MOST_SAMPLED),
  ];
  const objects = await mapLimited(chosen, 4, ({ name }) =>
    countObjects(aws, name, key, named.has(name) ? OBJECTS.default : OBJECTS.other),
  );
  const notSampled = buckets.length - chosen.length;
  return { dependants, lastUse, users, grants, objects, notSampled };
}
