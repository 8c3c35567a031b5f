/** Questions that the documents themselves raise: everyone they name, for everything they name. */

import { namedPrincipal } from '../named-principal.ts';
import type { Policy } from '../policy.ts';
import type { Grant, Principal } from '../types.ts';
import type { Question } from './types.ts';

export interface Raised {
  /** Documents of both versions. */
  readonly policies: readonly Policy[];
  readonly grants?: readonly Grant[];
  /** What they are about: the key, the bucket. */
  readonly resources: readonly string[];
  /** More principals: those whose IAM policies change, those who used the resource. */
  readonly principals?: readonly Principal[];
  /** More actions. */
  readonly actions?: readonly string[];
  /** More objects, tables and buckets whose data a key encrypts. */
  readonly data?: readonly string[];
}

/** Asked of every key, whatever the documents name: what S3, S3 Express and S3 Tables need, and who may give it on. */
const OF_KEYS = [
  'kms:GenerateDataKey',
  'kms:Decrypt',
  'kms:Encrypt',
  'kms:DescribeKey',
  'kms:CreateGrant',
  'kms:PutKeyPolicy',
];
/** Actions that a wildcard of a document stands for here, beside the above. */
const MORE_OF_KEYS = [
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
  'kms:ScheduleKeyDeletion',
  'kms:DisableKey',
  'kms:RevokeGrant',
];
const CONTEXT_KEYS: ReadonlySet<string> = new Set([
  'kms:encryptioncontext:aws:s3:arn',
  'kms:encryptioncontext:aws:s3express:arn',
]);
const WITH_DATA = /^kms:(?:GenerateDataKey|Decrypt)$/;

/**
 * Principals × actions × resources × data, in an order that follows from their names alone. Lazy: `compareAccess` stops
 * at its bound.
 */
export function* questionsRaised(raised: Raised): Generator<Question> {
  const principals = principalsOf(raised);
  const actions = actionsOf(raised);
  const data = dataOf(raised);
  for (const principal of principals) {
    for (const action of actions) {
      for (const resource of raised.resources) {
        yield { principal, action, resource };
        if (!WITH_DATA.test(action)) continue;
        for (const one of data) yield { principal, action, resource, data: one };
      }
    }
  }
}

function sorted(values: Iterable<string>): string[] {
  return [...new Set(values)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Everybody by name once: the given ones, then those that statements and grants name. */
function principalsOf({ policies, grants = [], principals = [] }: Raised): readonly Principal[] {
  const names = policies.flatMap(({ statements }) =>
    statements.flatMap(({ principal }) => (principal?.raw ?? []).map((name) => name.replace(/^[A-Za-z]+: /, ''))),
  );
  const grantees = grants.flatMap((grant) => grant.granteePrincipal ?? grant.granteeServicePrincipal ?? []);
  const everybody = new Map<string, Principal>();
  for (const principal of principals) everybody.set(principal.roleArn ?? principal.arn, principal);
  for (const name of sorted([...names, ...grantees])) {
    const principal = namedPrincipal(name);
    if (principal === undefined) continue;
    const key = principal.roleArn ?? principal.arn;
    if (!everybody.has(key)) everybody.set(key, principal);
  }
  return [...everybody.values()].sort((a, b) => (a.arn < b.arn ? -1 : a.arn > b.arn ? 1 : 0));
}

function actionsOf({ policies, grants = [], actions = [], resources }: Raised): readonly string[] {
  const statements = policies.flatMap((policy) => policy.statements);
  const named = statements.flatMap(({ action }) => action.raw.filter((name) => !/[*?]/.test(name)));
  const granted = grants.flatMap(({ operations }) => operations.map((operation) => `kms:${operation}`));
  const aboutKeys = resources.some((resource) => /^arn:[^:]*:kms:/.test(resource));
  const wild = MORE_OF_KEYS.filter((action) =>
    statements.some((statement) => statement.action.globs.some((glob) => glob.test(action.toLowerCase()))),
  );
  const found = new Map<string, string>();
  // One spelling of each: actions are not case-sensitive, and AWS's own casing reads best.
  for (const name of [...(aboutKeys ? [...OF_KEYS, ...wild] : []), ...actions, ...granted, ...named]) {
    if (!found.has(name.toLowerCase())) found.set(name.toLowerCase(), name);
  }
  return sorted(found.values());
}

/** What conditions on encryption contexts are about, wildcards filled with an example. */
function dataOf({ policies, grants = [], data = [] }: Raised): readonly string[] {
  const patterns = policies.flatMap(({ statements }) =>
    statements.flatMap(({ conditions }) =>
      conditions.filter(({ key }) => CONTEXT_KEYS.has(key)).flatMap(({ expects }) => expects),
    ),
  );
  const constraints = grants.flatMap(({ constraints: given }) =>
    Object.entries({ ...given?.encryptionContextEquals, ...given?.encryptionContextSubset })
      .filter(([name]) => /^aws:s3(?:express)?:arn$/i.test(name))
      .map(([, value]) => value),
  );
  const examples = [...patterns, ...constraints]
    .map(example)
    .filter((arn) => /^arn:[^:]+:s3(?:tables|express)?:/.test(arn));
  return sorted([...data, ...examples]);
}

/** `arn:…:bucket/raw/*` is about the bucket; `arn:aws:s3:::logs/in/*` about an object there. */
function example(pattern: string): string {
  const bare =
    pattern.includes(':s3tables:') || pattern.includes(':s3express:') ? pattern.replace(/\/\*$/, '') : pattern;
  return bare.includes('${') ? '' : bare.replaceAll('*', 'example').replaceAll('?', 'x');
}
