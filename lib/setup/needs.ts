/** Who must be able to use the key, whether they can, and what exactly is missing: the evaluator's own answers. */

import {
  type Answer as Decided,
  evaluate,
  type Grant,
  keyVersion,
  namedPrincipal,
  type PolicySet,
  type Principal,
  parsePolicy,
  type SourcedPolicy,
} from '../access/index.ts';
import type { Choices, Target } from './choices.ts';
import { arnOf, type Facts, lakeFormationRole, MAINTENANCE, METADATA } from './facts.ts';

export type Family = 'maintenance' | 'metadata' | 'client' | 'lake-formation';

/** One principal that the key must let in. */
export interface Need {
  readonly family: Family;
  /** ARN, or the name of a service. */
  readonly principal: string;
  /** What it does, in a few words. */
  readonly about: string;
  readonly rule: string;
}

/** Whether a need is met, and by what, or why not. */
export interface Finding {
  readonly met: boolean;
  /** An explicit Deny stands in the way: no Allow helps. */
  readonly denied: boolean;
  /** `kms:GenerateDataKey`, `kms:Decrypt` that are refused. */
  readonly missing: readonly string[];
  readonly says: string;
}

/** The key as it decides: as it is, or as it will be. */
export interface KeyWorld {
  readonly arn: string;
  readonly policy: string;
  readonly grants: readonly Grant[];
  readonly callerSide: (principal: Principal) => Omit<PolicySet, 'resource' | 'grants'>;
}

const USES = ['kms:GenerateDataKey', 'kms:Decrypt'] as const;

/** Everybody whom the choices make need the key. */
export function needsOf(choices: Pick<Choices, 'goal' | 'principals'>, facts: Facts): readonly Need[] {
  const tables = choices.goal.some(({ kind }) => kind === 'table');
  const { clients, newRole, lakeFormation, metadata } = choices.principals;
  return [
    ...(tables
      ? [
          {
            family: 'maintenance' as const,
            principal: MAINTENANCE,
            about: 'Creates, compacts and cleans tables',
            rule: 'PERM-02',
          },
        ]
      : []),
    ...(tables && metadata
      ? [
          {
            family: 'metadata' as const,
            principal: METADATA,
            about: 'Writes the tables of S3 Metadata',
            rule: 'PERM-07',
          },
        ]
      : []),
    ...(tables && lakeFormation
      ? [
          {
            family: 'lake-formation' as const,
            principal: lakeFormationRole(facts),
            about: 'Queries through Lake Formation',
            rule: 'PERM-05',
          },
        ]
      : []),
    ...[...clients, ...(newRole === undefined ? [] : [`arn:aws:iam::${facts.account}:role/${newRole}`])].map(
      (principal) => ({
        family: 'client' as const,
        principal,
        about: 'Reads and writes',
        rule: tables ? 'PERM-06' : 'GP-09',
      }),
    ),
  ];
}

/** Asks for each need whether the key as given meets it, for the data of every bucket that it is about. */
export function findNeeds(
  needs: readonly Need[],
  targets: readonly Target[],
  world: KeyWorld | undefined,
  facts: Facts,
  bucketKey: boolean,
): ReadonlyMap<Need, Finding> {
  const policy = world && compiled(world.policy);
  const version =
    world && policy
      ? keyVersion({
          keyArn: world.arn,
          policy,
          grants: world.grants,
          callerSide: world.callerSide,
          bucketKeys: new Set(
            bucketKey ? targets.filter(({ kind }) => kind === 'general').map(({ name }) => name) : [],
          ),
        })
      : undefined;
  return new Map(
    needs.map((need): [Need, Finding] => {
      const principal = namedPrincipal(need.principal);
      if (!version || !world || !principal) {
        return [need, { met: false, denied: false, missing: USES, says: 'The key does not exist yet.' }];
      }
      const service = need.family === 'maintenance' || need.family === 'metadata';
      const about = targets.filter(({ kind }) => !service || kind === 'table');
      const answers = USES.flatMap((action) =>
        about.map((target): readonly [string, Decided] => {
          const situation = version({ principal, action, resource: world.arn, data: dataOf(target, facts) });
          if ('unavailable' in situation) return [action, { outcome: 'unavailable', reason: situation.unavailable }];
          const { trace, ...decision } = evaluate(situation.request, situation.policies, { trace: true });
          return [action, { ...decision, reason: trace?.summary ?? '' }];
        }),
      );
      const refused = answers.filter(([, answer]) => answer.outcome !== 'allow');
      const [first] = refused;
      return [
        need,
        {
          met: refused.length === 0,
          denied: refused.some(([, answer]) => answer.outcome === 'explicit-deny'),
          missing: [...new Set(refused.map(([action]) => action))],
          says: first?.[1].reason ?? answers[0]?.[1].reason ?? '',
        },
      ];
    }),
  );
}

/** An example of what the key will encrypt: a table, an object, a bucket. */
export function dataOf(target: Target, facts: Facts): string {
  const arn = arnOf(target, facts);
  return target.kind === 'table'
    ? `${arn}/table/00000000-0000-0000-0000-000000000000`
    : target.kind === 'general'
      ? `${arn}/example`
      : arn;
}

export function compiled(text: string): SourcedPolicy | undefined {
  try {
    return { source: 'key policy', policy: parsePolicy(text, 'key') };
  } catch {
    return undefined;
  }
}
