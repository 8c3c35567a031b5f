/** Decisions as audit rows: outcome and everything they were taken on, so that the trace can be made again exactly. */

import type {
  ConditionContext,
  Decision,
  Grant,
  GrantQuestion,
  PolicyKind,
  PolicySet,
  Principal,
  SourcedPolicy,
} from '../../access/index.ts';
import { parsePolicy } from '../../access/index.ts';
import type { DecisionSummary } from '../../contract/ledger.ts';
import type { RecordedDecision } from '../context.ts';
import type { AuditParts } from './audit-parts.ts';
import { parseStored } from './stored-json.ts';

type SourceRow = [source: string, part: number, kind: PolicyKind];

interface PolicyRow {
  /** identity, resource, boundary, session, endpoint; service and resource control; grants. */
  readonly i: SourceRow[];
  readonly r?: SourceRow;
  readonly b?: SourceRow;
  readonly s?: SourceRow[];
  readonly e?: SourceRow;
  readonly sc?: SourceRow[][];
  readonly rc?: SourceRow[][];
  readonly g?: number[];
}

type GrantRow = [
  operation: string,
  encryptionContext: Record<string, string>,
  tokens: string[],
  now: number,
  sourceArn: string | null,
];

/** What decisions on one action and caller have in common, as a rule; a part where it came before. */
type Head = [
  action: string,
  resourceAccountId: string,
  principal: number,
  policies: PolicyRow,
  outcome: Decision['outcome'],
  decidedBy: Decision['decidedBy'],
  source: string | null,
  statement: string | null,
];

type Context = Record<string, string[]>;

type Row = [
  head: number | Head,
  /** 0 for the resource of the request. */
  resource: string | 0,
  /** Condition keys that stay the same from request to request; a part where they came before. */
  steady: number | Context,
  changing: Context,
  grant: GrantRow | null,
];

/** Condition keys whose values differ from request to request. */
const CHANGING = /^(?:aws:currenttime|aws:epochtime|s3:signatureage|s3:x-amz-content-sha256|kms:encryptioncontext:.*)$/;

interface KeyName {
  /** Encoded, with its colon. */
  readonly text: string;
  readonly changing: boolean;
}

/** Encoded names of condition keys; bounded, because some contain what clients send (tag keys, encryption contexts). */
const KEY_NAMES = 500;

/** What the last decision on an action had in common with one before: mostly the next has it too, and nothing is encoded. */
interface LastHead {
  readonly recorded: RecordedDecision;
  readonly part: number;
}
interface LastContext {
  readonly names: readonly string[];
  readonly values: readonly (readonly string[])[];
  readonly part: number;
}

export class DecisionRows {
  readonly #parts: AuditParts;
  #sources = new WeakMap<SourcedPolicy, string>();
  /** By action. */
  readonly #heads = new Map<string, LastHead>();
  readonly #contexts = new Map<string, LastContext>();
  readonly #keys = new Map<string, KeyName>();

  constructor(parts: AuditParts) {
    this.#parts = parts;
  }

  /** Written by hand rather than as an object: this runs for every request. */
  encode(decisions: readonly RecordedDecision[], requestResource: string | undefined): string {
    let text = '[';
    for (const recorded of decisions) {
      if (text.length > 1) text += ',';
      const { request } = recorded;
      text += `[${this.#encodeHead(recorded)},`;
      text += `${request.resource === requestResource ? 0 : quote(request.resource)},`;
      text += `${this.#context(request)},${encodeGrantQuestion(request.grant)}]`;
    }
    return `${text}]`;
  }

  decode(text: unknown, requestResource: string | undefined): RecordedDecision[] {
    return parseStored<Row[]>(text).map(([head, resource, steady, changing, grant]) => {
      const [action, resourceAccountId, principal, policies, outcome, decidedBy, source, statement] = this.#head(head);
      const context = typeof steady === 'number' ? parseStored<Context>(this.#parts.text(steady)) : steady;
      const request: RecordedDecision['request'] = {
        principal: this.#principal(principal),
        action,
        resource: resource === 0 ? (requestResource ?? '') : resource,
        resourceAccountId,
        context: new Map([...Object.entries(context), ...Object.entries(changing)]),
      };
      return {
        request: grant === null ? request : Object.assign(request, { grant: decodeGrantQuestion(grant) }),
        policies: this.#revive(policies),
        decision: {
          outcome,
          decidedBy,
          ...(source === null ? {} : { source }),
          ...(statement === null ? {} : { statement }),
        },
      };
    });
  }

  /** What the ledger shows of them. */
  summaries(text: unknown, requestResource: string | undefined): DecisionSummary[] {
    return parseStored<Row[]>(text).map(([head, resource]) => {
      const [action, , principal, , outcome, decidedBy, source, statement] = this.#head(head);
      const named = statement ?? (decidedBy === 'grant' ? source : null);
      const summary: DecisionSummary = {
        action,
        resource: resource === 0 ? (requestResource ?? '') : resource,
        principalArn: this.#principal(principal).arn,
        outcome,
        decidedBy,
      };
      return named === null ? summary : Object.assign(summary, { statement: named });
    });
  }

  #encodeHead(recorded: RecordedDecision): number | string {
    const { request, policies, decision } = recorded;
    const last = this.#heads.get(request.action);
    if (last !== undefined && isSameHead(last.recorded, recorded)) return last.part;
    const head =
      `[${quote(request.action)},${quote(request.resourceAccountId)},` +
      `${this.#parts.ofObject(request.principal, () => JSON.stringify(request.principal))},${this.#policies(policies)},` +
      `"${decision.outcome}","${decision.decidedBy}",${optional(decision.source)},${optional(decision.statement)}]`;
    const part = this.#parts.ofRepeated(head);
    if (part === undefined) return head;
    this.#heads.set(request.action, { recorded, part });
    return part;
  }

  #head(head: number | Head): Head {
    return typeof head === 'number' ? parseStored<Head>(this.#parts.text(head)) : head;
  }

  rolledBack(): void {
    this.#sources = new WeakMap();
    this.#heads.clear();
    this.#contexts.clear();
  }

  #principal(part: number): Principal {
    return parseStored<Principal>(this.#parts.text(part));
  }

  #context({ action, context }: RecordedDecision['request']): string {
    const last = this.#contexts.get(action);
    let same = last === undefined ? -1 : 0;
    let changing = '{';
    for (const [name, values] of context) {
      const key = this.#key(name);
      if (key.changing) changing += `${changing.length > 1 ? ',' : ''}${key.text}${quoteAll(values)}`;
      else if (last !== undefined && same >= 0) {
        same = last.names[same] === name && isSameList(last.values[same] ?? [], values) ? same + 1 : -1;
      }
    }
    const steady = last !== undefined && same === last.names.length ? last.part : this.#steady(action, context);
    return `${steady},${changing}}`;
  }

  #steady(action: string, context: ConditionContext): number | string {
    const names: string[] = [];
    const all: (readonly string[])[] = [];
    let text = '{';
    for (const [name, values] of context) {
      const key = this.#key(name);
      if (key.changing) continue;
      text += `${text.length > 1 ? ',' : ''}${key.text}${quoteAll(values)}`;
      names.push(name);
      all.push(values);
    }
    text += '}';
    const part = this.#parts.ofRepeated(text);
    if (part === undefined) return text;
    this.#contexts.set(action, { names, values: all, part });
    return part;
  }

  #key(name: string): KeyName {
    let key = this.#keys.get(name);
    if (key === undefined) {
      key = { text: `${quote(name)}:`, changing: CHANGING.test(name) };
      if (this.#keys.size >= KEY_NAMES) this.#keys.clear();
      this.#keys.set(name, key);
    }
    return key;
  }

  #policies(set: PolicySet): string {
    let text = `{"i":${this.#list(set.identity)}`;
    if (set.resource !== undefined) text += `,"r":${this.#source(set.resource)}`;
    if (set.boundary !== undefined) text += `,"b":${this.#source(set.boundary)}`;
    if (set.session !== undefined) text += `,"s":${this.#list(set.session)}`;
    if (set.endpoint !== undefined) text += `,"e":${this.#source(set.endpoint)}`;
    if (set.serviceControl !== undefined) text += `,"sc":${this.#levels(set.serviceControl)}`;
    if (set.resourceControl !== undefined) text += `,"rc":${this.#levels(set.resourceControl)}`;
    if (set.grants !== undefined) {
      text += `,"g":[${set.grants.map((grant) => this.#parts.ofObject(grant, () => JSON.stringify(grant))).join()}]`;
    }
    return `${text}}`;
  }

  #levels(levels: readonly (readonly SourcedPolicy[])[]): string {
    return `[${levels.map((level) => this.#list(level)).join()}]`;
  }

  #list(policies: readonly SourcedPolicy[]): string {
    let text = '[';
    for (const policy of policies) text += text.length > 1 ? `,${this.#source(policy)}` : this.#source(policy);
    return `${text}]`;
  }

  #source(policy: SourcedPolicy): string {
    let text = this.#sources.get(policy);
    if (text === undefined) {
      text = `[${quote(policy.source)},${this.#parts.ofObject(policy.policy, () => policy.policy.text)},"${policy.policy.kind}"]`;
      this.#sources.set(policy, text);
    }
    return text;
  }

  #revive(row: PolicyRow): PolicySet {
    const one = ([source, part, kind]: SourceRow): SourcedPolicy => ({
      source,
      policy: parsePolicy(this.#parts.text(part), kind),
    });
    return {
      identity: row.i.map(one),
      ...(row.r === undefined ? {} : { resource: one(row.r) }),
      ...(row.b === undefined ? {} : { boundary: one(row.b) }),
      ...(row.s === undefined ? {} : { session: row.s.map(one) }),
      ...(row.e === undefined ? {} : { endpoint: one(row.e) }),
      ...(row.sc === undefined ? {} : { serviceControl: row.sc.map((level) => level.map(one)) }),
      ...(row.rc === undefined ? {} : { resourceControl: row.rc.map((level) => level.map(one)) }),
      ...(row.g === undefined ? {} : { grants: row.g.map((part) => parseStored<Grant>(this.#parts.text(part))) }),
    };
  }
}

function isSameHead(a: RecordedDecision, b: RecordedDecision): boolean {
  return (
    a.request.principal === b.request.principal &&
    a.request.resourceAccountId === b.request.resourceAccountId &&
    a.decision.outcome === b.decision.outcome &&
    a.decision.decidedBy === b.decision.decidedBy &&
    a.decision.source === b.decision.source &&
    a.decision.statement === b.decision.statement &&
    isSameSet(a.policies, b.policies)
  );
}

/** Whether the very same policies were looked at. */
function isSameSet(a: PolicySet, b: PolicySet): boolean {
  return (
    a.identity === b.identity &&
    a.resource === b.resource &&
    a.boundary === b.boundary &&
    a.session === b.session &&
    a.endpoint === b.endpoint &&
    a.serviceControl === b.serviceControl &&
    a.resourceControl === b.resourceControl &&
    (a.grants === b.grants || isSameList(a.grants ?? [], b.grants ?? []))
  );
}

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}

function quoteAll(values: readonly string[]): string {
  const [only] = values;
  return values.length === 1 && only !== undefined ? `[${quote(only)}]` : JSON.stringify(values);
}

function quote(text: string): string {
  return JSON.stringify(text);
}

function optional(text: string | undefined): string {
  return text === undefined ? 'null' : quote(text);
}

function encodeGrantQuestion(question: GrantQuestion | undefined): string {
  if (question === undefined) return 'null';
  const row: GrantRow = [
    question.operation,
    question.encryptionContext,
    [...question.tokenGrantIds],
    question.now,
    question.sourceArn ?? null,
  ];
  return JSON.stringify(row);
}

function decodeGrantQuestion([operation, encryptionContext, tokens, now, sourceArn]: GrantRow): GrantQuestion {
  return {
    operation,
    encryptionContext,
    tokenGrantIds: new Set(tokens),
    now,
    ...(sourceArn === null ? {} : { sourceArn }),
  };
}
