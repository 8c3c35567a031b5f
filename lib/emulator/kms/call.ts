import type { Caller, RequestContext } from '../context.ts';
import type { KeyUse } from '../ports.ts';

/** Who calls an operation, and where bare key ids and alias names are looked up. The same for clients and services. */
export interface Call {
  readonly context: RequestContext;
  readonly caller: Caller;
  readonly accountId: string;
  readonly region: string;
  readonly grantTokens?: readonly string[];
  /** Set when a service calls (KMS-25). */
  readonly viaService?: string;
  readonly sourceArn?: string;
  readonly sourceAccount?: string;
}

/** A client's own request. */
export function directCall(context: RequestContext, input: { readonly GrantTokens?: string[] | undefined } = {}): Call {
  const call = { context, caller: context.caller, accountId: context.accountId, region: context.region };
  return input.GrantTokens === undefined ? call : { ...call, grantTokens: input.GrantTokens };
}

/** A call that a service makes, in somebody's name or its own. */
export function serviceCall(use: KeyUse): Call {
  return {
    context: use.context,
    caller: use.caller,
    accountId: use.accountId,
    region: use.region,
    viaService: use.viaService,
    ...(use.sourceArn !== undefined && { sourceArn: use.sourceArn }),
    ...(use.sourceAccount !== undefined && { sourceAccount: use.sourceAccount }),
  };
}
