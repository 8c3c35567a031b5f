/** What a request of the catalog names, in the words of S3 Tables. */

import type { CatalogPage, CatalogTable } from '../ports.ts';
import type { IcebergInput } from '../wire/iceberg.ts';
import { badRequest } from './errors.ts';

/** What the specification puts between the levels of a namespace in a path. */
const SEPARATOR = '\u001f';

/** The one level of a namespace. Throws BadRequestException for any other number: S3 Tables has one. */
export function single(levels: readonly string[]): string {
  const [level = '', ...more] = levels.flatMap((it) => it.split(SEPARATOR));
  if (level === '' || more.length > 0) throw badRequest('Multi-level namespaces are not supported.');
  return level;
}

/** The table of the path; the prefix is the ARN of a table bucket. */
export function namesOf(input: IcebergInput): CatalogTable {
  return { tableBucketARN: input.prefix, namespace: single([input.namespace]), name: input.table };
}

/** `pageToken` and `pageSize`. An empty token asks for the first page. Throws BadRequestException. */
export function pageOf({ query }: IcebergInput): CatalogPage {
  const token = query.get('pageToken')?.[0];
  const size = query.get('pageSize')?.[0];
  if (size !== undefined && !/^[1-9]\d{0,8}$/.test(size)) throw badRequest('pageSize must be a positive integer.');
  return {
    ...(token !== undefined && token !== '' && { token }),
    ...(size !== undefined && { limit: Number(size) }),
  };
}
