/** One statement of a policy: checked and compiled. */

import { ResourcePattern } from './arn-pattern.ts';
import { Condition } from './conditions/condition.ts';
import { parseOperator } from './conditions/operators.ts';
import type { DocumentReader, PlacedValue } from './document.ts';
import type { JsonNode, JsonObject } from './json.ts';
import type { KindRules } from './kinds.ts';
import type { ActionSet, ResourceSet, Statement } from './policy.ts';
import { type PrincipalSet, principalName, principalProblem } from './principal.ts';
import { Glob, globTokens } from './wildcard.ts';

const ELEMENTS: ReadonlySet<string> = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);

const PRINCIPAL_TYPES = ['AWS', 'Service', 'Federated', 'CanonicalUser'] as const;

/** `service:Name`, the service without wildcard, or `*` alone. */
const ACTION = /^(?:\*|[A-Za-z0-9-]+:[^\s:]+)$/;
/** `aws:SourceIp`, `kms:EncryptionContext:aws:s3:arn`, `token.actions.githubusercontent.com:aud`. */
const CONDITION_KEY = /^[A-Za-z0-9._/-]+:[^\s].*$/s;

export interface CompiledStatement {
  readonly statement: Statement;
  readonly sid: string | undefined;
  readonly offset: number;
}

/** Throws PolicySyntaxError at the first thing that is wrong. */
export function compileStatement(
  reader: DocumentReader,
  node: JsonNode,
  position: number,
  rules: KindRules,
  variables: boolean,
): CompiledStatement {
  const path = `Statement[${position}]`;
  const object = reader.object(node, path);
  reader.onlyElements(object, ELEMENTS, path);
  const sid = readSid(reader, object, path, rules);
  const effect = readEffect(reader, object, path);
  const principal = readPrincipal(reader, object, path, rules);
  const action = readAction(reader, object, path, rules);
  const resource = readResource(reader, object, path, rules, variables);
  const conditions = readConditions(reader, object, path, variables);
  const statement: Statement = {
    label: sid === undefined || sid === '' ? `statement ${position + 1}` : sid,
    position,
    lines: [reader.line(object.offset), reader.line(object.end - 1)],
    effect,
    action,
    conditions,
    ...(principal === undefined ? {} : { principal }),
    ...(resource === undefined ? {} : { resource }),
  };
  return { statement, sid, offset: object.offset };
}

function readSid(reader: DocumentReader, object: JsonObject, path: string, rules: KindRules): string | undefined {
  const node = reader.member(object, 'Sid');
  if (node === undefined) return undefined;
  const sid = reader.string(node, `${path}.Sid`);
  if (rules.sid === undefined || rules.sid.test(sid)) return sid;
  throw reader.error('sid', 'A Sid here is made of letters and digits only.', node.offset, `${path}.Sid`, sid);
}

function readEffect(reader: DocumentReader, object: JsonObject, path: string): 'Allow' | 'Deny' {
  const node = reader.member(object, 'Effect');
  if (node === undefined) {
    throw reader.error('missing-effect', `${path} has no Effect.`, object.offset, path);
  }
  const effect = reader.string(node, `${path}.Effect`);
  if (effect === 'Allow' || effect === 'Deny') return effect;
  throw reader.error('effect', 'Effect is Allow or Deny.', node.offset, `${path}.Effect`, effect);
}

/** The one of two opposite elements that is there. */
function oneOf(reader: DocumentReader, object: JsonObject, path: string, name: string): [string, JsonNode] | undefined {
  const positive = reader.member(object, name);
  const negative = reader.member(object, `Not${name}`);
  if (positive !== undefined && negative !== undefined) {
    throw reader.error('conflict', `${path} has both ${name} and Not${name}.`, negative.offset, path, name);
  }
  if (positive !== undefined) return [name, positive];
  return negative === undefined ? undefined : [`Not${name}`, negative];
}

function readAction(reader: DocumentReader, object: JsonObject, path: string, rules: KindRules): ActionSet {
  const found = oneOf(reader, object, path, 'Action');
  const values = found === undefined ? [] : reader.strings(found[1], `${path}.${found[0]}`);
  if (values.length === 0) {
    if (rules.action === 'optional') return { not: false, raw: [], globs: [] };
    throw reader.error('missing-action', `${path} has no Action.`, object.offset, path);
  }
  for (const { value, offset } of values) {
    if (ACTION.test(value)) continue;
    throw reader.error('action', `${JSON.stringify(value)} is not an action.`, offset, `${path}.Action`, value);
  }
  return {
    not: found?.[0] === 'NotAction',
    raw: values.map(({ value }) => value),
    globs: values.map(({ value }) => new Glob(globTokens(value.toLowerCase()))),
  };
}

function readResource(
  reader: DocumentReader,
  object: JsonObject,
  path: string,
  rules: KindRules,
  variables: boolean,
): ResourceSet | undefined {
  const found = oneOf(reader, object, path, 'Resource');
  if (rules.resource === 'prohibited') {
    if (found === undefined) return undefined;
    throw reader.error('prohibited-resource', `${path} can’t have ${found[0]} here.`, found[1].offset, path, found[0]);
  }
  const values = found === undefined ? [] : reader.strings(found[1], `${path}.${found[0]}`);
  if (values.length === 0) {
    if (rules.resource === 'optional') return { not: false, patterns: [] };
    throw reader.error('missing-resource', `${path} has no Resource.`, object.offset, path);
  }
  for (const { value, offset } of values) {
    if (rules.resource === 'optional' || value === '*' || value.startsWith('arn:')) continue;
    const message = `${JSON.stringify(value)} is not an ARN or *.`;
    throw reader.error('resource', message, offset, `${path}.Resource`, value);
  }
  return {
    not: found?.[0] === 'NotResource',
    patterns: values.map(({ value }) => new ResourcePattern(value, variables)),
  };
}

function readPrincipal(
  reader: DocumentReader,
  object: JsonObject,
  path: string,
  rules: KindRules,
): PrincipalSet | undefined {
  const found = oneOf(reader, object, path, 'Principal');
  if (rules.principal === 'prohibited') {
    if (found === undefined) return undefined;
    throw reader.error('prohibited-principal', `${path} can’t have ${found[0]} here.`, found[1].offset, path, found[0]);
  }
  if (found === undefined) {
    throw reader.error('missing-principal', `${path} has no Principal.`, object.offset, path);
  }
  const [element, node] = found;
  const not = element === 'NotPrincipal';
  const place = `${path}.${element}`;
  if (node.type === 'string') {
    if (node.value === '*') return { not, everyone: true, names: new Set(), raw: ['*'] };
    throw reader.error(
      'principal',
      `${JSON.stringify(node.value)} is not a principal.`,
      node.offset,
      place,
      node.value,
    );
  }
  const names = new Set<string>();
  const raw: string[] = [];
  let everyone = false;
  for (const { key, node: value, offset } of reader.object(node, place).members) {
    const type = PRINCIPAL_TYPES.find((known) => known === key);
    if (type === undefined) {
      throw reader.error('principal', `${JSON.stringify(key)} is not a kind of principal.`, offset, place, key);
    }
    for (const entry of readPrincipals(reader, type, value, place)) {
      raw.push(`${type}: ${entry}`);
      if (type === 'AWS' && entry === '*') everyone = true;
      else names.add(principalName(type, entry));
    }
  }
  if (raw.length === 0) throw reader.error('principal', `${place} names nobody.`, node.offset, place);
  return { not, everyone, names, raw };
}

function readPrincipals(reader: DocumentReader, type: string, node: JsonNode, place: string): string[] {
  return reader.strings(node, place).map(({ value, offset }: PlacedValue) => {
    const problem = principalProblem(type, value);
    if (problem === undefined) return value;
    throw reader.error('principal', `${JSON.stringify(value)} ${problem}.`, offset, place, value);
  });
}

function readConditions(reader: DocumentReader, object: JsonObject, path: string, variables: boolean): Condition[] {
  const node = reader.member(object, 'Condition');
  if (node === undefined) return [];
  const conditions: Condition[] = [];
  for (const { key: operatorText, node: block, offset } of reader.object(node, `${path}.Condition`).members) {
    const place = `${path}.Condition.${operatorText}`;
    const operator = parseOperator(operatorText);
    if (operator === undefined) {
      const message = `${JSON.stringify(operatorText)} is not a condition operator.`;
      throw reader.error('operator', message, offset, place, operatorText);
    }
    for (const { key, node: values, offset: keyOffset } of reader.object(block, place).members) {
      if (!CONDITION_KEY.test(key)) {
        throw reader.error('condition-key', `${JSON.stringify(key)} is not a condition key.`, keyOffset, place, key);
      }
      conditions.push(new Condition(operator, key, reader.scalars(values, `${place}.${key}`), variables));
    }
  }
  return conditions;
}
