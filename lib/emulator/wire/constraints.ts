/** The table of constraints (`constraints/*.snapshot.json`) as a tree beside the input's own, made once an operation. */

import type { ServiceName } from './operation.ts';
import { type OperationModel, readSnapshot } from './schema.ts';
import { CHECKED_BY_SERVICE } from './validation-data.ts';

export interface Rule {
  readonly required?: true;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
}

/** What must hold at one place of the input, and below it. */
export interface Check {
  rule: Rule | undefined;
  regex: RegExp | undefined;
  allowed: ReadonlySet<unknown> | undefined;
  /** Structures: by member. */
  readonly members: Map<string, Check>;
  /** Lists. */
  item: Check | undefined;
  /** Maps. */
  key: Check | undefined;
  value: Check | undefined;
}

interface RawConstraints {
  readonly rules: readonly Rule[];
  /** Operation, member path, number of the rule. */
  readonly operations: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const files = new Map<ServiceName, RawConstraints>();
const checks = new WeakMap<OperationModel, Check>();

export function constraintsOf(operation: OperationModel): Check {
  let check = checks.get(operation);
  if (check === undefined) {
    check = compile(operation);
    checks.set(operation, check);
  }
  return check;
}

function compile({ service, name }: OperationModel): Check {
  const file = constraintFile(service);
  const root = emptyCheck();
  for (const [path, number] of Object.entries(file.operations[name] ?? {})) {
    const rule = file.rules[number];
    if (rule === undefined || CHECKED_BY_SERVICE.has(`${service}.${name}.${path}`)) continue;
    const check = placeOf(root, path);
    check.rule = rule;
    check.regex = rule.pattern === undefined ? undefined : javaRegex(rule.pattern);
    check.allowed = rule.enum && new Set(rule.enum);
  }
  return root;
}

function constraintFile(service: ServiceName): RawConstraints {
  const known = files.get(service);
  if (known !== undefined) return known;
  const file: RawConstraints = JSON.parse(readSnapshot(`constraints/${service}.snapshot.json`));
  files.set(service, file);
  return file;
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
    if (index === '[]') check = check.item ??= emptyCheck();
    else if (index === '{key}') check = check.key ??= emptyCheck();
    else if (index === '{value}') check = check.value ??= emptyCheck();
    else if (name !== undefined) {
      let next = check.members.get(name);
      if (next === undefined) {
        next = emptyCheck();
        check.members.set(name, next);
      }
      check = next;
    }
  }
  return check;
}

/** AWS's patterns are Java's and must match the whole value; `(?s)`, which some begin with, is a flag here. */
function javaRegex(pattern: string): RegExp {
  const dotAll = pattern.startsWith('(?s)');
  return new RegExp(`^(?:${dotAll ? pattern.slice(4) : pattern})$`, dotAll ? 'su' : 'u');
}
