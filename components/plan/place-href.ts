import type { Route } from 'next';
import type { Place } from '@/lib/plan/types';
import { routes } from '../routes';

/** The page of a bucket, table or key, and one of its tabs. */
export function placeHref({ kind, name, bucket = '', namespace = '' }: Place, tab?: string): Route {
  switch (kind) {
    case 'bucket':
      return routes.bucket(name, tab);
    case 'directory-bucket':
      return routes.directoryBucket(name, tab);
    case 'table-bucket':
      return routes.tableBucket(name, tab);
    case 'table':
      return routes.table(bucket, namespace, name, tab);
    case 'key':
      return routes.key(name, tab);
  }
}
