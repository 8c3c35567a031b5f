import type { Route } from 'next';
import { routes } from '../routes';
import type { ThingInfo } from './model/types';

/** The page of a bucket or table; undefined for a table, whose ARN does not tell its namespace, without a full name. */
export function thingRoute({ arn, kind, name }: ThingInfo): Route | undefined {
  if (kind === 'bucket') return routes.bucket(name);
  if (kind === 'directory-bucket') return routes.directoryBucket(name);
  const bucket = /:bucket\/([^/]+)/.exec(arn)?.[1];
  if (bucket === undefined) return undefined;
  if (kind === 'table-bucket') return routes.tableBucket(bucket);
  const [namespace, ...table] = name.split('.');
  return namespace === undefined || table.length === 0 ? undefined : routes.table(bucket, namespace, table.join('.'));
}
