/** From a document to a compiled policy. */

import { DocumentReader } from './document.ts';
import { sha256Hex } from './hash.ts';
import { KIND_RULES } from './kinds.ts';
import { compileStatement } from './parse-statement.ts';
import type { Policy, PolicyKind, Statement } from './policy.ts';
import { StatementIndex } from './statement-index.ts';

const ELEMENTS: ReadonlySet<string> = new Set(['Version', 'Id', 'Statement']);

/**
 * Reads and compiles a policy (grammar: IAMUG reference_policies_grammar).
 *
 * `kind` decides which elements a statement must have; the default is an identity policy.
 * Throws PolicySyntaxError, and nothing else, for a text that is no such policy. Documents over 131,072 characters or
 * 16 levels are refused; each service checks its own, smaller limit.
 */
export function parsePolicy(text: string, kind: PolicyKind = 'identity'): Policy {
  const reader = new DocumentReader(text);
  const root = reader.root();
  reader.onlyElements(root, ELEMENTS, '');
  const version = readVersion(reader, root);
  const id = reader.member(root, 'Id');
  const idText = id === undefined ? undefined : reader.string(id, 'Id');
  const block = reader.member(root, 'Statement');
  if (block === undefined) {
    throw reader.error('missing-statement', 'The policy has no Statement.', root.offset, '');
  }
  const nodes = block.type === 'array' ? block.items : [block];
  if (nodes.length === 0) {
    throw reader.error('missing-statement', 'The policy has no statements.', block.offset, 'Statement');
  }
  const statements = nodes.map((node, position) =>
    compileStatement(reader, node, position, KIND_RULES[kind], version === '2012-10-17'),
  );
  if (KIND_RULES[kind].uniqueSids) refuseRepeatedSids(reader, statements);
  return {
    text,
    hash: sha256Hex(text),
    kind,
    version,
    ...(idText === undefined ? {} : { id: idText }),
    statements: statements.map(({ statement }) => statement),
    index: new StatementIndex(statements.map(({ statement }) => statement)),
  };
}

function readVersion(reader: DocumentReader, root: ReturnType<DocumentReader['root']>): Policy['version'] {
  const node = reader.member(root, 'Version');
  // A document without Version is of the older one (IAMUG reference_policies_elements_version).
  if (node === undefined) return '2008-10-17';
  const version = reader.string(node, 'Version');
  if (version === '2012-10-17' || version === '2008-10-17') return version;
  throw reader.error('version', 'Version is 2012-10-17 or 2008-10-17.', node.offset, 'Version', version);
}

function refuseRepeatedSids(
  reader: DocumentReader,
  statements: readonly { readonly statement: Statement; readonly sid: string | undefined; readonly offset: number }[],
): void {
  const seen = new Set<string>();
  for (const { statement, sid, offset } of statements) {
    if (sid === undefined || sid === '') continue;
    if (seen.has(sid)) {
      const path = `Statement[${statement.position}].Sid`;
      throw reader.error('duplicate-sid', `Two statements have the Sid ${JSON.stringify(sid)}.`, offset, path, sid);
    }
    seen.add(sid);
  }
}
