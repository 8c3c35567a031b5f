/** Which S3 operation a request asks for, and of which bucket and key (WIRE-03, WIRE-05). */

import { AwsError } from './error.ts';
import { meaningOfHost } from './host.ts';
import { type OperationModel, serviceModel } from './schema.ts';
import type { Route, WireRequest } from './types.ts';

type Level = 'SERVICE' | 'BUCKET' | 'OBJECT';

interface Candidate {
  readonly operation: OperationModel;
  /** Further literal parameters beside the first: `select-type=2`. */
  readonly literals: readonly (readonly [name: string, value: string])[];
  readonly requiredQuery: readonly string[];
  /** Required headers, where they tell this operation from another. */
  readonly requiredHeaders: readonly string[];
  readonly queryMembers: ReadonlySet<string>;
}

/** Candidates by `METHOD LEVEL WORD`, the most specific first; WORD is the first literal parameter, or empty. */
type Table = ReadonlyMap<string, readonly Candidate[]>;

interface Tables {
  readonly candidates: Table;
  /** Literal parameters that name an operation of a level: `acl`, `uploads`, `list-type`, … */
  readonly words: Readonly<Record<Level, ReadonlySet<string>>>;
  /** Parameters that choose among the operations of one table entry: `uploadId`, `partNumber`, `id`, … */
  readonly selectors: ReadonlySet<string>;
  /** Operations with a path of their own at the root of the service: `/WriteGetObjectResponse`. */
  readonly rootPaths: ReadonlyMap<string, OperationModel>;
}

const DIRECTORY_SUFFIX = '--x-s3';
/** Literal parameters that only go with another. */
const SECONDARY = new Set(['select-type']);
/** Both are `GET /`; the credential scope tells them apart. */
const EXPRESS_LIST = 'ListDirectoryBuckets';
const NO_HEADERS: readonly string[] = [];

let tables: Tables | undefined;

/** Finds the operation. `query` is the decoded query. Throws S3's answers to what it cannot route. */
export function routeS3(request: WireRequest, query: ReadonlyMap<string, readonly string[]>): Route {
  tables ??= makeTables();
  const host = meaningOfHost(request.host);
  const { bucket, key } = place(request.rawPath, host.bucket);
  const level: Level = bucket === undefined ? 'SERVICE' : key === undefined ? 'BUCKET' : 'OBJECT';
  if (bucket !== undefined && tables.rootPaths.size > 0) {
    const own = host.bucket === undefined ? tables.rootPaths.get(`${request.method} ${request.rawPath}`) : undefined;
    if (own !== undefined) return { service: 's3', operation: own.name, labels: {}, query };
  }
  const word = query.size === 0 ? '' : wordOf(query, tables.words[level]);
  const candidates = tables.candidates.get(`${request.method} ${level} ${word}`);
  if (candidates === undefined) throw refusal(request, level, word);
  const express = host.express || request.scope?.service === 's3express';
  const found = candidates.find(
    (candidate) =>
      matches(candidate, query, request.headers) &&
      (level !== 'SERVICE' || (candidate.operation.name === EXPRESS_LIST) === express),
  );
  if (found === undefined) throw refusal(request, level, word);
  if (word === '') refuseStray(found, query, request.method, tables.selectors);
  const { name } = found.operation;
  if (bucket === undefined) return { service: 's3', operation: name, labels: {}, query };
  if (key === undefined) return { service: 's3', operation: name, bucket, labels: { Bucket: bucket }, query };
  return { service: 's3', operation: name, bucket, key, labels: { Bucket: bucket, Key: key }, query };
}

/**
 * Bucket and key of a path. Keys come through as they are, `..` and `//` too. The JS SDK writes two slashes after a
 * directory bucket where the bucket is in the path; exactly one is dropped.
 */
function place(rawPath: string, hostBucket: string | undefined): { bucket?: string; key?: string } {
  if (hostBucket !== undefined) {
    const key = decodePath(rawPath.slice(1));
    return key === '' ? { bucket: hostBucket } : { bucket: hostBucket, key };
  }
  if (rawPath.length <= 1) return {};
  const slash = rawPath.indexOf('/', 1);
  const bucket = decodePath(slash < 0 ? rawPath.slice(1) : rawPath.slice(1, slash));
  if (bucket === '')
    throw new AwsError('InvalidBucketName', 400, 'The specified bucket is not valid.', { members: { BucketName: '' } });
  if (slash < 0) return { bucket };
  const isDoubled = bucket.endsWith(DIRECTORY_SUFFIX) && rawPath[slash + 1] === '/';
  const rest = rawPath.slice(slash + (isDoubled ? 2 : 1));
  return rest === '' ? { bucket } : { bucket, key: decodePath(rest) };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: bytes of UTF-8 that a client did not escape
const RAW_BYTES = /[\u0080-\u00ff]/;

function decodePath(text: string): string {
  const bytes = RAW_BYTES.test(text) ? Buffer.from(text, 'latin1').toString('utf8') : text;
  if (!bytes.includes('%')) return bytes;
  try {
    return decodeURIComponent(bytes);
  } catch {
    throw new AwsError('InvalidURI', 400, "Couldn't parse the specified URI.", { members: { URI: text } });
  }
}

function wordOf(query: ReadonlyMap<string, readonly string[]>, words: ReadonlySet<string>): string {
  let found = '';
  for (const [name, values] of query) {
    if (!words.has(name)) continue;
    if (name === 'list-type' && values[0] !== '2') continue;
    if (found !== '') {
      throw new AwsError('InvalidArgument', 400, `Conflicting query string parameters: ${found}, ${name}`, {
        members: { ArgumentName: 'ResourceType', ArgumentValue: found },
      });
    }
    found = name;
  }
  return found;
}

function matches(
  candidate: Candidate,
  query: ReadonlyMap<string, readonly string[]>,
  headers: Readonly<Record<string, string>>,
): boolean {
  for (const name of candidate.requiredQuery) if (!query.has(name)) return false;
  for (const name of candidate.requiredHeaders) if (headers[name] === undefined) return false;
  for (const [name, value] of candidate.literals) if (query.get(name)?.[0] !== value) return false;
  return true;
}

/** A lone `uploadId` on a PUT must not turn an upload of a part into the object itself. */
function refuseStray(
  { queryMembers }: Candidate,
  query: ReadonlyMap<string, readonly string[]>,
  method: string,
  selectors: ReadonlySet<string>,
): void {
  if (query.size === 0 || method === 'GET' || method === 'HEAD') return;
  for (const name of query.keys()) {
    if (selectors.has(name) && !queryMembers.has(name)) {
      throw new AwsError('InvalidArgument', 400, 'This operation does not accept a query-string.', {
        members: { ArgumentName: 'ResourceType', ArgumentValue: name },
      });
    }
  }
}

function refusal(request: WireRequest, level: Level, word: string): AwsError {
  const { method, headers } = request;
  if (method === 'OPTIONS') {
    return headers['origin'] === undefined
      ? new AwsError('BadRequest', 400, 'Insufficient information. Origin request header needed.')
      : new AwsError('AccessForbidden', 403, 'CORSResponse: CORS is not enabled for this bucket.');
  }
  return new AwsError('MethodNotAllowed', 405, 'The specified method is not allowed against this resource.', {
    members: { Method: method.slice(0, 32), ResourceType: word === '' ? level : word.toUpperCase() },
  });
}

function makeTables(): Tables {
  const groups = new Map<string, Candidate[]>();
  const words = { SERVICE: new Set<string>(), BUCKET: new Set<string>(), OBJECT: new Set<string>() };
  const selectors = new Set<string>();
  const rootPaths = new Map<string, OperationModel>();
  for (const operation of serviceModel('s3').operations.values()) {
    const [path = '/', uriQuery = ''] = (operation.http?.uri ?? '/').split('?');
    const method = operation.http?.method ?? 'GET';
    if (path !== '/' && !path.startsWith('/{')) {
      rootPaths.set(`${method} ${path}`, operation);
      continue;
    }
    const literals = uriQuery
      .split('&')
      .filter((text) => text !== '' && !text.startsWith('x-id='))
      .map((text) => text.split('='))
      .map(([name = '', value = '']) => [name, value] as const);
    const word = literals.find(([name]) => !SECONDARY.has(name))?.[0] ?? '';
    const level: Level = path !== '/' ? 'OBJECT' : operation.input.members.has('Bucket') ? 'BUCKET' : 'SERVICE';
    if (word !== '') words[level].add(word);
    const requiredTrait = (trait: 'httpQuery' | 'httpHeader'): string[] =>
      operation.input.required.flatMap((member) => operation.input.members.get(member)?.traits[trait] ?? []);
    const name = `${method} ${level} ${word}`;
    const group = groups.get(name) ?? [];
    groups.set(name, group);
    const requiredQuery = requiredTrait('httpQuery');
    for (const parameter of requiredQuery) selectors.add(parameter);
    group.push({
      operation,
      literals: literals.filter(([literal]) => literal !== word),
      requiredQuery,
      requiredHeaders: requiredTrait('httpHeader').map((header) => header.toLowerCase()),
      queryMembers: new Set([...operation.input.members.values()].flatMap((node) => node.traits.httpQuery ?? [])),
    });
  }
  const candidates = new Map<string, readonly Candidate[]>();
  for (const [name, group] of groups) {
    // Alone, an operation is meant even where a required header is missing: its decoder says so.
    const [only] = group;
    const choices = only !== undefined && group.length === 1 ? [{ ...only, requiredHeaders: NO_HEADERS }] : group;
    const weight = (candidate: Candidate): number =>
      candidate.requiredQuery.length + candidate.requiredHeaders.length + candidate.literals.length;
    candidates.set(
      name,
      choices.toSorted((a, b) => weight(b) - weight(a)),
    );
  }
  return { candidates, words, selectors, rootPaths };
}
