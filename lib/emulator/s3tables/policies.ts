/** Resource policies of table buckets and tables, compiled for the evaluator. */

import { parsePolicy } from '../../access/index.ts';
import type { SourcedPolicy } from '../../access/types.ts';
import { badRequest } from './errors.ts';

interface Document {
  readonly Version?: string;
  readonly Statement?: Statement | readonly Statement[];
}

type Statement = Readonly<Record<string, unknown>> & { readonly Sid?: string };

/** Compiled policies by their texts: a control-plane call must not parse 20 KB of JSON again. */
const compiled = new Map<string, SourcedPolicy>();
const MOST_COMPILED = 2_000;

/** Throws BadRequestException unless the text is a policy that the evaluator understands. */
export function checkPolicy(text: string): void {
  try {
    parsePolicy(text, 'resource');
  } catch (error) {
    throw badRequest(`The specified policy is not valid. ${error instanceof Error ? error.message : ''}`.trim());
  }
}

/** Both policies that speak on a table as one; undefined when there is none. Takes texts that were checked when stored. */
export function resourcePolicy(
  bucketPolicy: string | undefined,
  tablePolicy: string | undefined,
): SourcedPolicy | undefined {
  if (bucketPolicy === undefined && tablePolicy === undefined) return undefined;
  const key = `${bucketPolicy ?? ''}\u0000${tablePolicy ?? ''}`;
  let policy = compiled.get(key);
  if (!policy) {
    policy = compile(bucketPolicy, tablePolicy);
    if (compiled.size >= MOST_COMPILED) compiled.clear();
    compiled.set(key, policy);
  }
  return policy;
}

function compile(bucketPolicy: string | undefined, tablePolicy: string | undefined): SourcedPolicy {
  if (tablePolicy === undefined)
    return { source: 'table bucket policy', policy: parsePolicy(bucketPolicy ?? '', 'resource') };
  if (bucketPolicy === undefined) return { source: 'table policy', policy: parsePolicy(tablePolicy, 'resource') };
  const documents = [bucketPolicy, tablePolicy].map((text): Document => JSON.parse(text));
  const merged = {
    Version: documents.some(({ Version }) => Version === '2012-10-17') ? '2012-10-17' : '2008-10-17',
    Statement: distinctSids(documents.flatMap(({ Statement }) => Statement ?? [])),
  };
  return { source: 'table bucket policy and table policy', policy: parsePolicy(JSON.stringify(merged), 'resource') };
}

/** Two documents may use one Sid; within one document it must be unique. */
function distinctSids(statements: readonly Statement[]): Statement[] {
  const seen = new Set<unknown>();
  return statements.map((statement) => {
    const { Sid, ...rest } = statement;
    if (Sid === undefined || !seen.has(Sid)) {
      seen.add(Sid);
      return statement;
    }
    return { ...rest, Sid: `${Sid}Table` };
  });
}
