/** Checks typed input against the service's constraints, in AWS's words and notation of paths. */

import { type Check, constraintsOf, type Rule } from './constraints.ts';
import { AwsError } from './error.ts';
import type { ServiceName } from './operation.ts';
import { malformedXml, PROTOCOLS } from './protocols.ts';
import type { ListNode, MapNode, Node, OperationModel, Shape } from './schema.ts';
import { isRecord } from './text.ts';
import { ENUM_ORDERS, PATTERN_SENTENCES } from './validation-data.ts';

/** What was found in one input. */
interface Findings {
  readonly service: ServiceName;
  readonly faults: string[];
  /** A sentence that stands alone, without the count before it. */
  own: string | undefined;
}

/** AWS lists all; a client that breaks a rule a hundred thousand times gets no longer answer for it. */
const MAX_FAULTS = 100;

/** Throws the service's validation error if the input breaks a constraint. */
export function validate(operation: OperationModel, input: Readonly<Record<string, unknown>>): void {
  const check = constraintsOf(operation);
  if (operation.service === 's3') {
    if (!structureFits(check, operation.input, input)) throw malformedXml(operation.name);
    return;
  }
  const findings: Findings = { service: operation.service, faults: [], own: undefined };
  checkStructure(check, operation.input, input, '', findings);
  const { faults, own } = findings;
  if (own === undefined && faults.length === 0) return;
  const count = `${faults.length} validation error${faults.length === 1 ? '' : 's'} detected: `;
  throw new AwsError(PROTOCOLS[operation.service].validationCode, 400, own ?? count + faults.join('; '));
}

function checkStructure(
  check: Check,
  shape: Shape,
  value: Readonly<Record<string, unknown>>,
  path: string,
  findings: Findings,
): void {
  for (const [member, below] of check.members) {
    const node = shape.members.get(member);
    if (node === undefined || findings.faults.length >= MAX_FAULTS) continue;
    const content = value[member];
    if (content !== undefined) {
      checkValue(below, node, content, path + lowerFirst(member), findings);
    } else if (below.rule?.required === true) {
      findings.faults.push(
        `Value null at '${path}${lowerFirst(member)}' failed to satisfy constraint: Member must not be null`,
      );
    }
  }
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

function checkValue(check: Check, node: Node, value: unknown, path: string, findings: Findings): void {
  const broken = brokenRules(check, node, value);
  if (broken.length > 0) report(broken, check, node, value, path, findings);
  if (node.kind === 'structure' && isRecord(value)) checkStructure(check, node.shape, value, `${path}.`, findings);
  else if (node.kind === 'list' && Array.isArray(value)) checkList(check, node, value, path, findings);
  else if (node.kind === 'map' && isRecord(value)) checkMap(check, node, value, path, findings);
}

function report(
  sentences: readonly string[],
  { rule }: Check,
  node: Node,
  value: unknown,
  path: string,
  findings: Findings,
): void {
  for (const sentence of sentences) {
    const own = sentence.startsWith(PATTERN) ? PATTERN_SENTENCES[findings.service]?.[rule?.pattern ?? ''] : undefined;
    if (own !== undefined) findings.own ??= own.replace('{member}', path);
    else findings.faults.push(`${printed(node, value)} at '${path}' failed to satisfy constraint: ${sentence}`);
  }
}

/** Items that are structures have a path of their own; of plain items the whole list is what breaks the rule. */
function checkList({ item }: Check, node: ListNode, items: readonly unknown[], path: string, findings: Findings): void {
  if (item === undefined) return;
  if (isPlain(node.item)) {
    if (items.some((content) => brokenRules(item, node.item, content).length > 0)) {
      reportAll('Member must', item, node, node.item, items, path, findings);
    }
    return;
  }
  for (const [index, content] of items.entries()) {
    checkValue(item, node.item, content, `${path}.${index + 1}.member`, findings);
  }
}

function checkMap(
  { key, value }: Check,
  node: MapNode,
  map: Readonly<Record<string, unknown>>,
  path: string,
  findings: Findings,
): void {
  if (key !== undefined && Object.keys(map).some((name) => brokenRules(key, node.key, name).length > 0)) {
    reportAll('Map keys must', key, node, node.key, map, path, findings);
  }
  if (value === undefined) return;
  if (!isPlain(node.item)) {
    for (const [name, content] of Object.entries(map)) {
      checkValue(value, node.item, content, `${path}.${name}.member`, findings);
    }
  } else if (Object.values(map).some((content) => brokenRules(value, node.item, content).length > 0)) {
    reportAll('Map value must', value, node, node.item, map, path, findings);
  }
}

function isPlain({ kind }: Node): boolean {
  return kind !== 'structure' && kind !== 'list' && kind !== 'map';
}

/** Of a list's items, a map's keys or values AWS prints every rule, whichever was broken. */
function reportAll(
  who: string,
  check: Check,
  node: Node,
  plain: Node,
  value: unknown,
  path: string,
  findings: Findings,
): void {
  findings.faults.push(
    `${printed(node, value)} at '${path}' failed to satisfy constraint: ${who} satisfy constraint: [${allRules(check, plain)}]`,
  );
}

const PATTERN = 'Member must satisfy regular expression pattern: ';
const NOTHING: readonly string[] = [];

/** The sentences of the rules that a value breaks. */
function brokenRules({ rule, regex, allowed }: Check, node: Node, value: unknown): readonly string[] {
  if (rule === undefined) return NOTHING;
  const size = sizeOf(node, value);
  const isTooSmall = size !== undefined && rule.min !== undefined && size < rule.min;
  const isTooLarge = size !== undefined && rule.max !== undefined && size > rule.max;
  const isUnknown = allowed !== undefined && !allowed.has(value);
  // What is too long is not matched as well: no pattern should run over a megabyte.
  const isMisshapen = regex !== undefined && !isTooLarge && typeof value === 'string' && !regex.test(value);
  if (!isTooSmall && !isTooLarge && !isUnknown && !isMisshapen) return NOTHING;
  const sentences: string[] = [];
  if (isTooLarge) sentences.push(limitSentence(node, 'less', rule.max));
  if (isTooSmall) sentences.push(limitSentence(node, 'greater', rule.min));
  if (isMisshapen) sentences.push(PATTERN + rule.pattern);
  if (isUnknown) sentences.push(enumSentence(rule));
  return sentences;
}

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
  const recorded = ENUM_ORDERS.find((values) => values.every((value) => members.includes(value)));
  return `Member must satisfy enum value set: [${(recorded ?? members).join(', ')}]`;
}

function sizeOf(node: Node, value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return value.length;
  if (value instanceof Uint8Array) return value.byteLength;
  if (Array.isArray(value)) return value.length;
  return node.kind === 'map' && isRecord(value) ? Object.keys(value).length : undefined;
}

/** A value in a message. Sensitive ones are left out, and so are structures; a blob is named as Java names it. */
function printed(node: Node, value: unknown): string {
  const isSensitive = node.sensitive || ((node.kind === 'list' || node.kind === 'map') && node.item.sensitive);
  const text = isSensitive ? undefined : javaText(node, value);
  return text === undefined ? 'Value' : `Value '${text}'`;
}

function javaText(node: Node, value: unknown): string | undefined {
  if (value instanceof Uint8Array) {
    return `java.nio.HeapByteBuffer[pos=0 lim=${value.byteLength} cap=${value.byteLength}]`;
  }
  if (node.kind === 'list' && Array.isArray(value)) return isPlain(node.item) ? `[${value.join(', ')}]` : undefined;
  if (node.kind === 'map' && isRecord(value) && isPlain(node.item)) {
    return `{${Object.keys(value)
      .map((name) => `${name}=${String(value[name])}`)
      .join(', ')}}`;
  }
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** S3 says nothing of members: a body fits its schema or is malformed. Only presence and enumerations are looked at. */
function structureFits(check: Check, shape: Shape, value: Readonly<Record<string, unknown>>): boolean {
  for (const [member, below] of check.members) {
    const node = shape.members.get(member);
    const content = value[member];
    if (node === undefined) continue;
    if (content === undefined ? below.rule?.required === true : !valueFits(below, node, content)) return false;
  }
  return true;
}

function valueFits(check: Check, node: Node, value: unknown): boolean {
  if (check.allowed !== undefined && !check.allowed.has(value)) return false;
  if (node.kind === 'structure' && isRecord(value)) return structureFits(check, node.shape, value);
  const { item } = check;
  if (node.kind !== 'list' || item === undefined || !Array.isArray(value)) return true;
  return value.every((content) => valueFits(item, node.item, content));
}
