/** Checks typed input against the service's constraints, in AWS's words and notation of paths. */

import { AwsError } from './error.ts';
import type { ServiceName } from './operation.ts';
import { PROTOCOLS, malformedXml } from './protocols.ts';
import { type Node, type OperationModel, type Shape, readSnapshot } from './schema.ts';
import { CHECKED_BY_SERVICE, ENUM_ORDERS, PATTERN_SENTENCES } from './validation-data.ts';

interface Rule {
  readonly required?: true;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
}

interface RawConstraints {
  readonly rules: readonly Rule[];
  readonly operations: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** What must hold at one place of the input, and below it. */
interface Check {
  rule: Rule | undefined;
  regex: RegExp | undefined;
  allowed: ReadonlySet<string> | undefined;
  readonly members: Map<string, Check>;
  item: Check | undefined;
  key: Check | undefined;
  value: Check | undefined;
}

const files = new Map<ServiceName, RawConstraints>();
const checks = new WeakMap<OperationModel, Check>();

/** Throws the service's validation error if the input breaks a constraint. */
export function validate(operation: OperationModel, input: Readonly<Record<string, unknown>>): void {
  const check = checkOf(operation);
  if (operation.service === 's3') {
    if (!fitsSchema(check, operation.input, input)) throw malformedXml(operation.name);
    return;
  }
  const faults: string[] = [];
  checkStructure(check, operation.input, input, '', faults, operation.service);
  if (faults.length === 0) return;
  const [first = ''] = faults;
  const isOwnSentence = !first.includes(' failed to satisfy constraint: ');
  const count = `${faults.length} validation error${faults.length === 1 ? '' : 's'} detected: `;
  throw new AwsError(
    PROTOCOLS[operation.service].validationCode,
    400,
    isOwnSentence ? first : count + faults.join('; '),
  );
}

function checkStructure(
  check: Check,
  shape: Shape,
  value: Readonly<Record<string, unknown>>,
  path: string,
  faults: string[],
  service: ServiceName,
): void {
  for (const [member, below] of check.members) {
    const node = shape.members.get(member);
    if (node === undefined) continue;
    const at = path + member.charAt(0).toLowerCase() + member.slice(1);
    const content = value[member];
    if (content === undefined) {
      if (below.rule?.required === true) {
        faults.push(`Value null at '${at}' failed to satisfy constraint: Member must not be null`);
      }
    } else checkValue(below, node, content, at, faults, service);
  }
}

function checkValue(
  check: Check,
  node: Node,
  value: unknown,
  path: string,
  faults: string[],
  service: ServiceName,
): void {
  for (const sentence of brokenRules(check, node, value)) {
    const own =
      check.rule?.pattern !== undefined && sentence.startsWith(PATTERN) ? PATTERN_SENTENCES[service] : undefined;
    const special = own?.[check.rule?.pattern as string];
    faults.push(
      special === undefined
        ? `${printed(node, value)} at '${path}' failed to satisfy constraint: ${sentence}`
        : special.replace('{member}', path),
    );
  }
  if (node.kind === 'structure') {
    checkStructure(check, node.shape as Shape, value as Record<string, unknown>, `${path}.`, faults, service);
  } else if (node.kind === 'list') checkList(check, node, value as readonly unknown[], path, faults, service);
  else if (node.kind === 'map') checkMap(check, node, value as Record<string, unknown>, path, faults, service);
}

/** Items that are structures have a path of their own; of plain items the whole list is what breaks the rule. */
function checkList(
  check: Check,
  node: Node,
  items: readonly unknown[],
  path: string,
  faults: string[],
  service: ServiceName,
): void {
  const below = check.item;
  const itemNode = node.item as Node;
  if (below === undefined) return;
  if (itemNode.kind === 'structure' || itemNode.kind === 'list' || itemNode.kind === 'map') {
    for (const [index, item] of items.entries()) {
      checkValue(below, itemNode, item, `${path}.${index + 1}.member`, faults, service);
    }
  } else if (items.some((item) => brokenRules(below, itemNode, item).length > 0)) {
    faults.push(
      `${printed(node, items)} at '${path}' failed to satisfy constraint: Member must satisfy constraint: [${allRules(below, itemNode)}]`,
    );
  }
}

function checkMap(
  check: Check,
  node: Node,
  map: Readonly<Record<string, unknown>>,
  path: string,
  faults: string[],
  service: ServiceName,
): void {
  const { key, value } = check;
  const keyNode = node.key as Node;
  const valueNode = node.item as Node;
  if (key !== undefined && Object.keys(map).some((name) => brokenRules(key, keyNode, name).length > 0)) {
    faults.push(
      `${printed(node, map)} at '${path}' failed to satisfy constraint: Map keys must satisfy constraint: [${allRules(key, keyNode)}]`,
    );
  }
  if (value === undefined) return;
  if (valueNode.kind === 'structure') {
    for (const [name, content] of Object.entries(map)) {
      checkValue(value, valueNode, content, `${path}.${name}.member`, faults, service);
    }
  } else if (Object.values(map).some((content) => brokenRules(value, valueNode, content).length > 0)) {
    faults.push(
      `${printed(node, map)} at '${path}' failed to satisfy constraint: Map value must satisfy constraint: [${allRules(value, valueNode)}]`,
    );
  }
}

const PATTERN = 'Member must satisfy regular expression pattern: ';
const NOTHING: readonly string[] = [];

/** The sentences of the rules that a value breaks. */
function brokenRules(check: Check, node: Node, value: unknown): readonly string[] {
  const { rule } = check;
  if (rule === undefined) return NOTHING;
  const size = sizeOf(node, value);
  const isTooSmall = size !== undefined && rule.min !== undefined && size < rule.min;
  const isTooLarge = size !== undefined && rule.max !== undefined && size > rule.max;
  const isUnknown = check.allowed !== undefined && !check.allowed.has(value as string);
  // What is too long is not matched as well: no pattern should run over a megabyte.
  const isMisshapen = check.regex !== undefined && !isTooLarge && typeof value === 'string' && !check.regex.test(value);
  if (!isTooSmall && !isTooLarge && !isUnknown && !isMisshapen) return NOTHING;
  const sentences: string[] = [];
  if (isTooLarge) sentences.push(limitSentence(node, 'less', rule.max));
  if (isTooSmall) sentences.push(limitSentence(node, 'greater', rule.min));
  if (isMisshapen) sentences.push(PATTERN + rule.pattern);
  if (isUnknown) sentences.push(enumSentence(rule));
  return sentences;
}

/** The sentences of all rules of a list's items or a map's keys or values, whichever was broken. */
function allRules({ rule }: Check, node: Node): string {
  const sentences: string[] = [];
  if (rule?.max !== undefined) sentences.push(limitSentence(node, 'less', rule.max));
  if (rule?.min !== undefined) sentences.push(limitSentence(node, 'greater', rule.min));
  if (rule?.pattern !== undefined) sentences.push(PATTERN + rule.pattern);
  if (rule?.enum !== undefined) sentences.push(enumSentence(rule));
  return sentences.join(', ');
}

function limitSentence(node: Node, than: 'less' | 'greater', limit: number | undefined): string {
  return `Member must have ${node.kind === 'number' ? 'value' : 'length'} ${than} than or equal to ${limit}`;
}

function enumSentence(rule: Rule): string {
  const members = rule.enum ?? [];
  const recorded = ENUM_ORDERS.find(
    ({ first, values }) => members.includes(first) && values.every((value) => members.includes(value)),
  );
  return `Member must satisfy enum value set: [${(recorded?.values ?? members).join(', ')}]`;
}

function sizeOf(node: Node, value: unknown): number | undefined {
  switch (node.kind) {
    case 'number':
      return value as number;
    case 'string':
      return (value as string).length;
    case 'blob':
      return (value as Uint8Array).byteLength;
    case 'list':
      return (value as readonly unknown[]).length;
    case 'map':
      return Object.keys(value as object).length;
    default:
      return undefined;
  }
}

/** A value in a message. Sensitive ones are left out; a blob is named as Java names it. */
function printed(node: Node, value: unknown): string {
  if (node.sensitive || node.item?.sensitive === true) return 'Value';
  switch (node.kind) {
    case 'blob': {
      const { byteLength } = value as Uint8Array;
      return `Value 'java.nio.HeapByteBuffer[pos=0 lim=${byteLength} cap=${byteLength}]'`;
    }
    case 'list':
      return node.item?.kind === 'structure' ? 'Value' : `Value '[${(value as readonly unknown[]).join(', ')}]'`;
    case 'map':
      return node.item?.kind === 'structure'
        ? 'Value'
        : `Value '{${Object.entries(value as object)
            .map(([name, content]) => `${name}=${String(content)}`)
            .join(', ')}}'`;
    case 'structure':
      return 'Value';
    default:
      return `Value '${String(value)}'`;
  }
}

/** S3 says nothing of members: a body fits its schema or is malformed. Only presence and enumerations are looked at. */
function fitsSchema(check: Check, shape: Shape, value: Readonly<Record<string, unknown>>): boolean {
  for (const [member, below] of check.members) {
    const node = shape.members.get(member);
    const content = value[member];
    if (node === undefined) continue;
    if (content === undefined) {
      if (below.rule?.required === true) return false;
    } else if (!valueFits(below, node, content)) return false;
  }
  return true;
}

function valueFits(check: Check, node: Node, value: unknown): boolean {
  if (check.allowed !== undefined && !check.allowed.has(value as string)) return false;
  if (node.kind === 'structure') return fitsSchema(check, node.shape as Shape, value as Record<string, unknown>);
  const { item } = check;
  if (node.kind !== 'list' || item === undefined) return true;
  return (value as readonly unknown[]).every((content) => valueFits(item, node.item as Node, content));
}

function checkOf(operation: OperationModel): Check {
  let check = checks.get(operation);
  if (check === undefined) {
    check = compile(operation);
    checks.set(operation, check);
  }
  return check;
}

function compile({ service, name }: OperationModel): Check {
  let file = files.get(service);
  if (file === undefined) {
    file = readSnapshot(`constraints/${service}.snapshot.json`) as RawConstraints;
    files.set(service, file);
  }
  const root = emptyCheck();
  for (const [path, number] of Object.entries(file.operations[name] ?? {})) {
    if (CHECKED_BY_SERVICE.has(`${service}.${name}.${path}`)) continue;
    const rule = file.rules[number] as Rule;
    const check = placeOf(root, path);
    check.rule = rule;
    check.regex = rule.pattern === undefined ? undefined : javaRegex(rule.pattern);
    check.allowed = rule.enum && new Set(rule.enum);
  }
  return root;
}

function emptyCheck(): Check {
  return {
    rule: undefined,
    regex: undefined,
    allowed: undefined,
    members: new Map(),
    item: undefined,
    key: undefined,
    value: undefined,
  };
}

/** `Tags[].TagKey`, `Widgets[].ViewProperties{key}`: the check at that place, made if need be. */
function placeOf(root: Check, path: string): Check {
  let check = root;
  for (const [, name, index] of path.matchAll(/([^.[{\]}]+)|(\[\]|\{key\}|\{value\})/g)) {
    if (name !== undefined) {
      let next = check.members.get(name);
      if (next === undefined) {
        next = emptyCheck();
        check.members.set(name, next);
      }
      check = next;
    } else if (index === '[]') check = check.item ??= emptyCheck();
    else if (index === '{key}') check = check.key ??= emptyCheck();
    else check = check.value ??= emptyCheck();
  }
  return check;
}

/** AWS's patterns are Java's and must match the whole value. */
function javaRegex(pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u');
  } catch {
    return new RegExp(`^(?:${pattern})$`);
  }
}
