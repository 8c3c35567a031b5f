/** Where the members of a REST operation stand on the wire, worked out once for each operation. */

import type { Node, OperationModel, Shape } from './schema.ts';

export interface Bound {
  readonly member: string;
  readonly node: Node;
}

export interface HttpPlan {
  /** By header name in lower case. */
  readonly headers: ReadonlyMap<string, Bound>;
  /** The same to write from: two members may be one header (`Expires` as a date and as text), the later one wins. */
  readonly headerList: readonly (Bound & { readonly header: string })[];
  readonly query: ReadonlyMap<string, Bound>;
  readonly queryParams: Bound | undefined;
  /** `x-amz-meta-` and the member that takes all headers beginning with it. */
  readonly prefix: (Bound & { readonly prefix: string }) | undefined;
  readonly payload: Bound | undefined;
  /** Members without a place of their own: they are the body. */
  readonly body: readonly Bound[];
  readonly responseCode: string | undefined;
  /** Required members that come as header or query. */
  readonly required: readonly (Bound & { readonly wireName: string })[];
}

const inputPlans = new WeakMap<OperationModel, HttpPlan>();
const outputPlans = new WeakMap<OperationModel, HttpPlan>();

/** SDK clients show `Expires` a second time as a string; it is no header of its own. */
const HEADER_ALIASES: Readonly<Record<string, string>> = { ExpiresString: 'expires' };

export function inputPlan(operation: OperationModel): HttpPlan {
  return cached(inputPlans, operation, operation.input);
}

/** Undefined where the operation answers nothing. */
export function outputPlan(operation: OperationModel): HttpPlan | undefined {
  return operation.output && cached(outputPlans, operation, operation.output);
}

function cached(plans: WeakMap<OperationModel, HttpPlan>, operation: OperationModel, shape: Shape): HttpPlan {
  let plan = plans.get(operation);
  if (plan === undefined) {
    plan = makePlan(shape);
    plans.set(operation, plan);
  }
  return plan;
}

function makePlan(shape: Shape): HttpPlan {
  const headers = new Map<string, Bound>();
  const headerList: (Bound & { header: string })[] = [];
  const query = new Map<string, Bound>();
  const body: Bound[] = [];
  const required: (Bound & { wireName: string })[] = [];
  let queryParams: Bound | undefined;
  let prefix: (Bound & { prefix: string }) | undefined;
  let payload: Bound | undefined;
  let responseCode: string | undefined;
  for (const [member, node] of shape.members) {
    const bound = { member, node };
    const { traits } = node;
    if (traits.httpHeader !== undefined) {
      const header = HEADER_ALIASES[traits.httpHeader] ?? traits.httpHeader.toLowerCase();
      headers.set(header, bound);
      headerList.push({ ...bound, header });
    } else if (traits.httpQuery !== undefined) query.set(traits.httpQuery, bound);
    else if (traits.httpPrefixHeaders !== undefined) {
      prefix = { ...bound, prefix: traits.httpPrefixHeaders.toLowerCase() };
    } else if (traits.httpQueryParams === 1) queryParams = bound;
    else if (traits.httpPayload === 1) payload = bound;
    else if (traits.httpResponseCode === 1) responseCode = member;
    else if (traits.httpLabel !== 1) body.push(bound);
    const wireName = traits.httpHeader ?? traits.httpQuery;
    if (wireName !== undefined && shape.required.includes(member)) required.push({ ...bound, wireName });
  }
  return { headers, headerList, query, queryParams, prefix, payload, body, responseCode, required };
}
