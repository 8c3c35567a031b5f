/** Decisions as audit rows: outcome and everything they were taken on, so that the trace can be made again exactly. */

import { parsePolicy } from '../../access/index.ts';
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

type Row = [
  action: string,
  resource: string,
  resourceAccountId: string,
  principal: number,
  context: Record<string, string[]>,
  grant: GrantRow | null,
  policies: PolicyRow,
  outcome: Decision['outcome'],
  decidedBy: Decision['decidedBy'],
  source: string | null,
  statement: string | null,
];

/** Encoded names of condition keys; bounded, because some contain what clients send (tag keys, encryption contexts). */
const KEY_NAMES = 500;

export class DecisionRows {
  readonly #parts: AuditParts;
  #sources = new WeakMap<SourcedPolicy, string>();
  readonly #keys = new Map<string, string>();

  constructor(parts: AuditParts) {
    this.#parts = parts;
  }

  /** Written by hand rather than as an object: this runs for every request. */
  encode(decisions: readonly RecordedDecision[]): string {
    let text = '[';
    for (const { request, policies, decision } of decisions) {
      if (text.length > 1) text += ',';
      text += `[${quote(request.action)},${quote(request.resource)},${quote(request.resourceAccountId)},`;
      text += `${this.#parts.ofObject(request.principal, () => JSON.stringify(request.principal))},`;
      text += `${this.#context(request.context)},${encodeGrantQuestion(request.grant)},${this.#policies(policies)},`;
      text += `"${decision.outcome}","${decision.decidedBy}",${optional(decision.source)},${optional(decision.statement)}]`;
    }
    return `${text}]`;
  }

  decode(text: string): RecordedDecision[] {
    return parseStored<Row[]>(text).map((row) => {
      const [action, resource, resourceAccountId, principal, context, grant, policies, ...answer] = row;
      const [outcome, decidedBy, source, statement] = answer;
      return {
        request: {
          principal: this.#principal(principal),
          action,
          resource,
          resourceAccountId,
          context: new Map(Object.entries(context)),
          ...(grant === null ? {} : { grant: decodeGrantQuestion(grant) }),
        },
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
  summaries(text: string): DecisionSummary[] {
    return parseStored<Row[]>(text).map((row) => {
      const [action, resource, , principal, , , , outcome, decidedBy, source, statement] = row;
      const named = statement ?? (decidedBy === 'grant' ? source : null);
      return {
        action,
        resource,
        principalArn: this.#principal(principal).arn,
        outcome,
        decidedBy,
        ...(named === null ? {} : { statement: named }),
      };
    });
  }

  rolledBack(): void {
    this.#sources = new WeakMap();
  }

  #principal(part: number): Principal {
    return parseStored<Principal>(this.#parts.text(part));
  }

  #context(context: ConditionContext): string {
    let text = '{';
    for (const [key, values] of context) {
      if (text.length > 1) text += ',';
      text += this.#key(key);
      const [only] = values;
      text += values.length === 1 && only !== undefined ? `[${quote(only)}]` : JSON.stringify(values);
    }
    return `${text}}`;
  }

  #key(key: string): string {
    let encoded = this.#keys.get(key);
    if (encoded === undefined) {
      encoded = `${quote(key)}:`;
      if (this.#keys.size >= KEY_NAMES) this.#keys.clear();
      this.#keys.set(key, encoded);
    }
    return encoded;
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
