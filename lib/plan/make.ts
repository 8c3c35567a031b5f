import { namedPrincipal } from '../access/index.ts';
import type { Aws } from '../aws/connection.ts';
import { readIdentityPolicies } from '../aws/identity-policies.ts';
import { describePlannedCall } from '../aws/planned-call.ts';
import { callerIdentity } from '../aws/principals.ts';
import type { Result } from '../aws/result.ts';
import { callsOf, undoOf } from './calls.ts';
import type { Change } from './change.ts';
import { effectOf } from './effect.ts';
import { risksOf } from './risks.ts';
import { fingerprintOf, readState, type State } from './state.ts';
import type { Plan } from './types.ts';

/** What a plan needs to know beside the connection. */
export interface Setting {
  /** Twelve digits. */
  readonly account: string;
  /** World time in milliseconds. */
  readonly now: number;
}

/**
 * Reads the world and says what a change will do. Nothing is changed. Fails where the thing that is changed can't be
 * read; what else can't be read stands in `unseen`.
 */
export async function makePlan(
  aws: Aws,
  change: Change,
  { account, now }: Setting,
): Promise<Result<{ readonly plan: Plan; readonly state: State }>> {
  const [read, identities, caller] = await Promise.all([
    readState(aws, change),
    readIdentityPolicies(aws),
    callerIdentity(aws),
  ]);
  if (!read.ok) return read;
  const state = read.data;
  const editor = caller.ok ? roleOf(caller.data.arn) : '';
  const known = identities.ok ? identities.data : undefined;
  const effect = await effectOf(aws, change, state, { account, identities: known, editor });
  const calls = callsOf(change, state);
  const { findings, word, unseen, ...shown } = effect;
  const risks = risksOf({ calls, access: shown.access, contexts: shown.contexts, findings, editor });
  const all = [...shown.risks, ...risks];
  return {
    ok: true,
    data: {
      state,
      plan: {
        fingerprint: fingerprintOf(change, state),
        madeAt: new Date(now).toISOString(),
        calls: await Promise.all(calls.map(async (call) => ({ ...call, text: await describePlannedCall(aws, call) }))),
        ...shown,
        risks: all,
        unseen: [
          ...(identities.ok
            ? []
            : [
                `IAM policies: ${identities.error.action} answered ${identities.error.code}. Who relies on them is not compared.`,
              ]),
          ...unseen,
        ],
        ...(all.some(({ grave }) => grave) ? { word } : {}),
        undoable: undoOf(change, state, { GrantId: 'new' }) !== undefined,
      },
    },
  };
}

/** The role behind a session, as policies name it; anything else as it is. */
function roleOf(arn: string): string {
  const principal = namedPrincipal(arn);
  const session = /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(arn);
  return session ? `arn:${session[1]}:iam::${session[2]}:role/${session[3]}` : (principal?.arn ?? arn);
}
