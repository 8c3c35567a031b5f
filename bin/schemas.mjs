/**
 * Writes the wire contract of the six services into the repository: `lib/emulator/wire/schemas/*.snapshot.json` from
 * the schemas that the installed SDK clients export, and `lib/emulator/wire/constraints/*.snapshot.json` from the
 * table of constraints in CONFORMANCE_DIR, where that is present.
 *
 * The emulator reads the snapshots and never loads the SDK clients (204 ms and 43 MB), and a new version of a client
 * shows as a difference to review. `lib/emulator/wire/schemas.test.ts` asserts that they are up to date.
 *
 *     node bin/schemas.mjs
 */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

export const SERVICES = ['kms', 's3', 's3tables', 'iam', 'sts', 'cloudtrail'];

const ROOT = path.resolve(import.meta.dirname, '..');
const WIRE = path.join(ROOT, 'lib/emulator/wire');

/** Kinds at the head of a schema array, as the SDK's type `StaticSchema` numbers them. */
const KIND = { simple: 0, list: 1, map: 2, structure: 3, union: 4, error: -3, operation: 9 };

/** Types that are a number instead of an array; 64 and 128 are added for a list and a map of them. */
const SIMPLE = {
  0: 'string',
  1: 'number',
  2: 'boolean',
  4: 'timestamp',
  5: 'date-time',
  6: 'http-date',
  7: 'epoch-seconds',
  15: 'document',
  21: 'blob',
  42: 'stream',
};
const LIST_OF = 64;
const MAP_OF = 128;

/** Bits of traits that are a number instead of an object. */
const TRAIT_BITS = [
  [1, 'httpLabel'],
  [2, 'idempotent'],
  [4, 'idempotencyToken'],
  [8, 'sensitive'],
  [16, 'httpPayload'],
  [32, 'httpResponseCode'],
  [64, 'httpQueryParams'],
];

/** Traits that the wire does not need. */
const UNUSED_TRAITS = new Set(['idempotent', 'httpChecksum', 'error', 'endpoint', 'hostLabel', 'http']);

function traitsOf(raw) {
  if (typeof raw === 'number') {
    return Object.fromEntries(
      TRAIT_BITS.filter(([bit, name]) => raw & bit && !UNUSED_TRAITS.has(name)).map(([, name]) => [name, 1]),
    );
  }
  return Object.fromEntries(Object.entries(raw ?? {}).filter(([name]) => !UNUSED_TRAITS.has(name)));
}

/** A type as the snapshot writes it: a word, `#Shape`, `{list}`, `{map}`, or `{type, …traits}`. */
function typeOf(schema, shapes) {
  const resolved = typeof schema === 'function' ? schema() : schema;
  if (resolved === 'unit') return 'unit';
  if (typeof resolved === 'number') {
    if (resolved >= MAP_OF) return { map: SIMPLE[resolved - MAP_OF] };
    if (resolved >= LIST_OF) return { list: SIMPLE[resolved - LIST_OF] };
    const name = SIMPLE[resolved];
    if (name === undefined) throw new Error(`schema type ${resolved} is not known: read the SDK's schema sentinels`);
    return name;
  }
  const [kind, , name, traits] = resolved;
  switch (kind) {
    case KIND.simple:
      return withTraits(typeOf(resolved[4], shapes), traitsOf(traits));
    case KIND.list:
      return withTraits({ list: memberOf(resolved[4], shapes) }, traitsOf(traits));
    case KIND.map: {
      const map = { map: memberOf(resolved[5], shapes) };
      const key = memberOf(resolved[4], shapes);
      return withTraits(key === 'string' ? map : { ...map, key }, traitsOf(traits));
    }
    case KIND.structure:
    case KIND.union:
    case KIND.error:
      addShape(resolved, shapes);
      return `#${name}`;
    default:
      throw new Error(`schema kind ${kind} is not known: read the SDK's schema types`);
  }
}

function withTraits(type, traits) {
  if (Object.keys(traits).length === 0) return type;
  return typeof type === 'string' ? { type, ...traits } : { ...type, ...traits };
}

/** A member is a schema, or a pair of schema and traits. */
function memberOf(member, shapes) {
  const isPair = Array.isArray(member) && member.length === 2;
  return isPair ? withTraits(typeOf(member[0], shapes), traitsOf(member[1])) : typeOf(member, shapes);
}

function addShape([kind, , name, traits, names, members, required = 0], shapes) {
  if (shapes.has(name)) return;
  const shape = { ...traitsOf(traits) };
  shapes.set(name, shape);
  if (kind === KIND.union) shape.union = 1;
  if (required > 0) shape.required = required;
  shape.members = Object.fromEntries(names.map((member, index) => [member, memberOf(members[index], shapes)]));
}

const byName = ([a], [b]) => (a < b ? -1 : 1);

/** The text of `schemas/<service>.snapshot.json` for the installed client. */
export async function schemaSnapshot(service) {
  const name = `@aws-sdk/client-${service}`;
  const { version } = createRequire(import.meta.url)(`${name}/package.json`);
  const client = await import(name);
  const exported = Object.values(client).filter((value) => Array.isArray(value) && typeof value[0] === 'number');
  const shapes = new Map();
  const operations = [];
  const errors = [];
  for (const schema of exported) {
    if (schema[0] === KIND.operation) {
      const [, , operation, traits, input, output] = schema;
      const http = typeof traits === 'object' ? traits.http : undefined;
      operations.push([
        operation,
        { ...(http && { http }), input: typeOf(input, shapes), output: typeOf(output, shapes) },
      ]);
    } else if (schema[0] === KIND.error && !schema[1].startsWith('smithy.ts.sdk.synthetic')) {
      const traits = schema[3] || {};
      const [code, status] = traits.awsQueryError ?? [schema[2], traits.httpError ?? 400];
      errors.push([schema[2], { code, status, members: schema[4] }]);
    }
  }
  return print([
    ['service', service],
    ['client', `${name}@${version}`],
    ['operations', operations.sort(byName)],
    ['errors', errors.sort(byName)],
    ['shapes', [...shapes].sort(byName)],
  ]);
}

/** The directory of recorded facts, absent outside the workplace that keeps them. */
export const CONFORMANCE = process.env.CONFORMANCE_DIR ?? path.resolve(ROOT, '../shared/conformance');

/**
 * The text of `constraints/<service>.snapshot.json`: for each operation and member path the number of a rule, where
 * `[]` is a list's item, `{key}` and `{value}` a map's; undefined where the facts are not at hand.
 */
export function constraintSnapshot(service, directory = CONFORMANCE) {
  const file = path.join(directory, 'constraints', `${service}.json`);
  if (!existsSync(file)) return undefined;
  const facts = JSON.parse(readFileSync(file, 'utf8'));
  const numbers = new Map();
  const operations = Object.entries(facts.operations)
    .map(([operation, { input }]) => [
      operation,
      Object.fromEntries(
        Object.entries(input)
          // What S3 says of headers and queries is written by hand in its service; only its XML bodies are checked here.
          .filter(([member]) => service !== 's3' || /[.[]/.test(member))
          .map(([member, { type: _type, ...rule }]) => {
            const text = JSON.stringify(rule);
            if (!numbers.has(text)) numbers.set(text, numbers.size);
            return [member, numbers.get(text)];
          }),
      ),
    ])
    .filter(([, members]) => Object.keys(members).length > 0)
    .sort(byName);
  return print([
    ['service', service],
    ['rules', [...numbers.keys()].map((text) => JSON.parse(text))],
    ['operations', operations],
  ]);
}

/** JSON with one operation, error, rule or member a line, so that a difference shows what changed. */
function print(sections) {
  const lines = sections.map(([name, content]) => {
    if (!Array.isArray(content)) return `${JSON.stringify(name)}: ${JSON.stringify(content)}`;
    const isRecord = Array.isArray(content[0]);
    const items = content.map((item) =>
      isRecord ? `${JSON.stringify(item[0])}: ${printItem(item[1])}` : JSON.stringify(item),
    );
    const [open, close] = isRecord ? ['{', '}'] : ['[', ']'];
    return `${JSON.stringify(name)}: ${open}\n${items.join(',\n')}\n${close}`;
  });
  return `{\n${lines.join(',\n')}\n}\n`;
}

function printItem(item) {
  const { members, ...rest } = item;
  if (members === undefined || Array.isArray(members)) return JSON.stringify(item);
  const head = JSON.stringify(rest).slice(1, -1);
  const body = Object.entries(members).map(([name, type]) => `  ${JSON.stringify(name)}: ${JSON.stringify(type)}`);
  return `{${head === '' ? '' : `${head}, `}"members": {${body.length === 0 ? '' : `\n${body.join(',\n')}\n`}}}`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const service of SERVICES) {
    for (const [folder, text] of [
      ['schemas', await schemaSnapshot(service)],
      ['constraints', constraintSnapshot(service)],
    ]) {
      if (text === undefined) {
        console.log(`constraints of ${service}: not written, ${CONFORMANCE} is not here`);
        continue;
      }
      mkdirSync(path.join(WIRE, folder), { recursive: true });
      writeFileSync(path.join(WIRE, folder, `${service}.snapshot.json`), text);
      console.log(`${folder}/${service}.snapshot.json: ${text.length} bytes`);
    }
  }
}
